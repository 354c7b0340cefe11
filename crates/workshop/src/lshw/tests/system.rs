//! What the machine is: its kind, its names, its serial number.

use super::*;

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
fn the_family_that_people_know_stands_beside_a_type_code() {
    for (product, version, family, model) in [
        (
            "20XXS0AB00",
            "ThinkPad T14 Gen 1",
            "",
            "ThinkPad T14 Gen 1 (20XXS0AB00)",
        ),
        ("7661AB3", "ThinkPad T61", "", "ThinkPad T61 (7661AB3)"),
        (
            "10A8S0AB00",
            "1.0",
            "ThinkCentre M93p",
            "ThinkCentre M93p (10A8S0AB00)",
        ),
        ("82FE0012FR", "To Be Filled By O.E.M.", "None", "82FE0012FR"),
        (
            "Latitude E6440",
            "Edition of some kind",
            "Latitude",
            "Latitude E6440",
        ),
        ("HP ProBook 450 G3", "A3008CD10003", "", "HP ProBook 450 G3"),
    ] {
        let mut value = machine(&json!([]));
        value["product"] = json!(product);
        value["version"] = json!(version);
        value["configuration"]["family"] = json!(family);
        assert_eq!(
            read_value(&value).model.as_deref(),
            Some(model),
            "{product}"
        );
    }
}
