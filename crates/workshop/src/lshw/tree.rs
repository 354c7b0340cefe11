//! The tree of a machine, walked once: each node with what its ancestors say of it.

use serde_json::Value;

use crate::rules::identity_key;

/// Characters of a name that are kept.
const NAME: usize = 200;

/// A node, with what its ancestors say of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'a> {
    pub(super) value: &'a Value,
    pub(super) class: &'a str,
    /// It hangs on a USB bus: plugged in, not the machine's own.
    pub(super) usb: bool,
}

/// Every node of the trees, parents before their children. What lies within a disk or a card
/// is its contents, and within an NVMe controller its namespaces: these are not nodes.
pub(super) fn nodes(trees: &[Value]) -> Vec<Node<'_>> {
    let mut nodes = Vec::new();
    for tree in trees {
        walk(tree, false, &mut nodes);
    }
    nodes
}

fn walk<'a>(value: &'a Value, usb: bool, nodes: &mut Vec<Node<'a>>) {
    let node = Node {
        value,
        class: raw(value, "class"),
        usb: usb || on_usb(value),
    };
    nodes.push(node);
    if node.class == "disk" || node.is_nvme() || node.is_card() {
        return;
    }
    for child in children(value) {
        walk(child, node.usb, nodes);
    }
}

fn on_usb(value: &Value) -> bool {
    let driver = setting(value, "driver");
    raw(value, "businfo").starts_with("usb@")
        || raw(value, "id").starts_with("usbhost")
        || driver.is_some_and(|driver| ["usb-storage", "uas", "ums-realtek"].contains(&driver))
}

impl<'a> Node<'a> {
    /// An NVMe controller: with an older lshw, one without its namespaces. What its class is
    /// called comes from the list of PCI ids, which is not translated, and can only add a drive.
    pub(super) fn is_nvme(&self) -> bool {
        let description = raw(self.value, "description").to_lowercase();
        self.class == "storage"
            && (raw(self.value, "id").starts_with("nvme")
                || setting(self.value, "driver") == Some("nvme")
                || capable(self.value, "nvm_express")
                || description.contains("nvme")
                || description.contains("non-volatile memory"))
    }

    /// Memory soldered to the board, or a card in a slot: they are listed alike.
    pub(super) fn is_card(&self) -> bool {
        let host = self.class == "bus" || capable(self.value, "sdio");
        raw(self.value, "businfo").starts_with("mmc@") && !host
    }

    pub(super) fn id(&self) -> &'a str {
        raw(self.value, "id")
    }
}

/// The nodes within a node.
pub(super) fn children(value: &Value) -> impl Iterator<Item = &Value> {
    value
        .get("children")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|child| child.is_object())
}

/// A text as it stands, empty when there is none.
pub(super) fn raw<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// An entry of `configuration`.
pub(super) fn setting<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get("configuration")?.get(key)?.as_str()
}

/// An entry of `capabilities`.
pub(super) fn capable(value: &Value, name: &str) -> bool {
    value
        .get("capabilities")
        .is_some_and(|names| names.get(name).is_some())
}

/// A text without what firmware pads it with.
pub(super) fn text(value: &Value, key: &str) -> Option<String> {
    let text = raw(value, key).replace(|c: char| kernel::is_unprintable(c) || c == '\u{fffd}', " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then(|| text.chars().take(NAME).collect())
}

/// A name that is not the placeholder a maker left.
pub(super) fn named(value: &Value, key: &str) -> Option<String> {
    text(value, key).filter(|text| {
        // a model may well be called `11`
        let short = text.chars().count() < 3 && text.chars().any(|c| c.is_ascii_digit());
        identity_key(text).is_some() || short
    })
}

/// A product's name. Where the list of PCI ids does not know a product, lshw repeats the
/// vendor, which is no model.
pub(super) fn product(value: &Value) -> Option<String> {
    let product = named(value, "product")?;
    let vendor = text(value, "vendor").unwrap_or_default();
    (!product.eq_ignore_ascii_case(&vendor)).then_some(product)
}

/// A serial number that is one.
pub(super) fn serial(value: &Value) -> Option<String> {
    text(value, "serial").filter(|text| identity_key(text).is_some())
}

/// `size` or another count, above zero. Some versions write it as text.
pub(super) fn count(value: &Value, key: &str) -> Option<i64> {
    let count = match value.get(key)? {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().map(|number| number as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    count.filter(|count| *count > 0)
}

/// How large it is, or the largest of what lies within.
pub(super) fn size(value: &Value) -> Option<i64> {
    count(value, "size").or_else(|| {
        children(value)
            .filter_map(|child| count(child, "size"))
            .max()
    })
}
