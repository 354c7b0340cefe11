//! Which devices make up which lot, on random shelves.

use std::collections::{BTreeMap, BTreeSet};

use allocation::Picking;
use allocation::rules::{Pick, Shelf, pick};
use kernel::{DeviceId, Grade, Id, OrganisationId, WaveLineId};
use proptest::collection::vec;
use proptest::prelude::*;

fn id<T>(number: u128) -> Id<T> {
    format!("{number:032x}").parse().unwrap()
}

const GRADES: [Option<Grade>; 4] = [Some(Grade::A), Some(Grade::B), Some(Grade::C), None];

/// Shelves of one class, ready for longest first: grade, workshop and model of each.
fn shelves() -> impl Strategy<Value = Vec<Shelf>> {
    vec((0..4usize, 0..3u128, 0..4u128), 1..120).prop_map(|devices| {
        let shelf = |(number, (grade, workshop, model)): (u128, (usize, u128, u128))| Shelf {
            device: id(number),
            class: "desktop/open".to_owned(),
            workshop: Some(id(workshop)),
            model: format!("M{model}"),
            grade: GRADES[grade],
        };
        (1..).zip(devices).map(shelf).collect()
    })
}

/// Lines that receive no more than there is.
fn picks(stock: usize, wishes: &[usize]) -> Vec<Pick> {
    let mut left = stock;
    let mut picks = Vec::new();
    for (line, &wish) in (1..).zip(wishes) {
        let quantity = wish.min(left);
        left -= quantity;
        if quantity > 0 {
            picks.push(Pick {
                line: id(line),
                quantity,
                classes: vec!["desktop/open".to_owned()],
            });
        }
    }
    picks
}

type Lots = BTreeMap<WaveLineId, Vec<DeviceId>>;

fn lots(shelves: &[Shelf], picks: &[Pick], picking: Picking) -> Lots {
    let mut lots = Lots::new();
    for (line, device) in pick(shelves, picks, picking).expect("enough of everything") {
        lots.entry(line).or_default().push(device);
    }
    lots
}

fn with_grade(shelves: &[Shelf], devices: &[DeviceId], grade: Option<Grade>) -> usize {
    let of = |shelf: &&Shelf| shelf.grade == grade && devices.contains(&shelf.device);
    shelves.iter().filter(of).count()
}

fn workshops(shelves: &[Shelf], devices: &[DeviceId]) -> BTreeSet<Option<OrganisationId>> {
    let of = shelves
        .iter()
        .filter(|shelf| devices.contains(&shelf.device));
    of.map(|shelf| shelf.workshop).collect()
}

proptest! {
    #[test]
    fn every_line_has_its_devices_the_oldest_of_all_and_none_twice(
        shelves in shelves(), wishes in vec(1..30usize, 1..8), grades_first in any::<bool>(),
    ) {
        let picks = picks(shelves.len(), &wishes);
        let picking = if grades_first { Picking::GradesFirst } else { Picking::SiteFirst };
        let lots = lots(&shelves, &picks, picking);
        let given: usize = picks.iter().map(|pick| pick.quantity).sum();
        for pick in &picks {
            prop_assert_eq!(lots[&pick.line].len(), pick.quantity);
        }
        let all: BTreeSet<DeviceId> = lots.values().flatten().copied().collect();
        let oldest: BTreeSet<DeviceId> = shelves[..given].iter().map(|shelf| shelf.device).collect();
        prop_assert_eq!(all, oldest);
        prop_assert_eq!(pick(&shelves, &picks, picking), pick(&shelves, &picks, picking));
    }

    #[test]
    fn grades_first_gives_every_line_its_share_of_each_grade_within_one_of_fair(
        shelves in shelves(), wishes in vec(1..30usize, 1..8),
    ) {
        let picks = picks(shelves.len(), &wishes);
        let lots = lots(&shelves, &picks, Picking::GradesFirst);
        let given: Vec<DeviceId> = lots.values().flatten().copied().collect();
        for pick in &picks {
            for grade in GRADES {
                let own = with_grade(&shelves, &lots[&pick.line], grade) * given.len();
                let fair = with_grade(&shelves, &given, grade) * pick.quantity;
                prop_assert!(own.abs_diff(fair) < given.len(), "{:?} of {:?}", grade, pick.line);
            }
        }
    }

    #[test]
    fn site_first_gives_the_first_line_a_lot_from_one_workshop_that_has_enough(
        shelves in shelves(), wish in 1..30usize,
    ) {
        // the only line: what is given is what is there for it
        let picks = picks(shelves.len(), &[wish, shelves.len()]);
        let first = &lots(&shelves, &picks, Picking::SiteFirst)[&picks[0].line];
        let given: usize = picks.iter().map(|pick| pick.quantity).sum();
        let mut stock: BTreeMap<Option<OrganisationId>, usize> = BTreeMap::new();
        for shelf in &shelves[..given] {
            *stock.entry(shelf.workshop).or_default() += 1;
        }
        if stock.values().any(|count| *count >= picks[0].quantity) {
            prop_assert_eq!(workshops(&shelves, first).len(), 1);
        }
    }

    #[test]
    fn a_lot_is_of_one_model_where_its_workshop_has_enough_of_one(shelves in shelves(), wish in 1..30usize) {
        let picks = picks(shelves.len(), &[wish, shelves.len()]);
        let first = &lots(&shelves, &picks, Picking::SiteFirst)[&picks[0].line];
        let places = workshops(&shelves, first);
        prop_assume!(places.len() == 1);
        let mut models: BTreeMap<&str, usize> = BTreeMap::new();
        for shelf in shelves.iter().filter(|shelf| places.contains(&shelf.workshop)) {
            *models.entry(&shelf.model).or_default() += 1;
        }
        let of = shelves.iter().filter(|shelf| first.contains(&shelf.device));
        let own: BTreeSet<&str> = of.map(|shelf| shelf.model.as_str()).collect();
        if models.values().any(|count| *count >= first.len()) {
            prop_assert_eq!(own.len(), 1);
        }
    }
}
