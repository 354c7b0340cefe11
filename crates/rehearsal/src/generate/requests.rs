//! Programmes, and what associations apply for in them: scored by the rubric.

use db::schema::{application_scores, applications, assessments, programme_rubrics, programmes};
use db::{Result, Tx};
use diesel::prelude::*;
use eligibility::rubric::{AreaCheck, Facts, Mark, Rubric, evaluate};
use eligibility::territory::{Site, locate};
use eligibility::{
    ApplicationStatus, Commitments, Form, Purpose, Request, Setup, SiteForm, StoredCommitments,
};
use kernel::{ApplicationId, DeviceKind, Instant, PersonId, ProgrammeId, Text, Theme};
use serde_json::json;

use super::cast::{Cast, Party};
use super::rows;
use super::seed::Seed;

/// The rubric of every programme.
const RUBRIC: &str = "marseille-2023";
/// Applications that are kept in memory until they are written.
const AT_ONCE: usize = 1_000;

/// A programme with those who may receive something in it, the highest score first.
#[derive(Debug)]
pub struct Programme {
    pub id: ProgrammeId,
    pub name: String,
    pub eligible: Vec<Eligible>,
    /// Lots that were given so far, and waves.
    pub given: usize,
    pub waves: i32,
}

/// An application that may receive a lot.
#[derive(Debug, Clone, Copy)]
pub struct Eligible {
    pub application: ApplicationId,
    /// Its place among the associations.
    pub association: usize,
    /// How many devices it asked for.
    pub asked: usize,
    pub score: i32,
}

/// What is common to the applications of a programme.
struct Desk<'a> {
    seed: &'a mut Seed,
    setup: &'a Setup,
    cast: &'a Cast,
    rubric: Rubric,
    programme: ProgrammeId,
    opened: Instant,
    /// Whether all applications of it are decided.
    over: bool,
    year: String,
    applications: Vec<rows::Application>,
    scores: Vec<rows::StoredScore>,
    marks: Vec<rows::Assessment>,
}

/// Opens a programme and lets every association apply.
///
/// # Errors
/// When the database refuses.
pub fn open(
    tx: &mut Tx<'_>,
    (seed, setup, cast): (&mut Seed, &Setup, &Cast),
    opened: Instant,
    over: bool,
) -> Result<Programme> {
    let (rubric, text) = setup.library.find(RUBRIC)?;
    let year = opened.date().format("%Y").to_string();
    let name = match over {
        true => format!("Dotation du {}", opened.date().format("%d/%m/%Y")),
        false => format!("Dotation {year}, en cours"),
    };
    let id = seed.id(opened);
    insert(tx, (id, &name), (&rubric, text), cast.staff[0], opened)?;
    let associations = i64::try_from(cast.associations.len()).unwrap_or(0);
    let first = tx.next_numbers(&format!("applications-{year}"), associations)?;
    let mut desk = Desk {
        seed,
        setup,
        cast,
        rubric,
        programme: id,
        opened,
        over,
        year,
        applications: Vec::new(),
        scores: Vec::new(),
        marks: Vec::new(),
    };
    let mut eligible = Vec::new();
    for (at, (number, party)) in (first..).zip(&cast.associations).enumerate() {
        eligible.extend(desk.apply(at, number, party));
        if desk.applications.len() >= AT_ONCE {
            desk.write(tx)?;
        }
    }
    desk.write(tx)?;
    eligible.sort_by_key(|it: &Eligible| std::cmp::Reverse(it.score));
    Ok(Programme {
        id,
        name,
        eligible,
        given: 0,
        waves: 0,
    })
}

