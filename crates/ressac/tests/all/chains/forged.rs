//! What a forger changes: lines, the ends of chains, columns.

use super::*;

#[test]
fn a_forger_without_the_keys_is_found() {
    for (engine, database) in databases() {
        let folder = folder("chains-forged");
        let url = database.url.as_str();
        let (cast, device) = fill(url, &folder);
        let head = succeeds(&folder, url, &["audit", "head"]);
        std::fs::write(folder.join("elsewhere.jsonl"), &head).unwrap();
        let verify = &["audit", "verify", "--heads", "elsewhere.jsonl"][..];
        let said = succeeds(&folder, url, verify);
        assert!(said.contains("heads intact"), "{said}");
        succeeds(&folder, url, &["check"]);
        open(url, engine);
        lines_are_forged(&folder, url, &device, &cast);
        ends_are_cut(&folder, url, verify);
        columns_are_changed(&folder, url);
        succeeds(&folder, url, verify);
        succeeds(&folder, url, &["check"]);
    }
}

/// Who, when and what, with every plain hash computed again.
fn lines_are_forged(folder: &Path, url: &str, device: &str, cast: &Cast) {
    let verify = &["audit", "verify"][..];
    let somebody = cast.staff.person;
    let not_ours = "event 2: this line was not written with the program's key";
    rewrite(url, device, false, move |line| {
        if line.seq == 2 {
            line.actor = somebody;
        }
    });
    finds(
        folder,
        url,
        verify,
        &["custody broken: device RS-", not_ours],
    );
    put_back(url);
    rewrite(url, device, false, |line| {
        if line.seq == 2 {
            line.at = line.at.plus_seconds(-86_400);
        }
    });
    finds(folder, url, verify, &[not_ours]);
    put_back(url);
    rewrite(url, device, false, |line| {
        if line.seq == 2 {
            line.evidence = "{\"outcome\":\"scrap\"}".to_owned();
        }
    });
    finds(folder, url, verify, &[not_ours]);
    put_back(url);
    // as if it had been written before there were keys
    rewrite(url, device, true, |line| line.note = None);
    finds(
        folder,
        url,
        verify,
        &["custody broken: device RS-", "outside the program"],
    );
    put_back(url);
}

/// Ends of chains, whole chains, heads.
fn ends_are_cut(folder: &Path, url: &str, verify: &[&str]) {
    let cases = [
        (
            "DELETE FROM custody_events WHERE seq = 3;
             UPDATE devices SET custody_seq = 2, location = NULL, custody_head = (
                 SELECT hash FROM custody_events AS e WHERE e.device_id = devices.id AND e.seq = 2)
             WHERE custody_seq = 3",
            "custody broken: device RS-",
        ),
        (
            "DELETE FROM custody_events WHERE device_id IN (
                 SELECT id FROM devices WHERE serial = 'CZC00003');
             DELETE FROM devices WHERE serial = 'CZC00003'",
            "heads broken: head 1: it counts",
        ),
        (
            "DELETE FROM audit_events WHERE seq > 1;
             UPDATE audit_chains SET seq = 1, head = (
                 SELECT hash FROM audit_events AS e
                 WHERE e.subject_id = audit_chains.subject_id AND e.seq = 1)
             WHERE seq > 1",
            "audit log broken: ",
        ),
        (
            "DELETE FROM audit_events; DELETE FROM audit_chains",
            "heads broken: head 1: it counts",
        ),
        (
            "DELETE FROM chain_heads",
            "heads broken: head 0 was kept elsewhere and is not in the database",
        ),
        (
            "DELETE FROM chain_heads WHERE number = 0",
            "heads broken: head 1: it does not follow",
        ),
        (
            "UPDATE chain_heads SET line = replace(line, '\"lines\":', '\"lines\":1')",
            "heads broken: head 0: its signature",
        ),
        (
            "UPDATE custody_events SET epoch = epoch + 1 WHERE seq = 3",
            "heads broken: head 1: it counts",
        ),
        (
            "UPDATE custody_events SET chain_key = NULL, mac = NULL WHERE seq = 3",
            "this line was not written with the program's key",
        ),
    ];
    for (damage, expected) in cases {
        meddle(url, damage);
        finds(folder, url, verify, &[expected]);
        put_back(url);
    }
}

/// What the rules would have had to decide.
fn columns_are_changed(folder: &Path, url: &str) {
    for (column, value) in [
        ("grade", "'A'"),
        ("serial", "'CZC99999'"),
        ("erasure_proven", "(1 = 1)"),
        ("location", "'B7'"),
    ] {
        meddle(
            url,
            &format!("UPDATE devices SET {column} = {value} WHERE custody_seq = 3"),
        );
        let named = format!(": {column} is ");
        finds(
            folder,
            url,
            &["check"],
            &["BROKEN  custody: device RS-", &named],
        );
        finds(folder, url, &["audit", "verify"], &["outside the program"]);
        put_back(url);
    }
    meddle(url, "UPDATE custody_events SET state = '{}' WHERE seq = 1");
    finds(folder, url, &["check"], &["BROKEN  custody", "altered"]);
    put_back(url);
}
