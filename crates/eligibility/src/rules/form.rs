//! The form: what a draft may hold, and what must be there to submit.

use std::collections::HashSet;

use kernel::{Code, CommuneCode, DeviceKind, Fields, Refusal, Text, Theme};

use crate::lists::{Lists, Term};
use crate::model::{Commitments, Form, Request, SiteForm};

/// Characters of a statement at the most.
const STATEMENT: usize = 4000;
/// Devices of one request at the most: more cannot be meant.
const QUANTITY: i64 = 100_000;
/// People reached in a year at the most.
const PEOPLE: i64 = 10_000_000;

/// Checks what is filled in. What is absent is no mistake in a draft.
///
/// # Errors
/// `invalid_fields` with everything that is wrong.
pub(crate) fn check_draft(form: &Form, kinds: &[DeviceKind], lists: &Lists) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    wrong(&mut fields, form, kinds, lists);
    fields.check()
}

/// Checks that nothing is missing or wrong.
///
/// # Errors
/// `application_incomplete` with every field, in plain words.
pub(crate) fn check_complete(
    form: &Form,
    kinds: &[DeviceKind],
    lists: &Lists,
) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    missing(&mut fields, form);
    wrong(&mut fields, form, kinds, lists);
    if fields.is_empty() {
        return Ok(());
    }
    let errors = fields.into_vec();
    let many = errors.len();
    let mut refusal = Refusal::new(
        Code::ApplicationIncomplete,
        Text::new(
            match many {
                1 => "Il reste un point à compléter avant d'envoyer la demande.".to_owned(),
                _ => format!("Il reste {many} points à compléter avant d'envoyer la demande."),
            },
            match many {
                1 => "One point is left to complete before the application can be sent.".to_owned(),
                _ => format!(
                    "{many} points are left to complete before the application can be sent."
                ),
            },
        ),
    );
    refusal.errors = errors;
    Err(refusal)
}

/// Checks what is asked for after the application was sent, and why.
///
/// # Errors
/// `invalid_fields` with everything that is wrong.
pub(crate) fn check_requests(
    requests: &[Request],
    reason: &str,
    kinds: &[DeviceKind],
) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    need(
        &mut fields,
        !requests.is_empty(),
        "/requests",
        "Indiquez le matériel demandé et sa quantité.",
        "Say what equipment is asked for, and how much.",
    );
    wrong_requests(&mut fields, requests, kinds);
    fields.text("/reason", reason, 2000);
    fields.check()
}

fn need(fields: &mut Fields, there: bool, pointer: &str, fr: &'static str, en: &'static str) {
    if !there {
        fields.push(pointer, Code::Required, Text::new(fr, en));
    }
}

