//! The waiting list of a programme, over all its waves.

use std::cmp::Reverse;

use db::{Db, Result};
use kernel::{Actor, Page, PageRequest, ProgrammeId, WaveId};

use super::read::association_of;
use crate::model::Waiting;
use crate::store;

/// What eligible applications asked, what waves gave them, and what remains, in the order of
/// their points. An association sees its own.
///
/// # Errors
/// `not_found` for the programme; `invalid_page`.
pub fn waiting_list(
    db: &mut Db,
    actor: &Actor,
    programme: ProgrammeId,
    page: &PageRequest,
) -> Result<Page<Waiting>> {
    let programme = eligibility::programme(db, programme)?.id;
    let no_wave = WaveId::from_uuid(Default::default());
    let given = store::history(db, programme, no_wave)?;
    let mut candidates = eligibility::candidates(db, programme)?;
    if let Some(association) = association_of(actor) {
        candidates.retain(|candidate| candidate.association_id == association);
    }
    candidates.sort_by(|a, b| {
        let key =
            |c: &eligibility::Candidate| (Reverse((c.score, c.fragility)), c.submitted_at.date());
        key(a)
            .cmp(&key(b))
            .then_with(|| a.reference.cmp(&b.reference))
    });
    let mut list = Vec::new();
    for candidate in candidates {
        for (request, number) in candidate.requests.iter().zip(1..) {
            let received = given.get(&(candidate.application_id, number));
            let asked = u64::try_from(request.quantity).unwrap_or(0);
            let granted = received.map_or(0, |(_, count)| *count);
            list.push(Waiting {
                position: list.len() as u64 + 1,
                application_id: candidate.application_id,
                reference: candidate.reference.clone(),
                association_id: candidate.association_id,
                association: candidate.association.clone(),
                request: number,
                kind: request.kind,
                accepts: request.accepts.clone(),
                received: received.map(|(kind, _)| *kind),
                asked,
                granted,
                remaining: asked.saturating_sub(granted),
                score: candidate.score,
            });
        }
    }
    let after = page.after::<u64>()?.unwrap_or(0);
    let fetch = usize::try_from(page.fetch()).unwrap_or(usize::MAX);
    let rows = list
        .into_iter()
        .skip_while(|row| row.position <= after)
        .take(fetch)
        .collect();
    Ok(Page::from_rows(rows, page, |row: &Waiting| {
        row.position.to_string()
    }))
}
