//! One text becomes both the plain and the HTML form of a mail, so that they never say
//! different things. What a template may write:
//!
//! - lines that follow each other are one paragraph, an empty line ends it;
//! - `- ` begins an item of a list, two spaces continue it;
//! - `## ` begins a heading;
//! - `{{ button(label, url) }}` on a line of its own is a link.
//!
//! A button is marked by characters that values cannot contain, so that nobody's title or
//! reason becomes a link in a mail of the city.

use serde::Serialize;

/// Marks a line as a button.
pub(crate) const BUTTON: char = '\u{1}';
/// Stands between a button's label and its address.
pub(crate) const BUTTON_TO: char = '\u{2}';

/// Characters of a line of the plain form, but for words that are longer.
const WIDTH: usize = 76;

/// A part of a mail's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Block {
    /// Running text.
    Paragraph { text: String },
    /// A list.
    List { items: Vec<String> },
    /// A heading.
    Heading { text: String },
    /// A link.
    Button { label: String, url: String },
}

/// Reads what a template wrote.
pub(crate) fn parse(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    // whether the last block goes on in the next line
    let mut open = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            open = false;
        } else if let Some(heading) = trimmed.strip_prefix("## ") {
            blocks.push(Block::Heading {
                text: heading.to_owned(),
            });
            open = false;
        } else if let Some(button) = trimmed.strip_prefix(BUTTON) {
            let (label, url) = button.split_once(BUTTON_TO).unwrap_or((button, button));
            blocks.push(Block::Button {
                label: label.to_owned(),
                url: url.to_owned(),
            });
            open = false;
        } else {
            add_line(&mut blocks, trimmed, open);
            open = true;
        }
    }
    blocks
}

fn add_line(blocks: &mut Vec<Block>, line: &str, open: bool) {
    let item = line.strip_prefix("- ");
    match (item, blocks.last_mut()) {
        (Some(item), Some(Block::List { items })) if open => items.push(item.to_owned()),
        (Some(item), _) => blocks.push(Block::List {
            items: vec![item.to_owned()],
        }),
        (None, Some(Block::Paragraph { text })) if open => {
            text.push(' ');
            text.push_str(line);
        }
        (None, Some(Block::List { items })) if open => {
            if let Some(last) = items.last_mut() {
                last.push(' ');
                last.push_str(line);
            }
        }
        (None, _) => blocks.push(Block::Paragraph {
            text: line.to_owned(),
        }),
    }
}

/// The plain form.
pub(crate) fn plain(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        if !out.is_empty() {
            out.push('\n');
        }
        match block {
            Block::Paragraph { text } => wrap(&mut out, text, "", ""),
            Block::List { items } => {
                for item in items {
                    wrap(&mut out, item, "- ", "  ");
                }
            }
            Block::Heading { text } => {
                wrap(&mut out, text, "", "");
                let width = text.chars().count().min(WIDTH);
                out.extend(std::iter::repeat_n('-', width));
                out.push('\n');
            }
            // the address has its line to itself and is never broken
            Block::Button { label, url } => {
                wrap(&mut out, label, "", "");
                out.push_str(url);
                out.push('\n');
            }
        }
    }
    out
}

/// Breaks at plain spaces only: words, addresses and what unbreakable spaces hold together
/// stay whole.
fn wrap(out: &mut String, text: &str, first: &str, others: &str) {
    out.push_str(first);
    let mut width = first.len();
    let mut begins = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if !begins && width + 1 + length > WIDTH {
            out.push('\n');
            out.push_str(others);
            width = others.len();
            begins = true;
        }
        if !begins {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += length;
        begins = false;
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_its_blocks() {
        let text = "Bonjour,\n\nun\ndeux\n- a\n  b\n- c\n\n## Titre\n\u{1}Aller\u{2}https://x.fr/?a=b\nfin";
        let blocks = parse(text);
        assert_eq!(
            blocks,
            [
                Block::Paragraph {
                    text: "Bonjour,".into()
                },
                Block::Paragraph {
                    text: "un deux".into()
                },
                Block::List {
                    items: vec!["a b".into(), "c".into()]
                },
                Block::Heading {
                    text: "Titre".into()
                },
                Block::Button {
                    label: "Aller".into(),
                    url: "https://x.fr/?a=b".into()
                },
                Block::Paragraph { text: "fin".into() },
            ]
        );
        assert_eq!(
            plain(&blocks),
            "Bonjour,\n\nun deux\n\n- a b\n- c\n\nTitre\n-----\n\nAller\nhttps://x.fr/?a=b\n\nfin\n"
        );
    }

    #[test]
    fn lines_break_at_spaces_and_never_inside_a_word() {
        let long = "x".repeat(120);
        let mut out = String::new();
        wrap(
            &mut out,
            &format!("{} {long} fin", "mot ".repeat(30)),
            "- ",
            "  ",
        );
        assert!(
            out.lines()
                .all(|line| line.chars().count() <= WIDTH || line.trim() == long)
        );
        assert!(out.lines().skip(1).all(|line| line.starts_with("  ")));
    }
}
