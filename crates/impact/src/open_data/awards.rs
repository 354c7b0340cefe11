//! Awards as the national schema *subventions* 2.1.1 wants them (SCDL, by the decree 2017-779 and the
//! order of 17 November 2017): <https://schema.data.gouv.fr/scdl/subventions/2.1.1/documentation.html>.
//!
//! A row is what one decision gives one application: a wave's approval is the decision, and its
//! essential data are due within three months of it, before or after the lot is handed over. So a
//! row is there from the approval on, with the devices that the association keeps: what was
//! released or came back is not in it, a replacement is, and what was passed on is a row of the
//! association that has it now. An award that has nothing left is gone.

use allocation::{Granted, rules};
use kernel::{Instant, ProgrammeId, WaveId};

use super::publisher::Publisher;

/// The columns, in the order of the schema.
pub const AWARD_COLUMNS: [&str; 16] = [
    "nomAttribuant",
    "idAttribuant",
    "dateConvention",
    "referenceDecision",
    "nomBeneficiaire",
    "idBeneficiaire",
    "rnaBeneficiaire",
    "objet",
    "montant",
    "nature",
    "conditionsVersement",
    "datesPeriodeVersement",
    "idRAE",
    "notificationUE",
    "pourcentageSubvention",
    "dispositifAide",
];

/// Characters of `objet` at the most.
const SUBJECT: usize = 256;

/// What a decision gives an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    /// Under which programme.
    pub programme: ProgrammeId,
    /// The decision.
    pub decision: WaveId,
    /// When it was taken.
    pub decided_at: Instant,
    /// When the convention of that year was signed, `YYYY-MM-DD`, where one was due.
    pub convention_signed_on: Option<String>,
    /// Who receives it.
    pub association: String,
    /// Its establishment number.
    pub siret: Option<String>,
    /// Its number in the register of associations.
    pub rna: Option<String>,
    /// What it keeps.
    pub granted: Granted,
    /// How it is handed over: once for each workshop.
    pub deliveries: Vec<Delivery>,
}

/// A part of the lot, handed over at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// When it was; none while it waits.
    pub completed_at: Option<Instant>,
    /// Until when its appointment goes.
    pub appointment_to: Option<Instant>,
}

/// An award as a row of the schema.
pub fn award_cells(award: &Award, publisher: &Publisher, programme: &str) -> [String; 16] {
    let decided = day(award.decided_at);
    let signed = award.convention_signed_on.clone();
    [
        publisher.name.clone(),
        publisher.siret.clone().unwrap_or_default(),
        signed.unwrap_or_else(|| decided.clone()),
        award.decision.to_string(),
        award.association.clone(),
        award.siret.clone().unwrap_or_default(),
        rna(award).unwrap_or_default(),
        subject(&award.granted, programme),
        euros(rules::value_cents(&award.granted)),
        "aide en nature".to_owned(),
        match award.deliveries.len() {
            0 | 1 => "unique".to_owned(),
            _ => "échelonné".to_owned(),
        },
        dates(award, &decided),
        // of state aid to firms alone
        String::new(),
        "non".to_owned(),
        // one beneficiary has all of it
        "1".to_owned(),
        award.programme.to_string(),
    ]
}

/// The schema knows numbers of `W` and nine digits; those of some old registers have letters.
fn rna(award: &Award) -> Option<String> {
    let rna = award.rna.as_deref()?;
    let digits = rna.strip_prefix('W')?;
    let known = digits.len() == 9 && digits.bytes().all(|byte| byte.is_ascii_digit());
    known.then(|| rna.to_owned())
}

fn day(at: Instant) -> String {
    at.date().to_string()
}

