//! The virus scanner: any command that takes a file.

use std::path::Path;

/// What a scanner says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanned {
    /// It looked, and found nothing.
    Clean,
    /// It found this.
    Infected(String),
    /// There is no scanner.
    NotScanned,
}

/// Looks at a file before it is kept.
pub trait Scanner: Send + Sync {
    /// Looks at it. Blocks.
    ///
    /// # Errors
    /// A line for the log, when it cannot look; the file is not kept then.
    fn scan(&self, file: &Path) -> Result<Scanned, String>;
}

/// No scanner: what is recognized is kept as it is.
#[derive(Debug, Clone, Copy)]
pub struct NoScanner;

impl Scanner for NoScanner {
    fn scan(&self, _: &Path) -> Result<Scanned, String> {
        Ok(Scanned::NotScanned)
    }
}

/// A command with the file as its last argument, such as `clamdscan --no-summary --fdpass`:
/// exit 0 is clean, 1 infected, anything else a failure.
#[derive(Debug, Clone)]
pub struct Command {
    /// Program and arguments.
    pub words: Vec<String>,
}

impl Scanner for Command {
    fn scan(&self, file: &Path) -> Result<Scanned, String> {
        let (program, arguments) = self.words.split_first().ok_or("no scan command")?;
        let output = std::process::Command::new(program)
            .args(arguments)
            .arg(file)
            .output()
            .map_err(|cause| format!("{program}: {cause}"))?;
        let said = || -> String {
            let text = String::from_utf8_lossy(&output.stdout);
            text.trim().chars().take(300).collect()
        };
        match output.status.code() {
            Some(0) => Ok(Scanned::Clean),
            Some(1) => Ok(Scanned::Infected(said())),
            code => Err(format!("{program}: exit {code:?}: {}", said())),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_exit_code_is_the_verdict() {
        let run = |script: &str| {
            Command {
                words: ["sh", "-c", script].map(String::from).to_vec(),
            }
            .scan(Path::new("/dev/null"))
        };
        assert_eq!(run("exit 0").unwrap(), Scanned::Clean);
        assert_eq!(
            run("echo Eicar; exit 1").unwrap(),
            Scanned::Infected("Eicar".into())
        );
        assert!(run("exit 2").is_err());
    }
}
