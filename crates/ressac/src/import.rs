//! `import`: loads a copy of a public register from its open-data file.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use db::Database;
use identity::register::{RegisterState, Waldec, finish_load, put_entries};

use crate::open::open;
use crate::progress::Progress;
use crate::serve::stop_signal;
use crate::settings::Settings;

/// Associations written in one transaction: other work goes on in between, and an
/// interruption loses no more than this.
const BATCH: usize = 2000;

/// What an import can load.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The national register of associations (RNA, « Waldec »), as data.gouv.fr publishes it.
    /// It may be interrupted and started again at any time.
    Rna {
        /// The CSV files, unpacked: the published archive has one a département.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

/// Loads the files.
///
/// # Errors
/// A line for the operator: the file, its line, and what is wrong.
pub fn run(settings: &Settings, command: &Command) -> Result<(), String> {
    let Command::Rna { files } = command;
    // a file that is no register is told before anything is written
    let readers = files.iter().map(|path| open_file(path));
    let readers: Vec<_> = readers.collect::<Result<_, _>>()?;
    let database = open(settings)?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| cause.to_string())?
        .block_on(rna(&database, readers))
}

/// A file of the register, its header read.
struct Reader {
    path: PathBuf,
    size: u64,
    waldec: Waldec<BufReader<File>>,
}

impl Reader {
    /// The file's name, as it is noted with what was loaded.
    fn source(&self) -> String {
        let name = self.path.file_name();
        name.map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    fn at_fault(&self, cause: impl std::fmt::Display) -> String {
        format!("{}: {cause}", self.path.display())
    }
}

fn open_file(path: &Path) -> Result<Reader, String> {
    let at_fault = |cause: String| format!("{}: {cause}", path.display());
    let file = File::open(path).map_err(|cause| at_fault(cause.to_string()))?;
    let size = file.metadata().map_or(0, |data| data.len());
    Ok(Reader {
        path: path.to_owned(),
        size,
        waldec: Waldec::open(BufReader::new(file)).map_err(at_fault)?,
    })
}

async fn rna(database: &Arc<Database>, readers: Vec<Reader>) -> Result<(), String> {
    let mut progress = Loading::new(readers.iter().map(|reader| reader.size).sum());
    let mut stop = std::pin::pin!(stop_signal());
    let mut last = None;
    for mut reader in readers {
        let source = reader.source();
        while let Some(batch) = next_batch(&mut reader)? {
            let source = source.clone();
            let written = database.write(move |tx| put_entries(tx, &source, &batch));
            written.await.map_err(|cause| reader.at_fault(cause))?;
            progress.show(reader.waldec.position(), reader.waldec.lines);
            tokio::select! {
                biased;
                () = &mut stop => return Err(progress.interrupted()),
                () = std::future::ready(()) => {}
            }
        }
        progress.next_file(&reader);
        last = Some(source);
    }
    let source = last.unwrap_or_default();
    let finished = database.write(move |tx| finish_load(tx, &source)).await;
    progress.end(&finished.map_err(|cause| cause.to_string())?)
}

/// The next associations of a file; none at its end.
fn next_batch(reader: &mut Reader) -> Result<Option<Vec<identity::register::Entry>>, String> {
    match reader.waldec.next_entries(BATCH) {
        Ok(batch) => Ok((!batch.is_empty()).then_some(batch)),
        Err(cause) => Err(reader.at_fault(cause)),
    }
}

/// How far it has come, and what was not taken.
struct Loading {
    bar: Progress,
    size: u64,
    /// Bytes and lines of the files that are done.
    done: (u64, u64),
    /// Lines of all files, so far.
    lines: u64,
    skipped: u64,
    broken: u64,
}

impl Loading {
    fn new(size: u64) -> Self {
        Self {
            bar: Progress::new(size),
            size: size.max(1),
            done: (0, 0),
            lines: 0,
            skipped: 0,
            broken: 0,
        }
    }

    fn show(&mut self, position: u64, lines: u64) {
        let position = (self.done.0 + position).min(self.size);
        self.lines = self.done.1 + lines;
        self.bar.show(position, &format!("{} lines", self.lines));
    }

    /// A file was read to its end: names what it has that was not taken.
    fn next_file(&mut self, reader: &Reader) {
        let waldec = &reader.waldec;
        self.done = (self.done.0 + reader.size, self.done.1 + waldec.lines);
        self.show(0, 0); // the whole of it
        self.skipped += waldec.skipped;
        self.broken += waldec.broken;
        if waldec.broken > 0 {
            self.bar.break_line();
        }
        for flaw in &waldec.flaws {
            let what = format!("line {}: {}, not taken", flaw.line, flaw.what);
            eprintln!("{}", reader.at_fault(what));
        }
        let more = waldec.broken.saturating_sub(waldec.flaws.len() as u64);
        if more > 0 {
            eprintln!("{}", reader.at_fault(format!("and {more} such lines more")));
        }
    }

    fn interrupted(&self) -> String {
        self.bar.break_line();
        format!(
            "interrupted after {} lines, which are kept: start the same command again",
            self.lines
        )
    }

    fn end(&self, state: &RegisterState) -> Result<(), String> {
        self.bar.break_line();
        say!(
            "{} lines read, {} without a number, {} broken; the register has {} associations",
            self.lines,
            self.skipped,
            self.broken,
            state.lines
        )
    }
}
