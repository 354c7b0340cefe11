#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::file::File;
use super::made::{self, Made};
use super::*;

/// Every way of writing.
fn ways() -> Vec<Made> {
    (0..16)
        .map(|bits| Made {
            composite: bits & 1 != 0,
            deflated: bits & 2 != 0,
            packed: bits & 4 != 0,
            // without widths nobody can tell what stands together
            by_letter: bits & 9 == 9,
        })
        .collect()
}

const PIECES_OF_TEXT: [&str; 3] = [
    "Serial: WD-TRUTH01",
    "Statut : Effacé en 3 passes",
    "(100 %)",
];

/// Objects by their numbers.
type Objects = Vec<(u32, Vec<u8>)>;

/// One page with a content and what else its objects are.
fn page(content: &str, others: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut objects = BTreeMap::from([
        (1, b"<< /Type /Catalog /Pages 2 0 R >>".to_vec()),
        (2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec()),
        (
            3,
            b"<< /Type /Page /Contents 5 0 R /Resources 8 0 R >>".to_vec(),
        ),
        (
            4,
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
                .to_vec(),
        ),
        (5, made::stream("", content.as_bytes(), true)),
        (
            8,
            b"<< /Font << /F1 4 0 R >> /XObject << /X 9 0 R >> >>".to_vec(),
        ),
    ]);
    objects.extend(others.iter().cloned());
    made::file(&objects)
}

fn read(content: &str, others: &[(u32, Vec<u8>)]) -> Option<Vec<String>> {
    text(&page(content, others))
}

#[test]
fn the_same_text_however_it_is_written() {
    for way in ways() {
        let file = way.pdf(&PIECES_OF_TEXT);
        assert_eq!(
            text(&file).as_deref(),
            Some(&PIECES_OF_TEXT.map(str::to_owned)[..]),
            "{way:?}"
        );
    }
}

#[test]
fn what_a_library_writes() {
    let font = krilla::text::Font::new(dejavu::sans_condensed::bold().into(), 0).expect("a font");
    let mut document = krilla::Document::new();
    let settings = krilla::page::PageSettings::from_wh(595.0, 842.0).expect("a page");
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    for (n, piece) in ["Statut : Effacé", "Office efficient", "№ 12/34"]
        .iter()
        .enumerate()
    {
        #[allow(clippy::cast_precision_loss)]
        let place = krilla::geom::Point::from_xy(50.0, 50.0 + 20.0 * n as f32);
        surface.draw_text(
            place,
            font.clone(),
            12.0,
            piece,
            false,
            krilla::text::TextDirection::Auto,
        );
    }
    surface.finish();
    page.finish();
    let file = document.finish().expect("a file");
    let expected = ["Statut : Effacé", "Office efficient", "№ 12/34"].map(str::to_owned);
    assert_eq!(text(&file).as_deref(), Some(&expected[..]));
}

#[test]
fn letters_are_put_together_by_their_places() {
    let font = b"<< /Type /Font /Subtype /TrueType /BaseFont /Sans /Encoding /WinAnsiEncoding /FirstChar 32 /Widths 10 0 R >>";
    let widths = format!("[{}]", "500 ".repeat(95));
    let others = [(4, font.to_vec()), (10, widths.into_bytes())];
    for (content, pieces) in [
        (
            "BT /F1 10 Tf 0 0 Td (Sta) Tj 15 0 Td (tus:) Tj ET",
            vec!["Status:"],
        ),
        (
            "BT /F1 10 Tf (Status:) Tj 38 0 Td (Erased) Tj ET",
            vec!["Status: Erased"],
        ),
        (
            "BT /F1 10 Tf (Status:) Tj 60 0 Td (Erased) Tj ET",
            vec!["Status:", "Erased"],
        ),
        (
            "BT /F1 10 Tf (Not) Tj 0 -12 Td (erased) Tj ET",
            vec!["Not", "erased"],
        ),
        (
            "BT /F1 10 Tf [(Not) -300 (era) 20 (sed)] TJ ET",
            vec!["Not erased"],
        ),
        (
            "BT /F1 10 Tf (Not) Tj ET BT /F1 10 Tf 1 0 0 1 18 0 Tm (erased) Tj ET",
            vec!["Not erased"],
        ),
        (
            "BT /F1 10 Tf 12 TL (one) Tj (two) ' 1 2 (three) \" T* (four) Tj ET",
            vec!["one", "two", "three", "four"],
        ),
        (
            "q 2 0 0 2 0 0 cm BT /F1 10 Tf (Era) Tj 15 0 Td (sed) Tj ET Q",
            vec!["Erased"],
        ),
    ] {
        assert_eq!(
            read(content, &others),
            Some(pieces.into_iter().map(str::to_owned).collect()),
            "{content}"
        );
    }
}

