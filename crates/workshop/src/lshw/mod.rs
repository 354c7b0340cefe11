//! Reads what `lshw -json` prints, from any version: an object, an array, or several
//! objects one after the other, with or without commas between them.

mod medium;
#[cfg(test)]
mod tests;

use kernel::{Code, DeviceKind, Refusal, Text};
use serde_json::Value;

use crate::model::{Battery, Capture, Media, MemoryModule, SeenDrive};
use crate::rules::identity_key;

/// Drives of one machine at the most: more is no machine of ours.
const DRIVES: usize = 100;
/// Parts of a class that are kept.
const PARTS: usize = 32;
/// Memory modules that are kept.
const MODULES: usize = 64;
const MIB: i64 = 1024 * 1024;

/// Reads a capture.
///
/// # Errors
/// `invalid_fields` for what is no such file.
pub fn read(bytes: &[u8]) -> Result<Capture, Refusal> {
    let roots = documents(bytes)?;
    let mut nodes = Vec::new();
    for root in &roots {
        walk(root, false, &mut nodes);
    }
    let system = nodes
        .iter()
        .map(|node| node.value)
        .find(|node| text(node, "class").as_deref() == Some("system"))
        .ok_or_else(|| nonsense("no node of class `system`"))?;
    let (memory_mib, memory_modules) = memory(&nodes);
    let drives = drives(&nodes);
    if drives.len() > DRIVES {
        return Err(nonsense("more than 100 drives"));
    }
    let chassis = system
        .pointer("/configuration/chassis")
        .and_then(Value::as_str)
        .map(str::to_lowercase);
    Ok(Capture {
        manufacturer: named(system, "vendor"),
        model: model(system),
        serial: serial(system),
        kind: chassis.as_deref().and_then(kind),
        chassis,
        processor: nodes
            .iter()
            .filter(|node| node.class == "processor")
            .find_map(|node| named(node.value, "product")),
        memory_mib,
        memory_modules,
        graphics: of_class(&nodes, "display")
            .filter_map(|node| named(node, "product"))
            .collect(),
        battery: of_class(&nodes, "power").find_map(battery),
        network_addresses: network_addresses(&nodes),
        drives,
    })
}

/// The product without the stock-keeping number that lshw puts behind it in brackets.
fn model(system: &Value) -> Option<String> {
    let model = named(system, "product")?;
    let sku = system
        .pointer("/configuration/sku")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let bare = model.strip_suffix(&format!("({})", sku.trim()));
    Some(bare.map_or(model.as_str(), str::trim_end).to_owned()).filter(|name| !name.is_empty())
}

/// The machine's own parts of a class; what hangs on USB is not.
fn of_class<'a>(nodes: &'a [Node<'a>], class: &'a str) -> impl Iterator<Item = &'a Value> {
    nodes
        .iter()
        .filter(move |node| node.class == class && !node.usb)
        .take(PARTS)
        .map(|node| node.value)
}

fn battery(node: &Value) -> Option<Battery> {
    let words = ["id", "description"]
        .map(|key| text(node, key).unwrap_or_default().to_lowercase())
        .join(" ");
    words.contains("battery").then(|| Battery {
        manufacturer: named(node, "vendor"),
        model: named(node, "product"),
        serial: serial(node),
        capacity_mwh: node
            .get("capacity")
            .and_then(Value::as_i64)
            .filter(|capacity| *capacity > 0),
    })
}

fn network_addresses(nodes: &[Node<'_>]) -> Vec<String> {
    let is_address = |text: &String| {
        let mut parts = text.split(':');
        text.len() == 17
            && parts.all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    of_class(nodes, "network")
        .filter_map(|node| text(node, "serial"))
        .filter(is_address)
        .map(|address| address.to_lowercase())
        .collect()
}

fn nonsense(cause: &str) -> Refusal {
    Refusal::field(
        "",
        Code::Invalid,
        Text::new(
            format!("Ce n'est pas la sortie de « lshw -json » ({cause})."),
            format!("This is not the output of `lshw -json` ({cause})."),
        ),
    )
}

fn documents(bytes: &[u8]) -> Result<Vec<Value>, Refusal> {
    let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut documents = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
        if rest.is_empty() {
            break;
        }
        let mut stream = serde_json::Deserializer::from_slice(rest).into_iter::<Value>();
        match stream.next() {
            Some(Ok(Value::Array(values))) => documents.extend(values),
            Some(Ok(value)) => documents.push(value),
            Some(Err(cause)) => return Err(nonsense(&cause.to_string())),
            None => break,
        }
        rest = &rest[stream.byte_offset()..];
    }
    Ok(documents)
}

/// A node of the tree, with what its ancestors say of it.
struct Node<'a> {
    value: &'a Value,
    class: &'a str,
    /// It hangs on a USB bus: plugged in, not the machine's own.
    usb: bool,
}

fn walk<'a>(value: &'a Value, usb: bool, nodes: &mut Vec<Node<'a>>) {
    let class = value
        .get("class")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let bus = value
        .get("businfo")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let usb = usb || bus.starts_with("usb@");
    nodes.push(Node { value, class, usb });
    // what lies within a disk or a card is its contents, and within an NVMe controller its
    // namespaces
    if class == "disk" || is_nvme(value, class) || is_card(value) {
        return;
    }
    for child in children(value) {
        walk(child, usb, nodes);
    }
}

fn children(value: &Value) -> impl Iterator<Item = &Value> {
    value
        .get("children")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|child| child.is_object())
}

fn text(value: &Value, key: &str) -> Option<String> {
    let text = value.get(key)?.as_str()?.replace('\0', "");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then(|| text.chars().take(200).collect())
}

