//! What a programme must say, and when it takes applications.

use std::collections::HashSet;

use kernel::{Code, DeviceKind, Fields, Instant, Refusal, Text};

use crate::model::{NewProgramme, Programme};

/// Checks a new programme.
///
/// # Errors
/// `invalid_fields` with everything that is wrong.
pub(crate) fn check_programme(new: &NewProgramme) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    fields.text("/name", &new.name, 200);
    check_kinds(&mut fields, new);
    check_lots(&mut fields, new);
    if new.closes_at.is_some_and(|closes| closes <= new.opens_at) {
        fields.push(
            "/closes_at",
            Code::OutOfRange,
            Text::new(
                "La clôture doit venir après l'ouverture.",
                "Closing must come after opening.",
            ),
        );
    }
    for (pointer, months, least, most) in [
        ("/follow_up_months", new.follow_up_months, 1, 120),
        ("/guarantee_months", new.guarantee_months, 0, 60),
        ("/loan_months", new.loan_months, 1, 120),
    ] {
        if months.is_some_and(|months| !(least..=most).contains(&months)) {
            let detail = Text::new(
                format!("De {least} à {most} mois."),
                format!("From {least} to {most} months."),
            );
            fields.push(pointer, Code::OutOfRange, detail);
        }
    }
    let territory = new
        .territory
        .as_ref()
        .map(|names| names.joined())
        .unwrap_or_default();
    if territory.chars().count() > 500 {
        fields.push(
            "/territory",
            Code::TooLong,
            Text::new("500 caractères au plus.", "At most 500 characters."),
        );
    }
    fields.check()
}

fn check_kinds(fields: &mut Fields, new: &NewProgramme) {
    if new.kinds.is_empty() {
        fields.push(
            "/kinds",
            Code::Required,
            Text::new(
                "Indiquez au moins un type de matériel.",
                "Name at least one kind of equipment.",
            ),
        );
    }
    let mut seen = HashSet::new();
    for (at, kind) in new.kinds.iter().enumerate() {
        if !seen.insert(kind) {
            fields.push(
                format!("/kinds/{at}"),
                Code::Duplicate,
                Code::Duplicate.help(),
            );
        }
    }
}

fn check_lots(fields: &mut Fields, new: &NewProgramme) {
    if new.lot_min < 1 {
        fields.push(
            "/lot_min",
            Code::OutOfRange,
            Text::new(
                "Un lot compte au moins un appareil.",
                "A lot has at least one device.",
            ),
        );
    }
    if new.lot_max < new.lot_min {
        fields.push(
            "/lot_max",
            Code::OutOfRange,
            Text::new(
                "Le lot maximal ne peut pas être inférieur au lot minimal.",
                "The largest lot cannot be below the smallest.",
            ),
        );
    }
}

/// What of a programme changed that associations with an open application have to know, in
/// sentences.
pub(crate) fn what_changed(before: &Programme, after: &Programme) -> Vec<Text> {
    let mut told = Vec::new();
    if after.name != before.name {
        told.push(Text::new(
            format!("Le programme s'appelle désormais « {} ».", after.name),
            format!("The programme is now called \"{}\".", after.name),
        ));
    }
    if after.opens_at != before.opens_at {
        let day = after.opens_at.date();
        told.push(Text::new(
            format!(
                "Les demandes sont reçues à partir du {}.",
                day.format("%d/%m/%Y")
            ),
            format!("Applications are taken from {day} on."),
        ));
    }
    if after.closes_at != before.closes_at {
        told.push(match after.closes_at {
            None => Text::new(
                "Il n'y a plus de date limite.",
                "There is no deadline any more.",
            ),
            Some(at) => {
                let at = at.in_paris();
                Text::new(
                    format!(
                        "Les demandes sont reçues jusqu'au {}.",
                        at.format("%d/%m/%Y à %H h %M")
                    ),
                    format!(
                        "Applications are taken until {}.",
                        at.format("%Y-%m-%d at %H:%M")
                    ),
                )
            }
        });
    }
    if after.loan_months != before.loan_months {
        told.push(match after.loan_months {
            None => Text::new(
                "Le matériel est donné, et non plus prêté.",
                "The equipment is given, and not lent any more.",
            ),
            Some(months) => Text::new(
                format!("Le matériel est prêté pour {months} mois."),
                format!("The equipment is lent for {months} months."),
            ),
        });
    }
    if (after.lot_min, after.lot_max) != (before.lot_min, before.lot_max) {
        let (least, most) = (after.lot_min, after.lot_max);
        told.push(Text::new(
            format!("Un lot compte de {least} à {most} appareils."),
            format!("A lot has {least} to {most} devices."),
        ));
    }
    if after.kinds != before.kinds {
        let list = |of: fn(DeviceKind, u64) -> &'static str| -> String {
            let names: Vec<&str> = after.kinds.iter().map(|kind| of(*kind, 2)).collect();
            names.join(", ")
        };
        told.push(Text::new(
            format!("Le programme donne : {}.", list(DeviceKind::french)),
            format!("The programme gives: {}.", list(DeviceKind::english)),
        ));
    }
    if after.territory != before.territory {
        let place = |nowhere: &str| match after.territory.as_str() {
            "" => nowhere.to_owned(),
            names => names.to_owned(),
        };
        told.push(Text::new(
            format!("Territoire : {}.", place("partout")),
            format!("Territory: {}.", place("anywhere")),
        ));
    }
    told
}

