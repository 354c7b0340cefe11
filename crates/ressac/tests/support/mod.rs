//! The program as an operator runs it, on a database of one's own.
#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

pub mod balancer;
pub mod batches;
mod cast;
pub mod load;
mod server;
pub mod trouble;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[allow(unused_imports)] // each test uses what it needs
pub use cast::{Cast, open, read, signed_in, write};
#[allow(unused_imports)]
pub use server::{Answer, Server, ask, connect, read_answer};

/// What the program signs with in these tests.
pub const SECRET: &str = "0f3b9c17a2e84d5596c1b07de2f48a3361d9";

/// An empty folder.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The program in a folder, on a database: the one that was built along, or that
/// `RESSAC_PROGRAM` names.
pub fn ressac(folder: &Path, url: &str) -> Command {
    let built = env!("CARGO_BIN_EXE_ressac").to_owned();
    let mut command = Command::new(std::env::var("RESSAC_PROGRAM").unwrap_or(built));
    command
        .current_dir(folder)
        .env("DATABASE_URL", url)
        .env("RESSAC__AUTH__SECRET", SECRET);
    command
}

/// Runs a command of the program to its end.
pub fn run(folder: &Path, url: &str, arguments: &[&str]) -> Output {
    ressac(folder, url).args(arguments).output().unwrap()
}

/// What was printed, when all went well.
#[track_caller]
pub fn succeeds(folder: &Path, url: &str, arguments: &[&str]) -> String {
    let output = run(folder, url, arguments);
    let (said, logged) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{arguments:?}: {said}{logged}");
    said
}

/// The one line that says what is wrong.
#[track_caller]
pub fn fails(folder: &Path, url: &str, arguments: &[&str]) -> String {
    let output = run(folder, url, arguments);
    assert!(!output.status.success(), "{arguments:?}");
    let said = text(&output.stderr);
    let lines: Vec<_> = said
        .lines()
        .filter(|line| line.starts_with("ressac:"))
        .collect();
    assert_eq!(lines.len(), 1, "{said}");
    lines[0].to_owned()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
