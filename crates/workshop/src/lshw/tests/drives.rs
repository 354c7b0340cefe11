//! Drives, wherever they hide, and what is none of the machine's.

use super::*;

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
fn flash_that_is_named_like_a_disk_is_no_disk() {
    let of = |model: &str| medium::guess(&json!({}), model, "");
    for model in [
        "HGST HUSMM1640ASS204",
        "HITACHI HUSSL4040BSS600",
        "ST480HM000",
        "ST200FM0053",
        "ST400FM0073",
        "MK0120GEYKC",
        "MK000480GWCEV",
        "TOSHIBA MK4001GRZB",
        "WDC WDBNCE5000PNC",
        "ST1000LX015-1U7172",
        "ST500LM000-1EJ162",
        "WDC WD10S21X-24R1BT0",
        "TOSHIBA MQ01ABD100H",
    ] {
        assert_eq!(of(model), Media::Ssd, "{model}");
        let turning = json!({"capabilities": {"5400rpm": "5400 rotations per minute"}});
        assert_eq!(medium::guess(&turning, model, ""), Media::Ssd, "{model}");
    }
    for model in [
        "WDC WD10EZEX-08WN4A0",
        "WDC WD5000AAKX-60",
        "ST500DM002-1BD142",
        "ST3500413AS",
        "ST1000LM024 HN-M101MBB",
        "Hitachi HDS721050CLA362",
        "HGST HTS545050A7E680",
        "HITACHI HUS156030VLS600",
        "TOSHIBA MK5065GSX",
        "TOSHIBA MQ01ABF050",
        "SAMSUNG HD103SJ",
        "FUJITSU MHZ2160B",
    ] {
        assert_eq!(of(model), Media::Hdd, "{model}");
    }
    for model in [
        "HGST",
        "MK1234",
        "ST",
        "ST9XYZ",
        "VK0240GEQNL",
        "MM1000GBKAL",
        "Generic",
        "WDC WDX",
    ] {
        assert_ne!(of(model), Media::Hdd, "{model}");
    }
    let none = json!({"capabilities": {"0rpm": "", "1rpm": ""}});
    assert_eq!(medium::guess(&none, "Unknown", ""), Media::Other);
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
fn a_pci_vendor_is_no_model_of_a_drive() {
    let capture = parts(json!([
        {"id": "nvme", "class": "storage", "vendor": "Sandisk Corp", "product": "Sandisk Corp", "serial": "N1",
         "configuration": {"driver": "nvme"}, "children": [
            {"id": "namespace", "class": "disk", "vendor": "SANDISK CORP", "product": "Sandisk Corp", "size": 256 * GB}]},
        {"id": "storage", "class": "storage", "vendor": "SK hynix", "product": "SK hynix", "serial": "N2",
         "capabilities": {"nvm_express": true}, "children": [
            {"id": "namespace", "class": "disk", "product": "HFM256GDJTNG-8310A", "size": 256 * GB}]},
        {"id": "display", "class": "display", "vendor": "Intel Corporation", "product": "Intel Corporation"},
    ]));
    let models: Vec<_> = capture
        .drives
        .iter()
        .map(|drive| drive.model.as_deref())
        .collect();
    assert_eq!(models, [None, Some("HFM256GDJTNG-8310A")]);
    assert!(capture.graphics.is_empty());
}
