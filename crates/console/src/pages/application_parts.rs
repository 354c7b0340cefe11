//! What the pages of an application share: its parts and their addresses, its answers in words,
//! what there is to choose.

use ::web::ApiError;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use eligibility::{Application, Form as Answers, Lists, Section, Term};
use kernel::{DeviceKind, Language, Refusal, Text};
use serde::Serialize;

use super::choices::Choice;

/// A part of the form, as the address of its page names it.
pub(crate) fn slug(section: Section) -> &'static str {
    match section {
        Section::Request => "materiel",
        Section::Project => "projet",
        Section::Public => "public",
        Section::Commitments => "engagements",
    }
}

/// The part that the address names. What is no part is no page; whoever is not signed in is asked
/// to do so first.
pub(crate) struct PathSection(Option<Section>);

impl PathSection {
    /// # Errors
    /// `not_found`.
    pub(crate) fn known(self) -> Result<Section, Refusal> {
        self.0.ok_or_else(Refusal::not_found)
    }
}

impl FromRequest for PathSection {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let named = request.match_info().get("section").unwrap_or_default();
        let mut all = Section::ALL.iter().copied();
        let found = all.find(|section| slug(*section) == named);
        std::future::ready(Ok(Self(found)))
    }
}

/// The page on which what staff asked for is put right; none when it is about nothing there.
pub(crate) fn page_of(field: &str) -> Option<&'static str> {
    if let Some(section) = Section::of(field) {
        return Some(slug(section));
    }
    let document = !field.trim_start_matches('/').starts_with("association");
    document.then_some("pieces")
}

/// A sentence in a language.
pub(crate) fn in_language(language: Language, fr: &str, en: &str) -> String {
    crate::language::say(&Text::new(fr.to_owned(), en.to_owned()), language)
}

/// How people name so many of a kind.
pub(crate) fn kind_name(kind: DeviceKind, count: u64, language: Language) -> &'static str {
    match language {
        Language::French => kind.french(count),
        Language::English => kind.english(count),
    }
}

/// The terms of a list.
pub(crate) fn choices(terms: &[Term], language: Language) -> Vec<Choice> {
    let choice = |term: &Term| Choice {
        value: term.code.clone(),
        text: in_language(language, &term.fr, &term.en),
    };
    terms.iter().map(choice).collect()
}

/// So many of a kind, as they were asked for.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Asked {
    kind: &'static str,
    quantity: i64,
    accepts: Vec<&'static str>,
}

/// What was answered, in words.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Answered {
    requests: Vec<Asked>,
    purpose: Option<&'static str>,
    themes: Vec<String>,
    labels: Vec<String>,
    publics: Vec<String>,
    beneficiaries: Option<i64>,
    place: Vec<String>,
    place_kind: Option<String>,
    trained_staff: Option<bool>,
    own_use: Option<bool>,
    statement: Option<String>,
    /// Each with whether it was made.
    commitments: Vec<(String, bool)>,
}

impl Answered {
    pub(crate) fn of(form: &Answers, lists: &Lists, language: Language) -> Self {
        let words = |terms: &[Term], codes: Vec<&str>| -> Vec<String> {
            let all = choices(terms, language).into_iter();
            let chosen = all.filter(|choice| codes.contains(&&*choice.value));
            chosen.map(|choice| choice.text).collect()
        };
        let codes =
            |codes: &Option<Vec<String>>| -> Vec<String> { codes.clone().unwrap_or_default() };
        let (labels, publics) = (codes(&form.labels), codes(&form.publics));
        let site = form.site.clone().unwrap_or_default();
        let kind: Vec<&str> = site.kind.as_deref().into_iter().collect();
        Self {
            requests: asked(form, language),
            purpose: form.purpose.map(|purpose| match language {
                Language::French => purpose.french(),
                Language::English => purpose.english(),
            }),
            themes: words(
                &lists.themes,
                form.themes.iter().flatten().map(|it| it.as_str()).collect(),
            ),
            labels: words(&lists.labels, labels.iter().map(String::as_str).collect()),
            publics: words(&lists.publics, publics.iter().map(String::as_str).collect()),
            beneficiaries: form.beneficiaries_per_year,
            place_kind: words(&lists.site_kinds, kind).pop(),
            place: [
                site.address,
                Some(
                    [site.postal_code, site.commune]
                        .into_iter()
                        .flatten()
                        .collect::<Vec<_>>()
                        .join(" "),
                ),
            ]
            .into_iter()
            .flatten()
            .filter(|line| !line.trim().is_empty())
            .collect(),
            trained_staff: form.trained_staff,
            own_use: form.own_use.map(|own| own > 0),
            statement: form.statement.clone(),
            commitments: commitments(form, lists, language),
        }
    }
}

