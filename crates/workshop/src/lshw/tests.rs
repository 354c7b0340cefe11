#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::json;

use super::*;
use crate::model::{Capture, Media};
use kernel::DeviceKind;
use serde_json::Value;

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

/// A machine with these parts, and what is read of it.
fn parts(children: Value) -> Capture {
    read_value(&machine(&children))
}

/// Serial number, medium and gigabytes of each drive.
fn seen(capture: &Capture) -> Vec<(String, Media, i64)> {
    capture
        .drives
        .iter()
        .map(|drive| {
            let serial = drive.serial.clone().unwrap_or_else(|| "-".to_owned());
            let size = drive.size_bytes.unwrap_or(0) / 1_000_000_000;
            (serial, drive.media, size)
        })
        .collect()
}

const GB: i64 = 1_000_000_000;

/// Serial number, medium, and size in gigabytes.
type ReadDrive<'a> = (&'a str, Media, i64);

#[test]
fn each_place_where_a_drive_hides() {
    let cases: Vec<(&str, Value, Vec<ReadDrive<'_>>)> = vec![
        (
            "below a SATA controller",
            json!([{"id": "sata", "class": "storage", "businfo": "pci@0000:00:17.0", "children": [
                {"id": "disk:0", "class": "disk", "description": "ATA Disk", "product": "Samsung SSD 860", "serial": "S3Z1", "size": 250 * GB},
                {"id": "disk:1", "class": "disk", "description": "ATA Disk", "product": "ST1000DM010-2EP1", "serial": "Z9A1", "size": 1000 * GB}]}]),
            vec![("S3Z1", Media::Ssd, 250), ("Z9A1", Media::Hdd, 1000)],
        ),
        (
            "below an emulated SCSI host beside the PCI bus",
            json!([{"id": "scsi:0", "class": "storage", "logicalname": "scsi0", "capabilities": {"emulated": "Emulated device"},
                "children": [{"id": "disk", "class": "disk", "businfo": "scsi@0:0.0.0", "product": "Hitachi HTS54505", "serial": "E20", "size": 500 * GB}]}]),
            vec![("E20", Media::Hdd, 500)],
        ),
        (
            "an NVMe controller with its namespaces, of which one is no disk",
            json!([{"id": "nvme", "class": "storage", "description": "NVMe device", "product": "KXG50ZNV256G", "serial": "28SS10",
                "logicalname": "/dev/nvme0", "configuration": {"driver": "nvme"}, "children": [
                {"id": "namespace:0", "class": "disk", "description": "NVMe disk", "logicalname": "hwmon1"},
                {"id": "namespace:1", "class": "disk", "description": "NVMe disk", "logicalname": "/dev/ng0n1"},
                {"id": "namespace:2", "class": "disk", "businfo": "nvme@0:1", "logicalname": "/dev/nvme0n1", "size": 256 * GB}]}]),
            vec![("28SS10", Media::Nvme, 256)],
        ),
        (
            "an NVMe controller that an older lshw knows by its PCI class alone",
            json!([{"id": "storage", "class": "storage", "description": "Non-Volatile memory controller",
                "product": "NVMe SSD Controller SM961/PM961", "capabilities": {"nvm_express": true}}]),
            vec![("-", Media::Nvme, 0)],
        ),
        (
            "an NVMe disk beside its controller",
            json!([{"id": "storage", "class": "storage", "description": "Non-Volatile memory controller", "product": "PM981"},
                {"id": "nvme0n1", "class": "disk", "logicalname": "/dev/nvme0n1", "serial": "S444", "size": 512 * GB}]),
            vec![("S444", Media::Nvme, 512)],
        ),
        (
            "an NVMe disk without any controller",
            json!([{"id": "disk", "class": "disk", "businfo": "nvme@0:1", "serial": "S445", "size": 512 * GB}]),
            vec![("S445", Media::Nvme, 512)],
        ),
        (
            "an NVMe controller whose namespace has the names",
            json!([{"id": "nvme", "class": "storage", "configuration": {"driver": "nvme"}, "children": [
                {"id": "namespace", "class": "disk", "product": "P1", "serial": "N7", "size": 128 * GB}]}]),
            vec![("N7", Media::Nvme, 128)],
        ),
        (
            "two NVMe controllers of which none says its size",
            json!([{"id": "nvme:0", "class": "storage", "serial": "A1"}, {"id": "nvme:1", "class": "storage", "serial": "A2"}]),
            vec![("A1", Media::Nvme, 0), ("A2", Media::Nvme, 0)],
        ),
        (
            "memory soldered to the board, with its boot partitions",
            json!([{"id": "mmc0", "class": "bus", "description": "MMC Host", "children": [
                {"id": "device", "class": "generic", "description": "SD/MMC Device", "product": "DF4032", "businfo": "mmc@0:0001",
                 "serial": "2712847316", "capabilities": {"mmc": true}, "children": [
                    {"id": "interface:0", "class": "generic", "logicalname": "/dev/mmcblk0boot0", "size": 4_194_304},
                    {"id": "interface:1", "class": "generic", "logicalname": "/dev/mmcblk0", "size": 31 * GB}]}]}]),
            vec![("2712847316", Media::Emmc, 31)],
        ),
        (
            "the volume of a RAID controller",
            json!([{"id": "raid", "class": "storage", "description": "RAID bus controller", "children": [
                {"id": "disk", "class": "disk", "description": "SCSI Disk", "product": "LOGICAL VOLUME", "vendor": "HP", "serial": "001C", "size": 300 * GB}]}]),
            vec![("001C", Media::Other, 300)],
        ),
        (
            "one that has little left to say",
            json!([{"id": "disk", "class": "disk", "logicalname": "/dev/sda"}]),
            vec![("-", Media::Other, 0)],
        ),
        (
            "one listed under two paths",
            json!([{"id": "disk:0", "class": "disk", "serial": "W1", "size": GB}, {"id": "disk:1", "class": "disk", "serial": "W1", "size": GB}]),
            vec![("W1", Media::Other, 1)],
        ),
        (
            "flash on an IDE plug, which calls itself removable",
            json!([{"id": "disk", "class": "disk", "description": "ATA Disk", "product": "CompactFlash 4G", "serial": "CF1",
                "size": 4 * GB, "capabilities": {"removable": true}}]),
            vec![],
        ),
        (
            "a module on an IDE plug, which calls itself removable",
            json!([{"id": "disk", "class": "disk", "description": "ATA Disk", "product": "SATADOM-SL 3ME", "serial": "DOM1",
                "size": 16 * GB, "capabilities": {"removable": true}}]),
            vec![("DOM1", Media::Ssd, 16)],
        ),
        (
            "a disk with a placeholder for a number",
            json!([{"id": "disk", "class": "disk", "product": "WDC WD10EZEX-08W", "serial": "0000000000000000", "size": 1000 * GB}]),
            vec![("-", Media::Hdd, 1000)],
        ),
    ];
    for (case, children, expected) in cases {
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(serial, media, size)| (serial.to_owned(), media, size))
            .collect();
        assert_eq!(seen(&parts(children)), expected, "{case}");
    }
}

