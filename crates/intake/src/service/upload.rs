//! The upload of a manifest: all of it or nothing. The file is read and checked before any
//! transaction ([`read_manifest`]); what is left for the transaction is to look its serial numbers
//! up and to write its rows, of which there are so many at the most.

use std::collections::HashMap;
use std::io::Read;

use data_encoding::HEXLOWER;
use db::{Db, Result, Tx};
use kernel::{Actor, BatchId, Code, DeviceKind, FieldError, Instant, Refusal, Text};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::tell;
use crate::manifest::{
    Content, DateOrder, Manifest, ManifestRow, Mistakes, Notice, NoticeCode, Part, Reading, Sheets,
    Source, Unread,
};
use crate::model::{Batch, BatchStatus, ListChange, ManifestReport, ManifestSummary};
use crate::rules;
use crate::store::{self, Announced, Change, NewDevice};
use crate::tags::{search_key, tags};

/// Rows that are looked up and written together.
const CHUNK: usize = 500;
/// Rows that the answer shows as they were read.
const PREVIEW: usize = 5;

/// How the donor answers what a list leaves open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// Which sheets of a workbook are the list.
    pub sheets: Sheets,
    /// In which order days and months are written.
    pub dates: Option<DateOrder>,
}

impl Answers {
    /// The sheet that is the list, as it is asked for; `*` for all.
    pub(super) fn sheet(&self) -> Option<String> {
        match &self.sheets {
            Sheets::Unsaid => None,
            Sheets::Named(name) => Some(name.clone()),
            Sheets::All => Some("*".to_owned()),
        }
    }

    /// As they are kept beside the list.
    fn written(&self) -> String {
        let sheets = self.sheet().map(|name| format!("sheet={name}"));
        let dates = self.dates.map(|order| format!("dates={}", order.as_str()));
        sheets
            .into_iter()
            .chain(dates)
            .collect::<Vec<_>>()
            .join("&")
    }
}

/// A list of devices that was read to its end.
#[derive(Debug)]
pub struct ReadManifest {
    manifest: Manifest,
    reading: Reading,
    answers: Answers,
    sha256: String,
    format: &'static str,
    encoding: &'static str,
    sheet: Option<String>,
    other_sheets: Vec<String>,
    /// The names of its lists, where there are several.
    parts: Vec<Option<String>>,
}

impl ReadManifest {
    /// What can be understood in several ways, and nobody said yet.
    pub fn questions(&self) -> &[Notice] {
        self.manifest.questions()
    }

    fn part(&self, at: usize) -> Part<'_> {
        let name = self.parts.get(at).and_then(Option::as_deref);
        Part { at, name }
    }
}

/// What the rows of a batch's list are read against; `most_rows` it may have.
///
/// # Errors
/// `batch_not_editable`.
pub fn manifest_reading(
    db: &mut Db,
    actor: &Actor,
    id: BatchId,
    (now, most_rows): (Instant, u64),
    answers: &Answers,
) -> Result<Reading> {
    let batch = store::batch(db, actor, id)?;
    rules::may_list(batch.status)?;
    Ok(Reading {
        today: now.date(),
        only_kind: only_kind(&batch),
        dates: answers.dates,
        most_rows,
    })
}

/// Reads a file. Pure, and as long as the file is: to be done outside of transactions.
///
/// # Errors
/// `manifest_unreadable`, `too_large`. Mistakes in lines are kept.
pub fn read_manifest(file: &Content, reading: Reading, answers: Answers) -> Result<ReadManifest> {
    let sha256 = fingerprint(file)?;
    let source = Source::with_sheets(file, &answers.sheets)?;
    let parts = 0..source.parts();
    Ok(ReadManifest {
        manifest: Manifest::read(&source, reading)?,
        reading,
        answers,
        sha256,
        format: source.format(),
        encoding: source.encoding_name(),
        sheet: source.sheet(),
        other_sheets: source.other_sheets().to_vec(),
        parts: parts
            .map(|at| source.part_name(at).map(str::to_owned))
            .collect(),
    })
}

