//! The machine's own drives, wherever they hide: below SATA, SCSI and RAID controllers, as
//! NVMe controllers with or without their namespaces, as memory soldered to the board. What
//! is plugged in, turns out its medium, or reads cards is not the machine's.

use serde_json::Value;

use super::medium;
use super::tree::{Node, capable, children, product, raw, serial, size, text};
use crate::model::{Media, SeenDrive};

/// Every drive once, in the order of the tree.
pub(super) fn of(nodes: &[Node<'_>]) -> Vec<SeenDrive> {
    let mut drives: Vec<SeenDrive> = Vec::new();
    for node in nodes.iter().filter(|node| !node.usb) {
        let Some(drive) = drive(node) else { continue };
        // the same drive may be listed under two paths
        let known = drive.serial.is_some() && drives.iter().any(|seen| seen.serial == drive.serial);
        if known || completes(&drive, &mut drives) {
            continue;
        }
        drives.push(drive);
    }
    drives
}

fn drive(node: &Node<'_>) -> Option<SeenDrive> {
    if node.is_nvme() {
        Some(nvme(node.value))
    } else if node.is_card() {
        card(node.value)
    } else if node.class == "disk" && !is_removable(node.value) {
        Some(disk(node.value))
    } else {
        None
    }
}

/// An NVMe drive listed beside its controller, which then had no size: they are one.
fn completes(drive: &SeenDrive, drives: &mut [SeenDrive]) -> bool {
    let controller = drives.iter_mut().find(|seen| {
        seen.media == Media::Nvme
            && seen.size_bytes.is_none()
            && (seen.serial.is_none() || drive.serial.is_none())
    });
    match controller {
        Some(seen) if drive.media == Media::Nvme && drive.size_bytes.is_some() => {
            seen.size_bytes = drive.size_bytes;
            seen.serial = seen.serial.take().or_else(|| drive.serial.clone());
            seen.model = drive.model.clone().or_else(|| seen.model.take());
            true
        }
        _ => false,
    }
}

/// The controller has the names, one of its namespaces the size.
fn nvme(value: &Value) -> SeenDrive {
    SeenDrive {
        serial: serial(value).or_else(|| children(value).find_map(serial)),
        media: Media::Nvme,
        model: product(value).or_else(|| children(value).find_map(product)),
        size_bytes: size(value),
    }
}

/// Soldered memory says `mmc`, a card in its slot `sd` or that it can be removed. Its boot
/// partitions lie beside the whole, which is the largest. Less than a MiB is no storage.
fn card(value: &Value) -> Option<SeenDrive> {
    let slot = capable(value, "sd") || capable(value, "removable");
    let size = size(value).filter(|size| *size >= 1 << 20);
    (!slot && size.is_some()).then(|| SeenDrive {
        serial: serial(value),
        media: Media::Emmc,
        model: product(value),
        size_bytes: size,
    })
}

/// Optical drives, floppy drives, card readers and empty slots. Flash on an IDE plug calls
/// itself removable too, and is the machine's.
fn is_removable(value: &Value) -> bool {
    let id = raw(value, "id");
    let words = ["product", "vendor"]
        .map(|key| text(value, key).unwrap_or_default().to_lowercase())
        .join(" ");
    let says = |marks: &[&str]| marks.iter().any(|mark| words.contains(mark));
    let optical = id.starts_with("cdrom")
        || ["audio", "dvd", "cd-r", "cd-rw", "dvd-r"]
            .iter()
            .any(|name| capable(value, name))
        || says(&["dvd", "cd-rom", "cdrom", "blu-ray", "optical", "bd-re"]);
    let reader = says(&[
        "card reader",
        "cardreader",
        "multi-card",
        "multicard",
        "compactflash",
        "compact flash",
        "sd/mmc",
        "ms/ms-pro",
        "sm/xd",
        "smartmedia",
        "memory stick",
        "floppy",
        "zip 100",
    ]);
    let ata = raw(value, "description")
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| word == "ATA");
    let taken_out = capable(value, "removable") && !ata;
    let floppy = id.starts_with("floppy");
    optical || reader || taken_out || floppy || id == "medium"
}

fn disk(value: &Value) -> SeenDrive {
    let model = product(value);
    let vendor = text(value, "vendor").unwrap_or_default();
    SeenDrive {
        serial: serial(value),
        media: medium::guess(value, model.as_deref().unwrap_or_default(), &vendor),
        size_bytes: size(value),
        model,
    }
}