#[test]
fn what_is_not_the_machines_is_not_taken() {
    let removable = json!({"removable": "support is removable"});
    for (case, child) in [
        (
            "an optical drive",
            json!({"id": "cdrom", "class": "disk", "description": "DVD-RAM writer", "product": "GH24NSB0", "serial": "K1"}),
        ),
        (
            "an optical drive without its id",
            json!({"id": "disk", "class": "disk", "product": "HL-DT-ST", "capabilities": {"audio": "Audio CD playback"}}),
        ),
        (
            "a burner of discs",
            json!({"id": "disk", "class": "disk", "product": "BD-RE BH16NS40"}),
        ),
        (
            "a floppy drive",
            json!({"id": "floppy", "class": "disk", "description": "Floppy disk", "logicalname": "/dev/fd0"}),
        ),
        (
            "an empty slot",
            json!({"id": "disk", "class": "disk", "product": "SD/MMC", "vendor": "Generic-", "capabilities": removable}),
        ),
        (
            "a card in its reader",
            json!({"id": "disk", "class": "disk", "product": "Card Reader", "size": 8 * GB, "capabilities": removable,
            "children": [{"id": "medium", "class": "disk", "size": 8 * GB}]}),
        ),
        (
            "a card in a slot of the board",
            json!({"id": "card", "class": "disk", "description": "SD Card", "businfo": "mmc@0:aaaa",
            "product": "SU08G", "serial": "1", "size": 8 * GB, "capabilities": {"sd": true}}),
        ),
        (
            "a wireless card on the same bus",
            json!({"id": "device", "class": "generic", "description": "SDIO Device", "businfo": "mmc@1:0001", "size": 5}),
        ),
        (
            "a stick below a hub",
            json!({"id": "usb:1", "class": "bus", "children": [{"id": "usbhost:0", "class": "bus", "children": [
            {"id": "usb", "class": "bus", "children": [{"id": "disk", "class": "disk", "product": "Flash Disk", "businfo": "scsi@4:0.0.0", "size": GB}]}]}]}),
        ),
        (
            "a stick on a SCSI host of the USB driver",
            json!({"id": "scsi:2", "class": "storage", "configuration": {"driver": "usb-storage"},
            "children": [{"id": "disk", "class": "disk", "product": "Stick", "serial": "U2", "size": GB}]}),
        ),
        (
            "a large external disk",
            json!({"id": "scsi:3", "class": "storage", "businfo": "usb@2:1", "configuration": {"driver": "uas"},
            "children": [{"id": "disk", "class": "disk", "product": "My Passport", "serial": "WX", "size": 2000 * GB}]}),
        ),
        (
            "an external NVMe box",
            json!({"id": "usb:9", "class": "storage", "businfo": "usb@2:3", "description": "NVMe enclosure", "serial": "X"}),
        ),
    ] {
        assert_eq!(seen(&parts(json!([child]))), [], "{case}");
    }
}

