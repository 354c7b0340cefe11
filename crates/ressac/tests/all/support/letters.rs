//! Mails that wait in an outbox.

use std::ops::Range;

use diesel::prelude::*;
use kernel::Language;
use notifications::{Message, Recipient};

use super::trouble::wait_for;

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

/// Waits until the worker of an SQLite database has sent every letter, and so has nothing to write.
pub fn all_sent(url: &str) {
    let file = url.trim_start_matches("sqlite:");
    let mut connection = SqliteConnection::establish(file).unwrap();
    let sent = db::schema::outbox::status.eq("sent");
    let open = db::schema::outbox::table
        .filter(diesel::dsl::not(sent))
        .count();
    wait_for(|| open.get_result(&mut connection) == Ok(0_i64));
}
