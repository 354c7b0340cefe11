//! XML and JSON as one kind of tree: named nodes with a text and nodes within. Blancco's
//! `<entries name="target">` and `<entry name="serial">` are named by their attribute, as the
//! same report in JSON names them by its keys.

use kernel::Refusal;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use serde_json::Value;

use super::unreadable;

/// How deep a tree may be.
const DEPTH: usize = 64;
/// Nodes of a tree at the most.
const NODES: usize = 200_000;

/// A node of a report.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) nodes: Vec<Node>,
}

impl Node {
    fn named(name: &str) -> Self {
        Self {
            name: name.to_lowercase(),
            ..Self::default()
        }
    }

    /// The first node within of this name.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// The text of the first node within of this name, when it says something.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        Some(self.get(name)?.text.trim()).filter(|text| !text.is_empty())
    }

    /// Every node of this name, wherever it lies.
    pub(super) fn all<'a>(&'a self, name: &str, found: &mut Vec<&'a Self>) {
        for node in &self.nodes {
            if node.name == name {
                found.push(node);
            }
            node.all(name, found);
        }
    }

    /// Looks at every node within, and how deep it lies.
    pub(super) fn walk(&self, look: &mut impl FnMut(&Self, usize)) {
        self.walk_from(1, look);
    }

    fn walk_from(&self, depth: usize, look: &mut impl FnMut(&Self, usize)) {
        for node in &self.nodes {
            look(node, depth);
            node.walk_from(depth + 1, look);
        }
    }

    /// The first node of this name, wherever it lies.
    pub(super) fn find(&self, name: &str) -> Option<&Self> {
        self.nodes.iter().find_map(|node| {
            (node.name == name)
                .then_some(node)
                .or_else(|| node.find(name))
        })
    }
}

/// A tree of XML. What declares entities or a document type is refused: no report does.
///
/// # Errors
/// `report_unreadable`.
pub(super) fn of_xml(text: &str) -> Result<Node, Refusal> {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Node::default()];
    let mut count = 0_usize;
    loop {
        count += 1;
        if open.len() > DEPTH || count > NODES {
            return Err(unreadable("trop d'éléments", "too many elements"));
        }
        match reader.read_event().map_err(|_| broken())? {
            Event::Start(tag) => open.push(node(&tag)?),
            Event::Empty(tag) => close(&mut open, node(&tag)?),
            Event::End(_) => {
                let node = open.pop().ok_or_else(broken)?;
                if open.is_empty() {
                    return Err(broken());
                }
                close(&mut open, node);
            }
            Event::Text(part) => say(&mut open, &part.xml10_content()),
            Event::CData(part) => say(&mut open, &part.xml10_content()),
            Event::GeneralRef(entity) => {
                if let Some(known) = resolve_xml_entity(&entity) {
                    say(&mut open, known);
                } else if let Ok(Some(character)) = entity.resolve_char_ref() {
                    say(&mut open, character.encode_utf8(&mut [0; 4]));
                } else {
                    return Err(broken());
                }
            }
            Event::DocType(_) => {
                return Err(unreadable(
                    "un rapport ne déclare pas de type de document",
                    "a report declares no document type",
                ));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match (open.pop(), open.is_empty()) {
        (Some(root), true) if !root.nodes.is_empty() => Ok(root),
        _ => Err(broken()),
    }
}

fn broken() -> Refusal {
    unreadable(
        "ce n'est pas du XML bien formé",
        "it is not well-formed XML",
    )
}

/// A node of a tag. Attributes are nodes within, but for Blancco's, which only tell types.
fn node(tag: &BytesStart<'_>) -> Result<Node, Refusal> {
    let local = tag.local_name().as_ref().to_owned();
    let of_blancco = matches!(local.as_str(), "entries" | "entry" | "product_name");
    let mut node = Node::named(&local);
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|_| broken())?;
        if attribute.key.0 == "name" && matches!(local.as_str(), "entries" | "entry") {
            node.name = attribute.value.to_lowercase();
        } else if !of_blancco {
            let mut inner = Node::named(attribute.key.0);
            inner.text = attribute.value.into_owned();
            node.nodes.push(inner);
        }
    }
    Ok(node)
}

fn say(open: &mut [Node], text: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(text);
    }
}

fn close(open: &mut [Node], node: Node) {
    if let Some(parent) = open.last_mut() {
        parent.nodes.push(node);
    }
}

/// A tree of JSON: a list adds its elements to the node that it belongs to.
///
/// # Errors
/// `report_unreadable`.
pub(super) fn of_json(text: &str) -> Result<Node, Refusal> {
    let value: Value = serde_json::from_str(text).map_err(|_| {
        unreadable(
            "ce n'est pas du JSON bien formé",
            "it is not well-formed JSON",
        )
    })?;
    let mut root = Node::default();
    fill(&mut root, &value);
    Ok(root)
}

fn fill(node: &mut Node, value: &Value) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let mut child = Node::named(key);
                fill(&mut child, value);
                node.nodes.push(child);
            }
        }
        Value::Array(values) => {
            for value in values {
                // `"erasures": [{"state": …}, {"state": …}]`: each is one of them
                let several = value.as_object().is_some_and(|fields| fields.len() > 1);
                if several && node.name.ends_with('s') {
                    let mut child = Node::named(node.name.trim_end_matches('s'));
                    fill(&mut child, value);
                    node.nodes.push(child);
                } else {
                    fill(node, value);
                }
            }
        }
        Value::String(text) => node.text.clone_from(text),
        Value::Number(number) => node.text = number.to_string(),
        Value::Bool(truth) => node.text = truth.to_string(),
        Value::Null => {}
    }
}
