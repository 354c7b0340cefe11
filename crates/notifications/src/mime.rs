//! A rendered message as a mail: plain text and HTML, and the calendar entry where there
//! is one. The same message gives the same bytes but for its date, so that a mail sent
//! twice is recognized by its Message-ID.

use std::time::{Duration, SystemTime};

use kernel::Instant;
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, MultiPart, SinglePart, header};

use crate::Appointment;
use crate::calendar::{self, Entry};
use crate::model::Letter;
use crate::render::Rendered;

/// What the mail says about itself.
#[derive(Debug)]
pub(crate) struct Envelope<'a> {
    pub(crate) from: &'a Mailbox,
    pub(crate) reply_to: &'a Mailbox,
    pub(crate) to: Mailbox,
    /// With its domain, without angle brackets.
    pub(crate) message_id: &'a str,
    pub(crate) date: Instant,
    /// Where the reader turns such messages off, when they may.
    pub(crate) unsubscribe: Option<&'a str>,
    /// Leave accents as they are, for people who read the file; else for any mail server.
    pub(crate) eight_bit: bool,
}

/// What travels with a mail.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Along<'a> {
    /// Each with the subject of its message.
    pub(crate) appointments: &'a [(&'a Appointment, &'a str)],
    /// Each with the name of its file.
    pub(crate) pages: &'a [(String, &'a str)],
}

/// Bytes of all pages that travel with one mail; what is beyond is only linked in it.
const PAGES_MOST: usize = 5 << 20;

/// Makes the mail. A calendar entry is shown by itself where there is one; several are
/// attached, and so are pages under the name of their file.
pub(crate) fn mail(
    envelope: Envelope<'_>,
    letter: &Letter,
    along: Along<'_>,
    rendered: &Rendered,
) -> Result<lettre::Message, lettre::error::Error> {
    let (from, reply_to) = (envelope.from, envelope.reply_to);
    let mut headers = lettre::Message::builder()
        .from(from.clone())
        .reply_to(reply_to.clone())
        .to(envelope.to)
        .subject(line(&rendered.subject))
        .message_id(Some(format!("<{}>", line(envelope.message_id))))
        .date(system_time(envelope.date))
        .raw_header(raw("Auto-Submitted", "auto-generated")); // RFC 3834: do not answer
    if let Some(url) = envelope.unsubscribe {
        headers = headers
            .raw_header(raw("List-Unsubscribe", &format!("<{url}>"))) // RFC 2369
            .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")); // RFC 8058
    }
    let eight_bit = envelope.eight_bit;
    let mut alternative = MultiPart::alternative()
        .boundary(format!("alternative-{}", letter.id))
        .singlepart(part(ContentType::TEXT_PLAIN, &rendered.text, eight_bit))
        .singlepart(part(ContentType::TEXT_HTML, &rendered.html, eight_bit));
    let entries: Vec<_> = along
        .appointments
        .iter()
        .map(|(appointment, summary)| {
            let ics = calendar::ics(&Entry {
                appointment,
                summary,
                sender: from.name.as_deref().unwrap_or_default(),
                contact: reply_to.email.as_ref(),
                attendee_name: &letter.name,
                attendee: &letter.email,
                domain: from.email.domain(),
                stamp: letter.created_at,
            });
            (calendar_type(appointment), ics)
        })
        .collect();
    if let [(kind, ics)] = entries.as_slice() {
        alternative = alternative.singlepart(part(kind.clone(), ics, eight_bit));
    }
    if entries.is_empty() && along.pages.is_empty() {
        return headers.multipart(alternative);
    }
    let mut mixed = MultiPart::mixed()
        .boundary(format!("mixed-{}", letter.id))
        .multipart(alternative);
    for (number, (kind, ics)) in entries.into_iter().enumerate() {
        let name = match number {
            0 => "rendez-vous.ics".to_owned(),
            more => format!("rendez-vous-{}.ics", more + 1),
        };
        mixed = mixed.singlepart(Attachment::new(name).body(body(&ics, eight_bit), kind));
    }
    let mut room = PAGES_MOST;
    for (name, html) in along.pages {
        let Some(left) = room.checked_sub(html.len()) else {
            break;
        };
        room = left;
        let page = body(html, eight_bit);
        mixed = mixed.singlepart(Attachment::new(line(name)).body(page, ContentType::TEXT_HTML));
    }
    headers.multipart(mixed)
}

/// What goes into a header: whatever is stored, it is one line. The library panics at a line
/// break in a name. The joiners of a subject show nothing and stay.
fn line(text: &str) -> String {
    let space = |c: char| c != '\u{2060}' && kernel::is_unprintable(c);
    text.replace(space, " ").trim().to_owned()
}

/// An address with its name, when anything of it is left.
pub(crate) fn mailbox(name: &str, address: Address) -> Mailbox {
    let name = line(name);
    Mailbox::new(Some(name).filter(|name| !name.is_empty()), address)
}

fn calendar_type(appointment: &Appointment) -> ContentType {
    let method = calendar::method(appointment);
    ContentType::parse(&format!("text/calendar; charset=utf-8; method={method}"))
        .unwrap_or(ContentType::TEXT_PLAIN)
}

/// A header that the library has no type for. Its value is ASCII of ours.
fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn part(kind: ContentType, text: &str, eight_bit: bool) -> SinglePart {
    SinglePart::builder()
        .header(kind)
        .body(body(text, eight_bit))
}

/// As it is where that is allowed (RFC 5322: lines of at most 998 bytes), else encoded.
fn body(text: &str, eight_bit: bool) -> Body {
    let text = &text.replace("\r\n", "\n");
    let plain = text.lines().all(|line| line.len() <= 998) && !text.contains(['\0', '\r']);
    if eight_bit && plain {
        let bytes = text.replace('\n', "\r\n").into_bytes();
        return Body::dangerous_pre_encoded(bytes, header::ContentTransferEncoding::EightBit);
    }
    Body::new(text.to_owned())
}

fn system_time(moment: Instant) -> SystemTime {
    let since = Duration::from_micros(u64::try_from(moment.micros()).unwrap_or(0));
    SystemTime::UNIX_EPOCH + since
}
