//! The upload of a manifest: all of it or nothing. The file is gone through in one pass that
//! finds every mistake and, when it is long, in another that stores the rows, some hundreds at
//! a time: memory does not grow with it.

use std::io::Read;

use db::{Db, Result, Tx};
use kernel::{Actor, BatchId, Code, FieldError, Instant};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::manifest::{Content, Manifest, ManifestRow, Mistakes, Reading, Source, Unread};
use crate::model::{Batch, BatchStatus, ManifestReport, ManifestSummary};
use crate::rules;
use crate::store::{self, Change, NewDevice};
use crate::tags::{search_key, tags};

/// Rows that are looked up and written together.
const CHUNK: usize = 500;
/// Rows that the answer shows as they were read.
const PREVIEW: usize = 5;

/// What an upload of this file would do, without doing it.
///
/// # Errors
/// `batch_not_editable`, `manifest_unreadable`. Mistakes in lines are in the report.
pub fn check_manifest(
    db: &mut Db,
    actor: &Actor,
    id: BatchId,
    file: &Content,
    now: Instant,
) -> Result<ManifestReport> {
    let batch = store::batch(db, actor, id)?;
    rules::may_edit(batch.status)?;
    let source = Source::of(file)?;
    let mut manifest = Manifest::read(&source, reading(&batch, now))?;
    let mut mistakes = manifest.take_mistakes();
    each_chunk(&manifest, &source, |rows| {
        note_known(db, (actor, &batch), &manifest, rows, &mut mistakes)
    })?;
    Ok(ManifestReport {
        dry_run: true,
        unchanged: is_same_file(&batch, &fingerprint(file)?),
        preview: preview(&manifest, &source)?,
        ..report(&manifest, &source, &mistakes)
    }
    .with_errors(mistakes))
}

/// Stores the devices of a manifest in place of those of an earlier one. The same file
/// again changes nothing.
///
/// # Errors
/// `batch_not_editable`, `manifest_unreadable`; `manifest_invalid` with every bad line, or
/// `duplicate_serial` when that is all that is wrong.
pub fn put_manifest(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: BatchId,
    file: &Content,
) -> Result<ManifestReport> {
    let batch = store::batch(tx, actor, id)?;
    rules::may_edit(batch.status)?;
    let sha256 = fingerprint(file)?;
    if let Some(known) = batch
        .manifest
        .as_ref()
        .filter(|_| is_same_file(&batch, &sha256))
    {
        return Ok(unchanged(known));
    }
    let source = Source::of(file)?;
    let mut manifest = Manifest::read(&source, reading(&batch, tx.now()))?;
    let mut mistakes = manifest.take_mistakes();
    store::delete_announced(tx, batch.id)?;
    each_chunk(&manifest, &source, |rows| {
        note_known(tx, (actor, &batch), &manifest, rows, &mut mistakes)?;
        if mistakes.is_empty() {
            announce(tx, &batch, rows)
        } else {
            Ok(())
        }
    })?;
    let mut report = report(&manifest, &source, &mistakes);
    if !mistakes.is_empty() {
        // refusing undoes the whole transaction
        return Err(mistakes
            .refusal(report.rows)
            .with_extra(understood(&report))
            .into());
    }
    report.preview = preview(&manifest, &source)?;
    let mut change = Change::to(&batch, BatchStatus::Draft, tx.now());
    change.manifest = Some(ManifestSummary {
        rows: report.rows,
        format: report.format.clone(),
        sheet: report.sheet.clone(),
        encoding: report.encoding.clone(),
        delimiter: report.delimiter.clone(),
        header_line: report.header_line,
        columns: report.columns.clone(),
        sha256,
        uploaded_at: tx.now(),
    });
    store::update(tx, &batch, &change)?;
    Ok(report)
}

fn reading(batch: &Batch, now: Instant) -> Reading {
    let mut kinds: Vec<_> = batch.declared.iter().map(|line| line.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    Reading {
        today: now.date(),
        only_kind: match kinds.as_slice() {
            [only] => Some(*only),
            _ => None,
        },
    }
}

fn each_chunk(
    manifest: &Manifest,
    source: &Source<'_>,
    mut work: impl FnMut(&[ManifestRow]) -> Result<()>,
) -> Result<()> {
    let mut rows = manifest.rows(source)?;
    loop {
        let chunk: Vec<ManifestRow> = rows.by_ref().take(CHUNK).collect::<Result<_, Unread>>()?;
        if chunk.is_empty() {
            return Ok(());
        }
        work(&chunk)?;
    }
}

/// A serial number names one live device, also over all batches.
fn note_known(
    db: &mut Db,
    (actor, batch): (&Actor, &Batch),
    manifest: &Manifest,
    rows: &[ManifestRow],
    mistakes: &mut Mistakes,
) -> Result<()> {
    let keys: Vec<String> = rows.iter().map(|row| row.serial_key.clone()).collect();
    let known = store::live_serials(db, &keys, batch.id)?;
    for row in rows {
        if let Some(stock) = known.get(&row.serial_key) {
            let visible = actor.is_city() || stock.donor_id == actor.organisation;
            mistakes.push(FieldError {
                pointer: None,
                line: Some(row.line),
                column: manifest.serial_column(),
                code: Code::DuplicateSerial,
                detail: rules::where_it_is(&row.serial, stock, visible),
            });
        }
    }
    Ok(())
}

fn announce(tx: &mut Tx<'_>, batch: &Batch, rows: &[ManifestRow]) -> Result<()> {
    let now = tx.now();
    let tags = tags(tx, rows.len())?;
    let devices = rows
        .iter()
        .zip(tags)
        .map(|(row, tag)| {
            let (maker, model) = (row.manufacturer.as_deref(), row.model.as_deref());
            Ok(NewDevice {
                id: tx.new_id(),
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
                version: 1,
                updated_at: now,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    store::insert_announced(tx, &devices)
}

fn preview(manifest: &Manifest, source: &Source<'_>) -> Result<Vec<ManifestRow>, Unread> {
    manifest.rows(source)?.take(PREVIEW).collect()
}

fn report(manifest: &Manifest, source: &Source<'_>, mistakes: &Mistakes) -> ManifestReport {
    let (rows, rejected) = (manifest.row_count(), mistakes.line_count());
    ManifestReport {
        rows,
        accepted: rows.saturating_sub(rejected),
        rejected,
        format: source.format().to_owned(),
        sheet: source.sheet().map(str::to_owned),
        other_sheets: source.other_sheets().to_vec(),
        encoding: source.encoding_name().to_owned(),
        delimiter: match source.sheet() {
            Some(_) => String::new(),
            None => manifest.delimiter().to_string(),
        },
        header_line: manifest.header_line(),
        columns: manifest.columns(),
        preview: Vec::new(),
        dry_run: false,
        unchanged: false,
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
    let digest = hash.finalize();
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn is_same_file(batch: &Batch, sha256: &str) -> bool {
    batch
        .manifest
        .as_ref()
        .is_some_and(|known| known.sha256 == sha256)
}
