//! The program as an operator runs it, on a database of one's own.

pub mod balancer;
pub mod batches;
mod cast;
mod databases;
pub mod letters;
pub mod load;
mod postgres;
mod server;
pub mod trouble;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
pub use cast::{Cast, read, signed_in, write};
pub use databases::{database, databases, meddle};
pub use postgres::Postgres;
pub use rustix::process::Signal;
use rustix::process::{Pid, kill_process};
pub use server::{Answer, Server, ask, ask_json, connect, read_answer};

/// What the program signs with in these tests.
pub const SECRET: &str = "0f3b9c17a2e84d5596c1b07de2f48a3361d9";

/// Where a folder of a test lies: for temporary files, or with what was built.
pub fn place(name: &str) -> PathBuf {
    let around = std::env::var_os("TMPDIR").unwrap_or_else(|| env!("CARGO_TARGET_TMPDIR").into());
    Path::new(&around).join(name)
}

/// An empty folder.
pub fn folder(name: &str) -> PathBuf {
    let folder = place(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A folder for a database that `TestApp` filled, with the key that marked its lines, and a head
/// that covers them.
pub fn folder_after_app(name: &str, url: &str) -> PathBuf {
    let folder = folder(name);
    std::fs::create_dir(folder.join("var")).unwrap();
    let key = STANDARD.encode(testkit::CHAIN_KEY);
    std::fs::write(folder.join("var/chain.key"), key).unwrap();
    succeeds(&folder, url, &["audit", "head"]);
    folder
}

/// The program in a folder, with nothing said to it: the one that was built along, or that
/// `RESSAC_PROGRAM` names.
pub fn program(folder: &Path) -> Command {
    let built = env!("CARGO_BIN_EXE_ressac").to_owned();
    let mut command = Command::new(std::env::var("RESSAC_PROGRAM").unwrap_or(built));
    command.current_dir(folder);
    command
}

/// The program in a folder, on a database.
pub fn ressac(folder: &Path, url: &str) -> Command {
    let mut command = program(folder);
    command
        .env("DATABASE_URL", url)
        .env("RESSAC__AUTH__SECRET", SECRET);
    command
}

/// The same from a shell that does something first. A file that may not grow any further is an
/// error to the program then, and no signal.
pub fn ressac_after(first: &str, folder: &Path, url: &str) -> Command {
    let program = ressac(folder, url);
    let mut shell = Command::new("sh");
    shell
        .current_dir(folder)
        .args(["-c", &format!("trap '' XFSZ; {first} \"$@\""), "sh"])
        .arg(program.get_program())
        .envs(
            program
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    shell
}

/// Runs a command of the program to its end.
pub fn run(folder: &Path, url: &str, arguments: &[&str]) -> Output {
    ressac(folder, url).args(arguments).output().unwrap()
}

/// Runs a command to its end, with something to read.
pub fn with_input(command: &mut Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    child.wait_with_output().unwrap()
}

/// Makes an administrator, if the program takes the password.
pub fn make_administrator(mut program: Command, email: &str, password: &str) -> Output {
    program.args(["admin", "create", "--email", email, "--password-stdin"]);
    with_input(&mut program, &format!("{password}\n"))
}

pub fn signal(child: &Child, signal: Signal) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    kill_process(pid.expect("the id of a process"), signal).unwrap();
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
    refusal(&run(folder, url, arguments))
}

/// The one line in which a command said why it did not do what it was told.
#[track_caller]
pub fn refusal(output: &Output) -> String {
    let said = text(&output.stderr);
    assert!(!output.status.success(), "{said}");
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
