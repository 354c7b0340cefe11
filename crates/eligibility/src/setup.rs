//! What an operator decides about applications: rubrics, lists, delays.

use std::path::PathBuf;

use serde::Deserialize;

use crate::lists::Lists;
use crate::rubric::Library;

/// The section `eligibility` of the configuration; `RESSAC__ELIGIBILITY__…` overrides it.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct EligibilitySettings {
    /// A folder with more rubrics; empty for those that are built in.
    pub rubrics: PathBuf,
    /// A file of lists in the place of the built-in ones; empty for these.
    pub lists: PathBuf,
    /// Documents of one application at the most.
    pub documents_most: usize,
    /// When things are due.
    pub delays: Delays,
}

impl Default for EligibilitySettings {
    fn default() -> Self {
        Self {
            rubrics: PathBuf::new(),
            lists: PathBuf::new(),
            documents_most: 50,
            delays: Delays::default(),
        }
    }
}

/// When things are due; `config/default.toml` names the law that each comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Delays {
    /// Months after which silence is a refusal.
    pub silence_months: u32,
    /// Months within which a decision may be contested with the administration.
    pub appeal_months: u32,
    /// Months after which a report on what was received is due, unless the programme says
    /// otherwise.
    pub follow_up_months: u32,
    /// Days before a deadline on which a draft is reminded.
    pub draft_reminder_days: u32,
    /// Days without a change after which requested changes are reminded.
    pub changes_reminder_days: u32,
    /// Days before silence decides on which staff are reminded.
    pub silence_reminder_days: u32,
    /// Days before a report is due on which it is reminded.
    pub follow_up_reminder_days: u32,
}

impl Default for Delays {
    fn default() -> Self {
        Self {
            silence_months: 2,
            appeal_months: 2,
            follow_up_months: 12,
            draft_reminder_days: 7,
            changes_reminder_days: 14,
            silence_reminder_days: 14,
            follow_up_reminder_days: 14,
        }
    }
}

impl Delays {
    /// # Errors
    /// A sentence for the operator.
    fn check(&self) -> Result<(), String> {
        for (name, months) in [
            ("silence_months", self.silence_months),
            ("appeal_months", self.appeal_months),
            ("follow_up_months", self.follow_up_months),
        ] {
            if !(1..=120).contains(&months) {
                return Err(format!("eligibility.delays.{name} goes from 1 to 120"));
            }
        }
        for (name, days) in [
            ("draft_reminder_days", self.draft_reminder_days),
            ("changes_reminder_days", self.changes_reminder_days),
            ("silence_reminder_days", self.silence_reminder_days),
            ("follow_up_reminder_days", self.follow_up_reminder_days),
        ] {
            if days > 365 {
                return Err(format!("eligibility.delays.{name} goes from 0 to 365"));
            }
        }
        Ok(())
    }
}

/// The settings, read and checked.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Rubrics that programmes may pin.
    pub library: Library,
    /// What the forms offer.
    pub lists: Lists,
    /// Documents of one application at the most.
    pub documents_most: usize,
    /// When things are due.
    pub delays: Delays,
}

impl Setup {
    /// Reads rubrics and lists.
    ///
    /// # Errors
    /// A sentence for the operator: the file, the line, what is wrong.
    pub fn load(settings: &EligibilitySettings) -> Result<Self, String> {
        let mut library = Library::embedded();
        if !settings.rubrics.as_os_str().is_empty() {
            library = library.with_folder(&settings.rubrics)?;
        }
        let lists = if settings.lists.as_os_str().is_empty() {
            Lists::embedded()?
        } else {
            let place = settings.lists.display();
            let text = std::fs::read_to_string(&settings.lists)
                .map_err(|cause| format!("{place}: {cause}"))?;
            Lists::parse(&text).map_err(|cause| format!("{place}: {cause}"))?
        };
        settings.delays.check()?;
        Ok(Self {
            library,
            lists,
            documents_most: settings.documents_most,
            delays: settings.delays,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_that_cannot_be_meant_are_refused_by_name() {
        let mut settings = EligibilitySettings::default();
        assert!(Setup::load(&settings).is_ok());
        settings.delays.appeal_months = 0;
        let refused = Setup::load(&settings).expect_err("refused");
        assert!(refused.contains("appeal_months"), "{refused}");
    }
}
