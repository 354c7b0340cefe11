//! `admin`: accounts from the command line, for the first one above all.

use clap::Subcommand;
use identity::{password, rules};

use crate::chain;
use crate::generate;
use crate::open::open;
use crate::secret;
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
    /// Make an operation that never was, of any size, to measure and to try things out on.
    Generate(generate::Options),
    /// Put a new signing secret before the present one, in auth.secret_file. It signs from
    /// the next start on, and nobody is signed out.
    RotateKey,
    /// Put a new secret before the one that encrypts second factors, in auth.data_secret_file.
    /// It encrypts from the next start on; the others still open what they encrypted.
    RotateDataKey,
    /// Put a new secret before the one that marks lines of custody and audit, in chain.key_file. It
    /// marks from the next start on; the others still check what they marked.
    RotateChainKey,
    /// Put a new secret before the one that signs heads, in chain.signing_key_file. What the others
    /// signed counts all the same. Publish the new public key.
    RotateHeadKey,
}

pub fn run(settings: &Settings, command: Command) -> Result<(), String> {
    match command {
        Command::Generate(options) => generate::run(settings, &options),
        Command::RotateKey => {
            secret::rotate(&settings.auth)?;
            say!("a new secret signs from the next start on; restart every node")?;
            Ok(())
        }
        Command::RotateDataKey => {
            secret::rotate_data(&settings.auth)?;
            say!("a new secret encrypts from the next start on; restart every node")?;
            Ok(())
        }
        Command::RotateChainKey => {
            secret::rotate_chain(&settings.chain)?;
            say!("a new key marks lines from the next start on; restart every node")?;
            Ok(())
        }
        Command::RotateHeadKey => {
            secret::rotate_heads(&settings.chain)?;
            let key = chain::signer(&settings.chain)?.public_key();
            say!(
                "a new key signs heads from the next start on; restart every node, and publish {key}"
            )?;
            Ok(())
        }
        Command::Create {
            email,
            name,
            password_stdin,
        } => create(settings, email, name, password_stdin),
    }
}

fn create(
    settings: &Settings,
    email: String,
    name: String,
    password_stdin: bool,
) -> Result<(), String> {
    let hash = if password_stdin {
        let mut line = String::new();
        std::io::stdin()
            .read_line(&mut line)
            .map_err(|cause| cause.to_string())?;
        let given = line.trim_end_matches(['\r', '\n']);
        let wanted = &settings.auth.password;
        rules::check_password(wanted, given, &[&email, &name])
            .map_err(|refusal| refusal.errors[0].detail.en.clone().into_owned())?;
        Some(password::hash(wanted, given).map_err(|cause| cause.to_string())?)
    } else {
        None
    };
    let invited = hash.is_none();
    let database = open(settings)?;
    let city = settings.city.name.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| cause.to_string())?;
    let person = runtime
        .block_on(
            database
                .write(move |tx| identity::found_city(tx, &city, &name, &email, hash.as_deref())),
        )
        .map_err(|cause| cause.to_string())?;
    say!("{} is an administrator", person.email)?;
    if invited {
        say!("an invitation is in the outbox; `ressac serve` or `ressac worker` sends it")?;
    }
    Ok(())
}
