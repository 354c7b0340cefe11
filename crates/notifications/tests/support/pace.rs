//! What the tests of pace and choices share: messages of several kinds, and a mailer that
//! gathers.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use db::Database;
use kernel::{Actor, Role};
use notifications::{
    Appointment, Choice, MailSettings, Mailer, Message, NewPreferences, Recipient,
};

use super::settings;

pub fn mailer(folder: &Path) -> Mailer {
    super::mailer(&MailSettings {
        directory: folder.to_owned(),
        gather_seconds: 5,
        gather_most_seconds: 60,
        ..settings()
    })
}

pub fn refused(number: usize) -> Message {
    Message::BatchRefused {
        reference: format!("LOT-{number}"),
        title: "Siège".to_owned(),
        reason: format!("Raison numéro {number}."),
    }
}

pub fn accepted(number: usize) -> Message {
    Message::BatchAccepted {
        reference: format!("LOT-{number}"),
        title: "Siège".to_owned(),
    }
}

pub fn pickup(sequence: i32, from: &str, cancelled: bool) -> Message {
    let from: kernel::Instant = from.parse().unwrap();
    Message::PickupScheduled {
        reference: "LOT-7".to_owned(),
        title: "Siège".to_owned(),
        donor: "Orange".to_owned(),
        workshop: "Atelier".to_owned(),
        contact_name: "Nadia".to_owned(),
        contact_phone: "04 91 00 00 00".to_owned(),
        moved: sequence > 0,
        appointment: Appointment {
            uid: "pickup-7".to_owned(),
            sequence,
            from,
            to: from.plus_seconds(3600),
            place: "Quai B".to_owned(),
            cancelled,
        },
    }
}

pub async fn drain(database: &Arc<Database>, mailer: &Mailer) -> u64 {
    notifications::drain(database, mailer).await.unwrap().sent
}

pub async fn choose(
    database: &Database,
    who: &Recipient,
    kind: &str,
    choice: Choice,
) -> db::Result<()> {
    let actor = Actor {
        person: who.person.unwrap(),
        role: Role::Donor,
        organisation: "01869837-33c0-7210-b247-306c44e88c95".parse().unwrap(),
        session: None,
    };
    let wanted = NewPreferences {
        choices: BTreeMap::from([(kind.to_owned(), choice)]),
    };
    database
        .write(move |tx| notifications::set_preferences(tx, &actor, &wanted))
        .await
}

pub fn subject(mail: &str) -> String {
    let line = mail.lines().find(|line| line.starts_with("Subject: "));
    line.unwrap().to_owned()
}
