//! `admin`: accounts from the command line, for the first one above all.

use clap::Subcommand;
use identity::{password, rules};

use crate::serve::open;
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an administrator of the city. Without a password, an invitation is mailed.
    Create {
        /// The account's address.
        #[arg(long)]
        email: String,
        /// The person's name.
        #[arg(long, default_value = "Administration")]
        name: String,
        /// Read the password from the first line of standard input.
        #[arg(long)]
        password_stdin: bool,
    },
}

pub fn run(settings: &Settings, command: Command) -> Result<(), String> {
    let Command::Create {
        email,
        name,
        password_stdin,
    } = command;
    let hash = if password_stdin {
        let mut line = String::new();
        std::io::stdin()
            .read_line(&mut line)
            .map_err(|cause| cause.to_string())?;
        let given = line.trim_end_matches(['\r', '\n']);
        rules::check_password(given, &rules::normal_email(&email))
            .map_err(|refusal| refusal.errors[0].detail.en.clone().into_owned())?;
        Some(password::hash(given).map_err(|cause| cause.to_string())?)
    } else {
        None
    };
    let invited = hash.is_none();
    let database = open(settings)?;
    let city = settings.city.name.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|cause| cause.to_string())?;
    let person = runtime
        .block_on(
            database
                .write(move |tx| identity::found_city(tx, &city, &name, &email, hash.as_deref())),
        )
        .map_err(|cause| cause.to_string())?;
    println!("{} is an administrator", person.email);
    if invited {
        println!("an invitation is in the outbox; `ressac serve` or `ressac worker` sends it");
    }
    Ok(())
}
