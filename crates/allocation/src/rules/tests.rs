//! Instances, pins and picking on small facts.
#![allow(clippy::unwrap_used)]

use kernel::{Code, DeviceId, DeviceKind};

use super::*;
use crate::model::{Cap, Granted, Picking, Pin, Residual, Settings, SmallShare, Supply, Weight};
use crate::plan::instance::Instance;

fn id<T>(number: u128) -> kernel::Id<T> {
    kernel::Id::from_uuid(format!("{number:032x}").parse().unwrap())
}

fn settings() -> Settings {
    Settings {
        supply: Supply::default(),
        lot_min: 10,
        lot_max: 30,
        reserve_small: None,
        caps: vec![Cap {
            id: "d15".into(),
            tag: "13015".into(),
            kind: None,
            max: 9,
        }],
        residual: Residual::Hold,
        picking: Picking::SiteFirst,
        complements: false,
        weight: Weight {
            base: 1,
            score: 2,
            fragility: 3,
        },
        seed: "s".to_owned(),
    }
}

fn applicant(number: u128, asks: &[(&[DeviceKind], u64)]) -> Applicant {
    Applicant {
        application: id(number),
        reference: format!("D-{number}"),
        association: id(number),
        name: format!("A{number}"),
        asks: asks
            .iter()
            .map(|(kinds, quantity)| Ask {
                kinds: kinds.to_vec(),
                quantity: *quantity,
            })
            .collect(),
        score: 5_000,
        fragility: 50,
        day: "2023-02-28T09:00:00Z"
            .parse::<kernel::Instant>()
            .unwrap()
            .date(),
        tags: vec!["13015".to_owned()],
    }
}

const DESKTOP: &[DeviceKind] = &[DeviceKind::Desktop];
const LAPTOP_ELSE_DESKTOP: &[DeviceKind] = &[DeviceKind::Laptop, DeviceKind::Desktop];

fn made(
    settings: &Settings,
    applicants: &[Applicant],
    history: &History,
    pins: &[Pin],
) -> Result<Instance, kernel::Refusal> {
    let supply: Granted = [(DeviceKind::Desktop, 50)].into();
    instance(&Facts {
        wave: id(1),
        settings,
        small_below: 10,
        kinds: DESKTOP,
        applicants,
        history,
        supply: &supply,
        tied: &Default::default(),
        pins,
    })
}

fn pin(application: u128, granted: Option<&[(DeviceKind, u64)]>) -> Pin {
    Pin {
        application: id(application),
        granted: granted.map(|granted| granted.iter().copied().collect()),
        reason: "Parce que.".into(),
        actor: id(1),
        at: "2023-02-28T09:00:00Z".parse().unwrap(),
    }
}

#[test]
fn a_request_becomes_a_line_with_its_tags_and_bounds() {
    let applicants = [applicant(
        1,
        &[
            (DESKTOP, 20),
            (LAPTOP_ELSE_DESKTOP, 5),
            (&[DeviceKind::Tablet], 9),
        ],
    )];
    let made = made(&settings(), &applicants, &History::new(), &[]).unwrap();
    // the wave gives no tablets
    assert_eq!(made.lines.len(), 2);
    assert_eq!(made.lines[0].id, line_id(id(1), 1));
    assert_eq!(made.lines[0].application, "D-1");
    assert_eq!(
        (
            made.lines[0].requested,
            made.lines[0].min_lot,
            made.lines[0].cap
        ),
        (20, 10, 30)
    );
    assert_eq!(made.lines[0].tags, ["13015"]);
    assert_eq!(made.lines[1].tags, ["13015", "small"]);
    assert_eq!(made.lines[1].kinds, ["laptop", "desktop"]);
    assert_eq!(made.lines[0].date, "2023-02-28");
    assert_eq!(made.caps[0].max, 9);
    assert_eq!(line_parts(&made.lines[1].id), Some((id(1), 2)));
}

#[test]
fn a_reserved_share_is_a_class_of_its_own_with_small_lots() {
    let share = SmallShare {
        quantity: [(DeviceKind::Desktop, 8)].into(),
        below: 10,
        lot_min: 1,
    };
    let settings = Settings {
        reserve_small: Some(share),
        ..settings()
    };
    let applicants = [
        applicant(1, &[(DESKTOP, 5)]),
        applicant(2, &[(DESKTOP, 20)]),
    ];
    let made = made(&settings, &applicants, &History::new(), &[]).unwrap();
    let classes: Vec<_> = made
        .classes
        .iter()
        .map(|class| (class.id.as_str(), class.qty))
        .collect();
    assert_eq!(classes, [("desktop/small", 8), ("desktop/open", 42)]);
    assert_eq!((made.lines[0].min_lot, made.lines[1].min_lot), (1, 10));
    assert_eq!(kind_of_class("desktop/small"), Some(DeviceKind::Desktop));
}

