//! A donor's list on its way in, for every page that takes one: read and checked as at the other
//! door; stored when nothing is wrong with it and nothing is left open, else kept to be mended.

use ::web::access::RegisterBatches;
use ::web::{Answer, ApiError, ApiResult, ManifestLimit};
use actix_web::web;
use intake::manifest::{self, Content, Sheets};
use intake::{Answers, KeptList, ManifestReport, PENDING_MOST};
use kernel::{BatchId, Code, Refusal, Text};

use crate::{Form, Page};

/// What became of a list.
pub(crate) enum Taken {
    /// It is the list of the batch now: so many devices; how many are new, how many are gone.
    Stored(u64, Option<(u64, u64)>),
    /// It waits: so many lines are wrong, or a question is open.
    Kept(u64),
}

/// The list of a form: a file, or what was pasted. None when there is neither.
pub(crate) fn list_of(form: &Form) -> Option<KeptList> {
    if let Some(file) = form.file("list_file") {
        return Some(KeptList {
            name: file.name.clone(),
            bytes: file.bytes.to_vec(),
            answers: Answers::default(),
        });
    }
    let text = form.get("list_text");
    (!text.is_empty()).then(|| KeptList {
        name: String::new(),
        bytes: manifest::pasted(text).into_bytes(),
        answers: Answers::default(),
    })
}

/// The limits of a list.
pub(crate) fn limits(page: &Page<RegisterBatches>) -> ManifestLimit {
    let limit = page.request().app_data::<web::Data<ManifestLimit>>();
    limit.map_or(
        ManifestLimit {
            bytes: PENDING_MOST,
            rows: 25_000,
        },
        |limit| *limit.get_ref(),
    )
}

/// Reads a list and says what is wrong with it, without storing anything.
///
/// # Errors
/// `manifest_unreadable`, `too_large`, `batch_not_editable`.
pub(crate) async fn check(
    page: &Page<RegisterBatches>,
    id: BatchId,
    list: KeptList,
) -> ApiResult<ManifestReport> {
    let read = read(page, id, list).await?;
    let checked = page.state().read_long(page.who(), move |db, actor| {
        intake::check_manifest(db, actor, id, &read)
    });
    checked.await
}

async fn read(
    page: &Page<RegisterBatches>,
    id: BatchId,
    list: KeptList,
) -> ApiResult<intake::ReadManifest> {
    let limit = limits(page);
    if list.bytes.len() as u64 > limit.bytes {
        return Err(too_large(limit.bytes).into());
    }
    let (bounds, asked) = (
        (page.state().database.now(), limit.rows),
        list.answers.clone(),
    );
    let reading = page
        .read(move |db, actor| intake::manifest_reading(db, actor, id, bounds, &asked))
        .await?;
    let read = page
        .state()
        .database
        .compute(Some(page.who().asks()), move || {
            let content = Content::from(list.bytes.as_slice());
            intake::read_manifest(&content, reading, list.answers)
        })
        .await?;
    Ok(read)
}

/// Takes a list in: stored, or kept to be mended.
///
/// # Errors
/// `manifest_unreadable`, `too_large`, `batch_not_editable`; `manifest_invalid` for one with
/// mistakes that is too large to be mended on a page.
pub(crate) async fn take(
    page: &Page<RegisterBatches>,
    id: BatchId,
    list: KeptList,
) -> ApiResult<Taken> {
    let read = read(page, id, list.clone()).await?;
    if read.questions().is_empty() {
        let stored = page.state().write_long(page.who(), move |tx, actor| {
            let report = intake::put_manifest(tx, actor, id, &read)?;
            let change = report.difference.map(|it| (it.added, it.removed));
            Answer::ok(&(report.rows, change))
        });
        match stored.await {
            Ok(answer) => {
                let (rows, change) =
                    serde_json::from_slice(answer.body()).map_err(db::Error::from)?;
                return Ok(Taken::Stored(rows, change));
            }
            Err(cause) if is_of_lines(&cause) => {}
            Err(cause) => return Err(cause),
        }
    }
    let report = check(page, id, list.clone()).await?;
    if list.bytes.len() as u64 > PENDING_MOST {
        return Err(too_large_to_mend(report.rejected).into());
    }
    let kept = page.state().write(page.who(), move |tx, actor| {
        intake::keep_list(tx, actor, id, &list)?;
        Ok(Answer::no_content())
    });
    kept.await?;
    Ok(Taken::Kept(report.rejected))
}

/// Lines are wrong, and the file can be read.
fn is_of_lines(cause: &ApiError) -> bool {
    matches!(
        cause.code(),
        Some(Code::ManifestInvalid | Code::DuplicateSerial)
    )
}

/// The answers of a form to what a list leaves open, over those that were given before.
pub(crate) fn answers(form: &Form, known: Answers) -> Answers {
    let sheet = form.get("sheet");
    Answers {
        sheets: match sheet.is_empty() {
            true => known.sheets,
            false => Sheets::said(Some(sheet.to_owned())),
        },
        dates: manifest::DateOrder::said(form.get("dates")).or(known.dates),
    }
}

fn too_large(bytes: u64) -> Refusal {
    let most = bytes >> 20;
    Refusal::new(
        Code::TooLarge,
        Text::new(
            format!("Une liste a {most} Mo au plus ; déposez celle-ci en plusieurs dons."),
            format!("A list has at most {most} MB; upload this one as several donations."),
        ),
    )
}

fn too_large_to_mend(lines: u64) -> Refusal {
    Refusal::new(
        Code::ManifestInvalid,
        Text::new(
            format!(
                "{lines} ligne(s) à corriger dans un fichier trop grand pour l’être ici : corrigez-le dans votre tableur, puis envoyez-le à nouveau."
            ),
            format!(
                "{lines} line(s) to correct in a file too large for this page: correct it in your spreadsheet program, then send it again."
            ),
        ),
    )
}
