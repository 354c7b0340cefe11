//! What staff asked to be changed, resolved one by one.

use kernel::{Code, Fields, Instant, PersonId, Refusal, Text, fold};

use crate::model::{Changes, DocumentKind, HowResolved, Resolution};

/// The fields of the form, as items name them.
const FIELDS: [&str; 11] = [
    "requests",
    "purpose",
    "themes",
    "labels",
    "publics",
    "beneficiaries_per_year",
    "site",
    "trained_staff",
    "own_use",
    "statement",
    "commitments",
];

/// What an item of a request for changes names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// A field of the form.
    Field(&'static str),
    /// A supporting document, of this kind if it says one.
    Document(Option<DocumentKind>),
    /// The association itself: its name, its numbers, its address.
    Association,
}

impl Named {
    /// Reads what staff wrote: a field by its name or by a pointer (`site`,
    /// `/site/postal_code`), `documents`, a kind of document in English or French, or
    /// `association`.
    pub(crate) fn read(item: &str) -> Option<Self> {
        let mut parts = item.trim().trim_start_matches('/').split(['/', '.', '[']);
        let first = parts.next()?.trim();
        if let Some(field) = FIELDS.into_iter().find(|field| *field == first) {
            return Some(Self::Field(field));
        }
        match fold(first).as_str() {
            "document" | "documents" => {
                let kind = parts.next().map(fold);
                Some(Self::Document(kind.and_then(|kind| kind_of(&kind))))
            }
            "association" | "association id" => Some(Self::Association),
            other => kind_of(other).map(|kind| Self::Document(Some(kind))),
        }
    }

    /// What an item may name, for whoever wrote something else.
    pub(crate) fn possible() -> String {
        let kinds = DocumentKind::ALL.iter().map(|kind| kind.as_str());
        let others = ["documents", "association"];
        let all: Vec<_> = FIELDS.into_iter().chain(others).chain(kinds).collect();
        all.join(", ")
    }
}

fn kind_of(name: &str) -> Option<DocumentKind> {
    match name {
        "statutes" | "statuts" => Some(DocumentKind::Statutes),
        "project" | "projet" => Some(DocumentKind::Project),
        "identity" | "identite" => Some(DocumentKind::Identity),
        "other" | "autre" => Some(DocumentKind::Other),
        _ => None,
    }
}

/// The field of the form that an item names: `site` for `/site/postal_code`.
fn field_of(item: &str) -> Option<&'static str> {
    match Named::read(item) {
        Some(Named::Field(field)) => Some(field),
        _ => None,
    }
}

fn resolution(how: HowResolved, answer: &str, by: PersonId, at: Instant) -> Resolution {
    Resolution {
        how,
        answer: answer.trim().to_owned(),
        by,
        at,
    }
}

/// Resolves the open items whose field was filled in anew; true when there was one.
pub(crate) fn resolve_changed(
    changes: &mut Changes,
    named: &[&str],
    by: PersonId,
    at: Instant,
) -> bool {
    let mut any = false;
    for item in &mut changes.items {
        let touched = field_of(&item.field).is_some_and(|field| named.contains(&field));
        if touched && item.resolved.is_none() {
            item.resolved = Some(resolution(HowResolved::Changed, "", by, at));
            any = true;
        }
    }
    any
}

/// Resolves one item by an answer.
///
/// # Errors
/// `unknown_item`, `invalid_fields` without an answer or with one that is too long.
pub(crate) fn resolve(
    changes: &mut Changes,
    number: usize,
    answer: &str,
    by: PersonId,
    at: Instant,
) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    fields.text("/answer", answer, 2000);
    let item = changes.items.iter_mut().find(|item| item.number == number);
    let item = item.ok_or_else(|| Refusal::plain(Code::UnknownItem))?;
    fields.check()?;
    item.resolved = Some(resolution(HowResolved::Answered, answer, by, at));
    Ok(())
}

