//! `/dons/{id}/liste`: the list of serial numbers of a donation. What was understood of it; every
//! bad line with its cells beside it, to be corrected here or left out; what it leaves open, asked
//! and answered. A corrected file replaces it.

use std::collections::{BTreeMap, BTreeSet};

use ::web::access::RegisterBatches;
use ::web::{ApiError, ApiResult, PathId};
use intake::manifest::{self, Content, Mend};
use intake::{KeptList, PendingList};
use kernel::{BatchId, Code, Instant, Refusal, Text};
use serde::Serialize;

use super::donor_intake::{self, Taken};
use super::donor_list_lines::{
    BadCell, BadLine, Column, Question, SHOWN, Waiting, bad_lines, columns, waiting,
};
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct ListPage {
    id: String,
    reference: String,
    title: String,
    /// The list may still change.
    open: bool,
    /// The donation is not offered yet.
    draft: bool,
    stored: Option<Stored>,
    waiting: Option<Waiting>,
}

/// The list that the batch has.
#[derive(Serialize)]
struct Stored {
    rows: u64,
    uploaded_at: Instant,
    columns: Vec<Column>,
}

impl View for ListPage {
    const TEMPLATE: &'static str = "donor_list.html";
}

async fn load(page: &Page<RegisterBatches>, id: BatchId) -> ApiResult<ListPage> {
    let (batch, pending) = page
        .read(move |db, actor| {
            let pending = intake::pending_list(db, actor, id)?;
            Ok((intake::batch(db, actor, id)?, pending))
        })
        .await?;
    let open = intake::rules::may_list(batch.status).is_ok();
    let waiting = match pending.filter(|_| open) {
        Some(pending) => Some(examine(page, id, pending).await?),
        None => None,
    };
    Ok(ListPage {
        id: id.to_string(),
        open,
        draft: batch.status == intake::BatchStatus::Draft,
        stored: batch.manifest.map(|list| Stored {
            rows: list.rows,
            uploaded_at: list.uploaded_at,
            columns: columns(list.columns),
        }),
        reference: batch.reference,
        title: batch.title,
        waiting,
    })
}

fn bytes_of(content: &Content) -> db::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut content.reader(), &mut bytes).map_err(db::Error::internal)?;
    Ok(bytes)
}

/// Reads the list that waits anew: what is in the stock may have changed since.
async fn examine(
    page: &Page<RegisterBatches>,
    id: BatchId,
    pending: PendingList,
) -> ApiResult<Waiting> {
    let list = KeptList {
        name: pending.name.clone(),
        bytes: bytes_of(&pending.content)?,
        answers: pending.answers.clone(),
    };
    let report = donor_intake::check(page, id, list).await?;
    let numbers = bad_lines(&report.errors);
    let more = numbers.len().saturating_sub(SHOWN) as u64;
    let wanted: BTreeSet<u64> = numbers.into_iter().take(SHOWN).collect();
    let sheets = pending.answers.sheets.clone();
    let sought = wanted.clone();
    let cells = page
        .state()
        .database
        .compute(Some(page.who().asks()), move || {
            Ok(manifest::cells(&pending.content, &sheets, &sought)?)
        })
        .await?;
    Ok(waiting(
        (pending.name, pending.kept_at),
        report,
        cells,
        (&wanted, more),
        page.language(),
    ))
}

pub(crate) async fn show(
    page: Page<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> PageResult {
    let view = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?)
}

/// Answers with the list as it is now.
fn outcome(page: &Page<RegisterBatches>, id: BatchId, taken: &Taken) -> PageResult {
    let saved = Saved::at(format!("/dons/{id}/liste")).about(id);
    Ok(page.see(&told(saved, taken)))
}

/// Says what became of a list.
pub(crate) fn told(saved: Saved, taken: &Taken) -> Saved {
    match taken {
        Taken::Stored(rows, change) => saved.telling(stored_text(*rows, *change), "success"),
        Taken::Kept(0) => saved.telling(
            Text::new(
                "La liste est lue. Il reste une question avant de l’enregistrer.",
                "The list is read. One question is left before it is saved.",
            ),
            "info",
        ),
        Taken::Kept(lines) => saved.telling(
            Text::new(
                format!("Lignes à corriger : {lines}. Rien d’autre n’est perdu : corrigez-les ci-dessous."),
                format!("Lines to correct: {lines}. Nothing else is lost: correct them below."),
            ),
            "warning",
        ),
    }
}

