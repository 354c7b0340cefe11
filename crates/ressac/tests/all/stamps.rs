//! Time-stamps of heads (RFC 3161), by an authority that `openssl ts` plays.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use db::schema::chain_heads as h;
use diesel::prelude::*;
use testkit::{Engine, TestDatabase};

use crate::support::{fails, folder, read, ressac, succeeds, text};

const CONFIGURATION: &str = "
[tsa]
default_tsa = here
[here]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
";

/// Runs openssl in a folder; none where there is none.
fn openssl(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("openssl")
        .current_dir(folder)
        .args(arguments)
        .output()
        .ok()?;
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        text(&output.stderr)
    );
    Some(text(&output.stdout))
}

/// An authority that answers one question, or with what it answered to another.
fn authority(folder: PathBuf, fixed: Option<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut question = vec![0; length];
        reader.read_exact(&mut question).unwrap();
        std::fs::write(folder.join("question.tsq"), question).unwrap();
        let answer = fixed.unwrap_or_else(|| {
            openssl(
                &folder,
                &[
                    "ts",
                    "-reply",
                    "-config",
                    "tsa.cnf",
                    "-queryfile",
                    "question.tsq",
                    "-out",
                    "answer.tsr",
                ],
            );
            std::fs::read(folder.join("answer.tsr")).unwrap()
        });
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/timestamp-reply\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            answer.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&answer).unwrap();
    });
    format!("http://{address}/tsr")
}

#[test]
fn a_head_is_stamped_with_the_time() {
    let folder = folder("stamps");
    std::fs::write(folder.join("tsa.cnf"), CONFIGURATION).unwrap();
    std::fs::write(folder.join("serial"), "01\n").unwrap();
    let made = openssl(
        &folder,
        &[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "tsa.key",
            "-out",
            "tsa.pem",
            "-days",
            "2",
            "-subj",
            "/CN=tsa",
            "-addext",
            "extendedKeyUsage=critical,timeStamping",
        ],
    );
    if made.is_none() {
        eprintln!("left out: openssl is not installed");
        return;
    }
    let database = TestDatabase::create(Engine::Sqlite).unwrap();
    let url = database.url.as_str();
    let stamping = |authority: &str, arguments: &[&str]| {
        ressac(&folder, url)
            .env("RESSAC__CHAIN__TIMESTAMP_URL", authority)
            .args(arguments)
            .output()
            .unwrap()
    };
    let first = authority(folder.clone(), None);
    let output = stamping(&first, &["audit", "head"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let (line, token): (String, Option<Vec<u8>>) = read(url, |db| {
        Ok(h::table
            .order(h::number.desc())
            .select((h::line, h::timestamp_token))
            .first(db)?)
    });
    std::fs::write(folder.join("head.json"), line).unwrap();
    std::fs::write(folder.join("head.tst"), token.expect("kept")).unwrap();
    openssl(
        &folder,
        &[
            "ts",
            "-verify",
            "-data",
            "head.json",
            "-in",
            "head.tst",
            "-token_in",
            "-CAfile",
            "tsa.pem",
        ],
    );

    // the same answer is none to the next question
    let answer = std::fs::read(folder.join("answer.tsr")).unwrap();
    let unstamped = TestDatabase::create(Engine::Sqlite).unwrap();
    let second = authority(folder.clone(), Some(answer));
    let output = ressac(&folder, &unstamped.url)
        .env("RESSAC__CHAIN__TIMESTAMP_URL", &second)
        .env("RESSAC__CHAIN__KEY_FILE", "other/chain.key")
        .env("RESSAC__CHAIN__SIGNING_KEY_FILE", "other/heads.key")
        .env("RESSAC__CHAIN__HEADS_FILE", "other/heads.jsonl")
        .args(["audit", "head"])
        .output()
        .unwrap();
    let said = text(&output.stderr);
    assert!(
        !output.status.success() && said.contains("the time-stamp is of something else"),
        "{said}"
    );
    succeeds(&folder, url, &["audit", "verify"]);
    let said = fails(
        &folder,
        url,
        &["audit", "verify", "--heads", "nowhere.jsonl"],
    );
    assert!(said.contains("no such file"), "{said}");
}
