//! No endpoint reads a whole table of devices, events, applications, mails, batches or
//! organizations. Every statement
//! that the API sends is recorded while each list, filter and search of the OpenAPI document is
//! asked by each role, and the engine is asked how it would find the rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::plans::{self, Statements};
use crate::support::walk::Walk;
use diesel::prelude::*;
use diesel::sql_types::Text;
use testkit::{Engine, TestApp};

/// What grows with every device, gift and association.
const LARGE: [&str; 7] = [
    "devices",
    "custody_events",
    "audit_events",
    "applications",
    "outbox",
    "batches",
    "organisations",
];

/// Statements that may read more than they answer, known by a part of them, each with the reason.
const ACCEPTED: &[(&str, &str)] = &[
    (
        "COUNT(*) FROM devices GROUP BY",
        "a count of all devices reads one index from end to end, and no device",
    ),
    (
        "(devices.search_key LIKE ?",
        "asked when thousands have it, or for two letters: a page looks at so many at the most, a count \
         has a place among few, and on SQLite both end in time",
    ),
    (
        "FROM batches WHERE ((batches.search_key LIKE ?",
        "asked when thousands have it, or for two letters",
    ),
    (
        "FROM batches WHERE (((batches.search_key LIKE ?",
        "the page after it",
    ),
    (
        "FROM organisations WHERE ((organisations.search_key LIKE ?",
        "asked when thousands have it, or for two letters",
    ),
    (
        "FROM organisations WHERE (((organisations.search_key LIKE ?",
        "the page after it",
    ),
    (
        "FROM applications AS named WHERE named.search_key LIKE ?",
        "asked for two letters: an index has the keys without the forms",
    ),
    (
        "devices.stage_at < ?",
        "most devices have stood for long where they ended: a page is full soon",
    ),
    (
        "devices.id NOT IN (SELECT device_contradictions.device_id",
        "hardly any device contradicts its record: a page is full soon",
    ),
    (
        "(applications.answered_at IS NOT NULL)",
        "from an index that has just these, in their order",
    ),
    (
        "applications.silence_at BETWEEN ? AND ?",
        "sorts the applications that silence decides in the next days",
    ),
    (
        "FROM (audit_events LEFT OUTER JOIN people ON (audit_events.actor_id = people.id)) WHERE",
        "sorts what happened to one subject",
    ),
    (
        "SELECT outbox.due_at FROM outbox WHERE ((outbox.status = ?) OR",
        "sorts the mails that wait, not those that were sent",
    ),
];

fn accepted(statement: &str) -> bool {
    ACCEPTED.iter().any(|(part, _)| statement.contains(part))
}

