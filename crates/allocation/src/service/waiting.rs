//! The waiting list of a programme, over all its waves.

use std::fmt;
use std::str::FromStr;

use db::{Db, Result};
use kernel::{Actor, ApplicationId, Page, PageRequest, ProgrammeId, WaveId};

use super::association_of;
use crate::model::Waiting;
use crate::store;

/// Where a page of the list ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    /// Applications before the one that was shown last.
    applications: i64,
    /// Its requests that were shown.
    requests: i32,
    /// Rows shown so far.
    position: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}.{}.{}",
            self.applications, self.requests, self.position
        )
    }
}

impl FromStr for Place {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let mut parts = text.split('.');
        let mut part = || parts.next().unwrap_or_default();
        Ok(Self {
            applications: part().parse::<u32>()?.into(),
            requests: part().parse()?,
            position: part().parse()?,
        })
    }
}

/// What eligible applications asked, what waves gave them, and what remains, in the order of
/// the ranking. An association sees its own.
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
    let from = page.after::<Place>()?.unwrap_or_default();
    // each has a request at the least, and some of the first one were shown before
    let most = page.fetch().saturating_add(1);
    let part = (from.applications, most);
    let candidates = eligibility::candidates_in_order(db, programme, association_of(actor), part)?;
    let ids: Vec<ApplicationId> = candidates.iter().map(|it| it.application_id).collect();
    let given = match ids.len() <= store::IDS {
        true => store::history_of(db, &ids)?,
        false => store::history(db, programme, WaveId::from_uuid(Default::default()))?,
    };
    let mut rows: Vec<(Place, Waiting)> = Vec::new();
    let mut position = from.position;
    for (candidate, applications) in candidates.iter().zip(from.applications..) {
        let shown = match applications == from.applications {
            true => from.requests,
            false => 0,
        };
        for (request, number) in candidate.requests.iter().zip(1..) {
            if number <= shown {
                continue;
            }
            position += 1;
            let place = Place {
                applications,
                requests: number,
                position,
            };
            let received = given.get(&(candidate.application_id, number));
            let asked = u64::try_from(request.quantity).unwrap_or(0);
            let granted = received.map_or(0, |(_, count)| *count);
            let row = Waiting {
                position,
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
            };
            rows.push((place, row));
        }
    }
    rows.truncate(usize::try_from(page.fetch()).unwrap_or(usize::MAX));
    let found = Page::from_rows(rows, page, |(place, _): &(Place, Waiting)| {
        place.to_string()
    });
    Ok(found.map(|(_, row)| row))
}
