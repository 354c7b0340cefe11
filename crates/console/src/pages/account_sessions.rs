//! `/compte/sessions`: where one is signed in, and an end to it.

use ::web::PathId;
use ::web::access::ManageAccount;
use identity::OpenSession;
use kernel::Instant;
use serde::Serialize;

use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

const ADDRESS: &str = "/compte/sessions";

#[derive(Serialize)]
struct SessionsPage {
    sessions: Vec<Session>,
}

#[derive(Serialize)]
struct Session {
    id: String,
    /// The one in which the page is read.
    current: bool,
    network: Option<String>,
    created_at: Instant,
    last_at: Option<Instant>,
    expires_at: Instant,
}

impl View for SessionsPage {
    const TEMPLATE: &'static str = "account_sessions.html";
}

impl From<OpenSession> for Session {
    fn from(session: OpenSession) -> Self {
        Self {
            id: session.id.to_string(),
            current: session.current,
            network: session.network,
            created_at: session.created_at,
            last_at: session.last_at,
            expires_at: session.expires_at,
        }
    }
}

pub(crate) async fn show(page: Page<ManageAccount>) -> PageResult {
    let now = page.state().database.now();
    let sessions = page
        .read(move |db, actor| identity::open_sessions(db, actor, now))
        .await?;
    let sessions = sessions.into_iter().map(Session::from).collect();
    page.show_form(&SessionsPage { sessions }, &FormView::empty()?)
}

pub(crate) async fn end(
    page: Page<ManageAccount>,
    PathId(id): PathId<kernel::Session>,
    form: Form,
) -> PageResult {
    let saved = page
        .write(&form, "delete_me_sessions_id", move |tx, actor| {
            identity::end_own_session(tx, actor, id)?;
            Ok(Saved::at(ADDRESS).saying("La session est fermée.", "The session is ended."))
        })
        .await?;
    Ok(page.see(&saved))
}

pub(crate) async fn end_others(page: Page<ManageAccount>, form: Form) -> PageResult {
    let saved = page
        .write(&form, "delete_me_sessions", |tx, actor| {
            identity::end_other_sessions(tx, actor)?;
            Ok(Saved::at(ADDRESS).saying(
                "Toutes vos autres sessions sont fermées.",
                "All your other sessions are ended.",
            ))
        })
        .await?;
    Ok(page.see(&saved))
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let session = |current| Session {
        id: super::application_parts::SAMPLE_ID.to_owned(),
        current,
        network: Some("192.0.2.0/24".to_owned()).filter(|_| current),
        created_at: at,
        last_at: Some(at).filter(|_| current),
        expires_at: at,
    };
    let page = |all: &[bool]| SessionsPage {
        sessions: all.iter().map(|current| session(*current)).collect(),
    };
    vec![
        Sample::of("one session", &page(&[true])),
        Sample::of("several sessions", &page(&[true, false, false])),
    ]
}
