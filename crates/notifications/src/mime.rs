//! A rendered message as a mail: plain text and HTML, and the calendar entry where there
//! is one. The same message gives the same bytes but for its date, so that a mail sent
//! twice is recognized by its Message-ID.

use std::time::{Duration, SystemTime};

use kernel::Instant;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, MultiPart, SinglePart, header};

use crate::Appointment;
use crate::calendar::{self, Entry};
use crate::model::Claimed;
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
    /// Leave accents as they are, for people who read the file; else for any mail server.
    pub(crate) eight_bit: bool,
}

/// Makes the mail.
pub(crate) fn mail(
    envelope: Envelope<'_>,
    row: &Claimed,
    appointment: Option<&Appointment>,
    rendered: &Rendered,
) -> Result<lettre::Message, lettre::error::Error> {
    let headers = lettre::Message::builder()
        .from(envelope.from.clone())
        .reply_to(envelope.reply_to.clone())
        .to(envelope.to)
        .subject(rendered.subject.clone())
        .message_id(Some(format!("<{}>", envelope.message_id)))
        .date(system_time(envelope.date))
        .raw_header(automatic());
    let eight_bit = envelope.eight_bit;
    let text = part(ContentType::TEXT_PLAIN, &rendered.text, eight_bit);
    let html = part(ContentType::TEXT_HTML, &rendered.html, eight_bit);
    let alternative = MultiPart::alternative()
        .boundary(format!("alternative-{}", row.id))
        .singlepart(text)
        .singlepart(html);
    let Some(appointment) = appointment else {
        return headers.multipart(alternative);
    };
    let ics = calendar::ics(&Entry {
        appointment,
        summary: &rendered.subject,
        sender: envelope.from.name.as_deref().unwrap_or_default(),
        contact: envelope.reply_to.email.as_ref(),
        attendee_name: &row.name,
        attendee: &row.email,
        domain: envelope.from.email.domain(),
        stamp: row.created_at,
    });
    let kind = format!(
        "text/calendar; charset=utf-8; method={}",
        calendar::method(appointment)
    );
    let kind = ContentType::parse(&kind).unwrap_or(ContentType::TEXT_PLAIN);
    let mixed = MultiPart::mixed()
        .boundary(format!("mixed-{}", row.id))
        .multipart(alternative.singlepart(part(kind.clone(), &ics, eight_bit)))
        .singlepart(
            Attachment::new("rendez-vous.ics".to_owned()).body(body(&ics, eight_bit), kind),
        );
    headers.multipart(mixed)
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

/// Tells other machines not to answer (RFC 3834).
fn automatic() -> HeaderValue {
    HeaderValue::new(
        HeaderName::new_from_ascii_str("Auto-Submitted"),
        "auto-generated".to_owned(),
    )
}

fn system_time(moment: Instant) -> SystemTime {
    let since = Duration::from_micros(u64::try_from(moment.micros()).unwrap_or(0));
    SystemTime::UNIX_EPOCH + since
}
