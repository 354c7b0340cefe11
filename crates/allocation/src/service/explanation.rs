//! Explanations: computed while a wave is open, written down for good at approval.

use std::collections::{BTreeMap, HashMap};

use db::{Db, Error, Result, Tx};
use kernel::{Actor, ApplicationId, Code, Instant, PersonId, Refusal, WaveId};
use serde_json::{Value, json};

use super::{association_of, load, read, stored_plan};
use crate::explain::{
    self, Case, Explanation, Intervention, Notice, NoticeFacts, Review, ReviewFacts,
};
use crate::model::{LineFilter, Pin, Wave, WaveLine, WaveStatus};
use crate::plan::counterfactual::WhatIf;
use crate::plan::instance::{Instance, Line};
use crate::plan::key::Ratio;
use crate::plan::planner::Plan;
use crate::plan::{Answer, plan};
use crate::{rules, store};

/// How many lines may be planned, over all attempts, to find the smallest additional stock.
const EFFORT: u64 = 200_000;

/// Why an application has what it has: the one written down at approval, else computed
/// from the plan as it stands. An association reads its own once the wave is decided.
///
/// # Errors
/// `not_found` when there is no plan, no such line, or it is not the actor's.
pub fn explanation(
    db: &mut Db,
    actor: &Actor,
    id: WaveId,
    application: ApplicationId,
    now: Instant,
) -> Result<Explanation> {
    let wave = read::wave(db, actor, id)?;
    let filter = LineFilter {
        association: association_of(actor),
        application: Some(application),
        ..LineFilter::default()
    };
    let own = store::lines(db, id, &filter, &kernel::PageRequest::everything())?;
    let Some((_, association)) = own.items.first() else {
        return Err(Refusal::not_found().into());
    };
    let (instance, ..) = stored_plan(db, &wave)?.ok_or_else(Refusal::not_found)?;
    let mut explanation = match store::explanation(db, id, application)? {
        Some(written) => serde_json::from_str(&written)?,
        None => {
            let plan = planned(&wave, &instance)?;
            let whole = Whole::load(db, &wave, &instance)?;
            whole.explain(db, (actor, now), &plan, application, association)?
        }
    };
    what_would_change(&instance, &mut explanation)?;
    Ok(explanation)
}

fn planned(wave: &Wave, instance: &Instance) -> Result<Plan> {
    plan(instance)
        .map_err(|refused| Error::Inconsistent(format!("plan of wave {}: {refused}", wave.id)))
}

/// Adds the counterfactuals: a pure function of the inputs, which never change once the
/// wave is decided.
fn what_would_change(instance: &Instance, explanation: &mut Explanation) -> Result<()> {
    let failed = |refused: crate::plan::Refused| Error::internal(refused.to_string());
    let what_if = WhatIf::of(instance).map_err(failed)?.with_effort(EFFORT);
    for request in &mut explanation.requests {
        let id = rules::line_id(explanation.application_id, request.request);
        let Some(line) = instance.lines.iter().find(|line| line.id == id) else {
            continue;
        };
        request.would_change =
            Some(explain::would_change(&what_if, instance, line, request).map_err(failed)?);
    }
    explain::complete_text(explanation);
    Ok(())
}

/// What all explanations of a wave share.
struct Whole<'a> {
    wave: &'a Wave,
    instance: &'a Instance,
    programme: String,
    digest: String,
    review: Review,
    pins: Vec<Pin>,
    names: HashMap<PersonId, String>,
}