/// Resolves the open items that ask for a document of this kind, or for any; true when there
/// was one. A document that does not say what it is answers all of them.
pub(crate) fn resolve_attached(
    changes: &mut Changes,
    attached: DocumentKind,
    by: PersonId,
    at: Instant,
) -> bool {
    let mut any = false;
    for item in &mut changes.items {
        let asked = match Named::read(&item.field) {
            Some(Named::Document(None)) => true,
            Some(Named::Document(Some(kind))) => {
                kind == attached || attached == DocumentKind::Other
            }
            _ => false,
        };
        if asked && item.resolved.is_none() {
            item.resolved = Some(resolution(HowResolved::Document, "", by, at));
            any = true;
        }
    }
    any
}

/// Resolves the open items that name no field of the form: the application was sent again.
pub(crate) fn resolve_others(changes: &mut Changes, by: PersonId, at: Instant) {
    for item in &mut changes.items {
        if field_of(&item.field).is_none() && item.resolved.is_none() {
            item.resolved = Some(resolution(HowResolved::Submitted, "", by, at));
        }
    }
}

/// Nothing that names a field of the form is left open.
///
/// # Errors
/// `changes_open`, with each of them.
pub(crate) fn open_items(changes: &Changes) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    for item in &changes.items {
        if item.resolved.is_none() && field_of(&item.field).is_some() {
            fields.push(
                format!("/changes/items/{}", item.number.saturating_sub(1)),
                Code::ChangesOpen,
                Text::new(item.message.clone(), item.message.clone()),
            );
        }
    }
    if fields.is_empty() {
        return Ok(());
    }
    let mut refusal = Refusal::new(
        Code::ChangesOpen,
        Text::new(
            "Des points signalés par la ville restent ouverts : modifiez le champ, ou répondez au point.",
            "Points that the city raised are still open: change the field, or answer the point.",
        ),
    );
    refusal.errors = fields.into_vec();
    Err(refusal)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::model::ChangeRequest;

    #[test]
    fn changes_open_until_each_is_resolved() {
        let at: Instant = "2023-02-28T09:00:00Z".parse().unwrap();
        let by = kernel::Id::from_uuid("0190a000-0000-7000-8000-000000000000".parse().unwrap());
        let item = |number, field: &str| ChangeRequest {
            number,
            field: field.into(),
            reason: String::new(),
            message: "À revoir.".into(),
            resolved: None,
        };
        let mut changes = Changes {
            items: vec![
                item(1, "/site/postal_code"),
                item(2, "statement"),
                item(3, "statuts"),
            ],
            requested_at: at,
            requested_by: by,
            answered_at: None,
        };
        assert_eq!(open_items(&changes).unwrap_err().errors.len(), 2);
        assert!(resolve_changed(&mut changes, &["site"], by, at));
        assert!(!resolve_changed(&mut changes, &["site"], by, at));
        assert_eq!(
            resolve(&mut changes, 4, "x", by, at).unwrap_err().code,
            Code::UnknownItem
        );
        assert!(resolve(&mut changes, 2, " ", by, at).is_err());
        resolve(&mut changes, 2, "Voir le projet joint.", by, at).unwrap();
        open_items(&changes).unwrap();
        assert!(!resolve_attached(
            &mut changes,
            DocumentKind::Project,
            by,
            at
        ));
        assert!(resolve_attached(
            &mut changes,
            DocumentKind::Statutes,
            by,
            at
        ));
        changes.items.push(item(4, "association"));
        resolve_others(&mut changes, by, at);
        assert!(changes.items.iter().all(|item| item.resolved.is_some()));
    }

    #[test]
    fn an_item_names_a_field_a_document_or_the_association() {
        for (item, named) in [
            ("statement", Some(Named::Field("statement"))),
            ("/statement", Some(Named::Field("statement"))),
            ("/site/postal_code", Some(Named::Field("site"))),
            ("site.postal_code", Some(Named::Field("site"))),
            ("requests[0].quantity", Some(Named::Field("requests"))),
            ("documents", Some(Named::Document(None))),
            (
                "/documents/statutes",
                Some(Named::Document(Some(DocumentKind::Statutes))),
            ),
            (
                "Identité",
                Some(Named::Document(Some(DocumentKind::Identity))),
            ),
            ("association", Some(Named::Association)),
            ("sitement", None),
            ("", None),
        ] {
            assert_eq!(Named::read(item), named, "{item}");
        }
    }
}
