//! Everything goes from one engine to the other and back, and is the same.

use crate::support::{open, postgres, sqlite};
use db::schema::{counters, organisations as o, outbox, people as p};
use diesel::prelude::*;
use kernel::{Instant, Message, MessageId, Organisation, Person};

/// Rows with what is hard to carry over: accents, JSON in text, nothing, bytes, a message that
/// refers to one that comes after it.
async fn fill(url: &str) {
    let database = open(url);
    let filled = database.write(|tx| {
        let (city, person) = (tx.new_id::<Organisation>(), tx.new_id::<Person>());
        let at: Instant = "2023-02-28T09:00:00.123457Z".parse().unwrap();
        diesel::insert_into(o::table)
            .values((
                o::id.eq(city),
                o::kind.eq("city"),
                o::name.eq("Ville de « Marseille »\n\"13\" \\ 🌊"),
                o::name_key.eq("1"), // text that looks like a number
                o::status.eq("verified"),
                o::address.eq(""),
                o::postal_code.eq("013001"),
                o::commune.eq("Marseille"),
                o::register_check.eq("{\"name\": \"L'Île\", \"n\": [1, null]}"),
                o::version.eq(i32::MAX),
                o::created_at.eq(at),
                o::updated_at.eq(at),
            ))
            .execute(&mut **tx)?;
        diesel::insert_into(p::table)
            .values((
                p::id.eq(person),
                p::organisation_id.eq(city),
                p::email.eq("a@b.example"),
                p::name.eq("Zoé"),
                p::role.eq("admin"),
                p::language.eq("fr"),
                p::disabled.eq(true),
                p::version.eq(1),
                p::created_at.eq(at),
                p::updated_at.eq(at),
            ))
            .execute(&mut **tx)?;
        let (first, second) = (tx.new_id::<Message>(), tx.new_id::<Message>());
        message(tx, second, None)?;
        message(tx, first, Some(second))?;
        diesel::insert_into(counters::table)
            .values((counters::name.eq("n"), counters::value.eq(i64::MAX)))
            .execute(&mut **tx)?;
        Ok(())
    });
    filled.await.expect("fills");
    drop(database);
}

fn message(tx: &mut db::Tx<'_>, id: MessageId, part_of: Option<MessageId>) -> db::Result<()> {
    let now = tx.now();
    diesel::insert_into(outbox::table)
        .values((
            outbox::id.eq(id),
            outbox::kind.eq("k"),
            outbox::recipient.eq("a@b.example"),
            outbox::recipient_name.eq(""),
            outbox::language.eq("fr"),
            outbox::data.eq("{}"),
            outbox::part_of.eq(part_of),
            outbox::message_id.eq(id.to_string()),
            outbox::status.eq("queued"),
            outbox::attempts.eq(0),
            outbox::due_at.eq(now),
            outbox::version.eq(1),
            outbox::created_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

fn export(url: &str) -> String {
    let mut file = Vec::new();
    db::export(url, &mut file, &mut |_, _| {}).expect("exports");
    String::from_utf8(file).expect("text")
}

fn import(url: &str, file: &str) -> Result<u64, String> {
    db::import(url, &mut file.as_bytes(), &mut |_, _| {})
}

#[tokio::test]
async fn a_round_trip_over_both_engines_changes_nothing() {
    let first = sqlite("dump_first");
    fill(&first).await;
    let exported = export(&first);
    let there = postgres("dump_there").unwrap_or_else(|| sqlite("dump_there"));
    assert_eq!(import(&there, &exported), Ok(5));
    let again = export(&there);
    assert_eq!(again, exported);
    let back = sqlite("dump_back");
    assert_eq!(import(&back, &again), Ok(5));
    assert_eq!(export(&back), exported);
}

#[tokio::test]
async fn every_table_is_exported() {
    let url = sqlite("dump_tables");
    let database = open(&url);
    let tables = database.read(db::catalog::tables).await.unwrap();
    drop(database);
    let exported = export(&url);
    for table in &tables {
        let head = format!("{{\"table\":\"{}\"", table.name);
        assert!(
            exported.lines().any(|line| line.starts_with(&head)),
            "{head}"
        );
    }
    // the first and the last line beside
    assert_eq!(exported.lines().count(), tables.len() + 2);
}

#[tokio::test]
async fn what_is_no_whole_export_leaves_nothing() {
    let from = sqlite("dump_from");
    fill(&from).await;
    let exported = export(&from);
    let lines: Vec<&str> = exported.lines().collect();
    let without = |sign: &str| -> String {
        let kept = lines.iter().filter(|line| !line.contains(sign));
        kept.map(|line| format!("{line}\n")).collect()
    };
    let cut = lines[..lines.len() - 1].join("\n");
    let damaged = [
        (String::new(), "the file ends"),
        ("{}\n".to_owned(), "line 1"),
        (cut, "last line is missing"),
        (without("Zoé"), "rows of"),
        (without("\"table\":\"people\""), "has other columns"),
        (
            exported.replacen("\"013001\"", "13001", 1),
            "organisations.postal_code is not text",
        ),
        (
            exported.replacen("\"schema\":[\"0001\"", "\"schema\":[\"9999\"", 1),
            "same version",
        ),
        (without("Marseille"), ""),
    ];
    let mut urls = vec![sqlite("dump_into")];
    urls.extend(postgres("dump_into"));
    for url in urls {
        for (file, expected) in &damaged {
            let refused = import(&url, file).expect_err(expected);
            assert!(refused.contains(expected), "{refused}");
        }
        assert_eq!(import(&url, &exported), Ok(5), "nothing was left of them");
        let refused = import(&url, &exported).expect_err("not empty");
        assert!(refused.contains("not empty"), "{refused}");
    }
}
