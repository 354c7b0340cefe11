//! How people want to hear of things, and the links in mails by which they change it.

use std::collections::BTreeMap;

use db::{Db, Result, Tx};
use kernel::{Actor, Code, Fields, Language, PersonId, Refusal, Role};
use serde::{Deserialize, Serialize};

use crate::events::{self, Choice, EVENTS, Event};
use crate::links::{self, Link};
use crate::rules::pace::{self, Delivery};
use crate::store::{choices as store, keys};

/// How somebody hears of one kind of message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Preference {
    /// The kind, such as `batch_accepted`.
    pub kind: String,
    /// What it is about, in the reader's language.
    pub title: String,
    /// How they hear of it.
    pub choice: Choice,
    /// Law or safety asks that it always leaves, at once.
    pub always: bool,
}

/// How somebody hears of everything that may concern them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Preferences {
    /// Each kind of message.
    pub items: Vec<Preference>,
}

/// What somebody wants changed.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
pub struct NewPreferences {
    /// Kind → choice; what is not named stays as it is.
    pub choices: BTreeMap<String, Choice>,
}

/// How the actor hears of what may concern them.
///
/// # Errors
/// When the database fails.
pub fn preferences(db: &mut Db, actor: &Actor, language: Language) -> Result<Preferences> {
    of_person(db, actor.person, actor.role, language)
}

fn of_person(db: &mut Db, person: PersonId, role: Role, language: Language) -> Result<Preferences> {
    let chosen = store::of_person(db, person)?;
    let items = EVENTS
        .iter()
        .filter(|event| event.concerns(role))
        .map(|event| Preference {
            kind: event.kind.to_owned(),
            title: title(event, language),
            choice: match chosen.get(event.kind) {
                Some(choice) if !event.always => *choice,
                _ => event.default_choice(),
            },
            always: event.always,
        })
        .collect();
    Ok(Preferences { items })
}

fn title(event: &Event, language: Language) -> String {
    let title = event.title();
    match language {
        Language::French => title.fr.into_owned(),
        Language::English => title.en.into_owned(),
    }
}

/// Notes how the actor wants to hear of things from now on. What waits and was not tried
/// yet follows.
///
/// # Errors
/// `unknown_reference` for a kind that does not concern them, `always_told` for one that
/// may not be put off.
pub fn set_preferences(tx: &mut Tx<'_>, actor: &Actor, wanted: &NewPreferences) -> Result<()> {
    let mut fields = Fields::default();
    let mut changes = Vec::new();
    for (kind, choice) in &wanted.choices {
        let pointer = format!("/choices/{}", kind.replace('~', "~0").replace('/', "~1"));
        match events::of_kind(kind).filter(|event| event.concerns(actor.role)) {
            None => fields.push(
                pointer,
                Code::UnknownReference,
                Code::UnknownReference.help(),
            ),
            Some(event) if event.always && *choice != Choice::AtOnce => {
                fields.push(pointer, Code::AlwaysTold, Code::AlwaysTold.help());
            }
            Some(event) => changes.push((event, *choice)),
        }
    }
    fields.check()?;
    for (event, choice) in changes {
        choose(tx, actor.person, event, choice)?;
    }
    Ok(())
}

fn choose(tx: &mut Tx<'_>, person: PersonId, event: &Event, choice: Choice) -> Result<()> {
    store::put(tx, person, event.kind, choice)?;
    let bundle = match pace::bundle(event, choice) {
        Delivery::Nothing => None,
        Delivery::Alone => Some(None),
        Delivery::With(bundle) => Some(Some(bundle)),
    };
    store::readdress(tx, person, event.kind, bundle)?;
    tx.wake_worker();
    Ok(())
}

/// What a link in a mail is about, for the page that it opens. Opening changes nothing.
///
/// # Errors
/// `invalid_token` when it is none of ours.
pub fn unsubscribe_link(db: &mut Db, token: &str) -> Result<UnsubscribeLink> {
    let invalid = || Refusal::plain(Code::InvalidToken);
    let key = keys::find(db)?.ok_or_else(invalid)?;
    let link = links::read(&key, token).ok_or_else(invalid)?;
    let kinds = kinds(db, &link)?;
    Ok(UnsubscribeLink { link, kinds })
}

/// What a link in a mail may change.
#[derive(Debug)]
pub struct UnsubscribeLink {
    link: Link,
    kinds: Vec<&'static Event>,
}

impl UnsubscribeLink {
    /// What the messages are about; more than one for a digest.
    pub fn titles(&self, language: Language) -> Vec<String> {
        self.kinds
            .iter()
            .map(|event| title(event, language))
            .collect()
    }
}

/// A mail of one kind names it; a digest stands for all that travels in digests.
fn kinds(db: &mut Db, link: &Link) -> Result<Vec<&'static Event>> {
    if let Some(event) = events::of_kind(&link.about).filter(|event| !event.always) {
        return Ok(vec![event]);
    }
    let chosen = store::of_person(db, link.person)?;
    let in_digests =
        |event: &&Event| matches!(chosen.get(event.kind), Some(Choice::Daily | Choice::Weekly));
    Ok(EVENTS.iter().filter(in_digests).collect())
}

/// Does what who has the link asks for: by default, no more of these messages.
///
/// # Errors
/// `invalid_token` when the link is none of ours.
pub fn unsubscribe(tx: &mut Tx<'_>, token: &str, choice: Choice) -> Result<()> {
    let found = unsubscribe_link(tx, token)?;
    for event in found.kinds {
        choose(tx, found.link.person, event, choice)?;
    }
    Ok(())
}
