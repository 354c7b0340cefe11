//! Processors, graphics, battery, network.

use serde_json::Value;

use super::own;
use super::tree::{Node, capable, count, named, product, raw, serial, setting, text};
use crate::model::{Battery, NetworkInterface, Pixels, Processor};

/// Parts of a class that are kept.
const PARTS: usize = 32;

/// The processors that are there: an empty socket says nothing of a product, or is disabled,
/// and the threads of one are listed below it. Where some say how wide they are, the others
/// are entries that firmware made for threads.
pub(super) fn processors(nodes: &[Node<'_>]) -> Vec<Processor> {
    let is_wide = |node: &&Node<'_>| node.value.get("width").is_some();
    let some_wide = own(nodes, "processor").any(|node| is_wide(&node));
    own(nodes, "processor")
        .filter(|node| !some_wide || is_wide(node))
        .filter(|node| !node.id().starts_with("logicalcpu"))
        .filter(|node| node.value.get("disabled").and_then(Value::as_bool) != Some(true))
        .filter_map(|node| processor(node.value))
        .take(PARTS)
        .collect()
}

fn processor(node: &Value) -> Option<Processor> {
    let core_count = |key: &str| setting(node, key)?.trim().parse().ok();
    let model = named(node, "product")
        .or_else(|| named(node, "version").filter(|name| name.chars().any(char::is_alphabetic)))?;
    let megahertz = |key: &str| count(node, key).map(|hertz| (hertz + 500_000) / 1_000_000);
    Some(Processor {
        model: Some(model),
        manufacturer: named(node, "vendor"),
        cores: core_count("cores"),
        threads: core_count("threads"),
        speed_mhz: megahertz("size"),
        max_speed_mhz: megahertz("capacity"),
    })
}

/// What drives the displays.
pub(super) fn graphics(nodes: &[Node<'_>]) -> Vec<String> {
    own(nodes, "display")
        .filter_map(|node| product(node.value))
        .take(PARTS)
        .collect()
}

/// What the display shows while the machine is read, where lshw knows: `1366,768`.
pub(super) fn resolution(nodes: &[Node<'_>]) -> Option<Pixels> {
    own(nodes, "display").find_map(|node| {
        let (width, height) = setting(node.value, "resolution")?.split_once([',', 'x'])?;
        Some(Pixels {
            width: width.trim().parse().ok().filter(|n| *n > 0)?,
            height: height.trim().parse().ok().filter(|n| *n > 0)?,
        })
    })
}

/// The battery; a power supply is none.
pub(super) fn battery(nodes: &[Node<'_>]) -> Option<Battery> {
    own(nodes, "power").find_map(|node| {
        node.id().starts_with("battery").then(|| Battery {
            manufacturer: named(node.value, "vendor"),
            model: named(node.value, "product"),
            serial: serial(node.value),
            capacity_mwh: count(node.value, "capacity"),
        })
    })
}

/// The network interfaces that are hardware. A modem within the machine hangs on USB too;
/// anything else there is plugged in.
pub(super) fn network(nodes: &[Node<'_>]) -> Vec<NetworkInterface> {
    nodes
        .iter()
        .filter(|node| node.class == "network" && !is_virtual(node.value))
        .filter(|node| !node.usb || is_modem(node.value))
        .map(|node| NetworkInterface {
            address: address(node.value),
            model: product(node.value),
            wireless: capable(node.value, "wireless")
                || setting(node.value, "wireless").is_some()
                || first_name(node.value).starts_with("wl"),
        })
        .filter(|one| one.address.is_some() || one.model.is_some())
        .take(PARTS)
        .collect()
}

fn address(node: &Value) -> Option<String> {
    let address = text(node, "serial")?.to_lowercase().replace('-', ":");
    let mut parts = address.split(':');
    let is_one = address.len() == 17
        && parts.all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit()))
        && address.bytes().any(|b| !matches!(b, b'0' | b':'))
        && address.bytes().any(|b| !matches!(b, b'f' | b':'));
    is_one.then_some(address)
}

fn first_name(node: &Value) -> &str {
    match node.get("logicalname") {
        Some(Value::Array(names)) => names.first().and_then(Value::as_str).unwrap_or_default(),
        Some(Value::String(name)) => name,
        _ => "",
    }
}

fn is_modem(node: &Value) -> bool {
    first_name(node).starts_with("ww")
}

/// Bridges, tunnels and what containers make.
fn is_virtual(node: &Value) -> bool {
    const DRIVERS: [&str; 10] = [
        "bridge",
        "veth",
        "tun",
        "dummy",
        "bonding",
        "802.1Q VLAN Support",
        "macvlan",
        "wireguard",
        "vxlan",
        "openvswitch",
    ];
    const NAMES: [&str; 14] = [
        "docker", "br-", "veth", "virbr", "vnet", "tun", "tap", "dummy", "vmnet", "wg", "lxc",
        "lo", "bond", "team",
    ];
    let driver = setting(node, "driver").unwrap_or_default();
    let name = first_name(node);
    let nowhere = raw(node, "businfo").is_empty();
    DRIVERS.contains(&driver) || (nowhere && NAMES.iter().any(|prefix| name.starts_with(prefix)))
}
