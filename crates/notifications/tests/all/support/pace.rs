//! What the tests of pace and choices share: messages of several kinds, and a mailer that
//! gathers.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use db::Database;
use db::schema::outbox;
use diesel::prelude::*;
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

/// With a page that travels along.
pub fn proven(number: usize) -> Message {
    Message::ErasureProven {
        reference: format!("LOT-{number}"),
        title: "Siège".to_owned(),
        devices: 1,
        drives: 1,
        destroyed: 0,
        certificate: format!("<p>Attestation numéro {number}</p>"),
    }
}

/// The pages that the outbox keeps, the first message's first.
pub async fn pages(database: &Database) -> Vec<String> {
    let read = database.read(|db| {
        Ok(outbox::table
            .order(outbox::id)
            .select(outbox::data)
            .load(db)?)
    });
    let rows: Vec<String> = read.await.expect("read");
    let page = |data: &String| {
        let message: serde_json::Value = serde_json::from_str(data).expect("JSON");
        message["certificate"].as_str().expect("a page").to_owned()
    };
    rows.iter().map(page).collect()
}

pub fn pickup(sequence: i32, from: &str, cancelled: bool) -> Message {
    let from: kernel::Instant = from.parse().unwrap();
    Message::PickupScheduled {
        truck: None,
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
        key: None,
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
