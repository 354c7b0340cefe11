//! What the pages of a wave have in common: their head, and how plans and moves are written.

use allocation::{Granted, GroupSum, LineView, Moved, Moves, Settings, WaveStatus, WaveView};
use eligibility::{Programme, Term};
use kernel::{DeviceKind, Instant, Language};
use notifications::Quantity;
use serde::Serialize;

use super::choices::Choice;

/// The same on every page of a wave.
#[derive(Clone, Serialize)]
pub(crate) struct Head {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) programme: String,
    pub(crate) programme_id: String,
    pub(crate) status: &'static str,
    /// Its settings may be changed, and a plan proposed.
    pub(crate) editable: bool,
    /// Lines may be fixed.
    pub(crate) planned: bool,
    /// Its devices are named.
    pub(crate) decided: bool,
    /// There is a plan, which is not always by the present settings.
    pub(crate) digest: Option<String>,
    pub(crate) supply: Vec<String>,
    pub(crate) granted: Vec<String>,
    pub(crate) devices: u64,
    pub(crate) associations: u64,
    pub(crate) served_smallest: Option<u64>,
    pub(crate) served_largest: Option<u64>,
    pub(crate) unserved: u64,
    pub(crate) value: String,
    pub(crate) proposed_at: Option<Instant>,
    pub(crate) submitted_by: Option<String>,
    pub(crate) submitted_at: Option<Instant>,
    pub(crate) approved_by: Option<String>,
    pub(crate) approved_at: Option<Instant>,
    pub(crate) comment: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) version: i32,
}

impl Head {
    pub(crate) fn of(wave: WaveView, programme: &Programme, language: Language) -> Self {
        let value = allocation::rules::euros(wave.value_cents);
        Self {
            id: wave.id.to_string(),
            programme: programme.name.clone(),
            programme_id: programme.id.to_string(),
            status: wave.status.as_str(),
            editable: matches!(
                wave.status,
                WaveStatus::Draft | WaveStatus::Proposed | WaveStatus::Adjusted
            ),
            planned: wave.status.is_planned(),
            decided: wave.status.is_decided(),
            supply: quantities(&wave.supply, language),
            granted: quantities(&wave.granted, language),
            devices: wave.devices,
            associations: wave.associations,
            served_smallest: wave.smallest,
            served_largest: wave.largest,
            unserved: wave.unserved,
            value: match language {
                Language::French => value.fr,
                Language::English => value.en,
            },
            name: wave.name,
            digest: wave.digest,
            proposed_at: wave.proposed_at,
            submitted_by: wave.submitted_by,
            submitted_at: wave.submitted_at,
            approved_by: wave.approved_by,
            approved_at: wave.approved_at,
            comment: wave.comment,
            reason: wave.reason,
            version: wave.version,
        }
    }

    /// For samples.
    pub(crate) fn sample(status: WaveStatus) -> Self {
        let planned = status != WaveStatus::Draft;
        let at = Instant::from_micros(1_700_000_000_000_000).filter(|_| planned);
        let person = || planned.then(|| "Sam Service".to_owned());
        Self {
            id: SAMPLE_ID.to_owned(),
            name: "Marseille 1".to_owned(),
            programme: "Marseille 2023".to_owned(),
            programme_id: SAMPLE_ID.to_owned(),
            status: status.as_str(),
            editable: !planned || status.is_planned(),
            planned: status.is_planned(),
            decided: status.is_decided(),
            digest: planned.then(|| "9f2c".to_owned()),
            supply: vec!["100 desktops".to_owned(); usize::from(planned)],
            granted: vec!["96 desktops".to_owned(); usize::from(planned)],
            devices: 96,
            associations: 8,
            served_smallest: Some(10),
            served_largest: Some(20),
            unserved: 3,
            value: "14 400 €".to_owned(),
            proposed_at: at,
            submitted_by: person(),
            submitted_at: at,
            approved_by: person(),
            approved_at: at,
            comment: person(),
            reason: (status == WaveStatus::Cancelled).then(|| "-".to_owned()),
            version: 3,
        }
    }
}

/// An id for samples.
pub(crate) const SAMPLE_ID: &str = "0198c0de-0000-7000-8000-000000000000";

