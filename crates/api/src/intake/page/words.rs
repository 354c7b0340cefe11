//! What the page says, in both languages.

use kernel::{AccessoryKind, DeviceKind, Language, Text};

/// One of two texts.
pub(super) const fn say<'a>(language: Language, fr: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::French => fr,
        Language::English => en,
    }
}

/// A number as people write it: `1 060`, `1,060`.
pub(super) fn number(language: Language, number: i64) -> String {
    let between = say(language, "\u{202f}", ",");
    let digits = number.unsigned_abs().to_string();
    let mut written = String::from(if number < 0 { "−" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            written.push_str(between);
        }
        written.push(digit);
    }
    written
}

/// A text of the rules.
pub(super) fn told(language: Language, text: &Text) -> &str {
    match language {
        Language::French => &text.fr,
        Language::English => &text.en,
    }
}

/// Neither answer was chosen.
pub(super) fn choose() -> Text {
    Text::new(
        "Choisissez : confirmer ou contester.",
        "Choose: confirm or contest.",
    )
}

/// A kind of machine, in the plural.
pub(super) const fn kind(language: Language, kind: DeviceKind) -> &'static str {
    match language {
        Language::French => kind.french(2),
        Language::English => kind.english(2),
    }
}

/// A kind of machine, one of it.
pub(super) const fn one(language: Language, kind: DeviceKind) -> &'static str {
    match language {
        Language::French => kind.french(1),
        Language::English => kind.english(1),
    }
}

/// A kind of accessory, in the plural.
pub(super) const fn accessory(language: Language, kind: AccessoryKind) -> &'static str {
    match kind {
        AccessoryKind::Keyboard => say(language, "claviers", "keyboards"),
        AccessoryKind::Mouse => say(language, "souris", "mice"),
        AccessoryKind::Charger => say(language, "chargeurs", "chargers"),
        AccessoryKind::PowerCable => say(language, "câbles d'alimentation", "power cables"),
        AccessoryKind::VideoCable => say(language, "câbles vidéo", "video cables"),
        AccessoryKind::Other => say(language, "autres accessoires", "other accessories"),
    }
}
