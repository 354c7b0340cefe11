//! Memory, processors, network, battery.

use super::*;

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
