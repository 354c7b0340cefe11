//! Scores many applications in one go: what they share is read once.

use std::collections::HashMap;

use db::{Db, Result};
use kernel::{ApplicationId, Instant, OrganisationId};

use super::score::{Gathered, facts_of, rubric_of};
use crate::model::{ApplicationStatus, Programme};
use crate::rubric::{self, Mark, Score};
use crate::store::{self, Origin, Record};
use crate::territory::Row;

/// The table of the fragility index, by postal code and by commune.
struct Table {
    rows: Vec<Row>,
    by_postal_code: HashMap<String, Vec<usize>>,
    by_commune: HashMap<String, Vec<usize>>,
    origin: Option<Origin>,
}

impl Table {
    fn load(db: &mut Db) -> Result<Self> {
        let (rows, origin) = store::all_rows(db)?;
        let mut by_postal_code: HashMap<_, Vec<_>> = HashMap::new();
        let mut by_commune: HashMap<_, Vec<_>> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            let codes = by_postal_code.entry(row.postal_code.clone());
            codes.or_default().push(at);
            if let Some(code) = &row.commune_code {
                by_commune.entry(code.clone()).or_default().push(at);
            }
        }
        Ok(Self {
            rows,
            by_postal_code,
            by_commune,
            origin,
        })
    }

    /// What `store::rows_for` finds.
    fn rows_for(&self, postal_code: &str, commune_code: Option<&str>) -> Vec<Row> {
        let of_postal_code = self.by_postal_code.get(postal_code);
        let of_commune = commune_code.and_then(|code| self.by_commune.get(code));
        let mut places: Vec<usize> = of_postal_code
            .into_iter()
            .chain(of_commune)
            .flatten()
            .copied()
            .collect();
        places.sort_unstable();
        places.dedup();
        let rows = places.into_iter().filter_map(|at| self.rows.get(at));
        rows.cloned().collect()
    }
}

/// An application with its score as it stands now.
pub(super) struct Scored {
    pub record: Record,
    pub score: Score,
}

/// Scores every application of a programme in one of these states as it stands now.
pub(super) fn score_all(
    db: &mut Db,
    programme: &Programme,
    statuses: &[ApplicationStatus],
    now: Instant,
) -> Result<Vec<Scored>> {
    let rubric = rubric_of(programme)?;
    let records = store::records(db, programme, statuses)?;
    let table = Table::load(db)?;
    let mut marks: HashMap<ApplicationId, Vec<Mark>> = store::all_marks(db, programme.id)?;
    let overdue: HashMap<OrganisationId, i64> = store::overdue_of_all(db, programme.id, now)?;
    let scored = records.into_iter().map(|record| {
        let site = record.site();
        let rows = table.rows_for(&site.postal_code, site.precise_code().as_deref());
        let gathered = Gathered {
            origin: table.origin.clone().filter(|_| !rows.is_empty()),
            rows,
            marks: marks.remove(&record.row.id).unwrap_or_default(),
            overdue: overdue
                .get(&record.row.association_id)
                .copied()
                .unwrap_or(0),
        };
        let facts = facts_of(&record, programme, &rubric, gathered);
        let score = rubric::evaluate(&rubric, &facts);
        Scored { record, score }
    });
    Ok(scored.collect())
}
