//! `/ville/demandes/{id}/precisions`: what the association is asked to change, field by field, with
//! sentences that are ready to be chosen (they stand in the template, which a city may replace).

use std::collections::BTreeMap;
use std::sync::Arc;

use ::web::access::ReviewApplications;
use ::web::{ApiResult, Params, PathId};
use eligibility::{Application, ChangesInput, NewChange};
use kernel::{ApplicationId, Code, Refusal};
use serde::{Deserialize, Serialize};

use super::application_parts::{Answered, SAMPLE_ID, sample_answers};
use super::city_applications::Wanted;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

/// What may be asked for, in the order in which the form is read.
const FIELDS: [&str; 15] = [
    "requests",
    "purpose",
    "themes",
    "labels",
    "statement",
    "publics",
    "beneficiaries_per_year",
    "site",
    "trained_staff",
    "own_use",
    "commitments",
    "statutes",
    "project",
    "identity",
    "association",
];

#[derive(Serialize)]
struct Asking {
    id: String,
    reference: String,
    association: String,
    answers: Answered,
    fields: Vec<&'static str>,
    back: String,
    query: String,
}

impl View for Asking {
    const TEMPLATE: &'static str = "city_changes.html";
}

async fn load(
    page: &Page<ReviewApplications>,
    id: ApplicationId,
    wanted: &Wanted,
) -> ApiResult<(Asking, i32)> {
    let (it, may_ask) = page
        .read(move |db, actor| {
            let it = eligibility::application(db, actor, id)?;
            let may_ask = it.status.may_be_asked();
            Ok((it, may_ask))
        })
        .await?;
    if !may_ask {
        return Err(Refusal::plain(Code::ApplicationStepNotAllowed).into());
    }
    let setup = Arc::clone(&page.state().eligibility);
    let view = Asking {
        id: id.to_string(),
        answers: Answered::of(&it.form, &setup.lists, page.language()),
        reference: it.reference,
        association: it.association,
        fields: FIELDS.into(),
        back: wanted.at(&format!("/ville/demandes/{id}")),
        query: wanted.at(""),
    };
    Ok((view, it.version))
}

pub(crate) async fn show(
    page: Page<ReviewApplications>,
    PathId(id): PathId<kernel::Application>,
    Params(wanted): Params<Wanted>,
) -> PageResult {
    let (view, version) = load(&page, id, &wanted).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

/// Every field of the page by its number; those that are ticked say their name.
#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    items: BTreeMap<String, Item>,
}

#[derive(Deserialize)]
struct Item {
    field: Option<String>,
    /// A sentence that was chosen.
    sentence: Option<String>,
    /// In own words, beside it or in its place.
    message: Option<String>,
}

/// What is asked for, and by which number the page knows each of it.
fn asked(sent: Sent) -> (ChangesInput, Vec<String>) {
    let mut items: Vec<(String, Item)> = sent.items.into_iter().collect();
    items.sort_by_key(|(number, _)| number.parse::<u32>().unwrap_or(u32::MAX));
    let ticked = items.into_iter().filter_map(|(number, item)| {
        let said = [item.sentence, item.message].into_iter().flatten();
        let change = NewChange {
            field: item.field?,
            reason: String::new(),
            message: said.collect::<Vec<_>>().join("\n"),
        };
        Some((number, change))
    });
    let (numbers, items) = ticked.unzip();
    (ChangesInput { items }, numbers)
}

/// A refusal, at the fields of the page.
fn at_field(cause: db::Error, numbers: &[String]) -> db::Error {
    let mut refusal = match cause {
        db::Error::Refused(refusal) => refusal,
        other => return other,
    };
    for error in &mut refusal.errors {
        let pointer = error.pointer.as_deref().unwrap_or_default();
        let below = pointer.strip_prefix("/items/");
        let place = below.and_then(|below| below.split_once('/'));
        let found =
            place.and_then(|(at, rest)| Some((numbers.get(at.parse::<usize>().ok()?)?, rest)));
        if let Some((number, rest)) = found {
            error.pointer = Some(format!("/items/{number}/{rest}"));
        }
    }
    db::Error::Refused(refusal)
}

pub(crate) async fn send(
    page: Page<ReviewApplications>,
    PathId(id): PathId<kernel::Application>,
    Params(wanted): Params<Wanted>,
    form: Form,
) -> PageResult {
    let at = wanted.at(&format!("/ville/demandes/{id}"));
    let seen = form.if_match();
    let saved = match form.read::<Sent>().map(asked) {
        Err(cause) => Err(cause),
        Ok((input, numbers)) => {
            let ask = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
                seen.of::<Application>(tx, actor, id)?;
                let sent = eligibility::request_changes(tx, actor, id, &input);
                let sent = sent.map_err(|cause| at_field(cause, &numbers))?;
                Ok(Saved::at(&*at).about(id).with_status(sent.status).saying(
                    "La demande est renvoyée à l’association, qui est prévenue.",
                    "The application goes back to the association, which is told.",
                ))
            };
            let deed = "post_applications_id_request_changes";
            page.write(&form, deed, ask).await
        }
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            // of what was sent meanwhile there is no form any more
            let Ok((view, version)) = load(&page, id, &wanted).await else {
                return Err(cause);
            };
            page.retry_against(version, &view, &form, cause)
        }
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let view = Asking {
        id: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        association: "Les Amis".to_owned(),
        answers: sample_answers(),
        fields: FIELDS.into(),
        back: format!("/ville/demandes/{SAMPLE_ID}"),
        query: String::new(),
    };
    let wrong = |form: FormView| form.with_mistake("items/0/message", "123");
    vec![
        Sample::of("changes to ask for", &view),
        Sample::of("changes to ask for, wrong", &view).with_form(wrong),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn item(field: Option<&str>, sentence: Option<&str>, message: Option<&str>) -> Item {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Item {
            field: text(field),
            sentence: text(sentence),
            message: text(message),
        }
    }

    #[test]
    fn only_what_is_ticked_is_asked_and_mistakes_come_back_to_their_field() {
        let items = [
            ("0", item(None, None, Some("forgotten"))),
            (
                "4",
                item(Some("statement"), Some("Précisez."), Some("Qui vient ?")),
            ),
            ("7", item(Some("site"), None, None)),
        ];
        let items = items.map(|(number, item)| (number.to_owned(), item));
        let (input, numbers) = asked(Sent {
            items: items.into(),
        });
        assert_eq!(numbers, ["4", "7"]);
        assert_eq!(input.items[0].message, "Précisez.\nQui vient ?");
        let refusal = Refusal::field("/items/1/message", Code::Required, Code::Required.help());
        let moved = at_field(refusal.into(), &numbers);
        let errors = &moved.refusal().unwrap().errors;
        assert_eq!(errors[0].pointer.as_deref(), Some("/items/7/message"));
    }
}