#[test]
fn memory_is_neither_cache_nor_firmware_nor_flash() {
    let gib = 1_073_741_824_i64;
    let bank = |slot: &str, size: i64| {
        json!({"id": "bank:0", "class": "memory", "slot": slot, "size": size, "clock": 1_333_000_000_i64,
            "description": "DIMM DDR3 Synchronous 1333 MHz (0.8 ns)", "vendor": "Manufacturer00", "product": "PartNum0", "serial": "SerNum0"})
    };
    let empty = json!({"id": "bank:1", "class": "memory", "description": "DIMM Synchronous [empty]", "slot": "B"});
    for (case, children, mib, modules) in [
        (
            "one bank, one empty",
            json!([{"id": "memory", "class": "memory", "description": "System Memory", "size": 4 * gib, "children": [bank("A", 4 * gib), empty]}]),
            4096,
            1,
        ),
        (
            "two sockets",
            json!([{"id": "memory:0", "class": "memory", "description": "System Memory", "size": 8 * gib, "children": [bank("A", 8 * gib)]},
            {"id": "memory:1", "class": "memory", "description": "System Memory", "size": 8 * gib, "children": [bank("C", 8 * gib)]}]),
            16384,
            2,
        ),
        (
            "what the kernel may use is less",
            json!([{"id": "memory", "class": "memory", "description": "System memory", "size": 3_900_000_000_i64, "children": [bank("A", 4 * gib)]}]),
            4096,
            1,
        ),
        (
            "no banks at all",
            json!([{"id": "memory", "class": "memory", "description": "System memory", "size": 2 * gib}]),
            2048,
            0,
        ),
        (
            "size as a text",
            json!([{"id": "memory", "class": "memory", "size": "2147483648"}]),
            2048,
            0,
        ),
        (
            "flash, firmware and caches",
            json!([
            {"id": "firmware", "class": "memory", "description": "BIOS", "size": 65536, "capacity": 16 * 1_048_576},
            {"id": "cache:0", "class": "memory", "description": "L1 cache", "size": 65536},
            {"id": "memory:1", "class": "memory", "description": "Flash Memory", "size": gib, "children": [{"id": "bank", "class": "memory", "description": "FLASH Non-volatile", "size": gib}]},
            {"id": "memory:2", "class": "memory", "description": "RAM memory", "product": "Sunrise Point-LP"},
            {"id": "memory:0", "class": "memory", "description": "System Memory", "size": gib, "children": [bank("A", gib)]}]),
            1024,
            1,
        ),
    ] {
        let capture = parts(children);
        assert_eq!(
            (capture.memory_mib, capture.memory_modules.len()),
            (Some(mib), modules),
            "{case}"
        );
        if let Some(module) = capture.memory_modules.first() {
            assert_eq!(
                (
                    module.manufacturer.as_deref(),
                    module.model.as_deref(),
                    module.serial.as_deref()
                ),
                (None, None, None)
            );
            assert_eq!(
                (module.generation.as_deref(), module.speed_mhz),
                (Some("DDR3"), Some(1333)),
                "{case}"
            );
        }
    }
    assert_eq!(parts(json!([])).memory_mib, None);
}

