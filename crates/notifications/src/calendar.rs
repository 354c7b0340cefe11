//! A calendar entry as iCalendar (RFC 5545), sent as iTIP says (RFC 5546): the same UID
//! with a higher sequence moves an entry, `CANCEL` takes it back.

use kernel::Instant;

use crate::Appointment;

/// Who and what stands around an appointment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) appointment: &'a Appointment,
    pub(crate) summary: &'a str,
    pub(crate) sender: &'a str,
    /// Where an answer goes.
    pub(crate) contact: &'a str,
    pub(crate) attendee_name: &'a str,
    pub(crate) attendee: &'a str,
    /// Completes a UID that has no domain.
    pub(crate) domain: &'a str,
    pub(crate) stamp: Instant,
}

/// What is asked of the reader's calendar.
pub(crate) fn method(appointment: &Appointment) -> &'static str {
    if appointment.cancelled {
        "CANCEL"
    } else {
        "REQUEST"
    }
}

/// The entry as a file.
pub(crate) fn ics(entry: &Entry<'_>) -> String {
    let appointment = entry.appointment;
    let uid = match appointment.uid.contains('@') {
        true => appointment.uid.clone(),
        false => format!("{}@{}", appointment.uid, entry.domain),
    };
    let status = if appointment.cancelled {
        "CANCELLED"
    } else {
        "CONFIRMED"
    };
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Ressac//Ressac//FR".to_owned(),
        format!("METHOD:{}", method(appointment)),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", escaped(&uid)),
        format!("SEQUENCE:{}", appointment.sequence),
        format!("DTSTAMP:{}", utc(entry.stamp)),
        format!("DTSTART:{}", utc(appointment.from)),
        format!("DTEND:{}", utc(appointment.to)),
        format!("SUMMARY:{}", escaped(entry.summary)),
        format!("LOCATION:{}", escaped(&appointment.place)),
        format!(
            "ORGANIZER;CN={}:mailto:{}",
            quoted(entry.sender),
            address(entry.contact)
        ),
        format!(
            "ATTENDEE;CN={};ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:{}",
            quoted(entry.attendee_name),
            address(entry.attendee)
        ),
        format!("STATUS:{status}"),
        "TRANSP:OPAQUE".to_owned(),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    let mut out = String::new();
    for line in lines {
        fold(&mut out, &line);
    }
    out
}

/// An appointment of a calendar that somebody subscribes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Names it for good.
    pub uid: String,
    /// Begins.
    pub from: Instant,
    /// Ends.
    pub to: Instant,
    /// What it is.
    pub summary: String,
    /// Where.
    pub place: String,
    /// The page about it.
    pub url: String,
}

/// A calendar to subscribe to (RFC 5545), with how often to read it again (RFC 7986).
pub fn feed(name: &str, domain: &str, stamp: Instant, events: &[Event]) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Ressac//Ressac//FR".to_owned(),
        format!("NAME:{}", escaped(name)),
        format!("X-WR-CALNAME:{}", escaped(name)),
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H".to_owned(),
    ];
    for event in events {
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", escaped(&format!("{}@{domain}", event.uid))),
            format!("DTSTAMP:{}", utc(stamp)),
            format!("DTSTART:{}", utc(event.from)),
            format!("DTEND:{}", utc(event.to)),
            format!("SUMMARY:{}", escaped(&event.summary)),
            format!("LOCATION:{}", escaped(&event.place)),
            format!("URL:{}", address(&event.url)),
            "END:VEVENT".to_owned(),
        ]);
    }
    lines.push("END:VCALENDAR".to_owned());
    let mut out = String::new();
    for line in lines {
        fold(&mut out, &line);
    }
    out
}

fn utc(moment: Instant) -> String {
    moment.utc().format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text value: backslash, semicolon, comma and line ends are escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if kernel::is_unprintable(c) => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A parameter's value, which cannot hold quotes or control characters.
fn quoted(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| match c {
            '"' => '\'',
            c if kernel::is_unprintable(c) => ' ',
            c => c,
        })
        .collect();
    format!("\"{plain}\"")
}

fn address(text: &str) -> String {
    text.chars()
        .filter(|c| !kernel::is_unprintable(*c) && !c.is_whitespace())
        .collect()
}

/// A line has at most 75 bytes; the next one begins with a space and goes on.
fn fold(out: &mut String, line: &str) {
    let mut width = 0;
    for c in line.chars() {
        if width + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(c);
        width += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn appointment() -> Appointment {
        Appointment {
            uid: "handover-0190".to_owned(),
            sequence: 1,
            from: "2023-03-07T08:00:00Z".parse().unwrap(),
            to: "2023-03-07T09:30:00Z".parse().unwrap(),
            place: "Atelier du Panier, 12 rue de l'Évêché ; quai B, 13002 Marseille\n2e étage"
                .to_owned(),
            cancelled: false,
        }
    }

    fn written(appointment: &Appointment) -> String {
        ics(&Entry {
            appointment,
            summary: "Remise de votre lot : DEM-2023-0042, le mardi 7 mars 2023, à l'atelier",
            sender: "Ville de Marseille",
            contact: "numerique@marseille.example",
            attendee_name: "Zoé \"Zo\" Né",
            attendee: "zoe@asso.example",
            domain: "marseille.example",
            stamp: "2023-03-01T10:00:00Z".parse().unwrap(),
        })
    }

    #[test]
    fn an_entry_is_written() {
        insta::assert_snapshot!(written(&appointment()).replace("\r\n", "\n"));
    }

    #[test]
    fn an_entry_is_taken_back() {
        let mut gone = appointment();
        gone.cancelled = true;
        gone.sequence = 2;
        let text = written(&gone);
        assert!(text.contains("METHOD:CANCEL\r\n") && text.contains("STATUS:CANCELLED\r\n"));
        assert!(text.contains("UID:handover-0190@marseille.example\r\nSEQUENCE:2\r\n"));
    }

    #[test]
    fn a_calendar_has_its_appointments_and_nothing_that_was_smuggled_in() {
        let event = Event {
            uid: "pickup-1".to_owned(),
            from: "2023-03-07T08:00:00Z".parse().unwrap(),
            to: "2023-03-07T09:30:00Z".parse().unwrap(),
            summary: "Enlèvement : Orange\r\nEND:VCALENDAR".to_owned(),
            place: "Quai B, 13002".to_owned(),
            url: "https://ressac.example/dons/1\r\nX:1".to_owned(),
        };
        let stamp = "2023-03-01T10:00:00Z".parse().unwrap();
        let text = feed("Ressac, l'atelier", "marseille.example", stamp, &[event]);
        insta::assert_snapshot!(text.replace("\r\n", "\n"));
        assert_eq!(text.matches("\r\nEND:VCALENDAR\r\n").count(), 1);
        assert!(!feed("a", "b", stamp, &[]).contains("VEVENT"));
    }

    #[test]
    fn lines_are_folded_and_unfold_to_what_they_were() {
        let text = written(&appointment());
        for line in text.split("\r\n") {
            assert!(line.len() <= 75 && !line.contains('\n'), "{line}");
        }
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains(
            "LOCATION:Atelier du Panier\\, 12 rue de l'Évêché \\; quai B\\, 13002 Marseille\\n2e étage\r\n"
        ));
    }
}
