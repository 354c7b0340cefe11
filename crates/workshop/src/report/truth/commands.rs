//! hdparm, nvme-cli and usody-sanitize.

use super::*;

/// A transcript of hdparm: what it printed at the erasure, and what it said afterwards.
fn hdparm(erasure: &str, afterwards: &str) -> String {
    format!(
        "Mon Mar  2 08:00:00 UTC 2026\n# hdparm -I /dev/sda\n\n/dev/sda:\n\nATA device, with non-removable media\n\
         \tModel Number:       Samsung SSD 860 EVO 250GB\n\tSerial Number:      WD-TRUTH01\nSecurity:\n\tMaster password revision code = 65534\n\
         \t\tsupported\n\t\tenabled\n\tnot\tlocked\n\tnot\tfrozen\n\
         # hdparm --user-master u --security-erase p /dev/sda\nsecurity_password: \"p\"\n\n/dev/sda:\n{erasure}\n\
         # hdparm -I /dev/sda\n\n/dev/sda:\n\tSerial Number:      WD-TRUTH01\nSecurity:\n{afterwards}\nMon Mar  2 08:05:00 UTC 2026\n"
    )
}

#[test]
fn hdparm_with_its_check() {
    // source: hdparm 9.65, hdparm.c (SECURITY_ERASE) and identify.c (security)
    let issued = " Issuing SECURITY_ERASE command, password=\"p\", user=user";
    let disabled = "\t\tsupported\n\tnot\tenabled\n\tnot\tlocked\n\tnot\tfrozen";
    assert_eq!(verdict(&hdparm(issued, disabled)), PURGE);
    let table = [
        (
            issued,
            "\t\tsupported\n\t\tenabled\n\tnot\tlocked",
            Ground::FailureLine,
        ),
        (issued, "\t\tsupported", Ground::VerificationMissing),
        (
            " Issuing SECURITY_ERASE command, password=\"p\", user=user\nSECURITY_ERASE: Input/output error",
            disabled,
            Ground::FailureLine,
        ),
        (
            " Issuing SECURITY_ERASE command\nSG_IO: bad/missing sense data, sb[]:  70 00",
            disabled,
            Ground::FailureLine,
        ),
    ];
    for (erasure, afterwards, ground) in table {
        assert_eq!(
            verdict(&hdparm(erasure, afterwards)),
            Err(ground),
            "{erasure} {afterwards}"
        );
    }
}

/// A transcript of nvme-cli.
fn nvme(commands: &str) -> String {
    format!(
        "2026-03-02T08:00:00+01:00\n# nvme id-ctrl /dev/nvme0\nNVME Identify Controller:\nvid       : 0x144d\n\
         sn        : WD-TRUTH01\nmn        : SAMSUNG MZVLB256HAHQ\n{commands}\n2026-03-02T08:01:00+01:00\n"
    )
}

fn sanitize_log(sprog: &str, sstat: &str, dword: &str) -> String {
    nvme(&format!(
        "# nvme sanitize /dev/nvme0 -a 2\n# nvme sanitize-log /dev/nvme0\n\
         Sanitize Progress                      (SPROG) :  {sprog}\n\
         Sanitize Status                        (SSTAT) :  {sstat}\n\
         Sanitize Command Dword 10 Information (SCDW10) :  {dword}"
    ))
}

#[test]
fn nvme_with_its_log() {
    // source: NVM Express base specification, sanitize status log; nvme-cli manual of sanitize-log, format
    let table = [
        (sanitize_log("65535", "0x101", "0x2"), PURGE),
        (sanitize_log("65535", "0x1", "0x4"), PURGE),
        (sanitize_log("65535", "0x104", "0x2"), PURGE),
        (sanitize_log("12000", "0x2", "0x2"), Err(Ground::Unfinished)),
        (
            sanitize_log("65535", "0x3", "0x2"),
            Err(Ground::FailureLine),
        ),
        (
            sanitize_log("65535", "0", "0"),
            Err(Ground::VerificationMissing),
        ),
        (
            sanitize_log("65535", "0x101", "0x1"),
            Err(Ground::VerificationMissing),
        ),
        (
            nvme("# nvme sanitize /dev/nvme0 -a 2"),
            Err(Ground::VerificationMissing),
        ),
        (
            nvme("# nvme format /dev/nvme0n1 --ses=1\nSuccess formatting namespace:1"),
            PURGE,
        ),
        (
            nvme("# nvme format /dev/nvme0n1 -s 2\nSuccess formatting namespace:1"),
            PURGE,
        ),
        (
            nvme("# nvme format /dev/nvme0n1\nSuccess formatting namespace:1"),
            Err(Ground::VerificationMissing),
        ),
        (
            nvme("# nvme format /dev/nvme0n1 --ses=0\nSuccess formatting namespace:1"),
            Err(Ground::VerificationMissing),
        ),
        (
            nvme("# nvme format /dev/nvme0n1 --ses=1\nNVMe status: INVALID_FORMAT(0x410a)"),
            Err(Ground::FailureLine),
        ),
    ];
    for (text, expected) in table {
        assert_eq!(verdict(&text), expected, "{text}");
    }
    let report = reads(&sanitize_log("65535", "0x101", "0x2")).expect("reads");
    assert_eq!(report.drives[0].media, Some(Media::Nvme));
    let end = report.drives[0].finished_at.expect("an end").to_string();
    assert_eq!(
        (report.local_times, end.as_str()),
        (false, "2026-03-02T07:01:00Z")
    );
    let no_number = sanitize_log("65535", "0x101", "0x2").replace("sn        : WD-TRUTH01", "");
    assert_eq!(reads(&no_number), None, "of which drive?");
}

fn usody(result: bool, check: bool, code: i32, tool: &str) -> String {
    let command = format!(
        "{{\"command\": \"{tool} --security-erase /dev/sda\", \"return_code\": {code}, \"success\": {}}}",
        code == 0
    );
    format!(
        "{{\"steps\": [{{\"start_time\": 1772438400.5, \"end_time\": 1772442000.5, \"commands\": [{command}], \"success\": true}}],\
          \"validation\": {{\"result\": {check}, \"commands\": [{{\"command\": \"dd\", \"return_code\": 0, \"success\": true}}]}},\
          \"device_info\": {{\"model\": \"WDC\", \"serial_number\": \"WD-TRUTH01\", \"storage_medium\": \"HDD\", \"export_data\": {{\"block\": {{\"rota\": true}}}}}},\
          \"method\": {{\"name\": \"Basic Erasure\", \"overwriting_steps\": [{{\"tool\": \"{tool}\"}}]}},\
          \"result\": {result}, \"version\": \"0.1.1\"}}"
    )
}

#[test]
fn usody_sanitize_by_its_commands() {
    // source: usody_sanitize/schemas, and the examples of the project
    assert_eq!(verdict(&usody(true, true, 0, "shred")), CLEAR);
    assert_eq!(verdict(&usody(true, true, 0, "hdparm")), PURGE);
    assert_eq!(
        verdict(&usody(false, true, 0, "shred")),
        Err(Ground::ReportedFailure)
    );
    assert_eq!(
        verdict(&usody(true, false, 0, "shred")),
        Err(Ground::NestedFailure)
    );
    assert_eq!(
        verdict(&usody(true, true, 1, "shred")),
        Err(Ground::NestedFailure)
    );
    let nothing = usody(true, true, 0, "shred").replace("1772442000.5", "1772438400.5");
    assert_eq!(verdict(&nothing), Err(Ground::NothingDone));
}