impl<'a> Whole<'a> {
    fn load(db: &mut Db, wave: &'a Wave, instance: &'a Instance) -> Result<Self> {
        let pins = store::pins(db, wave.id)?;
        let mut names = HashMap::new();
        for person in pins
            .iter()
            .map(|pin| pin.actor)
            .chain(wave.submitted_by)
            .chain(wave.approved_by)
        {
            if !names.contains_key(&person)
                && let Some(known) = identity::person(db, person)?
            {
                names.insert(person, known.name);
            }
        }
        let name = |person: Option<PersonId>| person.and_then(|person| names.get(&person).cloned());
        let review = Review {
            proposed_at: wave.proposed_at,
            submitted_by: name(wave.submitted_by),
            submitted_at: wave.submitted_at,
            approved_by: name(wave.approved_by),
            approved_at: wave.approved_at,
            comment: wave.comment.clone(),
        };
        let programme = eligibility::programme(db, wave.programme_id)?.name;
        let digest = wave.digest.clone().unwrap_or_default();
        Ok(Self {
            wave,
            instance,
            programme,
            digest,
            review,
            pins,
            names,
        })
    }

    fn facts(&self) -> ReviewFacts<'_> {
        ReviewFacts {
            wave: self.wave,
            programme: &self.programme,
            instance: self.instance,
            digest: &self.digest,
            review: self.review.clone(),
            interventions: self.pins.len() as u64,
        }
    }

    fn explain(
        &self,
        db: &mut Db,
        by: (&Actor, Instant),
        plan: &Plan,
        application: ApplicationId,
        association: &str,
    ) -> Result<Explanation> {
        let of_line =
            |line: &&Line| rules::line_parts(&line.id).is_some_and(|(of, _)| of == application);
        let mut lines = Vec::new();
        for line in self.instance.lines.iter().filter(of_line) {
            let trace = plan.why(self.instance, &line.id);
            lines.extend(trace.map(|trace| (line, trace)));
        }
        let (actor, now) = by;
        let score = eligibility::score(db, actor, application, now)?;
        self.case(application, association, lines, &score)
    }

    fn case(
        &self,
        application: ApplicationId,
        association: &str,
        lines: Vec<(&Line, crate::plan::trace::LineTrace)>,
        score: &eligibility::ScoreView,
    ) -> Result<Explanation> {
        let score = serde_json::to_value(score)?;
        let intervention = self
            .pins
            .iter()
            .find(|pin| pin.application == application)
            .map(|pin| Intervention {
                granted: pin.granted.clone(),
                reason: pin.reason.clone(),
                by: self.names.get(&pin.actor).cloned().unwrap_or_default(),
                at: pin.at,
            });
        let case = Case {
            application,
            association,
            lines,
            score: Some(score),
            intervention,
        };
        Ok(explain::explain(&self.facts(), case))
    }
}

/// Writes down the explanation of every application of a wave that was just approved.
pub(super) fn write_down(
    tx: &mut Tx<'_>,
    wave: &Wave,
    instance: &Instance,
    lines: &[(WaveLine, String)],
) -> Result<()> {
    let plan = planned(wave, instance)?;
    let whole = Whole::load(tx, wave, instance)?;
    let names: HashMap<ApplicationId, &str> = lines
        .iter()
        .map(|(line, name)| (line.application_id, name.as_str()))
        .collect();
    let by_id: HashMap<&str, &Line> = instance
        .lines
        .iter()
        .map(|line| (line.id.as_str(), line))
        .collect();
    let mut cases: BTreeMap<ApplicationId, Vec<_>> = BTreeMap::new();
    for (place, award) in plan.awards.iter().enumerate() {
        let known = (
            by_id.get(award.id.as_str()),
            rules::line_parts(&award.id),
            plan.trace.line(instance, place),
        );
        if let (Some(line), Some((application, _)), Some(trace)) = known {
            cases.entry(application).or_default().push((*line, trace));
        }
    }
    let now = tx.now();
    let ids: Vec<ApplicationId> = cases.keys().copied().collect();
    let scores = eligibility::decided_scores(tx, &ids)?;
    let mut bodies = Vec::with_capacity(cases.len());
    for (application, lines) in cases {
        let name = names.get(&application).copied().unwrap_or_default();
        let score = scores.get(&application).ok_or(Code::NotScored)?;
        let explanation = whole.case(application, name, lines, score)?;
        bodies.push((application, serde_json::to_string(&explanation)?));
    }
    store::insert_explanations(tx, wave.id, now, &bodies)
}

