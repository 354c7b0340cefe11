//! The text of PDFs.

use super::*;

/// A PDF with these pieces of text, plain or deflated.
pub(super) fn pdf(pieces: &[&str], deflated: bool) -> Vec<u8> {
    use std::io::Write as _;
    let mut file = b"%PDF-1.3\n".to_vec();
    for (n, piece) in pieces.iter().enumerate() {
        let piece = piece
            .replace('\\', "\\\\")
            .replace('(', "\\(")
            .replace(')', "\\)");
        let content = format!("BT /F1 12 Tf 1 0 0 1 50 {} Tm ({piece}) Tj ET", 700 - n);
        let (filter, data) = if deflated {
            let mut encoder =
                flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(content.as_bytes()).unwrap();
            ("/Filter /FlateDecode ", encoder.finish().unwrap())
        } else {
            ("", content.into_bytes())
        };
        file.extend(
            format!(
                "{} 0 obj\n<< {filter}/Length {} >>stream\n",
                n + 1,
                data.len()
            )
            .bytes(),
        );
        file.extend(data);
        file.extend(b"\nendstream\nendobj\n");
    }
    file
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
    // source: nwipe's create_pdf.c, which draws through PDFGen: literal strings, streams not deflated
    let judge = |pieces: &[&str], deflated: bool| {
        let bytes = pdf(pieces, deflated);
        let report = read(&bytes, MediaType::Pdf).expect("kept")?;
        Some(report.drives[0].grounds.clone())
    };
    assert_eq!(judge(&SHEET, false), Some(vec![]));
    assert_eq!(judge(&SHEET, true), Some(vec![]));
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
            judge(&other, false).expect("reads").contains(&ground),
            "{instead}"
        );
    }
    let warned: Vec<_> = SHEET.iter().copied().chain(["See Warning !"]).collect();
    assert!(
        judge(&warned, true)
            .expect("reads")
            .contains(&Ground::HiddenArea)
    );
    for bytes in [
        &b"%PDF-1.7 certificat d'effacement"[..],
        b"%PDF-1.7\n1 0 obj\n<< /Encrypt 2 0 R >>stream\n(KillDisk) Tj\nendstream",
    ] {
        assert_eq!(
            read(bytes, MediaType::Pdf).expect("kept"),
            None,
            "stays unread"
        );
    }
    // a stream that inflates without end is cut, and the file stays unread
    let bomb: Vec<&str> = vec![];
    assert_eq!(judge(&bomb, true), None);
}
