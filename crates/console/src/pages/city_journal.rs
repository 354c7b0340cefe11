//! `/ville/journal`: who saw and changed what, the newest first: by person, or by what it is about,
//! which people name by its reference.

use ::web::access::ReadAudit;
use ::web::{Csv, Paging, Params, columns};
use db::Db;
use identity::audit::Subject;
use identity::{AuditEvent, AuditFilter};
use kernel::{Actor, Code, Id, Instant, PageRequest, PersonId};
use serde::{Deserialize, Serialize};

use super::application_parts::SAMPLE_ID;
use super::choices::Choice;
use super::city_applications::person_choice;
use crate::{Page, PageResult, Sample, View, address};

/// What the list is narrowed to.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Wanted {
    actor: Option<PersonId>,
    /// An id, or the reference of an application, an appeal, a batch or a handover.
    subject: Option<String>,
}

#[derive(Serialize)]
struct CityJournal {
    actor: String,
    subject: String,
    /// The reference names nothing.
    unknown: bool,
    staff: Vec<Choice>,
    rows: Vec<Row>,
    next: Option<String>,
    table: String,
}

#[derive(Serialize)]
struct Row {
    at: Instant,
    by: Option<String>,
    /// A machine's key asked.
    key: bool,
    deed: &'static str,
    /// The operation, as the audit log names it.
    action: String,
    /// What kind of thing it is about, from the action.
    about: &'static str,
    subject: String,
    detail: String,
    network: Option<String>,
}

impl View for CityJournal {
    const TEMPLATE: &'static str = "city_journal.html";
}

/// What was done, in general.
fn deed(action: &str) -> &'static str {
    let decides = ["_decide", "_approve", "_verify", "_suspend", "_settle"];
    match action {
        it if it.starts_with("get_") => "saw",
        it if it.starts_with("delete_") => "removed",
        it if it.ends_with("_login") => "signed_in",
        it if it.ends_with("_logout") => "signed_out",
        it if decides.iter().any(|end| it.ends_with(end)) => "decided",
        _ => "changed",
    }
}

/// What an action is about.
fn about(action: &str) -> &'static str {
    const KINDS: [(&str, &str); 30] = [
        ("applications", "application"),
        ("demandes", "application"),
        ("appeals", "appeal"),
        ("recours", "appeal"),
        ("organisations", "organisation"),
        ("registration", "registration"),
        ("inscriptions", "registration"),
        ("programmes", "programme"),
        ("waves", "wave"),
        ("vagues", "wave"),
        ("handovers", "handover"),
        ("remises", "handover"),
        ("device", "device"),
        ("devices", "device"),
        ("appareils", "device"),
        ("obligations", "report"),
        ("suivis", "report"),
        ("batches", "batch"),
        ("dons", "batch"),
        ("notifications", "mail"),
        ("messages", "mail"),
        ("users", "account"),
        ("people", "account"),
        ("compte", "account"),
        ("personnes", "account"),
        ("auth", "account"),
        ("me", "account"),
        ("keys", "key"),
        ("journal", "log"),
        ("audit", "log"),
    ];
    let words: Vec<&str> = action.split('_').collect();
    let found = KINDS.iter().find(|(word, _)| words.contains(word));
    found.map_or("other", |(_, kind)| kind)
}

impl From<AuditEvent> for Row {
    fn from(it: AuditEvent) -> Self {
        let members = it.detail.as_object().into_iter().flatten();
        let told = members.map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name}: {text}"),
            None => format!("{name}: {value}"),
        });
        Self {
            at: it.at,
            by: it.actor_name,
            key: it.api_key_id.is_some(),
            deed: deed(&it.action),
            about: about(&it.action),
            detail: told.collect::<Vec<_>>().join(", "),
            action: it.action,
            subject: it.subject_id.to_string(),
            network: it.network,
        }
    }
}

