//! What themes are called within a sentence.

use kernel::Theme;

pub(super) fn theme_fr(theme: Theme) -> &'static str {
    match theme {
        Theme::Precarity => "précarité",
        Theme::Exclusion => "exclusion",
        Theme::Illiteracy => "illettrisme et illectronisme",
        Theme::DigitalMediation => "médiation numérique",
        Theme::Employment => "accès à l'emploi",
        Theme::Other => "autre",
    }
}

pub(super) fn theme_en(theme: Theme) -> &'static str {
    match theme {
        Theme::Precarity => "precarity",
        Theme::Exclusion => "exclusion",
        Theme::Illiteracy => "illiteracy, digital or not",
        Theme::DigitalMediation => "digital mediation",
        Theme::Employment => "access to employment",
        Theme::Other => "other",
    }
}