/// What an upload of this file would do, without doing it.
///
/// # Errors
/// `batch_not_editable`, `stale_version` when the batch changed since the file was read.
/// Mistakes in lines are in the report.
pub fn check_manifest(
    db: &mut Db,
    actor: &Actor,
    id: BatchId,
    read: &ReadManifest,
) -> Result<ManifestReport> {
    let batch = editable(db, actor, id, read)?;
    let mut mistakes = read.manifest.mistakes().clone();
    let mut before = Before::of(db, &batch)?;
    for rows in read.manifest.rows().chunks(CHUNK) {
        db::watch::go_on()?;
        for row in rows {
            before.take(row);
        }
        note_known(db, (actor, &batch), read, rows, &mut mistakes)?;
    }
    Ok(ManifestReport {
        dry_run: true,
        unchanged: is_same_file(&batch, read),
        preview: preview(&read.manifest),
        difference: before.change(&batch),
        ..report(read, &mistakes)
    }
    .with_errors(mistakes))
}

/// Stores the devices of a manifest in place of those of an earlier one. The same file
/// again changes nothing. Those who rely on what was offered hear of the change.
///
/// # Errors
/// `batch_not_editable`, `several_sheets` when nobody chose, `stale_version` when the batch
/// changed since the file was read; `manifest_invalid` with every bad line, or
/// `duplicate_serial` when that is all that is wrong.
pub fn put_manifest(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: BatchId,
    read: &ReadManifest,
) -> Result<ManifestReport> {
    let batch = editable(tx, actor, id, read)?;
    if let Some(known) = batch
        .manifest
        .as_ref()
        .filter(|_| is_same_file(&batch, read))
    {
        return Ok(unchanged(known));
    }
    if let Some(refusal) = undecided(&read.manifest) {
        return Err(refusal.into());
    }
    let rows = read.manifest.rows();
    let mut mistakes = read.manifest.mistakes().clone();
    for rows in rows.chunks(CHUNK) {
        note_known(tx, (actor, &batch), read, rows, &mut mistakes)?;
    }
    let mut report = report(read, &mistakes);
    if !mistakes.is_empty() {
        return Err(mistakes
            .refusal(report.rows)
            .with_extra(understood(&report))
            .into());
    }
    let mut before = Before::of(tx, &batch)?;
    store::delete_announced(tx, batch.id)?;
    for rows in rows.chunks(CHUNK) {
        let known: Vec<Option<Announced>> = rows.iter().map(|row| before.take(row)).collect();
        announce(tx, &batch, rows, known)?;
    }
    report.preview = preview(&read.manifest);
    report.difference = before.change(&batch);
    let mut change = Change::to(&batch, batch.status, tx.now());
    change.manifest = Some(summary(&report, read, tx.now()));
    store::update(tx, &batch, &change)?;
    store::delete_pending(tx, batch.id)?;
    if let Some(difference) = &report.difference
        && batch.status != BatchStatus::Draft
    {
        tell::manifest_replaced(tx, &batch, report.rows, difference)?;
    }
    Ok(report)
}

/// The batch, for which the file was read as it would be now.
fn editable(db: &mut Db, actor: &Actor, id: BatchId, read: &ReadManifest) -> Result<Batch> {
    let batch = store::batch(db, actor, id)?;
    rules::may_list(batch.status)?;
    match only_kind(&batch) == read.reading.only_kind {
        true => Ok(batch),
        false => Err(Code::StaleVersion.into()),
    }
}

fn summary(report: &ManifestReport, read: &ReadManifest, now: Instant) -> ManifestSummary {
    ManifestSummary {
        rows: report.rows,
        format: report.format.clone(),
        sheet: report.sheet.clone(),
        encoding: report.encoding.clone(),
        delimiter: report.delimiter.clone(),
        header_line: report.header_line,
        columns: report.columns.clone(),
        sha256: read.sha256.clone(),
        answers: read.answers.written(),
        uploaded_at: now,
    }
}