/// « 20 ordinateurs fixes », kind by kind.
pub(crate) fn quantities(granted: &Granted, language: Language) -> Vec<String> {
    let word = |(kind, count): (&DeviceKind, &u64)| {
        let quantity = Quantity::of(*kind, *count);
        match language {
            Language::French => quantity.fr,
            Language::English => quantity.en,
        }
    };
    granted.iter().map(word).collect()
}

/// « ordinateurs fixes », of the name of a kind.
pub(crate) fn kinds_word(kind: &str, language: Language) -> String {
    match kind.parse::<DeviceKind>() {
        Ok(kind) => kind_word(kind, language).to_owned(),
        Err(_) => kind.to_owned(),
    }
}

/// « ordinateurs fixes ».
pub(crate) fn kind_word(kind: DeviceKind, language: Language) -> &'static str {
    match language {
        Language::French => kind.french(2),
        Language::English => kind.english(2),
    }
}

/// Hundredths of a point: « 78,50 ».
pub(crate) fn points(score: i32, language: Language) -> String {
    let comma = match language {
        Language::French => ',',
        Language::English => '.',
    };
    let score = score.unsigned_abs();
    format!("{}{comma}{:02}", score / 100, score % 100)
}

/// The words of a theme.
pub(crate) fn theme_word(code: &str, themes: &[Term], language: Language) -> String {
    let found = themes.iter().find(|term| term.code == code);
    found.map_or_else(
        || code.to_owned(),
        |term| match language {
            Language::French => notifications::french_spaces(&term.fr),
            Language::English => term.en.clone(),
        },
    )
}

/// A kind to choose.
pub(crate) fn kind_choice(kind: DeviceKind, language: Language) -> Choice {
    Choice::new(kind, kind_word(kind, language))
}

/// A request that has something else than before.
#[derive(Clone, Serialize)]
pub(crate) struct MovedRow {
    application: String,
    association: String,
    points: String,
    before: Vec<String>,
    before_reason: Option<&'static str>,
    after: Vec<String>,
    after_reason: Option<&'static str>,
    difference: i64,
}

/// So many of them, and the first.
#[derive(Clone, Default, Serialize)]
pub(crate) struct MovesView {
    pub(crate) count: u64,
    pub(crate) rows: Vec<MovedRow>,
}

impl MovesView {
    pub(crate) fn of(moves: &Moves, language: Language) -> Self {
        let row = |moved: &Moved| MovedRow {
            application: moved.application_id.to_string(),
            association: moved.association.clone(),
            points: points(moved.score, language),
            before: quantities(&moved.before, language),
            before_reason: moved.before_reason.map(|reason| reason.as_str()),
            after: quantities(&moved.after, language),
            after_reason: moved.after_reason.map(|reason| reason.as_str()),
            difference: moved.difference(),
        };
        Self {
            count: moves.count,
            rows: moves.first.iter().map(row).collect(),
        }
    }

    /// For samples: somebody with `before` devices who has `after`.
    pub(crate) fn sample(before: u64, after: u64) -> Self {
        let some = |count: u64| -> Vec<String> {
            (count > 0)
                .then(|| format!("{count} desktops"))
                .into_iter()
                .collect()
        };
        let difference = i64::try_from(after).unwrap_or(0) - i64::try_from(before).unwrap_or(0);
        let row = MovedRow {
            application: SAMPLE_ID.to_owned(),
            association: "Les Amis".to_owned(),
            points: "78,50".to_owned(),
            before: some(before),
            before_reason: Some("stock_shared"),
            after: some(after),
            after_reason: (after > 0).then_some("request_met"),
            difference,
        };
        Self {
            count: 3,
            rows: vec![row],
        }
    }
}

/// A line of a plan.
#[derive(Clone, Serialize)]
pub(crate) struct LineRow {
    rank: i32,
    application: String,
    association: String,
    points: String,
    requested: i32,
    lot: i32,
    already: i32,
    granted: Vec<String>,
    reason: &'static str,
    pinned: bool,
}

impl LineRow {
    pub(crate) fn of(line: &LineView, language: Language) -> Self {
        Self {
            rank: line.rank,
            application: line.application_id.to_string(),
            association: line.association.clone(),
            points: points(line.score, language),
            requested: line.requested,
            lot: line.lot,
            already: line.already,
            granted: quantities(&line.granted, language),
            reason: line.reason.as_str(),
            pinned: line.pinned,
        }
    }

