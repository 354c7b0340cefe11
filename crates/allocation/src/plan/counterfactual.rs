//! What would have changed a result (ALLOCATION §5): every answer is found by
//! planning again, and holds at the threshold and not one below it.
//!
//! A higher own score never worsens what a line gets (ALLOCATION §2.3), so the
//! smallest score is found by bisection. More stock may (example 08), so the smallest
//! additional stock is found by trying one after the other while that is affordable;
//! beyond, the answer is a threshold, said not to be proven the smallest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answer::{Award, Code, Refused};
use super::growth::Growth;
use super::instance::Instance;
use super::planner::{Plan, plan_valid};
use super::validate::{NUMBER_MAX, validate};

/// What a line would like to see changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// To receive something, for a line that receives nothing.
    Served,
    /// A kind earlier on its list.
    BetterWish,
    /// A kind earlier on its list, or at least one device more of the same.
    Better,
}

/// The smallest additional stock that reaches a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extra {
    /// So many devices more reach the goal; one fewer do not.
    pub devices: u64,
    /// Whether every smaller quantity was tried too.
    pub smallest: bool,
}

/// A line that receives something else under another plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What it receives as the wave stands.
    pub now: Award,
    /// What it would receive otherwise.
    pub otherwise: Award,
}

/// What staff decided about one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Its result was fixed.
    Pin,
    /// It was taken out.
    Exclude,
}

/// What a pin or an exclusion changed, found by planning without it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The line decided about.
    pub line: String,
    /// What was decided.
    pub decision: Decision,
    /// The reason given.
    pub reason: String,
    /// Everyone who would receive something else without it, in the public order.
    pub changes: Vec<Change>,
}

/// How many lines may be planned, over all attempts, to look for the smallest stock.
const EFFORT: u64 = 4_000_000;

/// A planned wave that can be asked what would have changed it.
#[derive(Debug)]
pub struct WhatIf<'a> {
    instance: &'a Instance,
    plan: Plan,
    effort: u64,
}

impl<'a> WhatIf<'a> {
    /// Plans the wave.
    ///
    /// # Errors
    /// As [`super::plan`].
    pub fn of(instance: &'a Instance) -> Result<Self, Refused> {
        validate(instance)?;
        let plan = plan_valid(instance, Growth::default())?;
        Ok(Self {
            instance,
            plan,
            effort: EFFORT,
        })
    }

    /// With another limit to the lines planned in search of the smallest stock.
    #[must_use]
    pub fn with_effort(self, effort: u64) -> Self {
        Self { effort, ..self }
    }

    /// The plan of the wave as it stands.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The smallest own score at which a line reaches a goal, all else equal; none
    /// when not even `highest` is enough.
    ///
    /// # Errors
    /// `invalid_instance` when there is no such line.
    pub fn smallest_score(
        &self,
        line: &str,
        goal: Goal,
        highest: u64,
    ) -> Result<Option<u64>, Refused> {
        let at = self.place(line)?;
        let mut attempt = self.instance.clone();
        let mut reached = |score: u64| {
            attempt.lines[at].score = score;
            self.reaches(&attempt, at, goal)
        };
        let own = self.instance.lines[at].score;
        let highest = highest.min(NUMBER_MAX);
        if highest <= own || !reached(highest)? {
            return Ok(None);
        }
        bisect(own, highest, reached).map(Some)
    }

    /// The smallest addition to one class with which a line reaches a goal; none when
    /// none was found up to the stock for everything asked.
    ///
    /// # Errors
    /// `invalid_instance` when there is no such line or class.
    pub fn smallest_stock(
        &self,
        line: &str,
        goal: Goal,
        class: &str,
    ) -> Result<Option<Extra>, Refused> {
        let at = self.place(line)?;
        let of = self
            .instance
            .classes
            .iter()
            .position(|known| known.id == class);
        let of = of.ok_or_else(|| unknown("class", class))?;
        let mut attempt = self.instance.clone();
        let stock = self.instance.classes[of].qty;
        let mut reached = |extra: u64| {
            attempt.classes[of].qty = stock + extra;
            self.reaches(&attempt, at, goal)
        };
        let all = self.demand_for(of).saturating_sub(stock);
        let affordable = all.min(self.effort / self.instance.lines.len().max(1) as u64);
        for devices in 1..=affordable {
            if reached(devices)? {
                return Ok(Some(Extra {
                    devices,
                    smallest: true,
                }));
            }
        }
        let mut missed = affordable;
        while missed < all {
            let enough = missed.saturating_mul(2).clamp(1, all);
            if reached(enough)? {
                let devices = bisect(missed, enough, reached)?;
                return Ok(Some(Extra {
                    devices,
                    smallest: devices == affordable + 1,
                }));
            }
            missed = enough;
        }
        Ok(None)
    }

