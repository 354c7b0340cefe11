//! The operation of Marseille, run through the REST API as its users would: one client a
//! role, tokens from `/auth/login`, passwords set through the links of real mails.

mod applications;
mod cast;
mod donation;
mod http;
mod mailbox;
mod operation;
mod report;
mod waves;
mod workbench;

use std::io::Write as _;
use std::path::Path;
use std::time::Instant as Stopwatch;

use db::Database;

pub use cast::ACCOUNTS;
use cast::Cast;
use http::Client;
use mailbox::Mailbox;
pub use operation::Operation;
pub use report::Report;

/// The password of every account of the demo.
pub const PASSWORD: &str = "la mer recommence";
/// Its administrator.
pub const ADMIN: &str = "admin@marseille.example.org";

/// Shows where the operation is.
pub struct Progress {
    start: Stopwatch,
}

impl Progress {
    /// From now on.
    pub fn start() -> Self {
        Self {
            start: Stopwatch::now(),
        }
    }

    /// One line a step, with the seconds so far.
    pub fn say(&self, what: &str) {
        let seconds = self.start.elapsed().as_secs_f32();
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "[{seconds:5.1} s] {what}");
        let _ = out.flush();
    }
}

/// Waits for the database outside of any runtime.
fn blocking<T>(work: impl Future<Output = db::Result<T>>) -> Result<T, String> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| cause.to_string())?
        .block_on(work)
        .map_err(|cause| cause.to_string())
}

/// Where the operation is run.
#[derive(Clone, Copy)]
pub struct Stage<'a> {
    /// Begins the server's addresses, such as `http://127.0.0.1:8080`.
    pub base: &'a str,
    /// The folder that gets the server's mails.
    pub mails: &'a Path,
    /// The server's database, to verify the chain of custody at the end.
    pub database: &'a Database,
}

/// Runs the operation on a server that has an administrator, [`ADMIN`], and nothing else.
///
/// # Errors
/// A line that says which step failed, and what the API answered.
pub fn run(operation: &Operation, stage: Stage<'_>, progress: &Progress) -> Result<Report, String> {
    let mailbox = Mailbox::new(stage.mails);
    let client = Client::new(stage.base);
    let cast = Cast::assemble(&client, &mailbox)?;
    progress.say("the city, Orange and the workshop are there, each by the link in a mail");
    let batch = donation::give(operation, &cast, progress)?;
    donation::receive(operation, &cast, &batch, progress)?;
    let programme = applications::open_programme(operation, &cast, progress)?;
    let mut waves = Vec::new();
    for (at, wave) in operation.plan.waves.iter().enumerate() {
        workbench::recondition(operation, &cast, wave.tranche, progress)?;
        let period = u32::try_from(at + 1).unwrap_or(1);
        applications::take(
            operation, &cast, &client, &mailbox, &programme, period, progress,
        )?;
        waves.push(waves::allocate(wave, &cast, &programme, progress)?);
    }
    waves::hand_over(&cast, &waves, progress)?;
    Report::gather(&cast, &programme, &waves, stage.database, progress)
}
