//! Reads what `lshw -json` prints, from any version.

mod document;
mod drives;
mod medium;
mod memory;
mod parts;
mod system;
mod tree;

#[cfg(test)]
mod tests;

use kernel::{Code, Refusal, Text};

use crate::model::Capture;
use tree::Node;

/// Drives of one machine at the most: more is no machine of ours.
const DRIVES: usize = 100;

/// Reads a capture.
///
/// # Errors
/// `malformed_body` for what is no JSON, `invalid_fields` for what is no such file.
pub fn read(bytes: &[u8]) -> Result<Capture, Refusal> {
    let trees = document::trees(bytes)?;
    let nodes = tree::nodes(&trees);
    let system = nodes
        .iter()
        .find(|node| node.class == "system")
        .ok_or_else(|| {
            nonsense(
                "aucun nœud de classe « system »",
                "no node of class `system`",
            )
        })?;
    let drives = drives::of(&nodes);
    if drives.len() > DRIVES {
        return Err(nonsense("plus de 100 disques", "more than 100 drives"));
    }
    let battery = parts::battery(&nodes);
    let processors = parts::processors(&nodes);
    let (memory_mib, memory_modules) = memory::of(&nodes);
    let network = parts::network(&nodes);
    Ok(Capture {
        manufacturer: tree::named(system.value, "vendor"),
        model: system::model(system.value),
        version: tree::named(system.value, "version"),
        serial: tree::serial(system.value),
        chassis: system::chassis(system.value),
        kind: system::kind(system.value, battery.is_some()),
        board: system::board(&nodes),
        processor: processors.iter().find_map(|one| one.model.clone()),
        processors,
        memory_mib,
        memory_modules,
        graphics: parts::graphics(&nodes),
        resolution: parts::resolution(&nodes),
        battery,
        network_addresses: network
            .iter()
            .filter_map(|one| one.address.clone())
            .collect(),
        network,
        drives,
    })
}

/// The machine's own parts of a class; what hangs on USB is not.
fn own<'a>(nodes: &'a [Node<'a>], class: &'a str) -> impl Iterator<Item = &'a Node<'a>> {
    nodes
        .iter()
        .filter(move |node| node.class == class && !node.usb)
}

fn nonsense(fr: &str, en: &str) -> Refusal {
    Refusal::field(
        "",
        Code::Invalid,
        Text::new(
            format!("Ce n'est pas la sortie de « lshw -json » ({fr})."),
            format!("This is not the output of `lshw -json` ({en})."),
        ),
    )
}
