//! Numbers and single sentences in both languages.

use kernel::DeviceKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{Granted, LineReason};
use crate::plan::key::Ratio;

/// The same in French and in English.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bilingual {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// A sentence in both languages.
    pub fn new(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            fr: fr.into(),
            en: en.into(),
        }
    }

    /// The same word in both languages.
    pub fn same(word: impl Into<String>) -> Self {
        let word = word.into();
        Self {
            fr: word.clone(),
            en: word,
        }
    }

    /// Adds a sentence.
    pub fn add(&mut self, sentence: Self) {
        for (text, more) in [(&mut self.fr, sentence.fr), (&mut self.en, sentence.en)] {
            if !text.is_empty() && !text.ends_with('\n') && !more.starts_with('\n') {
                text.push(' ');
            }
            text.push_str(&more);
        }
    }

    /// Ends a paragraph.
    pub fn paragraph(&mut self) {
        for text in [&mut self.fr, &mut self.en] {
            if !text.is_empty() && !text.ends_with("\n\n") {
                text.push_str("\n\n");
            }
        }
    }
}

/// Hundredths of a point, as people write them.
#[must_use]
pub fn points(hundredths: i64) -> Bilingual {
    let (whole, rest) = (hundredths / 100, hundredths.rem_euclid(100));
    Bilingual::new(format!("{whole},{rest:02}"), format!("{whole}.{rest:02}"))
}

/// So many of a kind.
#[must_use]
pub(super) fn quantity(kind: DeviceKind, count: u64) -> Bilingual {
    Bilingual::new(
        format!("{count} {}", kind.french(count)),
        format!("{count} {}", kind.english(count)),
    )
}

/// So many of a kind that the planner names by its text.
#[must_use]
pub(super) fn quantity_of(kind: &str, count: u64) -> Bilingual {
    match kind.parse() {
        Ok(kind) => quantity(kind, count),
        Err(_) => Bilingual::same(format!("{count} {kind}")),
    }
}

/// A whole lot, or that there is none.
#[must_use]
pub(super) fn lot(granted: &Granted) -> Bilingual {
    let parts: Vec<Bilingual> = granted
        .iter()
        .map(|(kind, count)| quantity(*kind, *count))
        .collect();
    if parts.is_empty() {
        return Bilingual::new("aucun appareil", "no device");
    }
    let join = |word: &str, of: fn(&Bilingual) -> &str| {
        parts.iter().map(of).collect::<Vec<_>>().join(word)
    };
    Bilingual::new(
        join(" et ", |part| &part.fr),
        join(" and ", |part| &part.en),
    )
}

/// Devices per unit of weight, as devices per point, to four decimals.
#[must_use]
pub(super) fn per_point(rate: Ratio) -> String {
    decimal(rate.numerator.saturating_mul(100), rate.denominator)
}

/// A fraction to four decimals, rounded down.
#[must_use]
pub(super) fn decimal(numerator: u128, denominator: u128) -> String {
    let scaled = numerator.saturating_mul(10_000) / denominator.max(1);
    format!("{}.{:04}", scaled / 10_000, scaled % 10_000)
}

/// Why a request has what it has.
#[must_use]
pub fn sentence(reason: LineReason) -> Bilingual {
    let (fr, en) = match reason {
        LineReason::RequestMet => (
            "la demande est entièrement satisfaite",
            "the request is met in full",
        ),
        LineReason::LotMaxReached => (
            "le plus grand lot qu'une association peut recevoir est atteint",
            "the largest lot that one association may receive is reached",
        ),
        LineReason::StockShared => (
            "le matériel disponible ne suffisait pas pour tout le monde ; il a été partagé selon les points",
            "there was not enough equipment for everyone; it was shared according to points",
        ),
        LineReason::CapReached => (
            "un plafond de cette vague, fixé pour un groupe de demandes, est atteint",
            "a cap of this wave, set for a group of applications, is reached",
        ),
        LineReason::KeptForNextWave => (
            "le reste du matériel est gardé pour la prochaine vague",
            "what remains of the equipment is kept for the next wave",
        ),
        LineReason::StockExhausted => (
            "à son tour dans l'ordre des points, il ne restait plus assez de matériel pour un lot",
            "when its turn came in the order of points, there was not enough equipment left for a lot",
        ),
        LineReason::BelowLot => (
            "la quantité demandée est inférieure au plus petit lot de cette vague ; une vague pour les petits lots \
             est prévue pour ces demandes",
            "the quantity asked is below the smallest lot of this wave; a wave for small lots is meant for such \
             requests",
        ),
        LineReason::NothingDue => (
            "les vagues précédentes ont déjà donné tout ce qui pouvait l'être",
            "earlier waves have given all that could be given",
        ),
        LineReason::Pinned => (
            "la quantité a été fixée par une personne de la Ville, qui en a donné la raison",
            "the quantity was fixed by a member of the city's staff, who gave the reason",
        ),
        LineReason::Excluded => (
            "la demande a été écartée de cette vague par une personne de la Ville, qui en a donné la raison",
            "the application was taken out of this wave by a member of the city's staff, who gave the reason",
        ),
    };
    Bilingual::new(fr, en)
}