fn filled(text: Option<&String>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

fn missing(fields: &mut Fields, form: &Form) {
    need(
        fields,
        form.requests
            .as_ref()
            .is_some_and(|requests| !requests.is_empty()),
        "/requests",
        "Indiquez le matériel demandé et sa quantité.",
        "Say what equipment is asked for, and how much.",
    );
    need(
        fields,
        form.purpose.is_some(),
        "/purpose",
        "Indiquez à quoi serviront les ordinateurs.",
        "Say what the computers are for.",
    );
    need(
        fields,
        form.themes
            .as_ref()
            .is_some_and(|themes| !themes.is_empty()),
        "/themes",
        "Choisissez au moins un thème sur lequel votre association agit.",
        "Choose at least one theme that your association works on.",
    );
    need(
        fields,
        form.beneficiaries_per_year.is_some(),
        "/beneficiaries_per_year",
        "Indiquez combien de personnes votre association accompagne en un an, même environ.",
        "Say how many people your association reaches in a year, roughly if need be.",
    );
    missing_site(fields, form.site.as_ref());
    need(
        fields,
        form.trained_staff.is_some(),
        "/trained_staff",
        "Dites si des personnes de l'association sont formées à l'accompagnement numérique.",
        "Say whether people of the association are trained for digital support.",
    );
    need(
        fields,
        filled(form.statement.as_ref()),
        "/statement",
        "Présentez votre projet en quelques phrases.",
        "Present your project in a few sentences.",
    );
    missing_commitments(fields, form.commitments.unwrap_or_default());
}

fn missing_site(fields: &mut Fields, site: Option<&SiteForm>) {
    need(
        fields,
        site.is_some_and(|site| filled(site.address.as_ref())),
        "/site/address",
        "Indiquez l'adresse où les ordinateurs seront installés.",
        "Say at which address the computers will stand.",
    );
    need(
        fields,
        site.is_some_and(|site| filled(site.postal_code.as_ref())),
        "/site/postal_code",
        "Indiquez le code postal de ce lieu.",
        "Say the postal code of that place.",
    );
}

fn missing_commitments(fields: &mut Fields, commitments: Commitments) {
    need(
        fields,
        commitments.republican_contract == Some(true),
        "/commitments/republican_contract",
        "L'association doit souscrire au contrat d'engagement républicain.",
        "The association must subscribe to the republican commitment contract.",
    );
    need(
        fields,
        commitments.no_resale == Some(true),
        "/commitments/no_resale",
        "L'association doit s'engager à ne pas revendre le matériel.",
        "The association must commit itself not to sell the equipment.",
    );
    need(
        fields,
        commitments.follow_up == Some(true),
        "/commitments/follow_up",
        "L'association doit s'engager à rendre compte de l'usage du matériel.",
        "The association must commit itself to report on the use of the equipment.",
    );
}

fn wrong(fields: &mut Fields, form: &Form, kinds: &[DeviceKind], lists: &Lists) {
    if let Some(requests) = &form.requests {
        wrong_requests(fields, requests, kinds);
    }
    range(
        fields,
        "/beneficiaries_per_year",
        form.beneficiaries_per_year,
        0,
        PEOPLE,
    );
    range(fields, "/own_use", form.own_use, 0, 1);
    if let Some(statement) = &form.statement {
        too_long(fields, "/statement", statement, STATEMENT);
    }
    if let Some(site) = &form.site {
        wrong_site(fields, site);
        listed(
            fields,
            "/site/kind",
            &lists.site_kinds,
            site.kind.as_slice(),
        );
    }
    let codes = |chosen: &'_ Option<Vec<String>>| chosen.clone().unwrap_or_default();
    let themes = form.themes.as_ref().map_or(0, Vec::len);
    fields.at_most("/themes", themes, Theme::ALL.len());
    listed(fields, "/labels", &lists.labels, &codes(&form.labels));
    listed(fields, "/publics", &lists.publics, &codes(&form.publics));
}

/// What is chosen stands in the list.
fn listed(fields: &mut Fields, pointer: &str, terms: &[Term], chosen: &[String]) {
    fields.at_most(pointer, chosen.len(), terms.len());
    for code in chosen.iter().take(terms.len()) {
        if !terms.iter().any(|term| term.code == *code) {
            let codes: Vec<_> = terms.iter().map(|term| term.code.as_str()).collect();
            fields.push(
                pointer,
                Code::Invalid,
                Text::new(
                    format!("Valeurs possibles : {}.", codes.join(", ")),
                    format!("Possible values: {}.", codes.join(", ")),
                ),
            );
        }
    }
}

fn range(fields: &mut Fields, pointer: &str, value: Option<i64>, min: i64, max: i64) {
    if value.is_some_and(|value| !(min..=max).contains(&value)) {
        fields.push(
            pointer,
            Code::OutOfRange,
            Text::new(
                format!("Un nombre de {min} à {max}."),
                format!("A number from {min} to {max}."),
            ),
        );
    }
}

fn too_long(fields: &mut Fields, pointer: &str, text: &str, max: usize) {
    if text.chars().count() > max {
        fields.push(
            pointer,
            Code::TooLong,
            Text::new(
                format!("{max} caractères au plus."),
                format!("At most {max} characters."),
            ),
        );
    }
}

fn wrong_requests(fields: &mut Fields, requests: &[Request], kinds: &[DeviceKind]) {
    let mut seen = HashSet::new();
    for (at, request) in requests.iter().enumerate() {
        range(
            fields,
            &format!("/requests/{at}/quantity"),
            Some(request.quantity),
            1,
            QUANTITY,
        );
        let pointer = format!("/requests/{at}/kind");
        wrong_kind(fields, &pointer, request.kind, kinds);
        if !seen.insert(request.kind) {
            duplicate(fields, &pointer);
        }
        let mut accepted = HashSet::from([request.kind]);
        for (which, kind) in request.accepts.iter().enumerate() {
            let pointer = format!("/requests/{at}/accepts/{which}");
            wrong_kind(fields, &pointer, *kind, kinds);
            if !accepted.insert(*kind) {
                duplicate(fields, &pointer);
            }
        }
    }
}

fn wrong_kind(fields: &mut Fields, pointer: &str, kind: DeviceKind, kinds: &[DeviceKind]) {
    if !kinds.contains(&kind) {
        let list = |word: fn(DeviceKind) -> &'static str| {
            kinds
                .iter()
                .map(|kind| word(*kind))
                .collect::<Vec<_>>()
                .join(", ")
        };
        fields.push(
            pointer,
            Code::Invalid,
            Text::new(
                format!("Ce dispositif propose : {}.", list(|kind| kind.french(2))),
                format!("This programme offers: {}.", list(|kind| kind.english(2))),
            ),
        );
    }
}

