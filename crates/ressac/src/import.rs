//! `import`: loads a copy of a public register from its open-data file.

use std::fs::File;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use db::Database;
use identity::register::{Waldec, finish_load, put_entries};

use crate::demo::blocking;
use crate::serve::open;
use crate::settings::Settings;

/// Associations written in one transaction: other work goes on in between, and an
/// interruption loses no more than this.
const BATCH: usize = 2000;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The national register of associations (RNA, « Waldec »), as data.gouv.fr publishes it.
    /// It may be interrupted and started again at any time.
    Rna {
        /// The CSV file, unpacked.
        file: PathBuf,
    },
}

/// Loads the file.
///
/// # Errors
/// A line for the operator.
pub fn run(settings: &Settings, command: &Command) -> Result<(), String> {
    let Command::Rna { file } = command;
    rna(&open(settings)?, file)
}

fn rna(database: &Arc<Database>, path: &Path) -> Result<(), String> {
    let say = |cause: String| format!("{}: {cause}", path.display());
    let file = File::open(path).map_err(|cause| say(cause.to_string()))?;
    let size = file.metadata().map_or(0, |data| data.len());
    let mut waldec = Waldec::open(std::io::BufReader::new(file)).map_err(say)?;
    let source = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut progress = Progress::new(size);
    loop {
        let entries = waldec.next_entries(BATCH).map_err(say)?;
        if entries.is_empty() {
            break;
        }
        let source = source.clone();
        blocking(database.write(move |tx| put_entries(tx, &source, &entries)))?;
        progress.show(waldec.position(), waldec.lines);
    }
    let state = blocking(database.write(move |tx| finish_load(tx, &source)))?;
    progress.end();
    println!(
        "{} lines read, {} without a number; the register has {} associations",
        waldec.lines, waldec.skipped, state.lines
    );
    Ok(())
}

/// A bar on a terminal; a line each tenth elsewhere.
struct Progress {
    size: u64,
    shown: u64,
    terminal: bool,
}

impl Progress {
    fn new(size: u64) -> Self {
        Self {
            size: size.max(1),
            shown: 0,
            terminal: std::io::stderr().is_terminal(),
        }
    }

    fn show(&mut self, position: u64, lines: u64) {
        let percent = (position.min(self.size) * 100) / self.size;
        if self.terminal {
            let full = usize::try_from(percent / 4).unwrap_or(0).min(25);
            eprint!(
                "\r[{}{}] {percent:3} %  {lines} lines",
                "#".repeat(full),
                ".".repeat(25 - full)
            );
        } else if percent >= self.shown + 10 {
            self.shown = percent;
            eprintln!("{percent} %, {lines} lines");
        }
    }

    fn end(&self) {
        if self.terminal {
            eprintln!();
        }
    }
}
