//! The file as such: what is taken for a tree, and whole machines.

use super::*;

#[test]
fn an_object_an_array_and_objects_run_together_are_the_same() {
    let one = machine(&json!([])).to_string();
    let network = json!({"id": "network", "class": "network"}).to_string();
    let expected = read(one.as_bytes()).expect("reads");
    assert_eq!(expected.serial.as_deref(), Some("EX-3-0042"));
    assert_eq!(expected.kind, Some(DeviceKind::Desktop));
    for text in [
        format!("[{one}]"),
        format!("{one}{network}"),
        format!("{one},\n{network}\n"),
        format!("\u{feff}  {network} {one}"),
    ] {
        assert_eq!(read(text.as_bytes()).expect("reads"), expected, "{text}");
    }
}

#[test]
fn nonsense_is_refused() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for text in [
        "[]",
        "3",
        "null",
        "{}",
        r#"{"class": 7}"#,
        r#"[{"class": "network"}]"#,
        "\"x\"",
    ] {
        let refusal = read(text.as_bytes()).expect_err(text);
        assert_eq!(refusal.code, Code::InvalidFields, "{text}");
    }
    for text in [
        "",
        "WARNING: you should run this program as super-user.\n",
        "{",
        "nothing",
        r#"{"class":"system"} {"#,
        r#"{"class":"system", "children": [{"id": "core""#,
        "H/W path  Device  Class  Description",
        "<?xml version=\"1.0\"?><list><node id=\"x\"/></list>",
        deep.as_str(),
    ] {
        let refusal = read(text.as_bytes()).expect_err(&text.chars().take(20).collect::<String>());
        assert_eq!(
            refusal.code,
            Code::MalformedBody,
            "{}",
            &text[..text.len().min(60)]
        );
    }
    assert!(read(b"\xff\xfe{}").is_err());
}

proptest::proptest! {
    #[test]
    fn no_input_makes_it_panic(bytes: Vec<u8>, text in "[\\[\\]{}\",:a-z0-9 ]{0,200}") {
        let _ = read(&bytes);
        let _ = read(text.as_bytes());
    }
}

#[test]
fn what_stands_around_the_tree_and_what_lshw_itself_gets_wrong() {
    let one = machine(&json!([{"id": "disk", "class": "disk", "serial": "D1", "size": 9}]));
    let expected = read_value(&one);
    let text = one.to_string();
    let warning = "WARNING: you should run this program as super-user.";
    let utf16: Vec<u8> = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for file in [
        format!("{warning}\n{text}\nWARNING: output may be incomplete or inaccurate, you should run this program as super-user.\n").into_bytes(),
        format!("\u{feff}\n{warning}\r\n[{text}]\r\n").into_bytes(),
        utf16,
    ] {
        assert_eq!(read(&file).expect("reads"), expected);
    }
    // B.02.19: no names for children, commas behind each, the last bracket lost
    let broken = "[\n{\n\"id\" : \"pc\",\n\"class\" : \"system\",\n\"serial\" : \"EX1\",\n\"configuration\" : {\n\"chassis\" : \"desktop\"\n}    {\n\
        \"id\" : \"core\",\n\"class\" : \"bus\"        {\n\"id\" : \"disk\",\n\"class\" : \"disk\",\n\"serial\" : \"D1\"\n},\n\
        {\n\"id\" : \"disk:1\",\n\"class\" : \"disk\",\n\"serial\" : \"D2\"\n},\n\n},\n\n]\n";
    let capture = read(broken.as_bytes()).expect("reads");
    assert_eq!(
        (capture.serial.as_deref(), capture.kind),
        (Some("EX1"), Some(DeviceKind::Desktop))
    );
    assert_eq!(capture.drives.len(), 2);
    // a backslash that was not escaped, a control character, bytes of no encoding
    let raw = b"{\"class\" : \"system\",\n\"vendor\" : \"A\\B\",\n\"product\" : \"CD 7\\\",\n\"serial\" : \"S\x01N\xff7\"\n}";
    let capture = read(raw).expect("reads");
    assert_eq!(
        (capture.manufacturer.as_deref(), capture.model.as_deref()),
        (Some("A\\B"), Some("CD 7\\"))
    );
    assert!(capture.serial.expect("serial").starts_with("S N"));
}

/// Whole machines, each with what is expected beside it.
#[test]
fn whole_machines_are_read_as_it_stands_beside_them() {
    for (name, raw, expected) in [
        (
            "desktop",
            include_str!("../../../fixtures/lshw/desktop.json"),
            include_str!("../../../fixtures/lshw/desktop.expected.json"),
        ),
        (
            "laptop",
            include_str!("../../../fixtures/lshw/laptop.json"),
            include_str!("../../../fixtures/lshw/laptop.expected.json"),
        ),
        (
            "tablet",
            include_str!("../../../fixtures/lshw/tablet.json"),
            include_str!("../../../fixtures/lshw/tablet.expected.json"),
        ),
        (
            "station",
            include_str!("../../../fixtures/lshw/station-B.02.19.json"),
            include_str!("../../../fixtures/lshw/station-B.02.19.expected.json"),
        ),
    ] {
        let capture = read(raw.as_bytes()).expect(name);
        let expected: Value = serde_json::from_str(expected).expect(name);
        assert_eq!(
            serde_json::to_value(capture).expect("JSON"),
            expected,
            "{name}"
        );
    }
}
