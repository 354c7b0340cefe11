//! What must hold (ALLOCATION §2), each property under its number.

use std::collections::BTreeMap;

use crate::support::{self, ALL, PLAIN, Range, by_line, feasible, instances, number_of_cases};
use allocation::plan::instance::{Line, Pin, Residual, Weight};
use allocation::plan::{Award, Instance, Plan, digest, plan};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

const GROW: Range = Range { hold: false, ..ALL };

type Holds = Result<(), TestCaseError>;

fn planned(instance: &Instance) -> Result<Plan, TestCaseError> {
    plan(instance).map_err(|refused| TestCaseError::reject(refused.to_string()))
}

fn line_at(instance: &Instance, at: usize) -> Result<Line, TestCaseError> {
    let lines = &instance.lines;
    let line = at.checked_rem(lines.len()).map(|at| lines[at].clone());
    line.ok_or_else(|| TestCaseError::reject("no line"))
}

fn with_line(instance: &Instance, changed: &Line) -> Instance {
    let mut copy = instance.clone();
    let line = copy
        .lines
        .iter_mut()
        .find(|line| line.id == changed.id)
        .unwrap();
    line.clone_from(changed);
    copy
}

fn is_free(instance: &Instance, line: &Line) -> bool {
    !instance.pins.iter().any(|pin| pin.line == line.id)
        && !instance
            .excludes
            .iter()
            .any(|exclude| exclude.line == line.id)
}

fn is_running(instance: &Instance, line: &Line) -> bool {
    is_free(instance, line) && line.most() >= line.lot().max(1)
}

/// How good an award is for a line with these true wishes: the smaller the better.
fn worth(line: &Line, award: &Award) -> (usize, u64) {
    let rank = award
        .kind
        .as_ref()
        .and_then(|kind| line.kinds.iter().position(|wish| wish == kind));
    rank.map_or((line.kinds.len(), 0), |rank| (rank, u64::MAX - award.qty))
}