    /// What a line would receive if it also accepted a kind, after all others.
    ///
    /// # Errors
    /// `invalid_instance` when there is no such line; `history_needs_one_kind` when
    /// it already received devices.
    pub fn accepting(&self, line: &str, kind: &str) -> Result<Award, Refused> {
        let at = self.place(line)?;
        let mut attempt = self.instance.clone();
        let kinds = &mut attempt.lines[at].kinds;
        if !kinds.iter().any(|known| known == kind) {
            kinds.push(kind.to_owned());
        }
        validate(&attempt)?;
        let plan = plan_valid(&attempt, Growth::default())?;
        plan.award(line)
            .cloned()
            .ok_or_else(|| unknown("line", line))
    }

    /// What each pin and each exclusion changed, one without the other.
    ///
    /// # Errors
    /// As [`super::plan`].
    pub fn effects(&self) -> Result<Vec<Effect>, Refused> {
        let pins = (0..self.instance.pins.len()).map(|at| {
            let mut without = self.instance.clone();
            let pin = without.pins.remove(at);
            self.effect(&without, pin.line, Decision::Pin, pin.reason)
        });
        let excludes = (0..self.instance.excludes.len()).map(|at| {
            let mut without = self.instance.clone();
            let exclude = without.excludes.remove(at);
            self.effect(&without, exclude.line, Decision::Exclude, exclude.reason)
        });
        pins.chain(excludes).collect()
    }

    /// Everyone who would receive something else without any pin or exclusion, in the
    /// public order.
    ///
    /// # Errors
    /// As [`super::plan`].
    pub fn without_decisions(&self) -> Result<Vec<Change>, Refused> {
        let mut without = self.instance.clone();
        without.pins.clear();
        without.excludes.clear();
        self.changes(&without)
    }

    fn effect(
        &self,
        without: &Instance,
        line: String,
        decision: Decision,
        reason: String,
    ) -> Result<Effect, Refused> {
        Ok(Effect {
            changes: self.changes(without)?,
            line,
            decision,
            reason,
        })
    }

    fn changes(&self, other: &Instance) -> Result<Vec<Change>, Refused> {
        Ok(changes(
            &self.plan.awards,
            &plan_valid(other, Growth::default())?.awards,
        ))
    }

    fn place(&self, line: &str) -> Result<usize, Refused> {
        let at = self
            .instance
            .lines
            .iter()
            .position(|known| known.id == line);
        at.ok_or_else(|| unknown("line", line))
    }

    /// Whether a line reaches a goal under another instance. Pins that are met
    /// together stay so: neither scores nor more stock can break them.
    fn reaches(&self, attempt: &Instance, at: usize, goal: Goal) -> Result<bool, Refused> {
        let line = &self.instance.lines[at];
        let plan = plan_valid(attempt, Growth::default())?;
        let (Some(now), Some(then)) = (self.plan.award(&line.id), plan.award(&line.id)) else {
            return Ok(false);
        };
        let wish = |award: &Award| {
            let kind = award.kind.as_ref()?;
            line.kinds.iter().position(|wish| wish == kind)
        };
        let rank = |award: &Award| wish(award).unwrap_or(line.kinds.len());
        Ok(match goal {
            Goal::Served => now.qty == 0 && then.qty > 0,
            Goal::BetterWish => rank(then) < rank(now),
            Goal::Better => {
                rank(then) < rank(now) || (rank(then) == rank(now) && then.qty > now.qty)
            }
        })
    }

    /// The most that lines which may draw from a class could receive of its kind.
    fn demand_for(&self, class: usize) -> u64 {
        let class = &self.instance.classes[class];
        let pinned: BTreeMap<&str, u64> = self
            .instance
            .pins
            .iter()
            .map(|pin| (pin.line.as_str(), pin.qty))
            .collect();
        let concerned = self
            .instance
            .lines
            .iter()
            .filter(|line| class.serves(&line.tags));
        concerned
            .map(|line| {
                pinned
                    .get(line.id.as_str())
                    .copied()
                    .unwrap_or_else(|| line.most())
            })
            .sum()
    }
}

/// Between a value that misses and one that is enough: one that is enough while the
/// one below misses.
fn bisect(
    mut missed: u64,
    mut enough: u64,
    mut reached: impl FnMut(u64) -> Result<bool, Refused>,
) -> Result<u64, Refused> {
    while enough - missed > 1 {
        let middle = missed + (enough - missed) / 2;
        if reached(middle)? {
            enough = middle;
        } else {
            missed = middle;
        }
    }
    Ok(enough)
}

/// The lines whose award differs between two plans of the same lines, in the order of
/// the first.
#[must_use]
pub fn changes(now: &[Award], otherwise: &[Award]) -> Vec<Change> {
    let other: BTreeMap<&str, &Award> = otherwise
        .iter()
        .map(|award| (award.id.as_str(), award))
        .collect();
    let pairs = now
        .iter()
        .filter_map(|award| Some((award, *other.get(award.id.as_str())?)));
    let changed = pairs.filter(|(now, otherwise)| now != otherwise);
    changed
        .map(|(now, otherwise)| Change {
            now: now.clone(),
            otherwise: otherwise.clone(),
        })
        .collect()
}

fn unknown(what: &str, id: &str) -> Refused {
    Refused {
        code: Code::InvalidInstance,
        detail: format!("there is no {what} \"{id}\" in this wave"),
    }
}