/// Cents with a decimal point.
fn euros(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn subject(granted: &Granted, programme: &str) -> String {
    let parts: Vec<String> = granted
        .iter()
        .map(|(kind, count)| format!("{count} {}", kind.french(*count)))
        .collect();
    let subject = format!(
        "Don de matériel informatique reconditionné : {} (programme {programme})",
        parts.join(", ")
    );
    match subject.chars().count() > SUBJECT {
        true => subject.chars().take(SUBJECT - 1).chain(['…']).collect(),
        false => subject,
    }
}

/// The day on which it was handed over, or from the first to the last of several. While a part of
/// it waits, a period from the decision to the last appointment, or, without one, to the end of
/// the year of the decision, in which the award counts.
fn dates(award: &Award, decided: &str) -> String {
    let completed: Option<Vec<String>> = award
        .deliveries
        .iter()
        .map(|delivery| delivery.completed_at.map(day))
        .collect();
    let completed = completed.unwrap_or_default();
    if let (Some(first), Some(last)) = (completed.iter().min(), completed.iter().max()) {
        return match first == last {
            true => first.clone(),
            false => format!("{first}/{last}"),
        };
    }
    let known = award
        .deliveries
        .iter()
        .filter(|delivery| delivery.completed_at.is_none())
        .filter_map(|delivery| delivery.appointment_to)
        .map(day);
    let last = known.max().unwrap_or_else(|| year_end(award.decided_at));
    format!("{decided}/{}", last.as_str().max(decided))
}

fn year_end(at: Instant) -> String {
    format!("{:04}-12-31", at.year())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use kernel::DeviceKind;

    const ID: &str = "01869837-33c0-7210-b247-306c44e88c95";

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn award() -> Award {
        Award {
            programme: ID.parse().unwrap(),
            decision: ID.parse().unwrap(),
            decided_at: at("2023-02-28T23:30:00Z"),
            convention_signed_on: None,
            association: "Les Amis".to_owned(),
            siret: Some("73282932000074".to_owned()),
            rna: Some("W133000001".to_owned()),
            granted: [(DeviceKind::Desktop, 12), (DeviceKind::Laptop, 1)].into(),
            deliveries: vec![waiting(None)],
        }
    }

    fn waiting(appointment_to: Option<&str>) -> Delivery {
        Delivery {
            completed_at: None,
            appointment_to: appointment_to.map(at),
        }
    }

    fn done(completed_at: &str) -> Delivery {
        Delivery {
            completed_at: Some(at(completed_at)),
            appointment_to: None,
        }
    }

    fn cells(award: &Award) -> [String; 16] {
        let publisher = Publisher {
            name: "Ville".to_owned(),
            ..Publisher::default()
        };
        award_cells(award, &publisher, "Orange 2023")
    }

    #[test]
    fn an_award_is_a_row_of_the_schema() {
        let row = cells(&award());
        let expected = [
            "Ville",
            "",
            "2023-03-01", // the day in Paris
            ID,
            "Les Amis",
            "73282932000074",
            "W133000001",
            "Don de matériel informatique reconditionné : 12 ordinateurs fixes, 1 ordinateur portable \
             (programme Orange 2023)",
            "1380.00",
            "aide en nature",
            "unique",
            "2023-03-01/2023-12-31",
            "",
            "non",
            "1",
            ID,
        ];
        assert_eq!(row, expected.map(str::to_owned));
    }

    #[test]
    fn dates_are_those_of_the_handovers() {
        let dates_of = |deliveries: &[Delivery]| {
            let award = Award {
                deliveries: deliveries.to_vec(),
                ..award()
            };
            let row = cells(&award);
            (row[10].clone(), row[11].clone())
        };
        let (march, april) = (done("2023-03-10T09:00:00Z"), done("2023-04-02T09:00:00Z"));
        let both = |conditions: &str, dates: &str| (conditions.to_owned(), dates.to_owned());
        assert_eq!(dates_of(&[march]), both("unique", "2023-03-10"));
        assert_eq!(
            dates_of(&[april, march]),
            both("échelonné", "2023-03-10/2023-04-02")
        );
        let booked = waiting(Some("2023-05-04T10:00:00Z"));
        assert_eq!(
            dates_of(&[march, booked]),
            both("échelonné", "2023-03-01/2023-05-04")
        );
        assert_eq!(dates_of(&[]), both("unique", "2023-03-01/2023-12-31"));
    }

    #[test]
    fn the_convention_dates_an_award_that_has_one() {
        let award = Award {
            convention_signed_on: Some("2023-01-15".to_owned()),
            ..award()
        };
        assert_eq!(cells(&award)[2], "2023-01-15");
    }

    #[test]
    fn what_the_schema_does_not_take_is_left_out_or_cut() {
        let old = Award {
            rna: Some("W13A000001".to_owned()),
            ..award()
        };
        assert_eq!(cells(&old)[6], "");
        let long = subject(&award().granted, &"é".repeat(300));
        assert_eq!(long.chars().count(), SUBJECT);
        assert_eq!(euros(5), "0.05");
    }
}
