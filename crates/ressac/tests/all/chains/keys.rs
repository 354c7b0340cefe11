//! Keys that are replaced, lost or new, and heads that leave the machine.

use super::*;

#[test]
fn keys_are_replaced_and_lost() {
    for (_, database) in databases() {
        let folder = folder("chains-keys");
        let url = database.url.as_str();
        let (cast, device) = fill(url, &folder);
        succeeds(&folder, url, &["audit", "head"]);
        let first = std::fs::read_to_string(folder.join("var/chain.key")).unwrap();
        succeeds(&folder, url, &["admin", "rotate-chain-key"]);
        succeeds(&folder, url, &["admin", "rotate-head-key"]);
        let server = Server::start(&mut ressac(&folder, url));
        step(
            &server,
            &cast,
            &device,
            json!({"type": "moved", "location": "A2"}),
        );
        server.kill();
        succeeds(&folder, url, &["audit", "head"]);
        let said = succeeds(&folder, url, &["audit", "verify"]);
        assert!(
            said.contains("heads intact") && !said.contains("lost"),
            "{said}"
        );
        let ids = succeeds(&folder, url, &["audit", "keys"]);
        let ids: Vec<&str> = ids
            .lines()
            .filter_map(|line| line.strip_prefix("marks lines: "))
            .collect();
        assert_eq!(ids.len(), 2);

        // the older key is gone: its lines hold no more, until that is said openly
        let both = std::fs::read_to_string(folder.join("var/chain.key")).unwrap();
        assert_eq!(both.lines().nth(1), first.lines().next());
        std::fs::write(folder.join("var/chain.key"), both.lines().next().unwrap()).unwrap();
        finds(
            &folder,
            url,
            &["audit", "verify"],
            &["not written with the program's key"],
        );
        let lost = format!("[chain]\nlost_keys = [\"{}\"]\n", ids[1]);
        std::fs::write(folder.join("lost.toml"), lost).unwrap();
        let said = succeeds(&folder, url, &["--config", "lost.toml", "audit", "verify"]);
        assert!(
            said.contains("lines bear the mark of a key that is lost"),
            "{said}"
        );

        // all keys gone: nothing starts as if there had never been one
        std::fs::remove_file(folder.join("var/chain.key")).unwrap();
        let said = text(&run(&folder, url, &["audit", "verify"]).stderr);
        assert!(said.contains("chain.lost_keys"), "{said}");
    }
}

#[test]
fn what_was_written_before_there_were_keys_is_sealed_once() {
    for (engine, database) in databases() {
        let folder = folder("chains-upgrade");
        let url = database.url.as_str();
        let (cast, device) = fill(url, &folder);
        older(url, engine, &folder);
        let said = succeeds(&folder, url, &["audit", "verify"]);
        assert!(
            said.contains("1 heads") && said.contains("heads intact"),
            "{said}"
        );
        succeeds(&folder, url, &["check"]);
        let server = Server::start(&mut ressac(&folder, url));
        step(
            &server,
            &cast,
            &device,
            json!({"type": "moved", "location": "A2"}),
        );
        server.kill();
        succeeds(&folder, url, &["audit", "head"]);
        succeeds(&folder, url, &["audit", "verify"]);
        succeeds(&folder, url, &["check"]);
        keep(url);
        // an old device's log, with its hashes computed again
        let old = other(url, &device);
        rewrite(url, &old, true, |line| line.at = line.at.plus_seconds(-60));
        finds(
            &folder,
            url,
            &["audit", "verify"],
            &["custody broken: device RS-"],
        );
        put_back(url);
        meddle(url, "UPDATE devices SET grade = 'A' WHERE custody_seq = 1");
        finds(&folder, url, &["check"], &["BROKEN  custody: device RS-"]);
        put_back(url);
        // who has no file of keys cannot have it sealed again
        meddle(url, "DELETE FROM chain_heads; DELETE FROM chain_epochs");
        rewrite(url, &old, true, |line| line.at = line.at.plus_seconds(-60));
        finds(
            &folder,
            url,
            &["audit", "verify"],
            &["custody broken: device RS-"],
        );
    }
}

/// The database as a program without keys had left it; and no key.
fn older(url: &str, engine: Engine, folder: &Path) {
    meddle(url, OPEN[usize::from(engine == Engine::Postgres)]);
    for device in all(url) {
        rewrite(url, &device, true, |_| {});
    }
    meddle(
        url,
        "UPDATE audit_events SET chain_key = NULL, mac = NULL, epoch = 0;
         UPDATE audit_chains SET seal = NULL; DELETE FROM chain_heads; DELETE FROM chain_epochs",
    );
    for file in ["chain.key", "heads.key", "heads.jsonl"] {
        // a server that was killed at once had no time to keep a head
        match std::fs::remove_file(folder.join("var").join(file)) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => panic!("{file}: {cause}"),
            _ => {}
        }
    }
}

fn all(url: &str) -> Vec<String> {
    let ids: Vec<kernel::DeviceId> =
        crate::support::read(url, |db| Ok(d::table.select(d::id).load(db)?));
    ids.iter().map(ToString::to_string).collect()
}

fn other(url: &str, device: &str) -> String {
    all(url).into_iter().find(|id| id != device).unwrap()
}

#[test]
fn heads_leave_the_machine() {
    let folder = folder("chains-heads");
    let database = TestDatabase::create(Engine::Sqlite).unwrap();
    let url = database.url.as_str();
    fill(url, &folder);
    let head = succeeds(&folder, url, &["audit", "head"]);
    let kept = std::fs::read_to_string(folder.join("var/heads.jsonl")).unwrap();
    assert!(kept.ends_with(&head), "{kept}");
    let server = Server::start(&mut ressac(&folder, url));
    let published = server.get("/donnees/chaines.jsonl");
    assert_eq!(published.status, 200);
    assert!(published.body.starts_with(&kept), "{}", published.body);
    let after = server.get("/donnees/chaines.jsonl?after=0");
    assert!(!after.body.contains("\"number\":0"), "{}", after.body);
}

#[test]
fn decisions_are_compared_with_what_they_were_made_from() {
    let folder = folder("chains-decisions");
    let database = TestDatabase::create(Engine::Sqlite).unwrap();
    let url = database.url.as_str();
    succeeds(
        &folder,
        url,
        &[
            "admin",
            "generate",
            "--devices",
            "300",
            "--associations",
            "8",
        ],
    );
    succeeds(&folder, url, &["audit", "head"]);
    let said = succeeds(&folder, url, &["audit", "verify"]);
    assert!(said.contains("heads intact"), "{said}");
    let said = succeeds(&folder, url, &["check"]);
    assert!(said.contains("computed again"), "{said}");
    meddle(
        url,
        "UPDATE assessments SET points = points - 1 WHERE rowid = (
             SELECT s.rowid FROM assessments AS s JOIN applications AS a ON a.id = s.application_id
             WHERE s.points > 0 AND NOT s.recused AND a.status = 'eligible' LIMIT 1)",
    );
    finds(&folder, url, &["check"], &["BROKEN  scores: application "]);
    meddle(
        url,
        "UPDATE applications SET score = score - 1 WHERE score > 0",
    );
    finds(
        &folder,
        url,
        &["check"],
        &["BROKEN  scores: application ", "by its inputs"],
    );
}
