//! What is wrong with a file: each line of it, or all of it.

use super::*;

#[test]
fn every_bad_line_is_named_at_once_by_line_and_column() {
    let text = "Inventaire\n\nN° de série;Type;Date d'achat;RAM (Go);Valeur\n\
        A1;UC;31/12/2019;8;10\n\
        ;UC;;;\n\
        1,23E+15;UC;;;\n\
        a-1;UC;;;\n\
        A2;cafetière;;;\n\
        A3;UC;01/01/2030;;\n\
        A4;UC;;;;de trop\n\
        A5;UC;hier;beaucoup;12 francs\n\
        A6;;;;\n";
    let column = |name: &str| name.to_owned();
    assert_eq!(
        mistakes(text),
        [
            (5, column("N° de série"), Code::Required),
            (6, column("N° de série"), Code::MangledSerial),
            (7, column("N° de série"), Code::DuplicateSerial),
            (8, column("Type"), Code::UnknownKind),
            (9, column("Date d'achat"), Code::DateInFuture),
            (10, column(""), Code::LineTooLong),
            (11, column("RAM (Go)"), Code::UnreadableNumber),
            (11, column("Date d'achat"), Code::UnreadableDate),
            (11, column("Valeur"), Code::UnreadableNumber),
            (12, column("Type"), Code::Required),
        ]
    );
    let manifest = read(text.as_bytes());
    assert_eq!(
        (manifest.row_count(), manifest.mistakes.line_count()),
        (9, 8)
    );
    assert_eq!(good(&manifest).len(), 1);
}

#[test]
fn duplicate_serial_is_found_also_beside_other_mistakes() {
    let text = "serial;kind\nA1;cafetière\nA1;laptop\n";
    let codes: Vec<Code> = mistakes(text)
        .into_iter()
        .map(|(_, _, code)| code)
        .collect();
    assert_eq!(codes, [Code::UnknownKind, Code::DuplicateSerial]);
}

#[test]
fn quote_not_closed_is_one_mistake_and_the_rest_is_read() {
    let text = "serial;kind;note\nA1;laptop;\"vu\nA2;laptop;\nA3;laptop;ok\n";
    assert_eq!(mistakes(text), [(2, String::new(), Code::QuoteNotClosed)]);
    assert_eq!(read(text.as_bytes()).row_count(), 3);
}

#[test]
fn line_numbers_count_the_lines_inside_quoted_cells() {
    let text =
        "\"Titre\nsur deux lignes\"\r\nserial;kind;note\r\nA1;laptop;\"a\nb\nc\"\r\n;laptop;\r\n";
    assert_eq!(mistakes(text), [(7, "serial".to_owned(), Code::Required)]);
}

#[test]
fn too_long_texts_are_named() {
    let text = format!("serial;kind;marque\nA1;laptop;{}\n", "m".repeat(201));
    assert_eq!(mistakes(&text), [(2, "marque".to_owned(), Code::TooLong)]);
}

#[test]
fn manifest_unreadable_says_what_the_file_is() {
    assert!(refused(b"").contains("vide"));
    assert!(refused(b"  \r\n \n").contains("vide"));
    assert!(refused(b"%PDF-1.7\n...").contains("PDF"));
    assert!(refused(b"PK\x03\x04\x14\0\x06\0").contains("classeur"));
    assert!(refused(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").contains(".xls"));
    assert!(refused(b"\n <!DOCTYPE html><html></html>").contains("web"));
    assert!(refused(b"[{\"serial\":\"A1\"}]").contains("JSON"));
    assert!(refused(b"\x01\x02\x00\x03serial;kind").contains("texte"));
    assert!(refused(b"bonjour\nmonde\n").contains("titres"));
    assert!(refused(b"Marque;Type\nHP;UC\n").contains("Marque, Type"));
    assert!(refused(b"serial;kind\n;\n\n").contains("aucune ligne"));
    assert!(refused(&vec![b'a'; 3_000_000]).contains("La ligne 1 a plus de 100000 caractères"));
    let late = [b"serial;kind\nA1;laptop\n".as_slice(), &vec![b'a'; 200_000]].concat();
    assert!(refused(&late).contains("La ligne 3"));
    assert!(refused(&[0xFF, 0xFE]).contains("titres"));
}

#[test]
fn too_large_for_its_rows() {
    let text = |rows: u64| {
        let lines: String = (0..rows).map(|n| format!("A{n};laptop\n\n")).collect();
        format!("serial;kind\n{lines}")
    };
    let most = reading().most_rows;
    assert_eq!(read(text(most).as_bytes()).row_count(), most);
    let refusal = try_read(text(most + 1).as_bytes(), reading()).expect_err("one too many");
    assert_eq!(refusal.code, Code::TooLarge);
    assert!(refusal.detail.fr.contains("30000 lignes"), "{refusal:?}");
}

#[test]
fn thirty_thousand_bad_lines_are_counted_and_some_listed() {
    let mut text = String::from("serial;kind\n");
    for _ in 0..30_000 {
        text.push_str(";cafetière\n");
    }
    let found = read(text.as_bytes()).mistakes;
    assert_eq!(found.line_count(), 30_000);
    assert_eq!(found.omitted(), 50_000);
    let refusal = found.refusal(30_000);
    assert_eq!(
        (refusal.code, refusal.errors.len()),
        (Code::ManifestInvalid, 10_000)
    );
    assert!(refusal.detail.fr.contains("30000"));
}
