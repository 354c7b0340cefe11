//! A drive of a machine, as the pages of one machine and of all open drives show it.

use kernel::{Instant, PersonId};
use serde::Serialize;
use workshop::{AcceptedAs, DriveView, OpenAcceptance};

/// A drive of a machine, with what may be decided about it.
#[derive(Serialize)]
pub(super) struct DriveRow {
    pub(super) name: String,
    pub(super) serial: Option<String>,
    pub(super) media: &'static str,
    pub(super) proven: bool,
    /// How its data was dealt with, and when.
    pub(super) method: Option<&'static str>,
    pub(super) at: Option<Instant>,
    pub(super) tool: Option<String>,
    pub(super) doubts: Vec<String>,
    /// What may be proposed.
    pub(super) options: Vec<&'static str>,
    /// What somebody proposed, and why.
    pub(super) proposed: Option<Proposed>,
}

#[derive(Serialize)]
pub(super) struct Proposed {
    accepted_as: &'static str,
    reason: String,
    at: Instant,
    /// Whoever looks proposed it: another person confirms.
    mine: bool,
}

impl DriveRow {
    pub(super) fn of(
        drive: DriveView,
        open: &[OpenAcceptance],
        reader: PersonId,
        say: impl Fn(&kernel::Text) -> String,
    ) -> Self {
        let open = open.iter().find(|one| one.drive == drive.serial);
        let open = open.filter(|_| !drive.proven);
        let names = [drive.model.clone(), drive.serial.clone()];
        let proof = drive.proof.as_ref();
        Self {
            name: names.into_iter().flatten().collect::<Vec<_>>().join(" "),
            serial: drive.serial,
            media: drive.media.as_str(),
            proven: drive.proven,
            method: proof.map(|proof| proof.method.as_str()),
            at: proof.map(|proof| proof.at),
            tool: proof.and_then(|proof| proof.tool.clone()),
            doubts: drive
                .doubts
                .iter()
                .map(|doubt| say(&doubt.detail))
                .collect(),
            options: open
                .map(|open| open.options.iter().map(|one| one.as_str()).collect())
                .unwrap_or_default(),
            proposed: open
                .and_then(|open| open.proposed.as_ref())
                .map(|review| Proposed {
                    accepted_as: review.accepted_as.as_str(),
                    reason: review.reason.clone(),
                    at: review.at,
                    mine: review.by == reader,
                }),
        }
    }

    pub(super) fn sample(proven: bool) -> Self {
        let now = Instant::from_micros(1_700_000_000_000_000);
        Self {
            name: "WDC WD5000 WD-1234".to_owned(),
            serial: Some("WD-1234".to_owned()),
            media: "hdd",
            proven,
            method: proven.then_some("clear"),
            at: now.filter(|_| proven),
            tool: proven.then(|| "nwipe".to_owned()),
            doubts: if proven {
                Vec::new()
            } else {
                vec!["123".to_owned()]
            },
            options: match proven {
                true => Vec::new(),
                false => AcceptedAs::ALL.iter().map(|one| one.as_str()).collect(),
            },
            proposed: None,
        }
    }

    /// The same after somebody proposed something.
    pub(super) fn proposed(mine: bool) -> Self {
        let at = Instant::from_micros(1_700_000_000_000_000);
        Self {
            proposed: at.map(|at| Proposed {
                accepted_as: "wrong_clock",
                reason: "123".to_owned(),
                at,
                mine,
            }),
            ..Self::sample(false)
        }
    }
}
