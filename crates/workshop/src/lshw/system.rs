//! The machine as a whole: model, case, board.

use kernel::DeviceKind;
use serde_json::Value;

use super::tree::{Node, named, raw, serial, setting};
use crate::model::Board;
use crate::rules::identity_key;

/// The product without the stock-keeping number, or the placeholder for one, that lshw puts
/// behind it in brackets.
pub(super) fn model(system: &Value) -> Option<String> {
    let model = named(system, "product")?;
    let bare = model
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once('('))
        .filter(|(_, bracket)| {
            let sku = setting(system, "sku").unwrap_or_default();
            bracket.trim() == sku.trim() || identity_key(bracket).is_none() || is_sku(bracket)
        })
        .map(|(bare, _)| bare.trim_end().to_owned());
    let model = bare.unwrap_or(model);
    identity_key(&model)?;
    Some(match family(system).filter(|_| is_type_code(&model)) {
        Some(family) => format!("{family} ({model})"),
        None => model,
    })
}

/// The name that people know, where the product is a type code: Lenovo puts it in the version.
fn family(system: &Value) -> Option<String> {
    let is_name = |text: &String| {
        text.chars().any(char::is_lowercase)
            && text.chars().filter(|c| c.is_alphabetic()).count() > 3
            && !text.to_lowercase().contains("lenovo product")
    };
    named(system, "version").filter(is_name).or_else(|| {
        let family = setting(system, "family")?.trim().to_owned();
        identity_key(&family)?;
        Some(family).filter(is_name)
    })
}

/// `20XXS0AB00`, `7661AB3`: digits first, then capitals and digits.
fn is_type_code(model: &str) -> bool {
    let capital = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    (7..=12).contains(&model.len())
        && model.starts_with(|c: char| c.is_ascii_digit())
        && model.bytes().all(capital)
        && model.bytes().any(|b| b.is_ascii_uppercase())
}

/// `EF188EA#ABE`: letters and digits mixed, none of them small.
fn is_sku(bracket: &str) -> bool {
    let has = |kind: fn(&char) -> bool| bracket.chars().any(|c| kind(&c));
    bracket.len() >= 5
        && has(char::is_ascii_digit)
        && has(char::is_ascii_uppercase)
        && !has(char::is_ascii_lowercase)
        && !bracket.contains(' ')
}

/// The form of the case, as the machine names it.
pub(super) fn chassis(system: &Value) -> Option<String> {
    setting(system, "chassis")
        .map(|name| name.trim().to_lowercase())
        .filter(|name| !name.is_empty() && name.len() <= 40)
}

/// What the machine is: by its case, else (a case without a name has none in any language)
/// by its description, else by its battery. A virtual machine, a server and what says nothing
/// are of no kind.
pub(super) fn kind(system: &Value, has_battery: bool) -> Option<DeviceKind> {
    if let Some(chassis) = chassis(system) {
        return of_chassis(&chassis);
    }
    of_description(&raw(system, "description").to_lowercase())
        .or(has_battery.then_some(DeviceKind::Laptop))
}

fn of_chassis(chassis: &str) -> Option<DeviceKind> {
    Some(match chassis {
        "laptop" | "notebook" | "portable" | "sub-notebook" | "convertible" => DeviceKind::Laptop,
        "tablet" | "detachable" => DeviceKind::Tablet,
        "desktop" | "low-profile" | "mini-tower" | "tower" | "mini" | "mini-pc" | "pizzabox"
        | "space-saving" | "all-in-one" | "compact" | "lunchbox" | "stick" | "stick-pc"
        | "sealed" => DeviceKind::Desktop,
        _ => return None,
    })
}

fn of_description(description: &str) -> Option<DeviceKind> {
    let says = |words: &[&str]| words.iter().any(|word| description.contains(word));
    if says(&["laptop", "notebook", "portable", "convertible"]) {
        Some(DeviceKind::Laptop)
    } else if says(&["tablet", "tablette", "detachable", "détachable"]) {
        Some(DeviceKind::Tablet)
    } else if says(&[
        "desktop",
        "de bureau",
        "tower",
        "all in one",
        "mini pc",
        "space-saving",
        "pizza box",
    ]) {
        Some(DeviceKind::Desktop)
    } else {
        None
    }
}

/// The board, whose serial number is not the machine's.
pub(super) fn board(nodes: &[Node<'_>]) -> Option<Board> {
    let node = nodes
        .iter()
        .find(|node| node.class == "bus" && node.id() == "core")?;
    let board = Board {
        manufacturer: named(node.value, "vendor"),
        model: named(node.value, "product"),
        serial: serial(node.value),
    };
    (board != Board::default()).then_some(board)
}
