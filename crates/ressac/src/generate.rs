//! `admin generate`: makes an operation that never was in the database that the settings name.

use clap::Args;
use eligibility::Setup;
use identity::{password, rules};
use rehearsal::generate::{self, City};

use crate::chain;
use crate::open::open;
use crate::progress::Progress;
use crate::serve::stop_signal;
use crate::settings::Settings;

/// How much to make, and how.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    size: generate::Size,
    /// Give every account the password that the first line of standard input has. Without, nobody
    /// can sign in.
    #[arg(long)]
    password_stdin: bool,
}

/// Makes everything.
///
/// # Errors
/// A line for the operator.
pub fn run(settings: &Settings, options: &Options) -> Result<(), String> {
    let password = match options.password_stdin {
        true => Some(read_password(settings)?),
        false => None,
    };
    let database = open(settings)?;
    let city = City {
        name: &settings.city.name,
        setup: Setup::load(&settings.eligibility)?,
        password,
    };
    let world = chain::wait(generate::prepare(&database, city, &options.size))??;
    let mut progress = Progress::new(options.size.devices);
    let shown = |done: u64, words: &str| progress.show(done, words);
    let made = chain::wait(generate::run(&database, world, shown, stop_signal()))?;
    progress.break_line();
    let made = made?;
    say!(
        "{} devices with {} events in {:.1} s",
        made.devices,
        made.events,
        progress.elapsed().as_secs_f64()
    )?;
    if options.password_stdin {
        let run = made.run;
        say!(
            "accounts: staff-1{run}, donor-1{run}, association-1{run}, refurbisher-1.workshop-1{run} \
             and so on, @generated.example"
        )?;
    }
    Ok(())
}

fn read_password(settings: &Settings) -> Result<String, String> {
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map_err(|cause| cause.to_string())?;
    let given = line.trim_end_matches(['\r', '\n']);
    let wanted = &settings.auth.password;
    rules::check_password(wanted, given, &[])
        .map_err(|refusal| refusal.errors[0].detail.en.clone().into_owned())?;
    password::hash(wanted, given).map_err(|cause| cause.to_string())
}