#[test]
fn the_case_says_what_it_is_then_the_description_then_the_battery() {
    let battery =
        json!([{"id": "battery", "class": "power", "description": "Lithium Ion Battery"}]);
    let supply = json!([{"id": "power", "class": "power", "description": "Power Supply"}]);
    for (chassis, description, children, kind) in [
        (
            Some("notebook"),
            "Notebook",
            &supply,
            Some(DeviceKind::Laptop),
        ),
        (Some("convertible"), "", &supply, Some(DeviceKind::Laptop)),
        (Some("tablet"), "", &battery, Some(DeviceKind::Tablet)),
        (Some("mini-tower"), "", &supply, Some(DeviceKind::Desktop)),
        (Some("all-in-one"), "", &battery, Some(DeviceKind::Desktop)),
        (Some("Space-Saving"), "", &supply, Some(DeviceKind::Desktop)),
        (Some("rackmount"), "", &supply, None),
        (None, "Desktop Computer", &supply, Some(DeviceKind::Desktop)),
        (None, "Portable Computer", &supply, Some(DeviceKind::Laptop)),
        (None, "Computer", &battery, Some(DeviceKind::Laptop)),
        (None, "Computer", &supply, None),
    ] {
        let mut value = machine(children);
        value["configuration"] = json!({});
        if let Some(chassis) = chassis {
            value["configuration"]["chassis"] = json!(chassis);
        }
        value["description"] = json!(description);
        assert_eq!(read_value(&value).kind, kind, "{chassis:?} {description}");
    }
}

#[test]
fn names_lose_what_makers_left_in_them() {
    for (product, sku, model) in [
        ("OptiPlex 745", None, Some("OptiPlex 745")),
        (
            "Vostro 260 (To be filled by O.E.M.)",
            Some("To be filled by O.E.M."),
            Some("Vostro 260"),
        ),
        (
            "HP Compaq 8100 Elite SFF PC (AY032AV)",
            Some("AY032AV"),
            Some("HP Compaq 8100 Elite SFF PC"),
        ),
        (
            "ThinkPad T440 (20B7) Type (NONE)",
            None,
            Some("ThinkPad T440 (20B7) Type"),
        ),
        ("MacBookPro (Mid 2012)", None, Some("MacBookPro (Mid 2012)")),
        (
            "Pavilion dv4000 (EF188EA#ABE)",
            None,
            Some("Pavilion dv4000"),
        ),
        ("System Product Name (To Be Filled By O.E.M.)", None, None),
        ("To Be Filled By O.E.M.", None, None),
        ("\u{0}\u{0} ", None, None),
    ] {
        let mut value = machine(&json!([]));
        value["product"] = json!(product);
        value["vendor"] = json!("System manufacturer");
        if let Some(sku) = sku {
            value["configuration"]["sku"] = json!(sku);
        }
        let capture = read_value(&value);
        assert_eq!(
            (capture.model.as_deref(), capture.manufacturer),
            (model, None),
            "{product}"
        );
    }
}

#[test]
fn the_serial_number_is_the_machines_and_never_the_boards() {
    let mut value = machine(&json!([]));
    value["serial"] = json!("System Serial Number");
    value["children"][0]["serial"] = json!("MB-77");
    value["children"][0]["product"] = json!("P8H61-M");
    let capture = read_value(&value);
    assert_eq!(capture.serial, None);
    assert_eq!(
        capture.board.expect("board").serial.as_deref(),
        Some("MB-77")
    );
}

