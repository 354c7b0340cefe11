//! Memory: what lshw calls memory is also caches, the firmware and flash. Descriptions are in
//! the language of the session, so ids and sizes tell which is which.

use serde_json::Value;

use super::tree::{Node, children, count, named, raw, serial, text};
use crate::model::MemoryModule;

/// Modules that are kept.
const MODULES: usize = 64;
const MIB: i64 = 1024 * 1024;

/// A firmware's flash chip has less; a memory module has had more since 2003.
const FLASH_MAX: i64 = 64;

/// The whole in MiB, as the machine sums it up or as its modules add up, whichever is more: a
/// kernel counts only what it may use. And the modules.
pub(super) fn of(nodes: &[Node<'_>]) -> (Option<i64>, Vec<MemoryModule>) {
    let mut arrays: Vec<Array> = nodes
        .iter()
        .filter(|node| is_array(node))
        .map(|node| Array {
            total: count(node.value, "size").map_or(0, mib),
            modules: children(node.value).filter_map(module).collect(),
        })
        .collect();
    // beside real memory, a few MiB are the firmware's flash
    if arrays.iter().any(|array| array.most() > FLASH_MAX) {
        arrays.retain(|array| array.most() > FLASH_MAX);
    }
    let total = added(arrays.iter().map(|array| array.total));
    let sum = added(arrays.iter().map(Array::sum));
    let mut modules: Vec<_> = arrays.into_iter().flat_map(|array| array.modules).collect();
    modules.truncate(MODULES);
    let most = total.max(sum);
    ((most > 0).then_some(most), modules)
}

/// What the machine lists as one array of memory.
struct Array {
    total: i64,
    modules: Vec<MemoryModule>,
}

impl Array {
    fn sum(&self) -> i64 {
        added(self.modules.iter().map(|module| module.size_mib))
    }

    fn most(&self) -> i64 {
        self.total.max(self.sum())
    }
}

fn added(sizes: impl Iterator<Item = i64>) -> i64 {
    sizes.fold(0, i64::saturating_add)
}

/// `memory` or `memory:0`, and no memory of a controller on the PCI bus. An array that older
/// versions call so may be flash: its type is a name that no language translates.
fn is_array(node: &Node<'_>) -> bool {
    let named_so = node.id() == "memory" || node.id().starts_with("memory:");
    let flash = |value: &Value| raw(value, "description").to_uppercase().contains("FLASH");
    node.class == "memory"
        && !node.usb
        && named_so
        && raw(node.value, "businfo").is_empty()
        && !flash(node.value)
        && !children(node.value).any(flash)
}

/// A slot with something in it: an empty one has no size.
fn module(bank: &Value) -> Option<MemoryModule> {
    let upper = raw(bank, "description").to_uppercase();
    Some(MemoryModule {
        slot: text(bank, "slot"),
        size_mib: mib(count(bank, "size")?),
        manufacturer: named(bank, "vendor"),
        model: named(bank, "product"),
        serial: serial(bank),
        // the name of a standard, the same in every language
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
