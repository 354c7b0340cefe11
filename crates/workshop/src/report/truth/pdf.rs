//! The text of PDFs.

use super::*;

use super::super::pdf::made::Made;
use super::certificates::certificate;

/// What only draws letters, and what maps numbers of glyphs to characters.
const WAYS: [Made; 5] = [
    way(false, false, false, false),
    way(false, true, false, false),
    way(true, true, false, false),
    way(true, true, true, false),
    way(true, true, true, true),
];

const fn way(composite: bool, deflated: bool, packed: bool, by_letter: bool) -> Made {
    Made {
        composite,
        deflated,
        packed,
        by_letter,
    }
}

/// What a report says against its only drive; none where it is not read.
fn judge(way: Made, pieces: &[&str]) -> Option<Vec<Ground>> {
    let report = read(&way.pdf(pieces), MediaType::Pdf).expect("kept")?;
    assert_eq!(report.drives[0].serial.as_deref(), Some("WD-TRUTH01"));
    Some(report.drives[0].grounds.clone())
}

const SHEET: [&str; 29] = [
    "Disk Erasure Report",
    "Page 1 - Erasure Status",
    "Disk Information",
    "Make/Model:",
    "WDC WD5000AAKX",
    "Serial:",
    "WD-TRUTH01",
    "Bus:",
    "ATA",
    "Disk Erasure Details",
    "Start time:",
    "2026/03/02 08:00:00",
    "End time:",
    "2026/03/02 09:25:04",
    "Duration:",
    "01:25:04",
    "Status:",
    "ERASED",
    "Method:",
    "DoD Short",
    "*Bytes Erased:",
    "500107862016, (100.00%)",
    "HPA/DCO:",
    "HPA/DCO Size:",
    "No hidden sectors",
    "No hidden sectors",
    "Errors(pass/sync/verify):",
    "0/0/0",
    "Disc Erasure by NWIPE version 0.36",
];

#[test]
fn the_text_layer_of_a_pdf() {
    // source: nwipe's create_pdf.c, which draws through PDFGen: literal strings, streams not
    // deflated; and the same printed through a library that embeds its fonts
    for way in WAYS {
        assert_eq!(judge(way, &SHEET), Some(vec![]), "{way:?}");
        for (piece, instead, ground) in [
            ("ERASED", "FAILED", Ground::ReportedFailure),
            ("ERASED", "ABORTED", Ground::ReportedFailure),
            ("0/0/0", "0/0/2", Ground::Errors),
            (
                "500107862016, (100.00%)",
                "250053931008, (50.00%)",
                Ground::NotAllErased,
            ),
            (
                "No hidden sectors",
                "Hidden sectors found!",
                Ground::HiddenArea,
            ),
            ("No hidden sectors", "Unknown", Ground::HiddenArea),
            ("DoD Short", "Verify Zeros (0x00)", Ground::VerificationOnly),
        ] {
            let other = SHEET.map(|one| if one == piece { instead } else { one });
            assert!(
                judge(way, &other).expect("reads").contains(&ground),
                "{way:?} {instead}"
            );
        }
        let warned: Vec<_> = SHEET.iter().copied().chain(["See Warning !"]).collect();
        assert!(
            judge(way, &warned)
                .expect("reads")
                .contains(&Ground::HiddenArea)
        );
        let broken: Vec<_> = SHEET
            .iter()
            .flat_map(|one| match *one {
                "ERASED" => vec!["ERASED", "in part"],
                one => vec![one],
            })
            .collect();
        let grounds = judge(way, &broken).expect("reads");
        assert!(grounds.contains(&Ground::ReportedFailure), "{way:?}");
    }
}

#[test]
fn a_pdf_says_what_the_same_text_says() {
    for status in ["Erased", "Effacé avec succès", "Erased with exceptions"] {
        for line in ["", "Verification: Failed", "Bad Sectors: 12"] {
            let text = certificate("Blancco Drive Eraser", status, line);
            let plain = reads(&text).expect("reads").drives[0].grounds.clone();
            let lines: Vec<_> = text.lines().filter(|line| !line.is_empty()).collect();
            for way in WAYS {
                assert_eq!(judge(way, &lines), Some(plain.clone()), "{way:?} {text}");
            }
        }
    }
}

#[test]
fn what_has_no_text_is_kept_unread() {
    for bytes in [
        &b"%PDF-1.7 certificat d'effacement"[..],
        b"%PDF-1.7\n1 0 obj\n<< /Encrypt 2 0 R >>stream\n(KillDisk) Tj\nendstream",
        &WAYS[3].pdf(&[]),
        &WAYS[3].pdf(&["\u{1f4be}\u{fffd}"]),
    ] {
        assert_eq!(
            read(bytes, MediaType::Pdf).expect("kept"),
            None,
            "stays unread"
        );
    }
}

proptest! {
    #[test]
    fn no_failure_printed_anywhere_leaves_a_pdf_proven(
        word in prop_oneof![
            Just("Verification failed"), Just("12 wipe errors"), Just("Aborted by user"),
            Just("Échec"), Just("Fehler beim Löschen"), Just("HIDDEN SECTORS DETECTED"), Just("Vériﬁcation : échec"),
        ],
        place in 0..=SHEET.len(),
        way in 0..WAYS.len(),
    ) {
        prop_assume!(way > 1 || !word.contains('ﬁ'));
        let mut pieces = SHEET.to_vec();
        pieces.insert(place, word);
        let read = read(&WAYS[way].pdf(&pieces), MediaType::Pdf).expect("kept");
        let proven = read.is_some_and(|report| {
            report.drives.iter().any(|drive| drive.result == EraseResult::Success)
        });
        prop_assert!(!proven, "{pieces:?}");
    }
}