#[test]
fn processors_are_those_that_are_there() {
    let capture = parts(json!([
        {"id": "cpu:0", "class": "processor", "product": "Xeon E5520", "vendor": "Intel Corp.", "size": 1_596_000_000_i64,
         "capacity": 2_270_000_000_i64, "width": 64, "configuration": {"cores": "4", "enabledcores": "4", "threads": "8"},
         "children": [{"id": "logicalcpu:0", "class": "processor", "product": "Logical CPU"}]},
        {"id": "cpu:1", "class": "processor", "description": "CPU [empty]", "slot": "CPU2"},
        {"id": "cpu:2", "class": "processor", "disabled": true, "product": "Xeon E5520"},
        {"id": "cpu:3", "class": "processor", "description": "Co-processor", "product": "ME"},
        {"id": "cpu:4", "class": "processor", "version": "AMD Ryzen 5 PRO 4650U", "width": 64},
        {"id": "cpu:6", "class": "processor", "product": "Xeon"},
        {"id": "cpu:5", "class": "processor", "version": "6.94.3"},
    ]));
    let models: Vec<_> = capture
        .processors
        .iter()
        .map(|one| one.model.as_deref())
        .collect();
    assert_eq!(models, [Some("Xeon E5520"), Some("AMD Ryzen 5 PRO 4650U")]);
    let first = &capture.processors[0];
    assert_eq!(
        (
            first.cores,
            first.threads,
            first.speed_mhz,
            first.max_speed_mhz
        ),
        (Some(4), Some(8), Some(1596), Some(2270))
    );
    assert_eq!(capture.processor.as_deref(), Some("Xeon E5520"));
}

#[test]
fn interfaces_that_only_exist_in_software_have_no_address_here() {
    let capture = parts(json!([
        {"id": "network", "class": "network", "businfo": "pci@0000:00:19.0", "logicalname": "eno1", "serial": "6c:62:6d:81:4d:ae", "product": "82578DM"},
        {"id": "network:1", "class": "network", "logicalname": "wlp3s0", "serial": "A0-C5-89-41-A8-A7", "capabilities": {"wireless": "Wireless-LAN"}},
        {"id": "network:2", "class": "network", "logicalname": ["docker0", "x"], "serial": "02:42:11:11:11:11"},
        {"id": "network:3", "class": "network", "logicalname": "any", "serial": "52:54:00:00:00:01", "configuration": {"driver": "tun"}},
        {"id": "network:4", "class": "network", "logicalname": "eth9", "serial": "00:00:00:00:00:00"},
        {"id": "network:5", "class": "network", "product": "BCM43228"},
        {"id": "usb:1", "class": "bus", "businfo": "usb@1:2", "children": [
            {"id": "network", "class": "network", "logicalname": "wwan0", "serial": "02:80:37:ec:02:00"},
            {"id": "network", "class": "network", "logicalname": "enx0", "serial": "00:e0:4c:68:00:01"}]},
    ]));
    assert_eq!(
        capture.network_addresses,
        [
            "6c:62:6d:81:4d:ae",
            "a0:c5:89:41:a8:a7",
            "02:80:37:ec:02:00"
        ]
    );
    let wireless: Vec<_> = capture.network.iter().map(|one| one.wireless).collect();
    assert_eq!(wireless, [false, true, false, false]);
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
            include_str!("../../fixtures/lshw/desktop.json"),
            include_str!("../../fixtures/lshw/desktop.expected.json"),
        ),
        (
            "laptop",
            include_str!("../../fixtures/lshw/laptop.json"),
            include_str!("../../fixtures/lshw/laptop.expected.json"),
        ),
        (
            "tablet",
            include_str!("../../fixtures/lshw/tablet.json"),
            include_str!("../../fixtures/lshw/tablet.expected.json"),
        ),
        (
            "station",
            include_str!("../../fixtures/lshw/station-B.02.19.json"),
            include_str!("../../fixtures/lshw/station-B.02.19.expected.json"),
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
