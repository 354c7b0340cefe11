//! Labels and values out of the layouts in which certificates come: lines, pieces of a PDF, trees and
//! tables.

use kernel::fold;

use super::super::tree::Node;
use super::words::*;
use super::{Pair, read};
use crate::model::ErasureReport;

/// Lines of `label: value`, or `label = value`, and those that are neither.
pub(in crate::report) fn of_lines<'a>(
    lines: impl Iterator<Item = &'a str>,
) -> (Vec<Pair>, Vec<String>) {
    let (mut pairs, mut loose) = (Vec::new(), Vec::new());
    for line in lines {
        let line = line.trim();
        let split = line
            .split_once(':')
            .filter(|(label, value)| {
                label.len() < 60
                    && !label.is_empty()
                    && (value.is_empty() || value.starts_with([' ', '\t']))
            })
            .or_else(|| line.split_once(" = "))
            .or_else(|| line.split_once('\t'));
        match split {
            Some((label, value)) => pairs.push((label.to_owned(), value.trim().to_owned())),
            None if !line.is_empty() => loose.push(line.to_owned()),
            None => {}
        }
    }
    (pairs, loose)
}

/// The pieces of a PDF: a label ends with a colon, and its value follows, or stands behind it. What
/// follows a status without a label belongs to it: it may be the end of a line that was broken.
pub(in crate::report) fn of_pieces(pieces: &[String]) -> (Vec<Pair>, Vec<String>) {
    let (mut pairs, mut loose): (Vec<Pair>, Vec<String>) = (Vec::new(), Vec::new());
    let mut waiting: Vec<String> = Vec::new();
    let mut status_ends_at = None;
    for (n, piece) in pieces.iter().enumerate() {
        if let Some(label) = piece.strip_suffix(':') {
            waiting.push(label.to_owned());
        } else if let Some(label) = waiting.pop() {
            pairs.push((label, piece.clone()));
        } else if let Some((label, value)) = piece.split_once(": ") {
            pairs.push((label.to_owned(), value.to_owned()));
        } else {
            if status_ends_at == Some(n)
                && let Some((_, status)) = pairs.last_mut()
            {
                status.push(' ');
                status.push_str(piece);
                status_ends_at = Some(n + 1);
            }
            loose.push(piece.clone());
            continue;
        }
        let is_status = pairs
            .last()
            .is_some_and(|(label, _)| is(&fold(label), &STATUS));
        status_ends_at = (is_status && !piece.ends_with(':')).then_some(n + 1);
    }
    (pairs, loose)
}

/// The drives of a tree: the smallest parts that have a serial number and a status, with what is
/// said above them.
pub(in crate::report) fn of_tree(tool: &str, root: &Node) -> Option<ErasureReport> {
    let mut pairs = Vec::new();
    gather(root, &mut pairs);
    read(tool, &pairs, &[])
}

fn is_drive(node: &Node) -> bool {
    let mut own = Vec::new();
    flatten(node, &mut own);
    let has = |kind: &[&str]| own.iter().any(|(label, _)| is(&fold(label), kind));
    has(&SERIAL) && has(&STATUS)
}

fn gather(node: &Node, pairs: &mut Vec<Pair>) {
    if is_drive(node) && !node.nodes.iter().any(is_drive) {
        let mut own = Vec::new();
        flatten(node, &mut own);
        // its number first: with it begins what is said of a drive
        own.sort_by_key(|(label, _)| !is(&fold(label), &SERIAL));
        pairs.extend(own);
        return;
    }
    for inner in &node.nodes {
        if is_drive(inner) {
            gather(inner, pairs);
        } else {
            let mut own = Vec::new();
            flatten(inner, &mut own);
            let of_drive = |(label, _): &Pair| {
                let label = fold(label);
                is(&label, &SERIAL) || is(&label, &STATUS)
            };
            own.retain(|pair| !of_drive(pair) || is_bad(&pair.1));
            let renamed = own.into_iter().map(|(label, value)| match is_bad(&value) {
                true => (format!("verified {label}"), value),
                false => (label, value),
            });
            pairs.splice(0..0, renamed);
        }
    }
}

fn flatten(node: &Node, pairs: &mut Vec<Pair>) {
    if !node.text.trim().is_empty() {
        let spaced: String = node
            .name
            .chars()
            .map(|c| if c == '_' || c == '-' { ' ' } else { c })
            .collect();
        pairs.push((spaced, node.text.trim().to_owned()));
    }
    node.nodes.iter().for_each(|inner| flatten(inner, pairs));
}

/// The rows of a table with a line of titles.
pub(in crate::report) fn of_table(text: &str) -> Option<(Vec<Pair>, usize)> {
    let first = text.lines().next()?;
    let delimiter = [b';', b',', b'\t']
        .into_iter()
        .max_by_key(|byte| first.bytes().filter(|other| other == byte).count())?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let titles: Vec<String> = reader.headers().ok()?.iter().map(str::to_owned).collect();
    let place = titles.iter().position(|title| is(&fold(title), &SERIAL))?;
    titles.iter().position(|title| is(&fold(title), &STATUS))?;
    let mut pairs = Vec::new();
    let mut rows = 0;
    for row in reader.records().take(201) {
        let row = row.ok()?;
        rows += 1;
        pairs.push((titles[place].clone(), row.get(place)?.to_owned()));
        let others = titles.iter().zip(row.iter()).enumerate();
        let others = others.filter(|(n, _)| *n != place);
        pairs.extend(others.map(|(_, (title, value))| (title.clone(), value.to_owned())));
    }
    Some((pairs, rows))
}