/// Every statement of a walk through the API.
fn recorded(engine: Engine) -> Option<(TestApp, Statements)> {
    let _turn = plans::record();
    let app = TestApp::start(engine)?;
    Walk::of(&app).everywhere();
    let statements = plans::recorded(&app);
    assert!(statements.len() > 400, "{} statements", statements.len());
    for table in LARGE {
        let selects =
            |sql: &&String| sql.starts_with("SELECT") && plans::names(sql, table).next().is_some();
        assert!(statements.keys().filter(selects).count() > 1, "{table}");
    }
    Some((app, statements))
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Where one of these, of which there is none, is asked for: the engine looks at no row.
fn asks_for_nothing(statement: &str) -> bool {
    statement.split_once(" WHERE ").is_some_and(|(_, rest)| {
        let first = rest.trim_start_matches('(');
        first == "1=0)" || first.starts_with("1=0) AND ")
    })
}

/// What is wrong with how SQLite finds the rows of a statement.
fn wrong_on_sqlite(statement: &str, steps: &[Step]) -> Option<String> {
    if asks_for_nothing(statement) {
        return None;
    }
    let page = statement.contains(" LIMIT ");
    let plan = || {
        steps
            .iter()
            .map(|step| step.detail.as_str())
            .collect::<Vec<_>>()
            .join("; ")
    };
    for table in LARGE {
        for name in plans::names(statement, table) {
            for step in steps.iter().map(|step| step.detail.as_str()) {
                let all = step
                    .strip_prefix("SCAN ")
                    .is_some_and(|rest| plans::is_first(rest, &name));
                // from where the page before ended, to the end
                let onwards = step
                    .strip_prefix("SEARCH ")
                    .is_some_and(|rest| plans::is_first(rest, &name))
                    && (step.ends_with("(id>?)") || step.ends_with("(id<?)"));
                if (all || onwards) && !(page && plans::narrows_only_by_id(statement, &name)) {
                    return Some(plan());
                }
                let sorted = step.starts_with("USE TEMP B-TREE FOR");
                if page && sorted && statement.contains(&format!(" ORDER BY {name}.")) {
                    return Some(plan());
                }
            }
        }
    }
    None
}

/// What an hourly job does to mail must not look through what it did to mail before.
fn forgets_mail(statement: &str) -> bool {
    statement.starts_with("UPDATE outbox SET recipient = ?") && statement.contains("created_at < ?")
}

#[test]
fn sqlite_finds_by_an_index_what_it_is_asked_for() {
    let (app, statements) = recorded(Engine::Sqlite).unwrap();
    let scan = [Step {
        detail: "SCAN devices".to_owned(),
    }];
    assert!(wrong_on_sqlite("SELECT id FROM devices WHERE model = ? LIMIT ?", &scan).is_some());
    let mut wrong = BTreeMap::new();
    let mut forgotten = false;
    let mut excused = BTreeSet::new();
    for (statement, sent) in &statements {
        let explain = format!("EXPLAIN QUERY PLAN {}", sent.sql);
        let named = statement.clone();
        let steps: Vec<Step> = app.read(move |db| {
            let steps = diesel::sql_query(explain).load(db);
            Ok(steps.unwrap_or_else(|cause| panic!("{named}: {cause}")))
        });
        if forgets_mail(statement) {
            forgotten = steps.iter().any(|step| {
                step.detail
                    .contains("outbox_done (status=? AND created_at<?)")
            });
        }
        if let Some(step) = wrong_on_sqlite(statement, &steps) {
            match ACCEPTED.iter().find(|(part, _)| statement.contains(part)) {
                Some((part, _)) => drop(excused.insert(*part)),
                None => drop(wrong.insert(statement, (step, &sent.request))),
            }
        }
    }
    assert!(wrong.is_empty(), "{} statements: {wrong:#?}", wrong.len());
    assert!(forgotten);
    for (part, reason) in ACCEPTED {
        assert!(
            excused.contains(part),
            "nothing to accept any more: {part} ({reason})"
        );
    }
}

#[test]
fn postgres_has_an_index_for_what_it_is_asked_for() {
    let Some((app, statements)) = recorded(Engine::Postgres) else {
        return;
    };
    let without = app.read(|db| {
        let asked = "SELECT id FROM devices WHERE model = $1";
        Ok(plans::explain_on_postgres(db, asked).unwrap())
    });
    assert!(
        without
            .iter()
            .any(|line| line.contains("Seq Scan on devices ")),
        "{without:?}"
    );
    let (mut wrong, mut forgotten) = (BTreeMap::new(), false);
    for (statement, sent) in &statements {
        if accepted(statement) {
            continue;
        }
        let sql = sent.sql.clone();
        let plan = app.read(move |db| Ok(plans::explain_on_postgres(db, &sql)));
        let read_whole = |line: &String| {
            LARGE.iter().any(|table| {
                plans::names(statement, table).any(|name| {
                    line.contains(&format!("Seq Scan on {table} "))
                        || line.contains(&format!("Seq Scan on {table} {name} "))
                })
            })
        };
        // which index it is depends on what the engine knows of a table of a few rows
        forgotten |= forgets_mail(statement);
        let found = match plan {
            Ok(plan) => plan.into_iter().find(read_whole),
            Err(cause) => Some(cause),
        };
        if let Some(found) = found {
            wrong.insert(statement, (found, &sent.request));
        }
    }
    assert!(forgotten);
    assert!(wrong.is_empty(), "{} statements: {wrong:#?}", wrong.len());
}