fn duplicate(fields: &mut Fields, pointer: &str) {
    fields.push(
        pointer,
        Code::Duplicate,
        Text::new(
            "Ce type de matériel est déjà indiqué.",
            "This kind is named already.",
        ),
    );
}

fn wrong_site(fields: &mut Fields, site: &SiteForm) {
    for (pointer, text) in [
        ("/site/address", &site.address),
        ("/site/commune", &site.commune),
    ] {
        if let Some(text) = text {
            too_long(fields, pointer, text, 300);
        }
    }
    if let Some(code) = site
        .postal_code
        .as_deref()
        .filter(|code| !code.trim().is_empty())
    {
        let code = code.trim();
        if code.len() != 5 || !code.bytes().all(|b| b.is_ascii_digit()) {
            fields.push(
                "/site/postal_code",
                Code::Invalid,
                Text::new(
                    "Un code postal a 5 chiffres.",
                    "A postal code has 5 digits.",
                ),
            );
        }
    }
    if let Some(code) = site
        .commune_code
        .as_deref()
        .filter(|code| !code.trim().is_empty())
        && let Err(code) = code.parse::<CommuneCode>()
    {
        fields.push("/site/commune_code", code, CommuneCode::help());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const KINDS: &[DeviceKind] = &[DeviceKind::Desktop, DeviceKind::Laptop];

    fn lists() -> Lists {
        Lists::embedded().unwrap()
    }

    fn form(json: &str) -> Form {
        serde_json::from_str(json).unwrap()
    }

    fn complete() -> Form {
        form(
            r#"{"requests": [{"kind": "desktop", "quantity": 20, "accepts": ["laptop"]}],
            "purpose": "new_project", "themes": ["precarity"], "beneficiaries_per_year": 300,
            "site": {"address": "1 rue A", "postal_code": "13015"}, "trained_staff": true, "own_use": 1,
            "statement": "Un atelier.", "commitments": {"republican_contract": true, "no_resale": true, "follow_up": true}}"#,
        )
    }

    fn pointers(refusal: &Refusal) -> Vec<&str> {
        refusal
            .errors
            .iter()
            .filter_map(|error| error.pointer.as_deref())
            .collect()
    }

    #[test]
    fn application_incomplete_tells_everything_at_once() {
        check_complete(&complete(), KINDS, &lists()).unwrap();
        let refusal = check_complete(&Form::default(), KINDS, &lists()).unwrap_err();
        assert_eq!(refusal.code, Code::ApplicationIncomplete);
        assert_eq!(
            pointers(&refusal),
            [
                "/requests",
                "/purpose",
                "/themes",
                "/beneficiaries_per_year",
                "/site/address",
                "/site/postal_code",
                "/trained_staff",
                "/statement",
                "/commitments/republican_contract",
                "/commitments/no_resale",
                "/commitments/follow_up"
            ]
        );
        assert_eq!(
            refusal.detail.fr,
            "Il reste 11 points à compléter avant d'envoyer la demande."
        );
    }

    #[test]
    fn a_commitment_that_is_refused_is_missing() {
        let mut form = complete();
        form.commitments = Some(Commitments {
            no_resale: Some(false),
            ..form.commitments.unwrap()
        });
        let refusal = check_complete(&form, KINDS, &lists()).unwrap_err();
        assert_eq!(pointers(&refusal), ["/commitments/no_resale"]);
    }

    #[test]
    fn a_draft_may_be_empty_but_not_absurd() {
        check_draft(&Form::default(), KINDS, &lists()).unwrap();
        let absurd = form(
            r#"{"requests": [{"kind": "desktop", "quantity": 0}, {"kind": "desktop", "quantity": 1, "accepts": ["desktop", "tablet"]}],
            "own_use": 2, "beneficiaries_per_year": -1, "site": {"postal_code": "1300", "commune_code": "x", "kind": "castle"}, "labels": ["esus", "gold"]}"#,
        );
        let refusal = check_draft(&absurd, KINDS, &lists()).unwrap_err();
        assert_eq!(refusal.code, Code::InvalidFields);
        assert_eq!(
            pointers(&refusal),
            [
                "/requests/0/quantity",
                "/requests/1/kind",
                "/requests/1/accepts/0",
                "/requests/1/accepts/1",
                "/beneficiaries_per_year",
                "/own_use",
                "/site/postal_code",
                "/site/commune_code",
                "/site/kind",
                "/labels"
            ]
        );
    }
}
