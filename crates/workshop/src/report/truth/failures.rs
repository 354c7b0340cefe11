//! Whatever is added that speaks of a failure, nothing is proven.

use super::certificates::certificate;
use super::nwipe::good;
use super::*;

/// Lines that say, whatever else stands there, that a drive was not erased.
fn any_failure() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("[2026/03/02 09:00:00]   error: [FAILURE] /dev/sda may not be blanked".to_owned()),
        Just("[FAILURE] /dev/sda".to_owned()),
        Just("[2026/03/02 09:00:00] warning:  *** HIDDEN SECTORS DETECTED ! *** on /dev/sda".to_owned()),
        Just("HIDDEN AREA DETECTED".to_owned()),
        Just("Nwipe exited with fatal errors on device = /dev/sda".to_owned()),
        Just("[2026/03/02 09:00:00]    info: Nwipe exited with fatal errors, see summary table and log.".to_owned()),
        Just("!      sda |-FAILED-|   98MB/s | 01:25:04 | WDC WD5000AAKX/WD-TRUTH01".to_owned()),
        Just("!      sda |UABORTED|   98MB/s | 01:25:04 | WDC WD5000AAKX/WD-TRUTH01".to_owned()),
        (1_u32..9_999).prop_map(|n| format!("[2026/03/02 09:00:00]   error: {n} wipe errors on '/dev/sda'.")),
        (1_i32..9).prop_map(|n| format!("[2026/03/02 09:00:00]   debug: Status: /dev/sda, result={n}, pass_errors=0")),
    ]
}

proptest! {
    #[test]
    fn no_failure_line_added_anywhere_leaves_a_report_proven(line in any_failure(), place in 0.0_f64..1.0) {
        let log = good();
        let lines: Vec<_> = log.lines().collect();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let at = (place * (lines.len() + 1) as f64) as usize;
        let mut told = lines[..at].to_vec();
        told.push(&line);
        told.extend(&lines[at..]);
        let told = told.join("\n");
        let media_type = recognize(told.as_bytes()).expect("text");
        if let Ok(Some(report)) = read(told.as_bytes(), media_type) {
            let proven = report.drives.iter().any(|drive| drive.result == EraseResult::Success);
            prop_assert!(!proven, "{told}");
        }
    }

    #[test]
    fn no_word_of_failure_added_to_a_certificate_leaves_it_proven(
        word in prop_oneof![Just("Failed"), Just("12 errors"), Just("Aborted by user"), Just("Échec"), Just("Fehler"), Just("HIDDEN SECTORS DETECTED")],
        label in prop_oneof![Just(""), Just("Verification: "), Just("Notes: "), Just("Pass 2: ")],
    ) {
        let text = certificate("KillDisk", "Erased", &format!("{label}{word}"));
        let hidden = word.starts_with("HIDDEN") && has(&text, Ground::HiddenArea);
        prop_assert!(hidden || nobody_accepts(&text), "{text}");
    }

    #[test]
    fn no_pdf_makes_it_panic(bytes: Vec<u8>, text in "[()<>\\\\/a-zA-Z0-9 %\\[\\]\n]{0,300}") {
        let mut file = b"%PDF-1.4\n1 0 obj\n<< /Filter /FlateDecode >>stream\n".to_vec();
        file.extend(&bytes);
        file.extend(b"\nendstream\n2 0 obj\n<< >>stream\nBT ");
        file.extend(text.bytes());
        file.extend(b"\nendstream");
        let _ = read(&file, MediaType::Pdf);
    }
}