fn insert(
    tx: &mut Tx<'_>,
    (id, name): (ProgrammeId, &str),
    (rubric, text): (&Rubric, &str),
    by: PersonId,
    opened: Instant,
) -> Result<()> {
    let programme = rows::Programme {
        id,
        name: name.to_owned(),
        rubric: rubric.name.clone(),
        rubric_version: rubric.version.clone(),
        rubric_text: text.to_owned(),
        kinds: serde_json::to_string(&[DeviceKind::Desktop, DeviceKind::Laptop])?,
        lot_min: 10,
        lot_max: 30,
        opens_at: opened,
        closes_at: None,
        territory: "13055".to_owned(),
        follow_up_months: 12,
        guarantee_months: 6,
        loan_months: None,
        created_by: by,
        version: 1,
        created_at: opened,
        updated_at: opened,
    };
    db::insert_many!(&mut **tx, programmes::table, &[programme]);
    let pinned = rows::PinnedRubric {
        programme_id: id,
        rubric: rubric.name.clone(),
        version: rubric.version.clone(),
        text: text.to_owned(),
        pinned_by: by,
        pinned_at: opened,
    };
    db::insert_many!(&mut **tx, programme_rubrics::table, &[pinned]);
    Ok(())
}

impl Desk<'_> {
    fn write(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        db::insert_many!(&mut **tx, applications::table, &self.applications);
        db::insert_many!(&mut **tx, application_scores::table, &self.scores);
        db::insert_many!(&mut **tx, assessments::table, &self.marks);
        self.applications.clear();
        self.scores.clear();
        self.marks.clear();
        Ok(())
    }

    /// One application, as far as it came.
    fn apply(&mut self, at: usize, number: i64, party: &Party) -> Option<Eligible> {
        let status = match self.over {
            true => ApplicationStatus::Eligible,
            false => self.seed.weighted(&[
                (ApplicationStatus::Eligible, 75),
                (ApplicationStatus::InReview, 10),
                (ApplicationStatus::Submitted, 8),
                (ApplicationStatus::Ineligible, 4),
                (ApplicationStatus::Draft, 3),
            ]),
        };
        let submitted = self
            .opened
            .plus_seconds(self.seed.between(3_600, 20 * 86_400));
        let id = self.seed.id(submitted);
        let form = self.form(party);
        let draft = status == ApplicationStatus::Draft;
        let decided = matches!(
            status,
            ApplicationStatus::Eligible | ApplicationStatus::Ineligible
        );
        let asked = usize::try_from(form.quantity()).unwrap_or(0);
        let mut row = self.row(id, number, party, status, &form, submitted);
        if !draft && status != ApplicationStatus::Submitted {
            self.assess(id, submitted);
        }
        if decided {
            self.decide(&mut row, submitted);
        }
        let score =
            (status == ApplicationStatus::Eligible).then(|| self.score(&mut row, &form, party));
        self.applications.push(row);
        score.map(|score| Eligible {
            application: id,
            association: at,
            asked,
            score,
        })
    }

    fn decide(&self, row: &mut rows::Application, submitted: Instant) {
        row.decided_by = Some(self.cast.staff[2]);
        row.decided_at = Some(submitted.plus_days(5));
        let reasons: &[&str] = match row.status {
            ApplicationStatus::Ineligible => &["Projet hors de l'objet du dispositif."],
            _ => &[],
        };
        row.reasons = Some(json!(reasons).to_string());
    }

    fn row(
        &self,
        id: ApplicationId,
        number: i64,
        party: &Party,
        status: ApplicationStatus,
        form: &Form,
        submitted: Instant,
    ) -> rows::Application {
        let draft = status == ApplicationStatus::Draft;
        let committed = (!draft).then(|| StoredCommitments {
            at: submitted,
            version: self.setup.lists.commitments.version.clone(),
            by: party.person,
        });
        let reference = format!("D-{}-{number:04}", self.year);
        rows::Application {
            id,
            search_key: eligibility::search_key(&reference, &party.name),
            reference,
            programme_id: self.programme,
            association_id: party.id,
            status,
            form: json!({"form": form, "committed": committed, "late": false}).to_string(),
            assisted: false,
            created_by: party.person,
            submitted_at: (!draft).then_some(submitted),
            silence_at: (!draft).then(|| submitted.plus_days(61)),
            decided_by: None,
            decided_at: None,
            reasons: None,
            score: None,
            score_detail: None,
            scored_at: None,
            fragility: None,
            version: 1,
            created_at: submitted,
            updated_at: submitted,
        }
    }

    fn form(&mut self, party: &Party) -> Form {
        let kind = *self.seed.one_of(&[DeviceKind::Desktop, DeviceKind::Laptop]);
        let themes = [
            Theme::Precarity,
            Theme::Exclusion,
            Theme::Illiteracy,
            Theme::DigitalMediation,
        ];
        let yes = Some(true);
        Form {
            requests: Some(vec![Request {
                kind,
                quantity: self.seed.between(10, 30),
                accepts: vec![DeviceKind::Desktop, DeviceKind::Laptop],
            }]),
            purpose: Some(
                *self
                    .seed
                    .one_of(&[Purpose::NewProject, Purpose::FleetRenewal]),
            ),
            themes: Some(vec![*self.seed.one_of(&themes), Theme::Employment]),
            labels: None,
            publics: None,
            beneficiaries_per_year: Some(self.seed.between(20, 900)),
            site: Some(SiteForm {
                kind: None,
                address: Some("1 rue de la Paix".to_owned()),
                postal_code: Some(party.postal_code.clone()),
                commune: None,
                commune_code: None,
            }),
            trained_staff: Some(self.seed.percent(70)),
            own_use: Some(1),
            statement: Some("Un atelier d'initiation, deux fois par semaine.".to_owned()),
            commitments: Some(Commitments {
                republican_contract: yes,
                no_resale: yes,
                follow_up: yes,
            }),
        }
    }

    /// Two people mark every criterion that people assess.
    fn assess(&mut self, application_id: ApplicationId, submitted: Instant) {
        for assessor_id in [self.cast.staff[0], self.cast.staff[1]] {
            for (criterion, _) in self.rubric.assessed() {
                self.marks.push(rows::Assessment {
                    application_id,
                    criterion: criterion.code.clone(),
                    assessor_id,
                    points: Some(i32::try_from(self.seed.between(1, 5)).unwrap_or(3)),
                    justification: "Projet solide, équipe formée.".to_owned(),
                    recused: false,
                    at: submitted.plus_days(3),
                });
            }
        }
    }

    /// Scores an application as a decision does, and keeps what the score used.
    fn score(&mut self, row: &mut rows::Application, form: &Form, party: &Party) -> i32 {
        let facts = self.facts(row.id, form, party);
        let score = evaluate(&self.rubric, &facts);
        let detail = json!({"rubric": self.rubric.name, "version": self.rubric.version,
            "facts": facts, "score": score})
        .to_string();
        let at = row.decided_at.unwrap_or(row.created_at);
        row.score = Some(score.score);
        row.fragility = score.fragility;
        row.score_detail = Some(detail.clone());
        row.scored_at = Some(at);
        self.scores.push(rows::StoredScore {
            id: self.seed.id(at),
            application_id: row.id,
            computed_at: at,
            rubric: self.rubric.name.clone(),
            version: self.rubric.version.clone(),
            score: score.score,
            detail,
            because: "decision",
            computed_by: self.cast.staff[2],
        });
        score.score
    }

    fn facts(&self, id: ApplicationId, form: &Form, party: &Party) -> Facts {
        let site = Site {
            postal_code: party.postal_code.clone(),
            commune: Some("Marseille".to_owned()),
            commune_code: None,
        };
        let marks = self.marks.iter().filter(|mark| mark.application_id == id);
        let marks = marks.filter_map(|mark| {
            Some(Mark {
                criterion: mark.criterion.clone(),
                points: mark.points?,
            })
        });
        Facts {
            verified: true,
            commitments: true,
            area: AreaCheck::Inside,
            quantity: form.quantity(),
            themes: form.themes.iter().flatten().copied().collect(),
            beneficiaries_per_year: form.beneficiaries_per_year,
            trained_staff: form.trained_staff,
            purpose: form.purpose,
            place: locate(&site, &[], &Text::new("", ""), &self.rubric.fragility),
            marks: marks.collect(),
            labels: None,
            overdue: 0,
        }
    }
}
