//! Mails that wait in an outbox.

use std::ops::Range;

use kernel::Language;
use notifications::{Message, Recipient};

/// One to each address with such a number.
pub fn letters(numbers: Range<usize>) -> Vec<(Message, Vec<Recipient>)> {
    numbers
        .map(|number| {
            let message = Message::LotReleased {
                reference: format!("D-2023-{number:05}"),
                wave: "Vague 1".to_owned(),
                reason: "La vague est annulée.".to_owned(),
            };
            let to = Recipient {
                person: None,
                email: address(number),
                name: String::new(),
                language: Language::French,
            };
            (message, vec![to])
        })
        .collect()
}

pub fn address(number: usize) -> String {
    format!("n{number}@asso.example")
}

/// The line that tells a mail from all others.
pub fn message_id(mail: &str) -> &str {
    let line = mail
        .lines()
        .find(|line| line.to_lowercase().starts_with("message-id:"));
    line.expect("a Message-ID").trim()
}
