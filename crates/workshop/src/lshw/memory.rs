//! Memory: what lshw calls memory is also caches, the firmware and flash.

use super::tree::{Node, children, count, named, raw, serial, text};
use crate::model::MemoryModule;

/// Modules that are kept.
const MODULES: usize = 64;
const MIB: i64 = 1024 * 1024;

/// The whole in MiB, as the machine sums it up or as its modules add up, whichever is more: a
/// kernel counts only what it may use. And the modules.
pub(super) fn of(nodes: &[Node<'_>]) -> (Option<i64>, Vec<MemoryModule>) {
    let mut total = 0_i64;
    let mut modules = Vec::new();
    for node in nodes
        .iter()
        .filter(|node| node.class == "memory" && !node.usb)
    {
        if !is_system_memory(node) {
            continue;
        }
        total = total.saturating_add(count(node.value, "size").map_or(0, mib));
        modules.extend(children(node.value).filter_map(module));
    }
    let sum = modules
        .iter()
        .fold(0_i64, |sum: i64, module: &MemoryModule| {
            sum.saturating_add(module.size_mib)
        });
    modules.truncate(MODULES);
    let most = total.max(sum);
    ((most > 0).then_some(most), modules)
}

fn is_system_memory(node: &Node<'_>) -> bool {
    let description = node.description();
    let named_so = node.id() == "memory" || node.id().starts_with("memory:");
    description == "system memory" || (named_so && description.is_empty())
}

fn module(bank: &serde_json::Value) -> Option<MemoryModule> {
    let description = raw(bank, "description");
    let upper = description.to_uppercase();
    if upper.contains("[EMPTY]") || upper.contains("FLASH") {
        return None;
    }
    Some(MemoryModule {
        slot: text(bank, "slot"),
        size_mib: mib(count(bank, "size")?),
        manufacturer: named(bank, "vendor"),
        model: named(bank, "product"),
        serial: serial(bank),
        generation: upper
            .split_whitespace()
            .find(|word| word.starts_with("DDR") || word.starts_with("LPDDR"))
            .map(str::to_owned),
        speed_mhz: count(bank, "clock").map(|hertz| (hertz + 500_000) / 1_000_000),
    })
}

fn mib(bytes: i64) -> i64 {
    bytes.saturating_add(MIB / 2) / MIB
}