fn stored_text(rows: u64, change: Option<(u64, u64)>) -> Text {
    match change.filter(|(added, removed)| added + removed > 0) {
        Some((added, removed)) => Text::new(
            format!(
                "La liste est enregistrée : {rows} appareils ({added} ajoutés, {removed} retirés)."
            ),
            format!("The list is saved: {rows} devices ({added} added, {removed} removed)."),
        ),
        None => Text::new(
            format!("La liste est enregistrée : {rows} appareils."),
            format!("The list is saved: {rows} devices."),
        ),
    }
}

/// A refusal of a file, at the field that it was sent with.
fn at_field(form: &Form, cause: ApiError) -> ApiError {
    let field = match form.file("list_file") {
        Some(_) => "/list_file",
        None => "/list_text",
    };
    match cause.refused() {
        Some(refusal) if refusal.errors.is_empty() && refusal.code != Code::NotFound => {
            Refusal::field(field, refusal.code, refusal.detail.clone()).into()
        }
        _ => cause,
    }
}

pub(crate) async fn send(
    page: Page<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let view = load(&page, id).await?;
    let taken = match donor_intake::list_of(&form) {
        Some(list) => donor_intake::take(&page, id, list).await,
        None => {
            let detail = Text::new(
                "Choisissez un fichier ou collez une liste.",
                "Choose a file or paste a list.",
            );
            Err(Refusal::field("/list_file", Code::Required, detail).into())
        }
    };
    match taken {
        Ok(taken) => outcome(&page, id, &taken),
        Err(cause) => page.retry(&view, &form, at_field(&form, cause)),
    }
}

/// The list that waits, to go on with.
async fn kept(page: &Page<RegisterBatches>, id: BatchId) -> ApiResult<PendingList> {
    let pending = page
        .read(move |db, actor| intake::pending_list(db, actor, id))
        .await?;
    Ok(pending.ok_or_else(Refusal::not_found)?)
}

pub(crate) async fn answer(
    page: Page<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let pending = kept(&page, id).await?;
    let list = KeptList {
        bytes: bytes_of(&pending.content)?,
        answers: donor_intake::answers(&form, pending.answers),
        name: pending.name,
    };
    match donor_intake::take(&page, id, list).await {
        Ok(taken) => outcome(&page, id, &taken),
        Err(cause) => page.retry(&load(&page, id).await?, &form, cause),
    }
}

/// What a form says of lines: `lines/12/3` is the fourth cell of line 12, `lines/12/out` leaves
/// the line out.
fn mends(form: &Form) -> BTreeMap<u64, Mend> {
    let mut all: BTreeMap<u64, Mend> = BTreeMap::new();
    for (name, value) in form.clone().into_fields() {
        let Some((line, what)) = name
            .strip_prefix("lines/")
            .and_then(|it| it.split_once('/'))
        else {
            continue;
        };
        let Ok(line) = line.parse::<u64>() else {
            continue;
        };
        if what == "out" {
            all.insert(line, Mend::LeaveOut);
        } else if let Ok(at) = what.parse::<usize>()
            && at < 500
        {
            let mend = all
                .entry(line)
                .or_insert_with(|| Mend::Cells(BTreeMap::new()));
            if let Mend::Cells(cells) = mend {
                cells.insert(at, value);
            }
        }
    }
    all
}

pub(crate) async fn mend(
    page: Page<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let pending = kept(&page, id).await?;
    let (sheets, mends) = (pending.answers.sheets.clone(), mends(&form));
    let (name, dates) = (pending.name, pending.answers.dates);
    let mended = page
        .state()
        .database
        .compute(Some(page.who().asks()), move || {
            Ok(manifest::mended(&pending.content, &sheets, &mends)?)
        })
        .await?;
    let bytes = mended.ok_or_else(Refusal::not_found)?;
    let list = KeptList {
        name,
        bytes,
        answers: intake::Answers {
            // a text now, of the sheet that was read
            sheets: manifest::Sheets::Unsaid,
            dates,
        },
    };
    match donor_intake::take(&page, id, list).await {
        Ok(taken) => outcome(&page, id, &taken),
        Err(cause) => page.retry(&load(&page, id).await?, &form, cause),
    }
}

