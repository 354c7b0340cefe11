//! What is printed, read back by decoders that are not ours: rendered at the resolution of a label
//! printer by poppler, decoded by ZBar.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use documents::labels::{Label, Size, Stock, pdf, test_pdf};
use kernel::Language;

/// Dots of an inch of a label printer, the coarsest in use.
const ROLL: &str = "203";
/// Sheets go through office printers, whose dots are not those of the labels.
const SHEET: &str = "600";

/// A folder of the test's own, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ressac-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|cause| {
            panic!("{program}: {cause}; scripts/test installs poppler-utils and zbar-tools")
        })
}

/// What ZBar reads on the pages of a file, sorted: `CODE-128:…` and `QR-Code:…`.
fn decoded(folder: &Folder, file: &Path, dpi: &str) -> Vec<String> {
    let pages = folder.0.join("page");
    let rendered = run(
        "pdftoppm",
        &[
            "-r",
            dpi,
            "-gray",
            file.to_str().unwrap(),
            pages.to_str().unwrap(),
        ],
    );
    assert!(
        rendered.status.success(),
        "{}",
        String::from_utf8_lossy(&rendered.stderr)
    );
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder.0).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == "pgm") {
            let read = run(
                "zbarimg",
                &[
                    "--quiet",
                    "-Sdisable",
                    "-Scode128.enable",
                    "-Sqrcode.enable",
                    path.to_str().unwrap(),
                ],
            );
            let text = String::from_utf8_lossy(&read.stdout).into_owned();
            found.extend(text.lines().map(str::to_owned));
            std::fs::remove_file(path).unwrap();
        }
    }
    found.sort();
    found
}

/// Width and height of every page in millimetres, as the file says them.
fn pages(file: &Path) -> Vec<(f64, f64)> {
    let told = run(
        "pdfinfo",
        &["-box", "-f", "1", "-l", "99", file.to_str().unwrap()],
    );
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    let boxes = text.lines().filter(|line| line.contains("MediaBox:"));
    boxes
        .map(|line| {
            let numbers: Vec<f64> = line
                .split_whitespace()
                .filter_map(|word| word.parse().ok())
                .collect();
            let [left, bottom, right, top] = numbers[numbers.len() - 4..] else {
                panic!("{line}")
            };
            let millimetres = |points: f64| points / 72.0 * 25.4;
            (millimetres(right - left), millimetres(top - bottom))
        })
        .collect()
}

fn labels(count: usize) -> Vec<Label> {
    (0..count)
        .map(|at| Label {
            tag: format!("RS-{at:05}-X"),
            model: "HP EliteDesk 800 G4 — Łódź".to_owned(),
            drives: "Disque effacé, preuve jointe".to_owned(),
        })
        .collect()
}

fn stock(name: &str) -> Stock {
    Stock::built_in()
        .into_iter()
        .find(|it| it.name == name)
        .unwrap()
}

fn expected(tags: &[Label]) -> Vec<String> {
    let codes = tags.iter().map(|it| format!("CODE-128:{}", it.tag));
    let mut all: Vec<String> = codes
        .chain(tags.iter().map(|it| format!("QR-Code:{}", it.tag)))
        .collect();
    all.sort();
    all
}

#[test]
fn labels_of_a_roll_are_read_back_at_203_dpi() {
    for name in ["62x29", "57x32"] {
        let folder = Folder::new(name);
        let labels = labels(3);
        let bytes = pdf(&labels, &stock(name), 0, Language::French).unwrap();
        let file = folder.file("labels.pdf", &bytes);
        assert_eq!(decoded(&folder, &file, ROLL), expected(&labels), "{name}");
        let Size { width, height } = stock(name).label;
        let sizes = pages(&file);
        assert_eq!(sizes.len(), 3);
        for (wide, tall) in sizes {
            assert!(
                (wide - f64::from(width)).abs() < 0.2,
                "{name}: {wide} mm wide"
            );
            assert!(
                (tall - f64::from(height)).abs() < 0.2,
                "{name}: {tall} mm tall"
            );
        }
    }
}

#[test]
fn a_sheet_has_twenty_four_labels_and_begins_after_those_that_are_used() {
    let folder = Folder::new("sheet");
    let labels = labels(25);
    let bytes = pdf(&labels, &stock("a4-24"), 3, Language::French).unwrap();
    let file = folder.file("labels.pdf", &bytes);
    // of two dozen QR codes in one picture the decoder finds all but one or two: each alone is read
    // from rolls, here the bar codes count
    let bars = |codes: Vec<String>| -> Vec<String> {
        let bars = codes
            .into_iter()
            .filter(|code| code.starts_with("CODE-128"));
        bars.collect()
    };
    assert_eq!(
        bars(decoded(&folder, &file, SHEET)),
        bars(expected(&labels))
    );
    let sizes = pages(&file);
    assert_eq!(sizes.len(), 2, "three places were used");
    for (wide, tall) in sizes {
        assert!(
            (wide - 210.0).abs() < 0.2 && (tall - 297.0).abs() < 0.2,
            "{wide} × {tall} mm"
        );
    }
    let text = run("pdftotext", &[file.to_str().unwrap(), "-"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(
        text.contains("RS-00024-X") && text.contains("Łódź"),
        "{text}"
    );
}

#[test]
fn own_sizes_are_exact_and_a_narrow_label_has_the_small_code() {
    let folder = Folder::new("own");
    let own = Stock {
        name: "own".to_owned(),
        label: Size {
            width: 38.1,
            height: 21.2,
        },
        sheet: None,
    };
    let bytes = pdf(&labels(1), &own, 0, Language::English).unwrap();
    let file = folder.file("labels.pdf", &bytes);
    assert_eq!(decoded(&folder, &file, ROLL), ["QR-Code:RS-00000-X"]);
    let (wide, tall) = pages(&file)[0];
    assert!(
        (wide - 38.1).abs() < 0.2 && (tall - 21.2).abs() < 0.2,
        "{wide} × {tall} mm"
    );
}

#[test]
fn the_test_label_has_a_ruler_and_is_read_back() {
    let folder = Folder::new("ruler");
    let bytes = test_pdf(&stock("57x32"), Language::French).unwrap();
    let file = folder.file("test.pdf", &bytes);
    assert!(decoded(&folder, &file, ROLL).contains(&"QR-Code:RS-00000-0".to_owned()));
    let info = run("pdfinfo", &[file.to_str().unwrap()]);
    let info = String::from_utf8_lossy(&info.stdout).into_owned();
    assert!(info.contains("Tagged:") && info.contains("yes"), "{info}");
}
