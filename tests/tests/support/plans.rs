//! Records the statements that are sent to the database, and reads them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use db::Db;
use diesel::connection::{
    Instrumentation, InstrumentationEvent, SimpleConnection, set_default_instrumentation,
};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use testkit::TestApp;

/// A statement as it was sent, and the first request that sent it.
#[derive(Debug, Clone)]
pub struct Sent {
    pub sql: String,
    pub request: String,
}

/// Statements by how they read: on one line, without quotation marks.
pub type Statements = BTreeMap<String, Sent>;

/// What is asked, and what was sent to each database: other stories may run beside this one.
#[derive(Default)]
struct Record {
    request: String,
    sent: BTreeMap<String, Statements>,
}

static RECORDED: Mutex<Record> = Mutex::new(Record {
    request: String::new(),
    sent: BTreeMap::new(),
});
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// While this is held, connections that are opened record what they send.
pub fn record() -> MutexGuard<'static, ()> {
    let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    *RECORDED.lock().unwrap() = Record::default();
    set_default_instrumentation(|| Some(Box::new(Recorder::default()))).unwrap();
    turn
}

/// What is asked next.
pub fn asking(request: &str) {
    RECORDED.lock().unwrap().request = request.to_owned();
}

/// What was sent to the database of this server; recording ends.
pub fn recorded(app: &TestApp) -> Statements {
    set_default_instrumentation(|| None).unwrap();
    let place = app.url().split('?').next().unwrap_or_default();
    let name = place.rsplit('/').next().unwrap_or_default();
    let record = RECORDED.lock().unwrap();
    let mut places = record.sent.iter();
    let found = places.find(|(place, _)| place.contains(name));
    found.expect("its connections record").1.clone()
}

/// Records for one connection.
#[derive(Default)]
struct Recorder {
    place: String,
}

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartEstablishConnection { url, .. } = event {
            self.place = url.to_owned();
        } else if let InstrumentationEvent::StartQuery { query, .. } = event {
            let said = query.to_string();
            let sql = said.split(" -- binds:").next().unwrap_or_default();
            let read = plain(sql);
            let looks = ["SELECT", "UPDATE", "DELETE", "WITH"];
            let looks = looks.iter().any(|word| read.starts_with(word))
                || (read.starts_with("INSERT") && read.contains(" SELECT "));
            if looks {
                let Record { request, sent } = &mut *RECORDED.lock().unwrap();
                let statements = sent.entry(self.place.clone()).or_default();
                statements.entry(read).or_insert_with(|| Sent {
                    sql: sql.trim_end_matches(';').to_owned(),
                    request: request.clone(),
                });
            }
        }
    }
}

/// On one line, without quotation marks around names and numbers of values, and of a list of values only so many
/// as show that it is one.
fn plain(sql: &str) -> String {
    let sql = sql.replace(['`', '"'], "");
    let mut parts = sql.split('$');
    let mut sql = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        sql.push('?');
        sql.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    let mut words: Vec<&str> = Vec::new();
    for word in sql.split_whitespace() {
        let again = word == "?," && words.ends_with(&["?,", "?,"]);
        if !again {
            words.push(word);
        }
    }
    words.join(" ")
}

/// The names under which a statement reads a table: its own, or others that it gives it.
pub fn names<'a>(statement: &'a str, table: &'a str) -> impl Iterator<Item = String> + 'a {
    let words: Vec<&str> = statement
        .split([' ', '(', ')', ','])
        .filter(|word| !word.is_empty())
        .collect();
    let mut names = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let read = at > 0 && ["FROM", "JOIN", "UPDATE"].contains(&words[at - 1]);
        if *word == table && read {
            names.push(match words.get(at + 1) {
                Some(&"AS") => words.get(at + 2).unwrap_or(&table).to_string(),
                _ => table.to_owned(),
            });
        }
    }
    names.sort();
    names.dedup();
    names.into_iter()
}

/// Whether this is the first word of a text.
pub fn is_first(text: &str, word: &str) -> bool {
    text.split(' ').next() == Some(word)
}

/// Whether a statement asks for all rows of a table, or all after one.
pub fn narrows_only_by_id(statement: &str, name: &str) -> bool {
    let Some((_, condition)) = statement.split_once(" WHERE ") else {
        return true;
    };
    let condition = condition
        .split(" ORDER BY ")
        .next()
        .unwrap_or_default()
        .replace(['(', ')'], "");
    [" > ?", " < ?"]
        .iter()
        .any(|than| condition == format!("{name}.id{than}"))
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Integer)]
    count: i32,
}

/// How PostgreSQL would find the rows if it were loath to read a whole table; small tables
/// are read whole otherwise.
pub fn explain_on_postgres(db: &mut Db, sql: &str) -> Result<Vec<String>, String> {
    // what it learns of the types of values from the program, which says them apart
    let sql = sql.replace("unnest($4, $5)", "unnest($4::uuid[], $5::bytea[])");
    let text = |cause: diesel::result::Error| format!("{sql}: {cause}");
    db.batch_execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan")
        .map_err(text)?;
    db.batch_execute(&format!("PREPARE asked AS {sql}"))
        .map_err(text)?;
    let count: Count = diesel::sql_query(
        "SELECT coalesce(array_length(parameter_types, 1), 0) AS count
         FROM pg_prepared_statements WHERE name = 'asked'",
    )
    .get_result(db)
    .map_err(text)?;
    let values = vec!["NULL"; usize::try_from(count.count).unwrap_or_default()].join(", ");
    let values = match values.is_empty() {
        true => values,
        false => format!("({values})"),
    };
    let explained = diesel::sql_query(format!("EXPLAIN EXECUTE asked{values}")).load(db);
    db.batch_execute("DEALLOCATE asked; RESET enable_seqscan; RESET plan_cache_mode")
        .map_err(text)?;
    let lines: Vec<Line> = explained.map_err(text)?;
    Ok(lines.into_iter().map(|line| line.line).collect())
}
