//! The delivery note: one page to print, to be signed on the spot. In the language of whoever reads it.

use db::Result;
use kernel::{DeviceKind, Instant, Language};
use serde::Serialize;

use crate::model::{HandoverStatus, HandoverView, LotItem, by_kind};
use crate::paper;

#[derive(Serialize)]
struct Note<'a> {
    reference: &'a str,
    association: &'a str,
    application: &'a str,
    wave: &'a str,
    workshop: Option<&'a str>,
    place: Option<&'a str>,
    /// Who comes in the association's place.
    collector: Option<&'a str>,
    /// When it was handed over, or is to be.
    on: Option<String>,
    counts: Vec<String>,
    value: String,
    devices: Vec<Device<'a>>,
    /// What was handed over with them and went on to another association: tag, day.
    passed_on: Vec<(&'a str, String)>,
    /// Another association had it before.
    from_another: bool,
    /// Lent: until when.
    due: Option<String>,
    /// It was handed over.
    done: bool,
    signed: bool,
    recipient: Option<&'a str>,
    /// Why there is no signature.
    waived: Option<&'a str>,
    /// The signature as a `data:` URL of an image.
    drawn: Option<&'a str>,
    /// The name that was typed for one.
    typed: Option<&'a str>,
    sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct Device<'a> {
    tag: &'a str,
    serial: Option<&'a str>,
    kind: &'static str,
    model: String,
}

impl<'a> Device<'a> {
    fn of(item: &'a LotItem, language: Language) -> Self {
        let model = [item.manufacturer.as_deref(), item.model.as_deref()];
        Self {
            tag: &item.tag,
            serial: item.serial.as_deref(),
            kind: kind(language, item.kind, 1),
            model: model.into_iter().flatten().collect::<Vec<_>>().join(" "),
        }
    }
}

/// The delivery note of a handover that was read with its lot.
///
/// # Errors
/// When its template asks for what is not there.
pub fn note(handover: &HandoverView, language: Language) -> Result<String> {
    let lot = handover.lot.as_deref().unwrap_or_default();
    let counts = by_kind(lot);
    let value = allocation::rules::euros(allocation::rules::value_cents(&counts));
    let when = handover.completed_at.or(handover.from);
    let signature = handover.signature.as_deref().filter(|it| !it.is_empty());
    let is_image = |signature: &&str| signature.starts_with("data:image/");
    let note = Note {
        reference: &handover.reference,
        association: &handover.association,
        application: &handover.application,
        wave: &handover.wave,
        workshop: handover.workshop.as_deref(),
        place: handover.place.as_deref(),
        collector: handover.collector.as_deref(),
        on: when.map(|at| day(at, language)),
        counts: (counts.into_iter())
            .map(|(of, count)| format!("{count} {}", kind(language, of, count)))
            .collect(),
        value: match language {
            Language::French => value.fr,
            Language::English => value.en,
        },
        devices: lot.iter().map(|item| Device::of(item, language)).collect(),
        passed_on: (handover.passed_on.iter().flatten())
            .map(|it| (it.item.tag.as_str(), day(it.passed_on_at, language)))
            .collect(),
        from_another: handover.from_another,
        due: (handover.loan.as_ref()).map(|loan| day(loan.due_at, language)),
        done: handover.status == HandoverStatus::Completed,
        signed: handover.signed,
        recipient: handover.recipient_name.as_deref(),
        waived: handover.signature_waived.as_deref(),
        drawn: signature.filter(is_image),
        typed: signature.filter(|it| !is_image(it)),
        sha256: handover.signature_sha256.as_deref(),
    };
    paper::write("note.html", language, &note)
}

fn kind(language: Language, kind: DeviceKind, count: u64) -> &'static str {
    match language {
        Language::French => kind.french(count),
        Language::English => kind.english(count),
    }
}

fn day(at: Instant, language: Language) -> String {
    let pattern = match language {
        Language::French => "%d/%m/%Y",
        Language::English => "%-d %B %Y",
    };
    at.in_paris().format(pattern).to_string()
}
