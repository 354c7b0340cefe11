//! `ressac import rna` from outside: what it reads, what it refuses, and that it may be
//! interrupted at any moment and started again.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use crate::support::{self, Signal, databases, folder, program, text};

const HEADER: &str = "\"id\";\"siret\";\"titre\";\"position\";\"date_disso\";\"adrs_numvoie\";\"adrs_typevoie\";\"adrs_libvoie\";\"adrs_codeinsee\";\"adrs_codepostal\";\"adrs_libcommune\"\r\n";

fn lines(numbers: std::ops::Range<usize>) -> String {
    numbers.fold(String::new(), |mut text, number| {
        let id = 130_000_000 + number;
        write!(
            text,
            "\"W{id}\";\"\";\"ÉVEIL Nº {number}\";\"A\";\"0001-01-01\";\"{number}\";\"RUE\";\"DE L'ÉVÊCHÉ\";\"13055\";\"13002\";\"Marseille\"\r\n"
        )
        .unwrap();
        text
    })
}

fn import(folder: &Path, url: Option<&str>, files: &[&str]) -> Command {
    let mut command = program(folder);
    command.args(["import", "rna"]).args(files);
    if let Some(url) = url {
        command.env("DATABASE_URL", url);
    }
    command
}

fn said(output: &Output) -> (String, String) {
    (text(&output.stdout), text(&output.stderr))
}

/// Reads a file of 9 000 lines through a pipe, and gets a signal after the first of them.
fn interrupted(folder: &Path, url: &str, signal: Signal) -> (Child, String) {
    let pipe = folder.join(format!("pipe{signal:?}.csv"));
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let mut child = import(folder, Some(url), &[pipe.to_str().unwrap()])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut file = File::options().write(true).open(&pipe).unwrap();
    file.write_all(HEADER.as_bytes()).unwrap();
    file.write_all(lines(0..4000).as_bytes()).unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut heard = String::new();
    stderr.read_line(&mut heard).unwrap();
    assert!(heard.contains("2000 lines"), "{heard}");
    support::signal(&child, signal);
    let _ = file.write_all(lines(4000..9000).as_bytes()); // the reader may be gone
    drop(file);
    let mut rest = String::new();
    for line in stderr.lines() {
        rest.push_str(&line.unwrap());
    }
    child.wait().unwrap();
    (child, rest)
}

#[test]
fn an_import_is_interrupted_started_again_and_repeated() {
    for (engine, database) in databases() {
        let folder = folder(&format!("import-{engine:?}"));
        let url = Some(database.url.as_str());
        let (mut child, heard) = interrupted(&folder, &database.url, Signal::INT);
        assert!(!child.wait().unwrap().success());
        assert!(
            heard.contains("interrupted after") && heard.contains("start the same command again"),
            "{heard}"
        );
        interrupted(&folder, &database.url, Signal::KILL);
        let (first, second) = (lines(0..5000), lines(5000..9000));
        std::fs::write(folder.join("a.csv"), format!("{HEADER}{first}")).unwrap();
        std::fs::write(folder.join("b.csv"), format!("{HEADER}{second}")).unwrap();
        for _ in 0..2 {
            let output = import(&folder, url, &["a.csv", "b.csv"]).output().unwrap();
            let (stdout, stderr) = said(&output);
            assert!(output.status.success(), "{stderr}");
            assert_eq!(
                stdout,
                "9000 lines read, 0 without a number, 0 broken; the register has 9000 associations\n"
            );
            assert!(stderr.contains("100 %, 9000 lines"), "{stderr}");
            assert!(
                !stderr.contains('\r'),
                "no bar outside of a terminal: {stderr}"
            );
        }
    }
}

#[test]
fn what_cannot_be_read_is_named_by_file_and_line() {
    let folder = folder("import-refused");
    let cases: [(&str, &[u8], &str); 5] = [
        ("empty.csv", b"", "empty.csv: the file is empty"),
        (
            "rna.zip",
            b"PK\x03\x04\0\0",
            "rna.zip: this is a zip archive: unpack it first",
        ),
        ("rna.csv.gz", b"\x1f\x8b\x08\0", "gzip archive"),
        (
            "other.csv",
            b"id;name\n1;2\n",
            "other.csv: line 1: this is not the register",
        ),
        ("utf16.csv", b"\xff\xfei\0d\0", "not a text file"),
    ];
    std::fs::write(folder.join("sound.csv"), format!("{HEADER}{}", lines(0..1))).unwrap();
    for (name, bytes, expected) in cases {
        std::fs::write(folder.join(name), bytes).unwrap();
        let output = import(&folder, None, &["sound.csv", name])
            .output()
            .unwrap();
        let (_, stderr) = said(&output);
        assert!(!output.status.success(), "{name}");
        assert!(stderr.contains(expected), "{name}: {stderr}");
    }
    let output = import(&folder, None, &["gone.csv"]).output().unwrap();
    assert!(
        said(&output).1.contains("gone.csv: "),
        "{:?}",
        said(&output)
    );
    // a quotation mark that is never closed, in a file that goes on
    let long = format!(
        "{HEADER}{}\"W130000001\";\"{}",
        lines(0..1),
        "x".repeat(3 << 20)
    );
    std::fs::write(folder.join("long.csv"), long).unwrap();
    let output = import(&folder, None, &["long.csv"]).output().unwrap();
    let (_, stderr) = said(&output);
    assert!(
        stderr.contains("long.csv: line 3: ") && stderr.contains("never closed"),
        "{stderr}"
    );
}

#[test]
fn broken_lines_are_named_and_the_others_taken() {
    let folder = folder("import-broken");
    let whole = lines(0..3);
    let windows: Vec<u8> = format!("{HEADER}{whole}\"W130000009\";\"\";\"COUPÉE\"\r\n\"133\";\"\";\"SANS NUMÉRO\";\"A\";\"\";\"\";\"\";\"\";\"\";\"\";\"\"\r\n")
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    std::fs::write(folder.join("rna.csv"), windows).unwrap();
    let output = import(&folder, None, &["rna.csv"]).output().unwrap();
    let (stdout, stderr) = said(&output);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(
        stdout,
        "5 lines read, 1 without a number, 1 broken; the register has 3 associations\n"
    );
    assert!(
        stderr.contains("rna.csv: line 5: 3 fields instead of 11, not taken"),
        "{stderr}"
    );
}