#[test]
fn forms_and_notes_are_read_too() {
    let form = made::stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 9 9]",
        b"BT /F1 9 Tf (Verification failed) Tj ET",
        true,
    );
    let pieces = read("BT /F1 9 Tf (Status: Erased) Tj ET /X Do", &[(9, form)]);
    assert_eq!(
        pieces.expect("reads"),
        ["Status: Erased", "Verification failed"]
    );
    let note = [
        (
            3,
            b"<< /Type /Page /Contents 5 0 R /Resources 8 0 R /Annots [11 0 R] >>".to_vec(),
        ),
        (
            9,
            made::stream(
                "/Subtype /Form /BBox [0 0 9 9] /Resources 8 0 R",
                b"BT /F1 9 Tf (Void) Tj ET",
                false,
            ),
        ),
        (11, b"<< /Subtype /Stamp /AP << /N 9 0 R >> >>".to_vec()),
    ];
    let pieces = read("BT /F1 9 Tf (Status: Erased) Tj ET", &note);
    assert_eq!(pieces.expect("reads"), ["Status: Erased", "Void"]);
}

#[test]
fn names_of_glyphs_and_ligatures() {
    let font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Sans /Encoding << /BaseEncoding /WinAnsiEncoding /Differences [1 /V /eacute /uniFB01 /period] >> >>";
    let pieces = read(
        "BT /F1 9 Tf (\\001\\002ri\\003cation\\004) Tj ET",
        &[(4, font.to_vec())],
    );
    assert_eq!(pieces.expect("reads"), ["Vérification."]);
}

#[test]
fn what_cannot_be_read_whole_stays_unread() {
    let good = "BT /F1 9 Tf (Status: Erased) Tj ET";
    assert!(read(good, &[]).is_some());
    let glyphs = |font: &str| vec![(4, font.as_bytes().to_vec())];
    let one_more = |content: &str| format!("{good} {content}");
    let table: Vec<(String, Objects)> = vec![
        // fonts without characters
        (
            good.to_owned(),
            glyphs("<< /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [<< >>] >>"),
        ),
        (
            good.to_owned(),
            glyphs("<< /Subtype /Type0 /Encoding /UniJIS-UTF16-H /DescendantFonts [<< >>] >>"),
        ),
        (
            good.to_owned(),
            glyphs("<< /Subtype /Type1 /BaseFont /ZapfDingbats >>"),
        ),
        (
            good.to_owned(),
            glyphs("<< /Subtype /TrueType /BaseFont /A /FontDescriptor << /Flags 4 >> >>"),
        ),
        (
            good.to_owned(),
            glyphs("<< /Subtype /Type1 /Encoding << /Differences [69 /g17] >> >>"),
        ),
        (good.to_owned(), glyphs("<< /Subtype /Type3 >>")),
        (one_more("BT /F2 9 Tf (?) Tj ET"), vec![]),
        // an accent in an encoding that is not known to be the usual one
        (
            one_more("BT (\\216chec) Tj ET"),
            glyphs("<< /Subtype /Type1 /BaseFont /A /Encoding /MacRomanEncoding >>"),
        ),
        // text that nobody sees, as behind a scan
        (one_more("BT /F1 9 Tf 3 Tr (Erased) Tj ET"), vec![]),
        // it breaks off
        (one_more("BT /F1 9 Tf (Verification failed"), vec![]),
        (one_more(&"1 ".repeat(40)), vec![]),
        (one_more(&"q ".repeat(300)), vec![]),
        // content that is missing, packed another way, or damaged
        (good.to_owned(), vec![(5, b"null".to_vec())]),
        (
            good.to_owned(),
            vec![(
                5,
                b"<< /Length 3 /Filter /LZWDecode >>stream\nabc\nendstream".to_vec(),
            )],
        ),
        (
            good.to_owned(),
            vec![(
                5,
                b"<< /Length 3 /Filter /FlateDecode >>stream\nabc\nendstream".to_vec(),
            )],
        ),
        // pages that are not there, and that come again
        (
            good.to_owned(),
            vec![(2, b"<< /Type /Pages /Kids [3 0 R] /Count 2 >>".to_vec())],
        ),
        (
            good.to_owned(),
            vec![(
                2,
                b"<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 1 >>".to_vec(),
            )],
        ),
        (
            good.to_owned(),
            vec![(1, b"<< /Type /Catalogue /Pages 2 0 R >>".to_vec())],
        ),
    ];
    for (content, others) in table {
        assert_eq!(
            read(&content, &others),
            None,
            "{content} {:?}",
            others
                .iter()
                .map(|(_, it)| String::from_utf8_lossy(it))
                .collect::<Vec<_>>()
        );
    }
    let encrypted = [page(good, &[]), b"trailer << /Encrypt 7 0 R >>".to_vec()].concat();
    assert_eq!(text(&encrypted), None);
    // an object stream that breaks off may have had anything in it
    let way = Made {
        packed: true,
        ..Made::default()
    };
    let file = String::from_utf8_lossy(&way.pdf(&PIECES_OF_TEXT)).into_owned();
    assert_eq!(text(file.as_bytes()), None);
}

