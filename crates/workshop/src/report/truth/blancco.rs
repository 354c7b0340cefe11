//! Blancco.

use super::*;

/// A report of Blancco about one drive, with one more entry in its erasure and one in its target.
fn blancco(state: &str, standard: &str, entry: &str, target: &str, log: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><root><report><blancco_data><description><document_id>d-1</document_id>\
         <document_log><log_entry><author><product_name>Blancco Drive Eraser</product_name>\
         <product_version>7.1</product_version></author>{log}</log_entry></document_log></description>\
         <blancco_erasure_report><entries name=\"erasures\"><entries name=\"erasure\">\
         <entry name=\"state\">{state}</entry><entry name=\"erasure_standard_name\">{standard}</entry>\
         <entry name=\"start_time\">2026-03-02T08:00:00+0100</entry><entry name=\"end_time\">2026-03-02T09:00:00+0100</entry>\
         <entry name=\"elapsed_time\">01:00:00</entry>{entry}\
         <entries name=\"target\"><entry name=\"serial\">WD-TRUTH01</entry><entry name=\"type\">HDD</entry>\
         <entry name=\"capacity\">500107862016</entry>{target}</entries></entries></entries>\
         </blancco_erasure_report></blancco_data></report></root>"
    )
}

#[test]
fn blancco_by_its_entries() {
    // source: Blancco Drive Eraser user manual, chapters on reports and on exceptions
    let clear = "NIST 800-88 Clear";
    for state in [
        "Successful",
        "Erased",
        "Effacé",
        "Gelöscht",
        "Erfolgreich gelöscht",
        "Borrado con éxito",
        "Réussi",
    ] {
        assert_eq!(
            verdict(&blancco(state, clear, "", "", "")),
            CLEAR,
            "{state}"
        );
    }
    for state in [
        "Erased with exceptions",
        "Effacé avec exceptions",
        "Mit Ausnahmen gelöscht",
        "Failed",
        "Not erased",
        "Non effacé",
        "Nicht gelöscht",
        "Unsuccessful",
        "Cancelled",
        "something new",
        "",
    ] {
        assert!(
            verdict(&blancco(state, clear, "", "", "")).is_err(),
            "{state}"
        );
    }
    assert_eq!(
        verdict(&blancco(
            "Successful",
            "NIST 800-88 Purge",
            "",
            "",
            "<integrity>Verified</integrity>"
        )),
        PURGE
    );
    let table = [
        (
            "<entry name=\"failed_sectors\">12</entry>",
            "",
            "",
            Ground::SectorsLeft,
        ),
        (
            "<entries name=\"remapped\"><entry name=\"unreallocated_sectors\">1</entry></entries>",
            "",
            "",
            Ground::SectorsLeft,
        ),
        (
            "<entry name=\"write_errors\">3</entry>",
            "",
            "",
            Ground::Errors,
        ),
        (
            "",
            "<entry name=\"target_type\">Partition</entry>",
            "",
            Ground::Partition,
        ),
        (
            "<entry name=\"erased_capacity\">250000000000</entry>",
            "",
            "",
            Ground::CapacityMismatch,
        ),
        (
            "<entries name=\"steps\"><entries name=\"step\"><entry name=\"state\">Failed</entry></entries></entries>",
            "",
            "",
            Ground::NestedFailure,
        ),
        (
            "<entries name=\"exceptions\"><entry name=\"exception\">HPA area could not be removed</entry></entries>",
            "",
            "",
            Ground::NestedFailure,
        ),
        (
            "<entry name=\"throughput\">0</entry>",
            "",
            "",
            Ground::NothingDone,
        ),
        (
            "<entry name=\"duration\">00:00:00</entry>",
            "",
            "",
            Ground::NothingDone,
        ),
        (
            "",
            "",
            "<integrity>Invalid</integrity>",
            Ground::IntegrityInvalid,
        ),
        (
            "",
            "",
            "<integrity>Tampered</integrity>",
            Ground::IntegrityInvalid,
        ),
    ];
    for (entry, target, log, ground) in table {
        assert_eq!(
            verdict(&blancco("Successful", clear, entry, target, log)),
            Err(ground),
            "{entry}{target}{log}"
        );
    }
    for entry in [
        "<entry name=\"failed_sectors\">0</entry>",
        "<entry name=\"throughput\">98 MB/s</entry>",
        "<entry name=\"read_errors\">0</entry>",
    ] {
        assert_eq!(
            verdict(&blancco("Successful", clear, entry, "", "")),
            CLEAR,
            "{entry}"
        );
    }
    assert_eq!(
        verdict(&blancco("Successful", "Verification only", "", "", "")),
        Err(Ground::VerificationOnly)
    );
    // a success within a failure
    let nested = blancco("Successful", clear, "", "", "").replace(
        "<entries name=\"erasures\">",
        "<entries name=\"erasures\"><entry name=\"state\">Failed</entry>",
    );
    assert_eq!(verdict(&nested), Err(Ground::NestedFailure));
}
