//! A station that several people share. Each signs in once; a tap, or a scan of their badge, then
//! says who goes on. The others' sessions wait in a cookie of their own for a shift.

use ::web::access::{LogDevices, Permission as _};
use ::web::{ApiError, ApiResult};
use actix_web::http::header::SET_COOKIE;
use identity::Visitor;
use kernel::{Code, PersonId, Text};
use serde::Serialize;

use super::line::Line;
use crate::cookies::Cookie;
use crate::{Form, Page, PageResult, Saved};

/// Colleagues who wait at a station at the most.
const PLACES: usize = 5;
/// How long they wait, in seconds: a shift.
const SHIFT: i64 = 12 * 3600;
/// Between the sessions in the cookie; no token has it.
const BETWEEN: char = '~';

/// A colleague who signed in at this station.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Colleague {
    pub(super) id: String,
    pub(super) name: String,
}

/// The sessions that wait in the browser.
fn waiting(page: &Page<LogDevices>) -> Vec<String> {
    let cookie = Cookie::Station.of(page.request()).unwrap_or_default();
    let tokens = cookie.split(BETWEEN).filter(|token| !token.is_empty());
    tokens.take(PLACES).map(str::to_owned).collect()
}

/// Those that still stand, of people of the same workshop.
async fn present(page: &Page<LogDevices>) -> ApiResult<Vec<(String, Visitor)>> {
    let tokens = waiting(page);
    if tokens.is_empty() {
        return Ok(Vec::new());
    }
    let (actor, now) = (page.actor(), page.state().database.now());
    let found = page.state().database.read(move |db| {
        let mut found = Vec::new();
        for token in tokens {
            if let Some(visitor) = identity::visitor(db, &token, now)? {
                found.push((token, visitor));
            }
        }
        Ok(found)
    });
    let mut found = found.await?;
    found.retain(|(_, visitor)| {
        let other = visitor.actor;
        other.organisation == actor.organisation
            && other.person != actor.person
            && LogDevices::ROLES.contains(&other.role)
    });
    Ok(found)
}

/// Who else may go on here.
pub(super) async fn colleagues(page: &Page<LogDevices>) -> ApiResult<Vec<Colleague>> {
    let present = present(page).await?;
    let colleague = |(_, visitor): (String, Visitor)| Colleague {
        id: visitor.actor.person.to_string(),
        name: visitor.name,
    };
    Ok(present.into_iter().map(colleague).collect())
}

/// The session of whoever is at the station waits; somebody else signs in.
pub(crate) async fn make_room(page: Page<LogDevices>, form: Form) -> PageResult {
    let back = Line::of(&form).chosen().address();
    let mut tokens = vec![Cookie::Session.of(page.request()).unwrap_or_default()];
    tokens.extend(present(&page).await?.into_iter().map(|(token, _)| token));
    tokens.truncate(PLACES);
    let next: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
    let saved = Saved::at(format!("/connexion?next={next}"));
    let removed = Cookie::Session.removed(page.request());
    answer(&page, &saved, [removed, kept(&page, &tokens)])
}

/// A colleague goes on, by their name.
pub(crate) async fn switch(page: Page<LogDevices>, form: Form) -> PageResult {
    let back = Line::of(&form).chosen().address();
    let person = form.get("person").parse().ok();
    change_hands(&page, person, back).await
}

/// A colleague goes on, by their badge.
pub(super) async fn by_badge(page: &Page<LogDevices>, line: &Line) -> PageResult {
    let badge = line.device.clone();
    let database = &page.state().database;
    let person = database
        .read(move |db| identity::whose_badge(db, &badge))
        .await?;
    change_hands(page, person, line.chosen().address()).await
}

async fn change_hands(
    page: &Page<LogDevices>,
    person: Option<PersonId>,
    back: String,
) -> PageResult {
    let here = page.actor().person;
    let mut present = present(page).await?;
    let place = present
        .iter()
        .position(|(_, visitor)| Some(visitor.actor.person) == person);
    let Some(place) = place else {
        let saved = Saved::at(back);
        let saved = match person == Some(here) {
            true => saved.telling(already_here(&page.name()), "info"),
            false => saved.telling(not_here(), "warning"),
        };
        return Ok(page.see(&saved));
    };
    let (token, visitor) = present.remove(place);
    let mut tokens = vec![Cookie::Session.of(page.request()).unwrap_or_default()];
    tokens.extend(present.into_iter().map(|(token, _)| token));
    let name = visitor.name;
    let text = Text::new(
        format!("À {name} de scanner."),
        format!("{name} scans now."),
    );
    let saved = Saved::at(back).telling(text, "success");
    let seconds = page.state().signer.sessions().idle_days * 24 * 3600;
    let session = Cookie::Session.set(page.request(), &token, seconds);
    answer(page, &saved, [session, kept(page, &tokens)])
}

fn kept(page: &Page<LogDevices>, tokens: &[String]) -> String {
    let value = tokens.join(&BETWEEN.to_string());
    Cookie::Station.set(page.request(), &value, SHIFT)
}

fn answer(page: &Page<LogDevices>, saved: &Saved, cookies: [String; 2]) -> PageResult {
    let mut response = page.see(saved);
    for cookie in cookies {
        let value = cookie.parse().map_err(|_| ApiError::from(Code::Internal))?;
        response.headers_mut().append(SET_COOKIE, value);
    }
    Ok(response)
}

fn already_here(name: &str) -> Text {
    Text::new(
        format!("{name} est déjà à ce poste."),
        format!("{name} is at this station already."),
    )
}

fn not_here() -> Text {
    Text::new(
        "Cette personne n’est plus connectée à ce poste : choisissez « Quelqu’un d’autre », puis connectez-vous.",
        "This person is not signed in at this station any more: choose “Somebody else”, then sign in.",
    )
}