#[test]
fn packed_for_print_and_saved_again() {
    let content = "BT /F1 9 Tf (Status: Erased) Tj ET";
    let mut coded = Vec::new();
    for group in made::deflate(content.as_bytes()).chunks(4) {
        let mut word = [0; 4];
        word[..group.len()].copy_from_slice(group);
        let mut number = u32::from_be_bytes(word);
        let mut digits = [0; 5];
        for digit in digits.iter_mut().rev() {
            *digit = b'!' + u8::try_from(number % 85).unwrap();
            number /= 85;
        }
        coded.extend(&digits[..=group.len()]);
    }
    coded.extend(b"~>");
    let stream = made::stream("/Filter [/ASCII85Decode /FlateDecode]", &coded, false);
    assert_eq!(read("", &[(5, stream)]).expect("reads"), ["Status: Erased"]);
    let mut saved_again = page(content, &[]);
    saved_again.extend(b"5 0 obj\n");
    saved_again.extend(made::stream(
        "",
        b"BT /F1 9 Tf (Status: Failed) Tj ET",
        true,
    ));
    saved_again.extend(b"\nendobj\n");
    assert_eq!(text(&saved_again).expect("reads"), ["Status: Failed"]);
}

/// Files that would keep a reader busy for ever, or take all memory.
fn hostile() -> Vec<Vec<u8>> {
    let zeros = vec![b' '; 4 << 20];
    let bomb = made::stream("", &zeros, true);
    let numbers = format!("[{}]", "0 ".repeat(2 << 20));
    let form =
        |content: &str| made::stream("/Subtype /Form /Resources 8 0 R", content.as_bytes(), false);
    let nested = format!("{}0{}", "[".repeat(1 << 20), "]".repeat(1 << 20));
    let map = format!(
        "1 beginbfrange <0000> <FFFFFFFF> [{}] endbfrange",
        "<0041>".repeat(200_000)
    );
    let many: BTreeMap<u32, Vec<u8>> = (1..99_000).map(|n| (n, b"<<".to_vec())).collect();
    let packed = made::stream(
        "/Type /ObjStm /N 100000 /First 1000000",
        &zeros[..2_000_000],
        true,
    );
    let inflated: BTreeMap<u32, Vec<u8>> = (20..60).map(|n| (n, packed.clone())).collect();
    vec![
        page("", &[(5, bomb)]),
        page("", &[(5, made::stream("/Filter [/FlateDecode /FlateDecode]", &made::deflate(&made::deflate(&zeros)), false))]),
        page("/X Do", &[(9, form(&"/X Do ".repeat(5_000)))]),
        page(&"/X Do ".repeat(200_000), &[(9, form("q Q"))]),
        page(&"BT /F1 9 Tf (a) Tj ET ".repeat(90_000), &[]),
        page(&"BI /W 1 ID x EI ".repeat(20_000), &[]),
        page("", &[(2, format!("<< /Type /Pages /Kids [{}] >>", "2 0 R ".repeat(100_000)).into_bytes())]),
        page("", &[(2, format!("<< /Type /Pages /Kids [{}] >>", "<< /Kids [<< >>] >>".repeat(50_000)).into_bytes())]),
        page("BT /F1 9 Tf (a) Tj ET", &[(4, format!("<< /Subtype /Type1 /FirstChar 0 /Widths {numbers} >>").into_bytes())]),
        page("BT /F1 9 Tf (a) Tj ET", &[(8, format!("<< /Font << /F1 {nested} >> >>").into_bytes())]),
        page("BT /F1 9 Tf (a) Tj ET", &[
            (4, b"<< /Subtype /Type0 /Encoding /Identity-H /ToUnicode 7 0 R /DescendantFonts [<< >>] >>".to_vec()),
            (7, made::stream("", map.as_bytes(), true)),
        ]),
        made::file(&many),
        made::file(&inflated),
        b"1 0 obj ".repeat(200_000),
        b"1 0 obj << /Length 9 >> stream\n".repeat(50_000),
        page("", &[(5, b"<< /Length 9 >> stream\n".repeat(50_000))]),
    ]
}

/// The work that is allowed, and what one more step may add to it.
const MOST: usize = (64 << 20) + (8 << 20);

#[test]
fn hostile_files_are_given_up_within_bounds() {
    for (n, bytes) in hostile().into_iter().enumerate() {
        let work = File::open(&bytes).map(|file| {
            let _ = walk::pieces(&file);
            file.work()
        });
        assert!(work.unwrap_or_default() <= MOST, "{n}: {work:?}");
        let read = text(&bytes).unwrap_or_default();
        assert!(read.len() < PIECES, "{n}");
    }
}

proptest! {
    #[test]
    fn no_change_to_a_file_makes_it_panic_or_run_away(
        way in 0..16_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_usize), 1..12),
    ) {
        let mut bytes = ways()[way].pdf(&PIECES_OF_TEXT);
        for (at, byte, kind) in changes {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.truncate(at.max(1)),
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, byte),
            }
            bytes.push(b'\n');
        }
        if let Some(file) = File::open(&bytes) {
            let _ = walk::pieces(&file);
            prop_assert!(file.work() < 1 << 20);
        }
        let _ = text(&bytes);
    }
}