#[test]
fn history_takes_part_with_its_kind_alone_when_the_wave_complements() {
    let history: History = [((id(1), 1), (DeviceKind::Desktop, 12))].into();
    let applicants = [applicant(1, &[(LAPTOP_ELSE_DESKTOP, 20)])];
    assert!(
        made(&settings(), &applicants, &history, &[])
            .unwrap()
            .lines
            .is_empty()
    );
    let settings = Settings {
        complements: true,
        ..settings()
    };
    let made = made(&settings, &applicants, &history, &[]).unwrap();
    assert_eq!(
        (made.lines[0].already, made.lines[0].kinds.as_slice()),
        (12, &["desktop".to_owned()][..])
    );
}

#[test]
fn a_pin_goes_to_the_request_that_asks_its_kind() {
    let applicants = [
        applicant(1, &[(DESKTOP, 20), (LAPTOP_ELSE_DESKTOP, 5)]),
        applicant(2, &[(DESKTOP, 20)]),
    ];
    let pins = [
        pin(1, Some(&[(DeviceKind::Laptop, 3)])),
        pin(2, None),
        pin(7, None),
    ];
    let made = made(&settings(), &applicants, &History::new(), &pins).unwrap();
    assert_eq!(made.pins.len(), 2);
    assert_eq!(
        (made.pins[0].line.as_str(), made.pins[0].qty),
        (line_id(id(1), 2).as_str(), 3)
    );
    assert_eq!((made.pins[1].kind.as_deref(), made.pins[1].qty), (None, 0));
    assert_eq!(made.excludes[0].line, line_id(id(2), 1));
}

#[test]
fn pin_not_possible_for_more_kinds_than_requests() {
    let pins = [pin(
        1,
        Some(&[(DeviceKind::Desktop, 3), (DeviceKind::Laptop, 3)]),
    )];
    let refusal = made(
        &settings(),
        &[applicant(1, &[(DESKTOP, 20)])],
        &History::new(),
        &pins,
    )
    .unwrap_err();
    assert_eq!(refusal.code, Code::PinNotPossible);
}

fn shelf(number: u128, class: &str, workshop: u128, model: &str) -> Shelf {
    Shelf {
        device: id(number),
        class: class.into(),
        workshop: Some(id(workshop)),
        model: model.into(),
        grade: None,
    }
}

fn picked(shelves: &[Shelf], picks: &[(u128, usize, &[&str])]) -> Option<Vec<Vec<DeviceId>>> {
    let picks: Vec<Pick> = picks
        .iter()
        .map(|(line, quantity, classes)| Pick {
            line: id(*line),
            quantity: *quantity,
            classes: classes.iter().map(|&class| class.to_owned()).collect(),
        })
        .collect();
    let all = pick(shelves, &picks, Picking::SiteFirst)?;
    Some(
        picks
            .iter()
            .map(|pick| {
                all.iter()
                    .filter(|(line, _)| *line == pick.line)
                    .map(|(_, device)| *device)
                    .collect()
            })
            .collect(),
    )
}

#[test]
fn a_lot_comes_from_one_workshop_and_few_models() {
    let shelves = [
        shelf(1, "desktop/open", 1, "x"),
        shelf(2, "desktop/open", 2, "x"),
        shelf(3, "desktop/open", 2, "y"),
        shelf(4, "desktop/open", 2, "y"),
        shelf(5, "desktop/open", 1, "x"),
    ];
    let lots = picked(
        &shelves,
        &[
            (1, 2, &["desktop/open"]),
            (2, 2, &["desktop/open"]),
            (3, 1, &["desktop/open"]),
        ],
    )
    .unwrap();
    assert_eq!(lots, [vec![id(1), id(5)], vec![id(3), id(4)], vec![id(2)]]);
}

#[test]
fn those_ready_for_longest_go_first_and_the_restricted_class_before_the_open_one() {
    let shelves = [
        shelf(1, "desktop/small", 1, "x"),
        shelf(2, "desktop/open", 1, "x"),
        shelf(3, "desktop/open", 1, "y"),
        shelf(4, "desktop/open", 1, "y"),
    ];
    let small: &[&str] = &["desktop/small", "desktop/open"];
    let lots = picked(&shelves, &[(1, 2, small), (2, 1, &["desktop/open"])]).unwrap();
    // device 4 became ready last and stays
    assert_eq!(lots, [vec![id(1), id(2)], vec![id(3)]]);
    assert!(picked(&shelves, &[(1, 4, &["desktop/open"])]).is_none());
}

#[test]
fn a_lot_too_large_for_one_workshop_takes_the_fullest_first() {
    let shelves = [
        shelf(1, "desktop/open", 1, "x"),
        shelf(2, "desktop/open", 2, "x"),
        shelf(3, "desktop/open", 2, "x"),
    ];
    let lots = picked(&shelves, &[(1, 3, &["desktop/open"])]).unwrap();
    let expected: Vec<DeviceId> = vec![id(2), id(3), id(1)];
    assert_eq!(lots, [expected]);
}