fn check_bounds(instance: &Instance, plan: &Plan) -> Holds {
    prop_assert!(feasible(instance, &plan.awards));
    for award in &plan.awards {
        let line = instance
            .lines
            .iter()
            .find(|line| line.id == award.id)
            .unwrap();
        prop_assert_eq!(award.kind.is_some(), award.qty > 0);
        if let Some(pin) = instance.pins.iter().find(|pin| pin.line == line.id) {
            prop_assert_eq!(award.qty, pin.qty);
        } else if award.qty > 0 {
            prop_assert!(is_running(instance, line));
            prop_assert!(award.qty >= line.lot() && award.qty <= line.most());
            prop_assert!(line.kinds.contains(award.kind.as_ref().unwrap()));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: number_of_cases(800), max_global_rejects: u32::MAX, ..ProptestConfig::default() })]

    #[test]
    fn p1_stock_classes_caps_pins_and_bounds_are_respected(instance in instances(ALL)) {
        check_bounds(&instance, &planned(&instance)?)?;
    }

    #[test]
    fn p2_input_order_is_irrelevant(instance in instances(ALL), turns in 0..9usize) {
        let mut turned = instance.clone();
        turned.lines.reverse();
        let by = turns.checked_rem(turned.lines.len()).unwrap_or(0);
        turned.lines.rotate_left(by);
        turned.classes.reverse();
        turned.caps.reverse();
        turned.pins.reverse();
        turned.excludes.reverse();
        turned.lines.iter_mut().for_each(|line| line.tags.reverse());
        prop_assert_eq!(digest(&instance), digest(&turned));
        let (plan, again) = (planned(&instance)?, planned(&turned)?);
        for place in 0..plan.awards.len() {
            prop_assert_eq!(plan.trace.line(&instance, place), again.trace.line(&turned, place));
        }
        prop_assert_eq!(plan.into_answer(), again.into_answer());
    }

    #[test]
    fn p2_only_ratios_of_weights_matter(instance in instances(ALL), times in 2..1000u64) {
        let mut heavier = instance.clone();
        let Weight { base, score, fragility } = instance.params.weight;
        // The least weight, 1, cannot be scaled: give everyone more than it.
        let mut instance = instance;
        instance.params.weight.base = base + 1;
        heavier.params.weight = Weight { base: (base + 1) * times, score: score * times, fragility: fragility * times };
        prop_assert_eq!(planned(&instance)?.into_answer(), planned(&heavier)?.into_answer());
    }

    #[test]
    fn p3_a_higher_own_score_never_worsens(instance in instances(ALL), at in 0..9usize, more in 1..80u64) {
        let line = line_at(&instance, at)?;
        let better = with_line(&instance, &Line { score: line.score + more, ..line.clone() });
        let (now, then) = (planned(&instance)?, planned(&better)?);
        let (now, then) = (now.award(&line.id).unwrap(), then.award(&line.id).unwrap());
        prop_assert!(worth(&line, then) <= worth(&line, now), "{:?} after {:?}", then, now);
    }

    #[test]
    fn p3_an_identical_file_with_fewer_points_never_does_better(
        instance in instances(ALL), at in 0..9usize, less in 1..80u64,
    ) {
        let line = line_at(&instance, at)?;
        prop_assume!(is_free(&instance, &line));
        let mut copy = Line { id: "TWIN/1".to_owned(), application: "TWIN".to_owned(), ..line.clone() };
        copy.score = line.score.saturating_sub(less);
        prop_assume!(copy.score < line.score);
        let mut instance = instance;
        instance.lines.push(copy);
        let plan = planned(&instance)?;
        let (own, twin) = (plan.award(&line.id).unwrap(), plan.award("TWIN/1").unwrap());
        prop_assert!(worth(&line, own) <= worth(&line, twin), "{:?} but {:?}", own, twin);
    }

    #[test]
    fn p4_inflating_an_unmet_request_changes_nothing(instance in instances(ALL), at in 0..9usize, more in 1..50u64) {
        let line = line_at(&instance, at)?;
        let plan = planned(&instance)?;
        prop_assume!(is_running(&instance, &line) && plan.award(&line.id).unwrap().qty < line.most());
        let inflated = with_line(&instance, &Line { requested: line.requested + more, ..line });
        prop_assert_eq!(plan.into_answer(), planned(&inflated)?.into_answer());
    }

    #[test]
    fn p4_asking_less_never_helps(instance in instances(ALL), at in 0..9usize, less in 1..9u64) {
        let line = line_at(&instance, at)?;
        let modest = with_line(&instance, &Line { requested: line.requested.saturating_sub(less), ..line.clone() });
        let (now, then) = (planned(&instance)?, planned(&modest)?);
        let (now, then) = (now.award(&line.id).unwrap(), then.award(&line.id).unwrap());
        prop_assert!(worth(&line, now) <= worth(&line, then), "{:?} instead of {:?}", then, now);
    }

    #[test]
    fn p4_other_wishes_than_the_true_ones_never_help(
        instance in instances(ALL), at in 0..9usize,
        said in proptest::sample::subsequence(support::KINDS.to_vec(), 1..=3).prop_shuffle(),
    ) {
        let line = line_at(&instance, at)?;
        prop_assume!(line.already == 0 && is_free(&instance, &line));
        let kinds = said.into_iter().map(str::to_owned).collect();
        let other = with_line(&instance, &Line { kinds, ..line.clone() });
        let (now, then) = (planned(&instance)?, planned(&other)?);
        let (now, then) = (now.award(&line.id).unwrap(), then.award(&line.id).unwrap());
        prop_assert!(worth(&line, now) <= worth(&line, then), "{:?} instead of {:?}", then, now);
    }

    #[test]
    fn p5_pinning_lines_at_their_result_changes_nobody(instance in instances(GROW), chosen in any::<u16>()) {
        let plan = planned(&instance)?;
        let mut pinned = instance.clone();
        for (at, award) in plan.awards.iter().enumerate() {
            let line = instance.lines.iter().find(|line| line.id == award.id).unwrap();
            if chosen & (1 << at) != 0 && is_free(&instance, line) {
                let Award { id, kind, qty } = award.clone();
                pinned.pins.push(Pin { line: id, kind, qty, reason: String::new() });
            }
        }
        prop_assert_eq!(plan.into_answer(), planned(&pinned)?.into_answer());
    }

    #[test]
    fn p5_removing_an_unserved_line_changes_nobody(instance in instances(GROW), at in 0..9usize) {
        let plan = planned(&instance)?;
        let line = line_at(&instance, at)?;
        prop_assume!(is_free(&instance, &line) && plan.award(&line.id).unwrap().qty == 0);
        let mut without = instance;
        without.lines.retain(|other| other.id != line.id);
        let mut rest = by_line(&plan);
        rest.remove(&line.id);
        prop_assert_eq!(rest, by_line(&planned(&without)?));
    }

    #[test]
    fn p6_what_lower_ranks_got_could_not_have_formed_a_skipped_lot(instance in instances(ALL)) {
        let plan = planned(&instance)?;
        for (rank, award) in plan.awards.iter().enumerate() {
            let line = instance.lines.iter().find(|line| line.id == award.id).unwrap();
            if award.qty > 0 || line.already > 0 || !is_running(&instance, line) {
                continue;
            }
            let mut freed = plan.awards.clone();
            for lower in &mut freed[rank + 1..] {
                if !instance.pins.iter().any(|pin| pin.line == lower.id) {
                    (lower.kind, lower.qty) = (None, 0);
                }
            }
            for kind in &line.kinds {
                freed[rank] = Award { id: line.id.clone(), kind: Some(kind.clone()), qty: line.lot() };
                prop_assert!(!feasible(&instance, &freed), "{} could have had its lot of {}", line.id, kind);
            }
        }
    }

    #[test]
    fn p7_no_waste(instance in instances(GROW)) {
        let plan = planned(&instance)?;
        for (rank, award) in plan.awards.iter().enumerate() {
            let line = instance.lines.iter().find(|line| line.id == award.id).unwrap();
            let grows = award.qty > 0 || line.already > 0;
            if is_running(&instance, line) && grows && award.qty < line.most() {
                let mut more = plan.awards.clone();
                more[rank].kind.get_or_insert_with(|| line.kinds[0].clone());
                more[rank].qty += 1;
                prop_assert!(!feasible(&instance, &more), "{} could have had one more", line.id);
            }
        }
    }

    #[test]
    fn p8_more_stock_hurts_nobody_when_all_are_on_their_first_wish(
        instance in instances(Range { caps: 0, overrides: false, lines: 4, ..GROW }), at in 0..6usize, more in 1..20u64,
    ) {
        let plan = planned(&instance)?;
        let on_first = |line: &Line| {
            let kind = plan.award(&line.id).unwrap().kind.as_ref();
            !is_running(&instance, line) || line.already > 0 || kind == line.kinds.first()
        };
        prop_assume!(!instance.classes.is_empty() && instance.lines.iter().all(on_first));
        let mut richer = instance.clone();
        let classes = richer.classes.len();
        richer.classes[at % classes].qty += more;
        let then = by_line(&planned(&richer)?);
        for award in &plan.awards {
            prop_assert!(then[&award.id].1 >= award.qty, "{} loses", award.id);
        }
    }

    #[test]
    fn p8_under_scarcity_losses_stay_below_the_smallest_refused_lot(instance in instances(PLAIN), more in 1..20u64) {
        let now = planned(&instance)?;
        let mut richer = instance.clone();
        richer.classes[0].qty += more;
        let then = planned(&richer)?;
        let refused = instance.lines.iter().filter(|line| is_running(&instance, line) && now.award(&line.id).unwrap().qty == 0);
        let smallest = refused.map(Line::lot).min().unwrap_or(1);
        let after = by_line(&then);
        let still = now.awards.iter().filter(|award| award.qty > 0 && after[&award.id].1 > 0);
        let lost: u64 = still.map(|award| award.qty.saturating_sub(after[&award.id].1)).sum();
        prop_assert!(lost < smallest, "{} lost, smallest refused lot {}", lost, smallest);
        for (rank, award) in now.awards.iter().enumerate() {
            if award.qty > 0 && after[&award.id].1 == 0 {
                let newly = (0..rank).any(|above| now.awards[above].qty == 0 && then.awards[above].qty > 0);
                prop_assert!(newly, "{} is dropped for nobody above", award.id);
            }
        }
    }

    #[test]
    fn p8_equal_lots_with_hold_mean_no_loss(instance in instances(PLAIN), lot in 1..6u64, more in 1..20u64) {
        let mut instance = instance;
        instance.params.residual = Residual::Hold;
        instance.lines.iter_mut().for_each(|line| line.min_lot = lot);
        let now = planned(&instance)?;
        instance.classes[0].qty += more;
        let then = by_line(&planned(&instance)?);
        for award in &now.awards {
            prop_assert!(then[&award.id].1 >= award.qty, "{} loses", award.id);
        }
    }

    #[test]
    fn p9_two_waves_end_where_one_would(instance in instances(PLAIN), more in 0..30u64) {
        let mut instance = instance;
        // Enough for every lot, as the property asks.
        instance.classes[0].qty += instance.lines.iter().map(Line::lot).sum::<u64>();
        let first = planned(&instance)?;
        let mut second = instance.clone();
        second.classes[0].qty = first.left_by_kind.values().sum::<u64>() + more;
        for line in &mut second.lines {
            line.already = first.award(&line.id).unwrap().qty;
        }
        let second = by_line(&planned(&second)?);
        let mut at_once = instance.clone();
        at_once.classes[0].qty += more;
        let at_once = planned(&at_once)?;
        let total = |award: &Award| first.award(&award.id).unwrap().qty + second[&award.id].1;
        let totals: BTreeMap<_, _> = at_once.awards.iter().map(|award| (&award.id, total(award))).collect();
        let expected: BTreeMap<_, _> = at_once.awards.iter().map(|award| (&award.id, award.qty)).collect();
        prop_assert_eq!(totals, expected);
    }
}
