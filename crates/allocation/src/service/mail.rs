//! Who is told what about a decided wave.

use std::collections::{BTreeSet, HashMap};

use db::{Result, Tx};
use eligibility::Programme;
use kernel::{ApplicationId, OrganisationId};
use notifications::{Message, Quantity};

use crate::explain;
use crate::model::{Wave, WaveLine};
use crate::plan::instance::Instance;
use crate::{rules, store};

/// The lines of one application.
struct Case<'a> {
    application: ApplicationId,
    association: OrganisationId,
    name: &'a str,
    lines: Vec<&'a WaveLine>,
}

fn cases(lines: &[(WaveLine, String)]) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut known: HashMap<ApplicationId, usize> = HashMap::new();
    for (line, name) in lines {
        let at = *known.entry(line.application_id).or_insert_with(|| {
            cases.push(Case {
                application: line.application_id,
                association: line.association_id,
                name,
                lines: Vec::new(),
            });
            cases.len() - 1
        });
        cases[at].lines.push(line);
    }
    cases
}

/// How people name each application.
fn references(instance: &Instance) -> HashMap<ApplicationId, &str> {
    let of = |line| {
        let line: &crate::plan::instance::Line = line;
        Some((rules::line_parts(&line.id)?.0, line.application.as_str()))
    };
    instance.lines.iter().filter_map(of).collect()
}

/// To every association its result, to every workshop its picking list.
pub(super) fn approved(
    tx: &mut Tx<'_>,
    wave: &Wave,
    instance: &Instance,
    lines: &[(WaveLine, String)],
) -> Result<()> {
    let programme = eligibility::programme(tx, wave.programme_id)?;
    let references = references(instance);
    let mut told: Vec<(OrganisationId, Message)> = Vec::new();
    for case in cases(lines) {
        let reference = references
            .get(&case.application)
            .copied()
            .unwrap_or_default();
        let message = result(wave, &programme, reference, &case, lines.len());
        told.extend(message.map(|message| (case.association, message)));
    }
    for (workshop, lots, devices) in store::workshops_of(tx, wave.id)? {
        let message = Message::PickingList {
            wave_id: Some(wave.id),
            wave: wave.name.clone(),
            programme: programme.name.clone(),
            lots,
            devices,
        };
        told.push((workshop, message));
    }
    tell_all(tx, told)
}

/// To everyone of each organization.
fn tell_all(tx: &mut Tx<'_>, told: Vec<(OrganisationId, Message)>) -> Result<()> {
    let ids: BTreeSet<OrganisationId> = told.iter().map(|(id, _)| *id).collect();
    let ids: Vec<OrganisationId> = ids.into_iter().collect();
    let contacts = identity::contacts_of_all(tx, &ids)?;
    let letters: Vec<_> = told
        .into_iter()
        .map(|(id, message)| (message, contacts.get(&id).cloned().unwrap_or_default()))
        .collect();
    notifications::push_many(tx, &letters)
}

/// What an application is told; nothing when it received a lot before and no complement now.
fn result(
    wave: &Wave,
    of_programme: &Programme,
    reference: &str,
    case: &Case<'_>,
    of: usize,
) -> Option<Message> {
    let first = case.lines.first()?;
    let served = case
        .lines
        .iter()
        .filter_map(|line| Some((line.kind?, line.quantity)));
    let granted: Vec<Quantity> = served
        .filter(|(_, quantity)| *quantity > 0)
        .map(|(kind, quantity)| Quantity::of(kind, u64::try_from(quantity).unwrap_or(0)))
        .collect();
    let (wave, programme, reference) = (
        wave.name.clone(),
        of_programme.name.clone(),
        reference.to_owned(),
    );
    let association = case.name.to_owned();
    let (score, rank) = (
        explain::points(first.score.into()).fr,
        i64::from(first.rank),
    );
    let of = i64::try_from(of).unwrap_or(i64::MAX);
    if !granted.is_empty() {
        let mut all = crate::model::Granted::new();
        for (kind, count) in case.lines.iter().flat_map(|line| line.granted()) {
            *all.entry(kind).or_default() += count;
        }
        let explain::Bilingual { fr, en } = rules::euros(rules::value_cents(&all));
        let value = Quantity { fr, en };
        return Some(Message::LotGranted {
            reference,
            wave,
            programme,
            association,
            granted,
            value,
            score,
            rank,
            of,
            loan_months: of_programme.loan_months,
        });
    }
    if case.lines.iter().any(|line| line.already > 0) {
        return None;
    }
    let explain::Bilingual { fr, en } = explain::sentence(first.reason);
    let reason = Quantity { fr, en };
    Some(Message::LotNotGranted {
        reference,
        wave,
        programme,
        association,
        score,
        rank,
        of,
        reason,
    })
}

/// To every association whose lot was called off.
pub(super) fn released(
    tx: &mut Tx<'_>,
    wave: &Wave,
    instance: &Instance,
    applications: impl Iterator<Item = ApplicationId>,
    reason: &str,
) -> Result<()> {
    let references = references(instance);
    let lines = store::served_lines(tx, wave.id)?;
    let owners: HashMap<ApplicationId, OrganisationId> = lines
        .iter()
        .map(|line| (line.application_id, line.association_id))
        .collect();
    let mut told = Vec::new();
    for application in applications {
        let Some(association) = owners.get(&application) else {
            continue;
        };
        let message = Message::LotReleased {
            reference: references
                .get(&application)
                .copied()
                .unwrap_or_default()
                .to_owned(),
            wave: wave.name.clone(),
            reason: reason.to_owned(),
        };
        told.push((*association, message));
    }
    tell_all(tx, told)
}
