//! The open-data file, as it is published and as it should not be.

use super::*;

const HEADER: &str = "id;id_ex;siret;rup_mi;gestion;date_creat;date_decla;date_publi;date_disso;nature;groupement;titre;titre_court;objet;objet_social1;objet_social2;adrs_complement;adrs_numvoie;adrs_repetition;adrs_typevoie;adrs_libvoie;adrs_distrib;adrs_codeinsee;adrs_codepostal;adrs_libcommune;adrg_declarant;adrg_complemid;adrg_complemgeo;adrg_libvoie;adrg_distrib;adrg_codepostal;adrg_achemine;adrg_pays;dir_civilite;siteweb;publiweb;observation;position;maj_time";

fn line(id: &str, title: &str, position: &str, dissolved: &str) -> String {
    format!(
        "\"{id}\";\"\";\"\";\"\";\"133S\";\"1999-01-01\";\"2010-01-01\";\"0001-01-01\";\"{dissolved}\";\"D\";\"S\";\"{title}\";\"\";\"objet ; avec\nune ligne\";\"\";\"\";\"\";\"12\";\"\";\"RUE\";\"DE L'ÉVÊCHÉ\";\"_\";\"13055\";\"13002\";\"Marseille\";\"\";\"\";\"\";\"\";\"\";\"\";\"\";\"France\";\"PF\";\"\";\"N\";\"\";\"{position}\";\"2020-01-01 00:00:00\""
    )
}

#[test]
fn the_published_file_is_read_in_utf8_and_in_windows_1252() {
    let file = [
        HEADER.to_owned(),
        line(
            "W133971864",
            "LES MOUETTES RIEUSES — ÉTOILÉES",
            "A",
            "0001-01-01",
        ),
        line("W133000001", "ANCIENNE", "D", "2018-05-04"),
        line("133000001", "SANS NUMÉRO", "A", ""),
        line("W133971864", "L’ŒUVRE DES MOUETTES", "A", "0001-01-01"),
    ]
    .join("\r\n");
    let (windows, ..) = encoding_rs::WINDOWS_1252.encode(&file);
    let marked = [b"\xef\xbb\xbf", file.as_bytes()].concat();
    for bytes in [file.as_bytes(), &windows, &marked] {
        let mut waldec = Waldec::open(bytes).expect("opens");
        let entries = waldec.next_entries(100).expect("reads");
        assert_eq!((waldec.lines, waldec.skipped, entries.len()), (4, 1, 2));
        assert_eq!(entries[0].name, "L’ŒUVRE DES MOUETTES");
        assert_eq!(entries[0].address, "12 RUE DE L'ÉVÊCHÉ");
        assert_eq!(entries[0].commune_code.as_deref(), Some("13202"));
        assert_eq!(entries[0].status, EntryStatus::Active);
        assert_eq!(
            (entries[1].status, entries[1].dissolved_on.as_deref()),
            (EntryStatus::Dissolved, Some("2018-05-04"))
        );
        assert!(waldec.next_entries(100).expect("reads").is_empty());
    }
}

#[test]
fn another_file_is_refused_with_what_it_is() {
    let refused = |bytes: &[u8]| Waldec::open(bytes).map(drop).expect_err("refused");
    let said = refused(b"id;name\n1;2\n");
    assert!(
        said.starts_with("line 1: ") && said.contains("titre, position"),
        "{said}"
    );
    assert!(refused(b"PK\x03\x04....").contains("zip archive"));
    assert!(refused(b"\x1f\x8b\x08").contains("gzip archive"));
    assert!(refused(b"\xff\xfei\0d\0").contains("not a text file"));
    assert!(refused(b"").contains("empty"));
}

#[test]
fn a_line_without_its_fields_is_named_and_not_taken() {
    let whole = line("W133971864", "LES MOUETTES", "A", "0001-01-01");
    let cut = whole.split_at(60).0;
    let file = format!("{HEADER}\n{whole}\n{cut}\"\n{HEADER};x\n");
    let mut waldec = Waldec::open(file.as_bytes()).expect("opens");
    assert_eq!(waldec.next_entries(100).expect("reads").len(), 1);
    assert_eq!((waldec.lines, waldec.broken), (3, 2));
    // the first association has a line break within its quotes
    assert_eq!(waldec.flaws[0].line, 4);
    assert!(waldec.flaws[0].what.ends_with("instead of 39"));
}

#[test]
fn a_quotation_mark_that_is_never_closed_does_not_take_the_whole_file() {
    let whole = line("W133971864", "LES MOUETTES", "A", "0001-01-01");
    let file = format!("{HEADER}\n{whole}\n\"W133{}", "x".repeat(8 << 20));
    let mut waldec = Waldec::open(file.as_bytes()).expect("opens");
    let said = waldec.next_entries(100).expect_err("too long");
    assert!(
        said.starts_with("line 4: ") && said.contains("never closed"),
        "{said}"
    );
}

#[test]
fn commas_are_taken_as_well() {
    let file = "titre,id,position\n\"A, B\",W133971864,A\n";
    let mut waldec = Waldec::open(file.as_bytes()).expect("opens");
    assert_eq!(waldec.next_entries(1).expect("reads")[0].name, "A, B");
}