/// A workbook with several lists is stored when somebody said which of them are meant.
fn undecided(manifest: &Manifest) -> Option<Refusal> {
    let several = |question: &&Notice| question.code == NoticeCode::SeveralSheets;
    let question = manifest.questions().iter().find(several)?;
    let detail = Text::new(question.fr.clone(), question.en.clone());
    let refusal = Refusal::new(Code::SeveralSheets, detail);
    Some(refusal.with_extra(json!({"questions": manifest.questions()})))
}

/// The list that a batch had.
struct Before {
    devices: HashMap<String, Announced>,
    change: ListChange,
}

impl Before {
    /// Serial numbers that are named.
    const NAMED: usize = 50;

    fn of(db: &mut Db, batch: &Batch) -> Result<Self> {
        Ok(Self {
            devices: match batch.manifest {
                Some(_) => store::announced(db, batch.id)?,
                None => HashMap::new(),
            },
            change: ListChange::default(),
        })
    }

    /// The device of a row, when it was on the list.
    fn take(&mut self, row: &ManifestRow) -> Option<Announced> {
        let known = self.devices.remove(&row.serial_key);
        match known {
            Some(_) => self.change.kept += 1,
            None => {
                self.change.added += 1;
                if self.change.added_serials.len() < Self::NAMED {
                    self.change.added_serials.push(row.serial.clone());
                }
            }
        }
        known
    }

    /// What is different now; nothing where there was no list.
    fn change(mut self, batch: &Batch) -> Option<ListChange> {
        batch.manifest.as_ref()?;
        self.change.removed = self.devices.len() as u64;
        let mut gone: Vec<_> = self.devices.into_values().collect();
        gone.sort_by_key(|device| device.line);
        let named = gone.into_iter().take(Self::NAMED);
        self.change.removed_serials = named.map(|device| device.serial).collect();
        Some(self.change)
    }
}

/// The kind of all devices, where the batch declares only one.
fn only_kind(batch: &Batch) -> Option<DeviceKind> {
    let mut kinds = batch.declared.iter().map(|line| line.kind);
    let first = kinds.next()?;
    kinds.all(|kind| kind == first).then_some(first)
}

/// A serial number names one live device, also over all batches.
fn note_known(
    db: &mut Db,
    (actor, batch): (&Actor, &Batch),
    read: &ReadManifest,
    rows: &[ManifestRow],
    mistakes: &mut Mistakes,
) -> Result<()> {
    let keys: Vec<String> = rows.iter().map(|row| row.serial_key.clone()).collect();
    let known = store::live_serials(db, &keys, batch.id)?;
    for row in rows {
        if let Some(stock) = known.get(&row.serial_key) {
            let visible = actor.is_city() || stock.donor_id == actor.organisation;
            let mistake = FieldError {
                pointer: None,
                line: Some(row.line),
                column: read.manifest.serial_column(row),
                code: Code::DuplicateSerial,
                detail: rules::where_it_is(&row.serial, stock, visible),
            };
            mistakes.push(&read.part(row.part), mistake);
        }
    }
    Ok(())
}

