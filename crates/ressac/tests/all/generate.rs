//! An invented operation holds up to everything that a real one has to.

use crate::support::{SECRET, databases, fails, folder, read, ressac, succeeds, text};
use db::schema::{custody_events, devices, outbox, wave_lines};
use diesel::prelude::*;
use testkit::{Engine, TestDatabase};

const SIZE: [&str; 6] = [
    "admin",
    "generate",
    "--devices",
    "2000",
    "--associations",
    "40",
];

#[test]
fn what_is_generated_passes_every_check() {
    for (engine, database) in databases() {
        let folder = folder(&format!("generate-{engine:?}"));
        let url = &database.url;
        let said = succeeds(&folder, url, &SIZE);
        assert!(said.starts_with("2000 devices with "), "{said}");
        assert!(!succeeds(&folder, url, &["check"]).contains("BROKEN"));
        assert!(succeeds(&folder, url, &["audit", "verify"]).contains("custody intact"));
        let said = fails(&folder, url, &SIZE);
        assert!(said.contains("2000 devices already"), "{said}");
        succeeds(&folder, url, &[&SIZE[..], &["--add"]].concat());
        assert!(!succeeds(&folder, url, &["check"]).contains("BROKEN"));
        let (stages, events, mails) = read(url, |db| {
            let stages: Vec<(String, i64)> = devices::table
                .group_by(devices::stage)
                .select((devices::stage, diesel::dsl::count_star()))
                .load(db)?;
            let events: i64 = custody_events::table.count().get_result(db)?;
            let mails: i64 = outbox::table.count().get_result(db)?;
            Ok((stages, events, mails))
        });
        assert_eq!(stages.iter().map(|(_, count)| count).sum::<i64>(), 4_000);
        // all but `reserved` and `returned`, which so few waves may leave none at
        assert!(stages.len() >= 12, "devices are at all stages: {stages:?}");
        assert!(events > 10 * 4_000, "{events}");
        assert_eq!(mails, 0, "nobody is written to about what never was");
    }
}

#[test]
fn a_city_without_associations_has_devices_all_the_same() {
    for (engine, database) in databases() {
        let folder = folder(&format!("generate-none-{engine:?}"));
        let none = [
            "admin",
            "generate",
            "--devices",
            "200",
            "--associations",
            "0",
        ];
        succeeds(&folder, &database.url, &none);
        assert!(!succeeds(&folder, &database.url, &["check"]).contains("BROKEN"));
        let given = read(&database.url, |db| {
            Ok(wave_lines::table.count().get_result::<i64>(db)?)
        });
        assert_eq!(given, 0);
    }
}

#[test]
fn nobody_is_given_more_than_they_asked_for() {
    for (engine, database) in databases() {
        succeeds(
            &folder(&format!("generate-lots-{engine:?}")),
            &database.url,
            &SIZE,
        );
        let lines: Vec<(i32, i32)> = read(&database.url, |db| {
            let asked = (wave_lines::requested, wave_lines::lot);
            Ok(wave_lines::table.select(asked).load(db)?)
        });
        assert!(!lines.is_empty());
        for (requested, lot) in lines {
            assert!(
                lot <= requested && (lot == 0 || lot >= 10),
                "{lot} of {requested}"
            );
        }
    }
}

#[test]
fn the_same_seed_makes_the_same() {
    let exported = |seed: &str| {
        let database = TestDatabase::create(Engine::Sqlite).unwrap();
        let folder = folder("generate-seed");
        let run = |arguments: &[&str]| {
            // lines bear the mark of the key, too
            let mut program = ressac(&folder, &database.url);
            program.env("RESSAC__CHAIN__KEY", SECRET).args(arguments);
            let output = program.output().unwrap();
            assert!(output.status.success(), "{}", text(&output.stderr));
            text(&output.stdout)
        };
        run(&["admin", "generate", "--devices", "300", "--seed", seed]);
        run(&["export", "-"])
    };
    let rows = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| line.starts_with('['))
            .map(str::to_owned)
            .collect()
    };
    let one = exported("7");
    assert_eq!(rows(&one), rows(&exported("7")));
    assert_ne!(rows(&one), rows(&exported("8")));
}
