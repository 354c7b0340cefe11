//! What the law asks before a lot is handed over: an aid in kind is a subsidy.

use kernel::{Code, Date, DeviceKind, Fields, Refusal, Text};

use super::values::{convention_cents, convention_due, euros};
use crate::model::NewConvention;

/// What is known about an award when its lot is about to be handed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AwardFacts {
    /// The civil year in which it was granted.
    pub year: i32,
    /// What the association was granted in that year in all, this award included.
    pub year_cents: u64,
    /// A convention for that year is recorded.
    pub convention: bool,
    /// The association signed the republican commitment contract.
    pub committed: bool,
    /// Kinds of the lot that the city owns and that are worth more than it may give away.
    pub above_city_gift: Vec<DeviceKind>,
}

/// Everything that is missing before the lot may be handed over.
#[must_use]
pub fn missing(facts: &AwardFacts) -> Vec<Refusal> {
    let mut missing = Vec::new();
    if !facts.committed {
        missing.push(Refusal::plain(Code::CommitmentMissing));
    }
    if convention_due(facts.year_cents) && !facts.convention {
        missing.push(convention_required(facts));
    }
    if let Some(kind) = facts.above_city_gift.first() {
        missing.push(city_gift_not_allowed(*kind));
    }
    missing
}

/// A lot is handed over when nothing is missing.
///
/// # Errors
/// `commitment_missing`, `convention_required`, `city_gift_not_allowed`.
pub fn may_receive(facts: &AwardFacts) -> Result<(), Refusal> {
    missing(facts).into_iter().next().map_or(Ok(()), Err)
}

fn convention_required(facts: &AwardFacts) -> Refusal {
    let (sum, limit) = (euros(facts.year_cents), euros(convention_cents()));
    let year = facts.year;
    Refusal::new(
        Code::ConventionRequired,
        Text::new(
            format!(
                "L'association reçoit {} en {year} : au-delà de {}, une convention est à signer, puis à enregistrer.",
                sum.fr, limit.fr
            ),
            format!(
                "The association receives {} in {year}: above {}, a convention is to be signed, then recorded.",
                sum.en, limit.en
            ),
        ),
    )
}

fn city_gift_not_allowed(kind: DeviceKind) -> Refusal {
    Refusal::new(
        Code::CityGiftNotAllowed,
        Text::new(
            format!(
                "Ces appareils ({kind}) appartiennent à la Ville et valent plus que ce qu'elle peut céder \
                 gratuitement (CG3P, art. L. 3212-2)."
            ),
            format!(
                "These devices ({kind}) belong to the city and are worth more than it may give away (CG3P, \
                 art. L. 3212-2)."
            ),
        ),
    )
}

/// Checks the body that records a convention.
///
/// # Errors
/// `invalid_fields` without a reference, for a day to come, or a year that is none.
pub fn new_convention(body: &NewConvention, year: i32, today: Date) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    fields.text("/reference", &body.reference, 200);
    if body.signed_on > today {
        let (fr, en) = ("Cette date est à venir.", "This day is yet to come.");
        fields.push("/signed_on", Code::OutOfRange, Text::new(fr, en));
    }
    if !(2000..=2100).contains(&year) {
        let (fr, en) = (
            "Indiquez une année, telle que 2026.",
            "Give a year, such as 2026.",
        );
        fields.push("/year", Code::OutOfRange, Text::new(fr, en));
    }
    fields.check()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> AwardFacts {
        AwardFacts {
            year: 2023,
            year_cents: 2_300_000,
            convention: false,
            committed: true,
            above_city_gift: Vec::new(),
        }
    }

    fn refused(facts: &AwardFacts) -> Option<Code> {
        may_receive(facts).err().map(|refusal| refusal.code)
    }

    #[test]
    fn convention_required() {
        assert_eq!(refused(&facts()), None, "the threshold itself is free");
        let above = AwardFacts {
            year_cents: 2_300_001,
            ..facts()
        };
        assert_eq!(refused(&above), Some(Code::ConventionRequired));
        let signed = AwardFacts {
            convention: true,
            ..above
        };
        assert_eq!(refused(&signed), None);
    }

    #[test]
    fn commitment_missing() {
        let facts = AwardFacts {
            committed: false,
            ..facts()
        };
        assert_eq!(refused(&facts), Some(Code::CommitmentMissing));
    }

    #[test]
    fn city_gift_not_allowed() {
        let facts = AwardFacts {
            above_city_gift: vec![DeviceKind::LaserCutter],
            ..facts()
        };
        assert_eq!(refused(&facts), Some(Code::CityGiftNotAllowed));
    }
}