/// Whether a draft may be opened: before the opening it may, to prepare.
///
/// # Errors
/// `programme_closed` after the deadline.
pub(crate) fn not_closed(programme: &Programme, now: Instant) -> Result<(), Refusal> {
    match programme.closes_at {
        Some(closes) if now >= closes => Err(closed(closes)),
        _ => Ok(()),
    }
}

/// Whether applications are taken now.
///
/// # Errors
/// `programme_closed` before the opening and after the deadline.
pub(crate) fn check_open(programme: &Programme, now: Instant) -> Result<(), Refusal> {
    not_closed(programme, now)?;
    if now < programme.opens_at {
        let day = programme.opens_at.date();
        return Err(Refusal::new(
            Code::ProgrammeClosed,
            Text::new(
                format!(
                    "Les demandes sont reçues à partir du {}.",
                    day.format("%d/%m/%Y")
                ),
                format!("Applications are taken from {day} on."),
            ),
        ));
    }
    Ok(())
}

fn closed(moment: Instant) -> Refusal {
    let day = moment.plus_seconds(-1).date(); // midnight ends the day before
    let french = day.format("%d/%m/%Y");
    Refusal::new(
        Code::ProgrammeClosed,
        Text::new(
            format!(
                "Les demandes étaient reçues jusqu'au {french} ; écrivez à la ville si vous avez été empêché."
            ),
            format!(
                "Applications were taken until {day}; write to the city if something kept you from it."
            ),
        ),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn programme(opens: &str, closes: Option<&str>) -> Programme {
        let moment = |text: &str| text.parse::<Instant>().unwrap();
        Programme {
            id: kernel::Id::from_uuid("0190a000-0000-7000-8000-000000000000".parse().unwrap()),
            name: "P".into(),
            rubric: "r".into(),
            rubric_version: "1".into(),
            rubric_text: String::new(),
            kinds: Vec::new(),
            lot_min: 1,
            lot_max: 1,
            opens_at: moment(opens),
            closes_at: closes.map(moment),
            territory: String::new(),
            follow_up_months: 12,
            guarantee_months: 6,
            loan_months: None,
            version: 1,
            created_at: moment(opens),
            updated_at: moment(opens),
        }
    }

    #[test]
    fn programme_closed_before_it_opens_and_after_it_closes() {
        let programme = programme("2023-03-01T08:00:00Z", Some("2023-04-01T00:00:00Z"));
        let at = |text: &str| text.parse::<Instant>().unwrap();
        assert_eq!(
            check_open(&programme, at("2023-03-01T07:59:59Z"))
                .unwrap_err()
                .code,
            Code::ProgrammeClosed
        );
        check_open(&programme, at("2023-03-01T08:00:00Z")).unwrap();
        let late = check_open(&programme, at("2023-04-01T00:00:00Z")).unwrap_err();
        assert_eq!(late.code, Code::ProgrammeClosed);
        assert!(late.detail.fr.contains("01/04/2023"));
        not_closed(&programme, at("2023-01-01T00:00:00Z")).unwrap();
    }

    #[test]
    fn programme_closed_names_the_last_day_and_the_first_by_the_clock_of_paris() {
        let programme = programme("2023-02-28T23:00:00Z", Some("2023-03-31T22:00:00Z"));
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let early = check_open(&programme, at("2023-02-28T22:59:59Z")).unwrap_err();
        assert!(
            early.detail.fr.contains("01/03/2023"),
            "{}",
            early.detail.fr
        );
        check_open(&programme, at("2023-03-31T21:59:59Z")).unwrap();
        let late = check_open(&programme, at("2023-03-31T22:00:00Z")).unwrap_err();
        assert!(late.detail.fr.contains("31/03/2023"), "{}", late.detail.fr);
    }

    #[test]
    fn a_programme_without_deadline_stays_open() {
        let programme = programme("2023-03-01T08:00:00Z", None);
        check_open(&programme, "2093-01-01T00:00:00Z".parse().unwrap()).unwrap();
    }
}