/// A name that is not the placeholder a maker left.
fn named(value: &Value, key: &str) -> Option<String> {
    text(value, key).filter(|text| identity_key(text).is_some() || text.chars().count() < 3)
}

fn serial(value: &Value) -> Option<String> {
    text(value, "serial").filter(|text| identity_key(text).is_some())
}

fn size(value: &Value) -> Option<i64> {
    value
        .get("size")
        .and_then(Value::as_i64)
        .filter(|size| *size > 0)
}

fn kind(chassis: &str) -> Option<DeviceKind> {
    Some(match chassis {
        "laptop" | "notebook" | "portable" | "sub-notebook" | "convertible" => DeviceKind::Laptop,
        "tablet" | "detachable" => DeviceKind::Tablet,
        "desktop" | "low-profile" | "mini-tower" | "tower" | "mini" | "mini-pc" | "pizzabox"
        | "space-saving" | "all-in-one" | "compact" => DeviceKind::Desktop,
        _ => return None,
    })
}

/// The memory as the machine sums it up, or as its modules add up.
fn memory(nodes: &[Node<'_>]) -> (Option<i64>, Vec<MemoryModule>) {
    let mut total = None;
    let mut modules = Vec::new();
    for node in nodes.iter().filter(|node| node.class == "memory") {
        let description = text(node.value, "description")
            .unwrap_or_default()
            .to_lowercase();
        let id = text(node.value, "id").unwrap_or_default();
        if !(description == "system memory" || id == "memory") {
            continue;
        }
        if let Some(bytes) = size(node.value) {
            total = Some(total.unwrap_or(0) + bytes.saturating_add(MIB / 2) / MIB);
        }
        for bank in children(node.value) {
            if let Some(bytes) = size(bank) {
                let module = MemoryModule {
                    slot: text(bank, "slot"),
                    size_mib: bytes.saturating_add(MIB / 2) / MIB,
                };
                modules.push(module);
            }
        }
    }
    modules.truncate(MODULES);
    let sum = modules.iter().map(|module| module.size_mib).sum();
    let total = total.or((sum > 0).then_some(sum));
    (total, modules)
}

fn drives(nodes: &[Node<'_>]) -> Vec<SeenDrive> {
    let mut drives: Vec<SeenDrive> = Vec::new();
    for node in nodes.iter().filter(|node| !node.usb) {
        let drive = if is_nvme(node.value, node.class) {
            Some(nvme(node.value))
        } else if is_card(node.value) {
            card(node.value)
        } else if node.class == "disk" && !is_removable(node.value) {
            Some(disk(node.value))
        } else {
            None
        };
        // the same drive may be listed under two paths
        drives.extend(drive.filter(|drive| {
            drive.serial.is_none() || !drives.iter().any(|seen| seen.serial == drive.serial)
        }));
    }
    drives
}

fn is_nvme(value: &Value, class: &str) -> bool {
    let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
    let description = text(value, "description")
        .unwrap_or_default()
        .to_lowercase();
    let driver = value
        .pointer("/configuration/driver")
        .and_then(Value::as_str);
    class == "storage"
        && (id.starts_with("nvme")
            || driver == Some("nvme")
            || description.contains("nvme")
            || description.contains("non-volatile memory"))
}

/// The controller has the names, one of its namespaces the size.
fn nvme(value: &Value) -> SeenDrive {
    SeenDrive {
        serial: serial(value),
        media: Media::Nvme,
        model: named(value, "product"),
        size_bytes: size(value).or_else(|| children(value).filter_map(size).max()),
    }
}

/// Memory soldered to the board is listed like a card in a slot.
fn is_card(value: &Value) -> bool {
    text(value, "businfo").is_some_and(|bus| bus.starts_with("mmc@"))
        && text(value, "description").is_some_and(|text| text.contains("SD/MMC"))
}

fn card(value: &Value) -> Option<SeenDrive> {
    let capabilities = value.get("capabilities").and_then(Value::as_object);
    let slot = capabilities
        .is_some_and(|names| names.contains_key("sd") || names.contains_key("removable"));
    let size = size(value).or_else(|| children(value).filter_map(size).max());
    (!slot && size.is_some()).then(|| SeenDrive {
        serial: serial(value),
        media: Media::Emmc,
        model: named(value, "product"),
        size_bytes: size,
    })
}

/// Optical drives, card readers and empty slots.
fn is_removable(value: &Value) -> bool {
    let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
    let words = ["description", "product", "vendor"]
        .map(|key| text(value, key).unwrap_or_default().to_lowercase())
        .join(" ");
    let capability = |name: &str| value.pointer(&format!("/capabilities/{name}")).is_some();
    let optical = id.starts_with("cdrom")
        || capability("audio")
        || capability("dvd")
        || ["dvd", "cd-rom", "cdrom", "blu-ray", "optical"]
            .iter()
            .any(|word| words.contains(word));
    let reader = [
        "card reader",
        "cardreader",
        "multi-card",
        "multicard",
        "compactflash",
        "floppy",
    ]
    .iter()
    .any(|word| words.contains(word));
    optical || reader || id == "medium" || (capability("removable") && size(value).is_none())
}

fn disk(value: &Value) -> SeenDrive {
    let model = named(value, "product");
    let vendor = text(value, "vendor").unwrap_or_default();
    SeenDrive {
        serial: serial(value),
        media: medium::guess(value, model.as_deref().unwrap_or_default(), &vendor),
        size_bytes: size(value).or_else(|| children(value).filter_map(size).max()),
        model,
    }
}