/// Writes the devices of some rows. One that was on the list before stays the same: its tag may
/// stand on a label already.
fn announce(
    tx: &mut Tx<'_>,
    batch: &Batch,
    rows: &[ManifestRow],
    known: Vec<Option<Announced>>,
) -> Result<()> {
    let now = tx.now();
    let new = known.iter().filter(|known| known.is_none()).count();
    let mut tags = tags(tx, new)?.into_iter();
    let devices = rows
        .iter()
        .zip(known)
        .map(|(row, known)| {
            let (maker, model) = (row.manufacturer.as_deref(), row.model.as_deref());
            let (id, tag, version) = match known {
                Some(known) => (known.id, known.tag, known.version + 1),
                None => (tx.new_id(), tags.next().unwrap_or_default(), 1),
            };
            Ok(NewDevice {
                id,
                search_key: search_key(&tag, Some(&row.serial), maker, model),
                tag,
                serial: row.serial.clone(),
                serial_key: row.serial_key.clone(),
                kind: row.kind,
                manufacturer: row.manufacturer.clone(),
                model: row.model.clone(),
                stage: "expected",
                batch_id: batch.id,
                donor_id: batch.donor_id,
                workshop_id: batch.workshop_id,
                manifest_line: i32::try_from(row.line).map_err(db::Error::internal)?,
                attributes: row.attributes.clone(),
                cycle: 1,
                erasure_proven: false,
                stage_at: now,
                custody_seq: 0,
                custody_head: Vec::new(),
                version,
                updated_at: now,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    store::insert_announced(tx, &devices)
}

fn preview(manifest: &Manifest) -> Vec<ManifestRow> {
    manifest.rows().iter().take(PREVIEW).cloned().collect()
}

fn report(read: &ReadManifest, mistakes: &Mistakes) -> ManifestReport {
    let manifest = &read.manifest;
    let (rows, rejected) = (manifest.row_count(), mistakes.line_count());
    ManifestReport {
        rows,
        accepted: rows.saturating_sub(rejected),
        rejected,
        format: read.format.to_owned(),
        sheet: read.sheet.clone(),
        other_sheets: read.other_sheets.clone(),
        encoding: read.encoding.to_owned(),
        delimiter: match read.sheet {
            Some(_) => String::new(),
            None => manifest.delimiter().to_string(),
        },
        header_line: manifest.header_line(),
        columns: manifest.columns(),
        preview: Vec::new(),
        dry_run: false,
        unchanged: false,
        difference: None,
        warnings: manifest.warnings().to_vec(),
        questions: manifest.questions().to_vec(),
        errors_omitted: mistakes.omitted(),
        errors: Vec::new(),
    }
}

impl ManifestReport {
    fn with_errors(self, mistakes: Mistakes) -> Self {
        let errors = mistakes.into_sorted();
        Self { errors, ..self }
    }
}

fn unchanged(known: &ManifestSummary) -> ManifestReport {
    ManifestReport {
        rows: known.rows,
        accepted: known.rows,
        rejected: 0,
        format: known.format.clone(),
        sheet: known.sheet.clone(),
        other_sheets: Vec::new(),
        encoding: known.encoding.clone(),
        delimiter: known.delimiter.clone(),
        header_line: known.header_line,
        columns: known.columns.clone(),
        preview: Vec::new(),
        dry_run: false,
        unchanged: true,
        difference: None,
        warnings: Vec::new(),
        questions: Vec::new(),
        errors_omitted: 0,
        errors: Vec::new(),
    }
}

/// What a refusal says beside the mistakes.
fn understood(report: &ManifestReport) -> serde_json::Value {
    json!({
        "rows": report.rows,
        "accepted": report.accepted,
        "rejected": report.rejected,
        "format": report.format,
        "sheet": report.sheet,
        "other_sheets": report.other_sheets,
        "encoding": report.encoding,
        "delimiter": report.delimiter,
        "header_line": report.header_line,
        "columns": report.columns,
        "warnings": report.warnings,
        "questions": report.questions,
        "errors_omitted": report.errors_omitted,
    })
}

/// The SHA-256 of a file, in hexadecimal.
fn fingerprint(file: &Content) -> Result<String, Unread> {
    let (mut reader, mut part) = (file.reader(), vec![0; 64 * 1024]);
    let mut hash = Sha256::new();
    loop {
        match reader.read(&mut part)? {
            0 => break,
            read => hash.update(part.get(..read).unwrap_or_default()),
        }
    }
    Ok(HEXLOWER.encode(&hash.finalize()))
}

fn is_same_file(batch: &Batch, read: &ReadManifest) -> bool {
    let known = batch.manifest.as_ref();
    known
        .is_some_and(|known| known.sha256 == read.sha256 && known.answers == read.answers.written())
}
