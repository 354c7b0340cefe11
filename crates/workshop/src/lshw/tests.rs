#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::json;

use super::*;

fn machine(children: &Value) -> Value {
    json!({
        "id": "poste", "class": "system", "vendor": "Exemple SA", "product": "Modèle 3 (0042)",
        "serial": "EX-3-0042", "configuration": {"chassis": "low-profile"},
        "children": [{"id": "core", "class": "bus", "children": children}],
    })
}

fn read_value(value: &Value) -> Capture {
    read(value.to_string().as_bytes()).expect("reads")
}

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
fn drives_are_found_wherever_they_hide_and_nothing_else_is_taken() {
    let capture = read_value(&machine(&json!([
        {"id": "scsi", "class": "storage", "children": [
            {"id": "disk", "class": "disk", "product": "SSD 256", "serial": "D1", "size": 256_000_000_000_i64,
             "children": [{"id": "volume", "class": "volume"}]},
            {"id": "cdrom", "class": "disk", "description": "DVD writer", "product": "DW-1",
             "children": [{"id": "medium", "class": "disk", "size": 700}]},
        ]},
        {"id": "nvme", "class": "storage", "description": "NVMe device", "product": "P 1", "serial": "D2",
         "children": [{"id": "namespace:0", "class": "disk", "logicalname": "hwmon1"},
                      {"id": "namespace:1", "class": "disk", "size": 512_000_000_000_i64}]},
        {"id": "storage", "class": "storage", "description": "Non-Volatile memory controller", "product": "P 2"},
        {"id": "usb:0", "class": "bus", "children": [
            {"id": "usb", "class": "storage", "businfo": "usb@1:2", "children": [
                {"id": "disk", "class": "disk", "product": "Stick", "serial": "U1", "size": 8_000_000_000_i64}]}]},
        {"id": "disk:9", "class": "disk", "description": "SCSI Disk", "product": "Multi-Card",
         "capabilities": {"removable": "support is removable"}},
        {"id": "device", "class": "generic", "description": "SD/MMC Device", "businfo": "mmc@0:0001",
         "product": "EM64", "serial": "0x12ab34", "children": [{"id": "i", "class": "disk", "size": 64_000_000_000_i64}]},
    ])));
    let seen: Vec<_> = capture
        .drives
        .iter()
        .map(|drive| {
            (
                drive.serial.as_deref(),
                drive.media,
                drive.size_bytes.unwrap_or(0) / 1_000_000_000,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (Some("D1"), Media::Ssd, 256),
            (Some("D2"), Media::Nvme, 512),
            (None, Media::Nvme, 0),
            (Some("0x12ab34"), Media::Emmc, 64),
        ]
    );
}

#[test]
fn placeholders_are_no_identity() {
    for serial in [
        "To Be Filled By O.E.M.",
        "0",
        "None",
        "System Serial Number",
        "123456789",
        " ",
        "0000000",
        "xxxxxx",
    ] {
        let mut value = machine(&json!([]));
        value["serial"] = json!(serial);
        assert_eq!(read_value(&value).serial, None, "{serial}");
    }
}

#[test]
fn memory_is_summed_up_or_added_up() {
    let banks = json!([{"id": "bank:0", "class": "memory", "slot": "A", "size": 4_294_967_296_i64},
                       {"id": "bank:1", "class": "memory", "description": "[empty]"}]);
    let with_total =
        json!([{"id": "memory", "class": "memory", "size": 8_589_934_592_i64, "children": banks}]);
    let without = json!([{"id": "memory:0", "class": "memory", "description": "System Memory", "children": banks},
                         {"id": "cache", "class": "memory", "size": 131_072}]);
    assert_eq!(read_value(&machine(&with_total)).memory_mib, Some(8192));
    let capture = read_value(&machine(&without));
    assert_eq!(capture.memory_mib, Some(4096));
    assert_eq!(capture.memory_modules.len(), 1);
}

#[test]
fn nonsense_is_refused() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for text in [
        "",
        "[]",
        "{",
        "nothing",
        "3",
        "null",
        r#"{"class": 7}"#,
        r#"{"class":"system"} {"#,
        deep.as_str(),
    ] {
        let refusal = read(text.as_bytes()).expect_err(&text.chars().take(20).collect::<String>());
        assert_eq!(refusal.code, Code::InvalidFields);
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
fn media_are_guessed_from_names_and_flash_is_never_taken_for_a_disk() {
    let of = |vendor: &str, model: &str| medium::guess(&json!({}), model, vendor);
    assert_eq!(of("Western Digital", "WDC WD3200AAJS-0"), Media::Hdd);
    assert_eq!(of("Western Digital", "WDC WDS240G2G0A"), Media::Ssd);
    assert_eq!(of("Seagate", "ST3160815AS"), Media::Hdd);
    assert_eq!(of("", "Crucial_CT525MX3"), Media::Ssd);
    assert_eq!(of("", "QEMU HARDDISK"), Media::Other);
    let turning = json!({"capabilities": {"7200rpm": "7200 rotations per minute"}});
    assert_eq!(medium::guess(&turning, "Unknown", ""), Media::Hdd);
}

#[test]
fn the_model_the_battery_and_the_network_addresses() {
    let mut value = machine(&json!([
        {"id": "network", "class": "network", "serial": "EC:F4:BB:0B:18:90"},
        {"id": "network", "class": "network", "serial": "none"},
        {"id": "display", "class": "display", "product": "Graphics 4"},
        {"id": "power", "class": "power", "product": "To Be Filled By O.E.M."},
        {"id": "battery", "class": "power", "vendor": "SMP", "product": "B 1", "capacity": 48_000},
    ]));
    value["configuration"]["sku"] = json!("0042");
    let capture = read_value(&value);
    assert_eq!(capture.model.as_deref(), Some("Modèle 3"));
    assert_eq!(capture.network_addresses, ["ec:f4:bb:0b:18:90"]);
    assert_eq!(capture.graphics, ["Graphics 4"]);
    let battery = capture.battery.expect("battery");
    assert_eq!(
        (battery.model.as_deref(), battery.capacity_mwh),
        (Some("B 1"), Some(48_000))
    );
}