    /// For samples.
    pub(crate) fn sample(reason: allocation::LineReason) -> Self {
        Self {
            rank: 1,
            application: SAMPLE_ID.to_owned(),
            association: "Les Amis".to_owned(),
            points: "78,50".to_owned(),
            requested: 20,
            lot: 10,
            already: 0,
            granted: vec!["20 desktops".to_owned()],
            reason: reason.as_str(),
            pinned: reason == allocation::LineReason::Pinned,
        }
    }
}

/// What a group of requests has by the own plan, and by the one that is tried.
#[derive(Clone, Serialize)]
pub(crate) struct GroupRow {
    name: String,
    served: u64,
    unserved: u64,
    devices: u64,
    /// Devices by the own plan.
    own: u64,
    /// Of the greatest of all, in percent.
    width: u64,
}

/// The groups of the plan that is tried beside the wave's own, in words.
pub(crate) fn groups(
    own: &[GroupSum],
    tried: &[GroupSum],
    word: impl Fn(&str) -> String,
) -> Vec<GroupRow> {
    let greatest = tried.iter().map(|group| group.devices).max().unwrap_or(0);
    let row = |group: &GroupSum| GroupRow {
        name: word(&group.name),
        served: group.served,
        unserved: group.unserved,
        devices: group.devices,
        own: own
            .iter()
            .find(|other| other.name == group.name)
            .map_or(0, |other| other.devices),
        width: (group.devices * 100).checked_div(greatest).unwrap_or(0),
    };
    tried.iter().map(row).collect()
}

/// A row of settings that differs: what it is called, what it was and what it is.
#[derive(Clone, Serialize, PartialEq, Eq, Debug)]
pub(crate) struct SettingChange {
    /// The setting's name, for the template's words.
    pub(crate) name: &'static str,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// What differs between two sets of settings.
pub(crate) fn setting_changes(
    before: &Settings,
    after: &Settings,
    language: Language,
) -> Vec<SettingChange> {
    let said = |settings: &Settings| -> Vec<(&'static str, String)> {
        let share = settings.reserve_small.as_ref();
        let supply = &settings.supply;
        let caps = settings.caps.iter().map(|cap| {
            let kind = cap.kind.map(|kind| kind_word(kind, language));
            let kind = kind.map(|kind| format!(" ({kind})")).unwrap_or_default();
            format!("{}{kind} ≤ {}", cap.tag, cap.max)
        });
        let list = |items: Vec<String>| items.join(", ");
        let weight = settings.weight;
        vec![
            ("lot_min", settings.lot_min.to_string()),
            ("lot_max", settings.lot_max.to_string()),
            (
                "reserve",
                list(
                    share
                        .map(|share| quantities(&share.quantity, language))
                        .unwrap_or_default(),
                ),
            ),
            (
                "reserve_below",
                share
                    .map(|share| share.below.to_string())
                    .unwrap_or_default(),
            ),
            (
                "reserve_lot",
                share
                    .map(|share| share.lot_min.to_string())
                    .unwrap_or_default(),
            ),
            ("residual", settings.residual.to_string()),
            ("picking", settings.picking.to_string()),
            ("complements", settings.complements.to_string()),
            (
                "weight",
                format!(
                    "{} + {} × points + {} × indice",
                    weight.base, weight.score, weight.fragility
                ),
            ),
            ("caps", list(caps.collect())),
            (
                "kinds",
                list(
                    supply
                        .kinds
                        .iter()
                        .flatten()
                        .map(|kind| kind_word(*kind, language).to_owned())
                        .collect(),
                ),
            ),
            (
                "grades",
                list(
                    supply
                        .grades
                        .iter()
                        .flatten()
                        .map(ToString::to_string)
                        .collect(),
                ),
            ),
            (
                "at_most",
                list(
                    supply
                        .at_most
                        .iter()
                        .flatten()
                        .map(|(kind, most)| format!("{} ≤ {most}", kind_word(*kind, language)))
                        .collect(),
                ),
            ),
            ("seed", settings.seed.clone()),
        ]
    };
    said(before)
        .into_iter()
        .zip(said(after))
        .filter(|((_, before), (_, after))| before != after)
        .map(|((name, before), (_, after))| SettingChange {
            name,
            before,
            after,
        })
        .collect()
}