/// By what to know whether the notice or the file of a wave is still so: some rows, however
/// large the wave. `decided` for what is published of a decided wave only.
///
/// # Errors
/// `not_found` where there is nothing to publish.
pub fn published_version(db: &mut Db, id: WaveId, decided: bool) -> Result<String> {
    let wave = load(db, id)?;
    if wave.status == WaveStatus::Draft || (decided && !wave.status.is_decided()) {
        return Err(Refusal::not_found().into());
    }
    let programme = eligibility::programme(db, wave.programme_id)?;
    let places = store::changed_places(db)?;
    let (status, wave) = (wave.status, wave.version);
    Ok(format!("{wave} {status} {} {places}", programme.name))
}

/// The public notice on the algorithm: for anyone, once there is a plan; with figures once
/// the wave is decided.
///
/// # Errors
/// `not_found` for a wave without a plan.
pub fn notice(db: &mut Db, id: WaveId) -> Result<Notice> {
    let wave = load(db, id)?;
    if wave.status == WaveStatus::Draft {
        return Err(Refusal::not_found().into());
    }
    let (instance, ..) = stored_plan(db, &wave)?.ok_or_else(Refusal::not_found)?;
    let whole = Whole::load(db, &wave, &instance)?;
    if !wave.status.is_decided() {
        return Ok(explain::notice(&whole.facts(), None));
    }
    let plan = planned(&wave, &instance)?;
    let failed = |refused: crate::plan::Refused| Error::internal(refused.to_string());
    let changed = match instance.pins.len() + instance.excludes.len() {
        0 => 0,
        _ => others_changed(&instance, &WhatIf::of(&instance).map_err(failed)?).map_err(failed)?,
    };
    let lines = store::lines_with_district(db, id)?;
    let figures = NoticeFacts {
        lines: &lines,
        rates: rates(&instance, &plan),
        changed,
    };
    Ok(explain::notice(&whole.facts(), Some(&figures)))
}

fn others_changed(instance: &Instance, what_if: &WhatIf<'_>) -> Result<u64, crate::plan::Refused> {
    let fixed: std::collections::HashSet<&str> = instance
        .pins
        .iter()
        .map(|pin| pin.line.as_str())
        .chain(instance.excludes.iter().map(|out| out.line.as_str()))
        .collect();
    let changes = what_if.without_decisions()?;
    Ok(changes
        .iter()
        .filter(|change| !fixed.contains(change.now.id.as_str()))
        .count() as u64)
}

/// For each kind that was short, devices per unit of weight.
fn rates(instance: &Instance, plan: &Plan) -> BTreeMap<String, Ratio> {
    let mut rates: BTreeMap<String, Ratio> = BTreeMap::new();
    for place in 0..plan.trace.len() {
        let Some(trace) = plan.trace.line(instance, place) else {
            continue;
        };
        if let (Some(kind), Some(rate)) = (trace.kind, trace.rate) {
            rates.entry(kind).or_insert(rate);
        }
    }
    rates
}

/// The inputs and the result of a decided wave as one file, which `ressac plan` reads and
/// `ressac plan --check` verifies: for anyone.
///
/// # Errors
/// `not_found` while the wave is not decided.
pub fn published(db: &mut Db, id: WaveId) -> Result<Value> {
    let wave = load(db, id)?;
    if !wave.status.is_decided() {
        return Err(Refusal::not_found().into());
    }
    let (instance, lines, left_by_kind) = stored_plan(db, &wave)?.ok_or_else(Refusal::not_found)?;
    let mut file = serde_json::to_value(&instance)?;
    if let Value::Object(members) = &mut file {
        members.insert(
            "result".to_owned(),
            serde_json::to_value(Answer::Ok {
                lines,
                left_by_kind,
            })?,
        );
        members.insert(
            "about".to_owned(),
            json!({"name": wave.name, "digest": wave.digest, "approved_at": wave.approved_at}),
        );
    }
    Ok(file)
}