pub(crate) async fn drop(
    page: Page<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let saved = page
        .write(&form, "delete_batches_id_pending_list", move |tx, actor| {
            intake::drop_list(tx, actor, id)?;
            Ok(Saved::at(format!("/dons/{id}/liste")).about(id).saying(
                "La liste à corriger est abandonnée.",
                "The list to correct is dropped.",
            ))
        })
        .await?;
    Ok(page.see(&saved))
}

pub(crate) fn samples() -> Vec<Sample> {
    let moment = Instant::from_micros(1_700_000_000_000_000);
    let columns = || {
        let named = [
            "serial",
            "kind",
            "manufacturer",
            "model",
            "processor",
            "memory",
            "storage",
            "purchased_on",
            "residual_value",
            "inventory_number",
            "site",
            "note",
        ];
        let known = named.into_iter().map(|field| Column {
            name: field.to_uppercase(),
            field: Some(field.to_owned()),
        });
        known
            .chain([Column {
                name: "OTHER".to_owned(),
                field: None,
            }])
            .collect::<Vec<_>>()
    };
    let question = |parameter, options: &[&str]| Question {
        parameter,
        text: "?".to_owned(),
        options: options.iter().map(|it| (*it).to_owned()).collect(),
    };
    let waiting = |mendable: bool, questions| {
        moment.map(|kept_at| Waiting {
            name: "parc.csv".to_owned(),
            kept_at,
            rows: 1_060,
            rejected: 3,
            columns: columns(),
            warnings: vec!["-".to_owned()],
            questions,
            general: vec!["-".to_owned()],
            lines: match mendable {
                true => vec![BadLine {
                    line: 12,
                    about: "HP ProDesk".to_owned(),
                    errors: vec!["-".to_owned()],
                    cells: vec![BadCell {
                        at: 0,
                        column: "Serial".to_owned(),
                        value: String::new(),
                        error: "-".to_owned(),
                    }],
                }],
                false => Vec::new(),
            },
            more: 2,
            mendable,
        })
    };
    let page = |waiting, stored: bool, open| ListPage {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        reference: "LOT-2023-0007".to_owned(),
        title: "Marseille".to_owned(),
        open,
        draft: open,
        stored: moment.filter(|_| stored).map(|uploaded_at| Stored {
            rows: 1_060,
            uploaded_at,
            columns: columns(),
        }),
        waiting,
    };
    let wrong = |form: FormView| form.with_mistake("list_file", "123");
    let asked = vec![
        question("sheet", &["Parc", "*"]),
        question("dates", &["dmy", "mdy"]),
    ];
    vec![
        Sample::of("list, none", &page(None, false, true)).with_form(wrong),
        Sample::of("list, stored", &page(None, true, true)),
        Sample::of("list, closed", &page(None, true, false)),
        Sample::of("list to mend", &page(waiting(true, Vec::new()), true, true)),
        Sample::of(
            "list with questions",
            &page(waiting(false, asked), false, true),
        ),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_line_is_corrected_cell_by_cell_or_left_out() {
        let kind = "application/x-www-form-urlencoded";
        let body =
            "lines/12/3=CZC1&lines/12/0=&lines/13/out=yes&lines/13/0=x&lines/y/0=z&lines/14/999=z";
        let form = Form::parse(kind, &body.to_owned().into()).unwrap();
        let all = mends(&form);
        let cells = BTreeMap::from([(0, String::new()), (3, "CZC1".to_owned())]);
        assert_eq!(all.get(&12), Some(&Mend::Cells(cells)));
        assert_eq!(all.get(&13), Some(&Mend::LeaveOut));
        assert_eq!(all.len(), 2);
    }
}
