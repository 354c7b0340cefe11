//! What to know before an application is sent: what is left to fill in, and what would be in the
//! way of a good outcome.

use kernel::{Instant, Refusal, Text};

use super::form::check_complete;
use crate::lists::Lists;
use crate::model::{Advice, Form, Problem, Programme, Section, SectionState};
use crate::rubric::AreaCheck;
use crate::territory::{self, Site};

/// How far each part of the form is filled in.
pub(crate) fn progress(form: &Form, programme: &Programme, lists: &Lists) -> Vec<SectionState> {
    let refused = check_complete(form, &programme.kinds, lists).err();
    let filled = form.named();
    let state = |section: &Section| SectionState {
        section: *section,
        started: section.fields().iter().any(|it| filled.contains(it)),
        problems: problems_of(*section, refused.as_ref()),
    };
    Section::ALL.iter().map(state).collect()
}

fn problems_of(section: Section, refused: Option<&Refusal>) -> Vec<Problem> {
    let errors = refused.map(|refusal| refusal.errors.as_slice());
    let of_section = errors.into_iter().flatten().filter_map(|error| {
        let pointer = error.pointer.as_deref()?;
        (Section::of(pointer) == Some(section)).then(|| Problem {
            pointer: pointer.to_owned(),
            text: error.detail.clone(),
        })
    });
    of_section.collect()
}

/// What would be in the way: a quantity that no lot has, a place outside of the territory, a
/// programme that is not open yet.
pub(crate) fn advice(form: &Form, programme: &Programme, site: &Site, now: Instant) -> Vec<Advice> {
    let mut all = Vec::new();
    let mut say = |section, text| all.push(Advice { section, text });
    let quantity = form.quantity();
    let (least, most) = (i64::from(programme.lot_min), i64::from(programme.lot_max));
    if quantity > 0 && quantity < least {
        say(Section::Request, too_few(quantity, least));
    }
    if quantity > most {
        say(Section::Request, too_many(quantity, most));
    }
    let outside = territory::area_check(&programme.territory, site) == AreaCheck::Outside;
    if outside && !site.postal_code.is_empty() {
        say(Section::Public, elsewhere(&site.postal_code));
    }
    if now < programme.opens_at {
        say(Section::Commitments, not_yet(programme.opens_at));
    }
    all
}

fn too_few(quantity: i64, least: i64) -> Text {
    Text::new(
        format!(
            "Vous demandez {quantity} appareils en tout, et ce dispositif ne remet pas de lot de moins de {least} : en dessous, une demande ne reçoit rien. Si votre projet le permet, demandez-en au moins {least}."
        ),
        format!(
            "You ask for {quantity} devices in all, and this programme gives no lot below {least}: a smaller application receives nothing. If your project allows it, ask for at least {least}."
        ),
    )
}

fn too_many(quantity: i64, most: i64) -> Text {
    Text::new(
        format!(
            "Vous demandez {quantity} appareils en tout ; une association en reçoit au plus {most} dans ce dispositif."
        ),
        format!(
            "You ask for {quantity} devices in all; an association receives at most {most} in this programme."
        ),
    )
}

fn elsewhere(postal_code: &str) -> Text {
    Text::new(
        format!(
            "Le code postal {postal_code} est en dehors du territoire de ce dispositif : la demande serait déclarée non éligible. Indiquez le lieu où les appareils seront utilisés."
        ),
        format!(
            "The postal code {postal_code} is outside of this programme's territory: the application would be found not eligible. Give the place where the devices will be used."
        ),
    )
}

fn not_yet(opens_at: Instant) -> Text {
    let day = opens_at.date();
    Text::new(
        format!(
            "Les demandes sont reçues à partir du {}. Vous pouvez préparer la vôtre dès maintenant ; elle reste enregistrée.",
            day.format("%d/%m/%Y")
        ),
        format!("Applications are taken from {day} on. You can prepare yours now; it stays saved."),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use kernel::DeviceKind;

    fn programme() -> Programme {
        let opens_at: Instant = "2023-03-01T08:00:00Z".parse().unwrap();
        Programme {
            id: kernel::Id::from_uuid("0190a000-0000-7000-8000-000000000000".parse().unwrap()),
            name: "P".into(),
            rubric: "r".into(),
            rubric_version: "1".into(),
            rubric_text: String::new(),
            kinds: vec![DeviceKind::Desktop, DeviceKind::Laptop],
            lot_min: 10,
            lot_max: 30,
            opens_at,
            closes_at: None,
            territory: "13055".into(),
            follow_up_months: 12,
            guarantee_months: 6,
            loan_months: None,
            version: 1,
            created_at: opens_at,
            updated_at: opens_at,
        }
    }

    fn asking(quantity: i64) -> Form {
        serde_json::from_value(
            serde_json::json!({"requests": [{"kind": "desktop", "quantity": quantity}]}),
        )
        .unwrap()
    }

    fn at(postal_code: &str) -> Site {
        Site {
            postal_code: postal_code.into(),
            ..Site::default()
        }
    }

    #[test]
    fn what_cannot_succeed_is_said_before_it_is_sent() {
        let open = "2023-03-02T08:00:00Z".parse().unwrap();
        let of = |quantity, place: &str| {
            let all = advice(&asking(quantity), &programme(), &at(place), open);
            let sections: Vec<_> = all.iter().map(|it| it.section).collect();
            sections
        };
        assert_eq!(of(10, "13015"), []);
        assert_eq!(of(30, ""), []);
        assert_eq!(of(9, "13015"), [Section::Request]);
        assert_eq!(of(31, "13104"), [Section::Request, Section::Public]);
        let early = "2023-02-01T08:00:00Z".parse().unwrap();
        let all = advice(&Form::default(), &programme(), &at(""), early);
        assert!(all[0].text.fr.contains("01/03/2023"), "{all:?}");
    }

    #[test]
    fn each_part_says_what_is_left() {
        let lists = Lists::embedded().unwrap();
        let parts = progress(&asking(12), &programme(), &lists);
        let left: Vec<_> = parts
            .iter()
            .map(|it| (it.started, it.problems.len()))
            .collect();
        assert_eq!(left, [(true, 0), (false, 3), (false, 4), (false, 3)]);
        let wrong = progress(&asking(0), &programme(), &lists);
        assert_eq!(wrong[0].problems[0].pointer, "/requests/0/quantity");
    }
}
