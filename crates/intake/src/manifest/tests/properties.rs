//! What holds for any bytes.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = try_read(&bytes, reading()).map(|manifest| good(&manifest).len());
    }

    #[test]
    fn no_text_below_a_header_makes_it_panic(
        lines in proptest::collection::vec("[ -~é€\u{a0};,\t\"'=+#\r]{0,60}", 0..40),
        mark in proptest::sample::select(vec![&b""[..], b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"]),
    ) {
        let mut bytes = mark.to_vec();
        bytes.extend(b"serial;kind;ram;disque;date achat;valeur;note\n");
        bytes.extend(lines.join("\n").as_bytes());
        if let Ok(manifest) = try_read(&bytes, reading()) {
            let good = good(&manifest).len() as u64;
            let bad = manifest.mistakes.line_count();
            prop_assert_eq!(good + bad, manifest.row_count());
        }
    }

    #[test]
    fn what_is_written_is_read_back(
        serials in proptest::collection::hash_set("[A-Z]{3}[0-9]{5}[A-Z]", 1..50),
        note in "[ -~é\n]{0,80}",
    ) {
        let mut text = String::from("kind,serial,note\r\n");
        for serial in &serials {
            text.push_str(&format!("laptop,{serial},\"{}\"\r\n", note.replace('"', "\"\"")));
        }
        let manifest = try_read(text.as_bytes(), reading()).unwrap();
        prop_assert!(manifest.mistakes.is_empty());
        let read: std::collections::HashSet<String> =
            good(&manifest).into_iter().map(|row| row.serial).collect();
        prop_assert_eq!(read, serials);
    }
}