/// What a reference names; none for nothing.
fn subject_of(db: &mut Db, actor: &Actor, text: &str) -> db::Result<Option<Id<Subject>>> {
    let text = text.trim();
    if let Ok(id) = text.parse() {
        return Ok(Some(id));
    }
    let reference = text.to_uppercase();
    let found = [
        eligibility::application_named(db, actor, &reference).map(|it| it.id.uuid()),
        eligibility::appeal_named(db, actor, &reference).map(|it| it.id.uuid()),
        intake::batch_named(db, actor, &reference).map(|it| it.id.uuid()),
        handover::handover_named(db, actor, &reference).map(|it| it.id.uuid()),
    ];
    for one in found {
        match one {
            Ok(id) => return Ok(Some(Id::from_uuid(id))),
            Err(cause) if cause.refusal().is_some_and(|it| it.code == Code::NotFound) => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(None)
}

/// The filter, and whether its reference names nothing.
fn filter_of(db: &mut Db, actor: &Actor, wanted: &Wanted) -> db::Result<(AuditFilter, bool)> {
    let subject = wanted.subject.as_deref();
    let found = subject
        .map(|text| subject_of(db, actor, text))
        .transpose()?;
    let filter = AuditFilter {
        subject: found.flatten(),
        actor: wanted.actor,
    };
    Ok((filter, found == Some(None)))
}

pub(crate) async fn show(
    page: Page<ReadAudit>,
    Params(wanted): Params<Wanted>,
    Paging(request): Paging,
    Csv(csv): Csv,
) -> PageResult {
    let asked = wanted.clone();
    if csv {
        let table = page.table(move |db, actor| {
            let (filter, unknown) = filter_of(db, actor, &asked)?;
            let most = PageRequest::first(columns::MOST);
            columns::audit(match unknown {
                true => Vec::new(),
                false => identity::audit_events(db, &filter, &most)?.items,
            })
        });
        return table.await;
    }
    let (found, unknown, staff) = page
        .read(move |db, actor| {
            let (filter, unknown) = filter_of(db, actor, &asked)?;
            let found = match unknown {
                true => None,
                false => Some(identity::audit_events(db, &filter, &request)?),
            };
            Ok((found, unknown, identity::staff(db)?))
        })
        .await?;
    let actor = wanted.actor.map(|id| id.to_string()).unwrap_or_default();
    let subject = wanted.subject.unwrap_or_default();
    let at = |name: &str, value: &str| {
        let parameters = [("actor", &*actor), ("subject", &*subject), (name, value)];
        address::with("/ville/journal", &parameters)
    };
    let next = found.as_ref().and_then(|found| found.next.as_deref());
    let (next, table) = (next.map(|cursor| at("after", cursor)), at("csv", "fr"));
    let items = found.into_iter().flat_map(|found| found.items);
    page.show(&CityJournal {
        next,
        table,
        rows: items.map(Row::from).collect(),
        staff: staff.iter().map(person_choice).collect(),
        unknown,
        actor,
        subject,
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let row = |action: &str, by: Option<&str>| Row {
        at,
        by: by.map(str::to_owned),
        key: by.is_none(),
        deed: deed(action),
        action: action.to_owned(),
        about: about(action),
        subject: SAMPLE_ID.to_owned(),
        detail: "status: eligible".to_owned(),
        network: by.map(|_| "192.0.2.0/24".to_owned()),
    };
    let page = |rows: Vec<Row>, unknown| CityJournal {
        actor: String::new(),
        subject: if unknown {
            "D-0".to_owned()
        } else {
            String::new()
        },
        unknown,
        staff: vec![Choice {
            value: SAMPLE_ID.to_owned(),
            text: "Sam Service".to_owned(),
        }],
        next: (!rows.is_empty()).then(|| "/ville/journal?after=x".to_owned()),
        table: "/ville/journal?csv=fr".to_owned(),
        rows,
    };
    let actions = [
        "get_applications_id",
        "post_applications_id_decide",
        "put_organisations_id",
        "patch_users_id",
        "delete_api_keys_id",
        "post_waves_id_approve",
        "post_auth_login",
        "get_ville_suivis",
        "get_ville_journal",
        "something_else",
    ];
    let mut rows: Vec<Row> = actions.map(|it| row(it, Some("Sam Service"))).into();
    rows.push(row("post_device_events", None));
    vec![
        Sample::of("journal", &page(rows, false)),
        Sample::of("journal, unknown", &page(Vec::new(), true)),
        Sample::of("journal, empty", &page(Vec::new(), false)),
    ]
}

#[cfg(test)]
mod tests {
    use super::{about, deed};

    #[test]
    fn an_action_says_what_it_is_about() {
        for (action, done, kind) in [
            ("post_applications_id_decide", "decided", "application"),
            ("get_ville_demandes_id", "saw", "application"),
            ("delete_api_keys_id", "removed", "key"),
            ("post_me_proof", "changed", "account"),
            ("post_auth_login", "signed_in", "account"),
            ("post_auth_logout", "signed_out", "account"),
            ("get_atelier_appareils_id", "saw", "device"),
            ("get_metrics", "saw", "other"),
        ] {
            assert_eq!((deed(action), about(action)), (done, kind), "{action}");
        }
    }
}