fn asked(form: &Answers, language: Language) -> Vec<Asked> {
    let asked = form.requests.iter().flatten().map(|request| Asked {
        kind: kind_name(request.kind, request.quantity.unsigned_abs(), language),
        quantity: request.quantity,
        accepts: request
            .accepts
            .iter()
            .map(|kind| kind_name(*kind, 2, language))
            .collect(),
    });
    asked.collect()
}

/// The text of each commitment, and whether it was made.
fn commitments(form: &Answers, lists: &Lists, language: Language) -> Vec<(String, bool)> {
    let made = form.commitments.unwrap_or_default();
    let texts = &lists.commitments;
    [
        (&texts.republican_contract, made.republican_contract),
        (&texts.no_resale, made.no_resale),
        (&texts.follow_up, made.follow_up),
    ]
    .map(|(text, made)| (crate::language::say(text, language), made == Some(true)))
    .into()
}

/// Something that staff asked for.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Change {
    number: usize,
    message: String,
    reason: String,
    /// The page on which it is put right.
    href: Option<String>,
    open: bool,
    answer: String,
}

impl Change {
    /// Its number.
    pub(crate) fn number(&self) -> usize {
        self.number
    }

    /// For samples.
    pub(crate) fn sample(open: bool) -> Self {
        Self {
            number: 1,
            message: "123".to_owned(),
            reason: "456".to_owned(),
            href: open.then(|| format!("/demandes/{SAMPLE_ID}/projet")),
            open,
            answer: if open {
                String::new()
            } else {
                "789".to_owned()
            },
        }
    }
}

/// What staff asked for, as long as it is with the association.
pub(crate) fn changes(application: &Application) -> Vec<Change> {
    let items = application
        .changes
        .iter()
        .flat_map(|changes| &changes.items);
    let change = |item: &eligibility::ChangeRequest| Change {
        number: item.number,
        message: item.message.clone(),
        reason: item.reason.clone(),
        href: page_of(&item.field).map(|page| format!("/demandes/{}/{page}", application.id)),
        open: item.resolved.is_none(),
        answer: item
            .resolved
            .as_ref()
            .map(|resolved| resolved.answer.clone())
            .unwrap_or_default(),
    };
    items.map(change).collect()
}

/// A form with nothing missing, for samples.
pub(crate) fn sample_form() -> Answers {
    let json = r#"{"requests": [{"kind": "desktop", "quantity": 12, "accepts": ["laptop"]}],
        "purpose": "new_project", "themes": ["precarity", "employment"], "publics": [], "labels": [],
        "beneficiaries_per_year": 200, "site": {"address": "1 rue de la Paix", "postal_code": "13015", "commune": "Marseille"},
        "trained_staff": true, "own_use": 1, "statement": "Un atelier pour apprendre.",
        "commitments": {"republican_contract": true, "no_resale": true, "follow_up": false}}"#;
    serde_json::from_str(json).unwrap_or_default()
}

/// The answers of that form, for samples.
pub(crate) fn sample_answers() -> Answered {
    let of = |lists: Lists| Answered::of(&sample_form(), &lists, Language::English);
    Lists::embedded().map(of).unwrap_or_default()
}

/// An id, for samples.
pub(crate) const SAMPLE_ID: &str = "0198c0de-0000-7000-8000-000000000000";
