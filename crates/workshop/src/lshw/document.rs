//! From the bytes of a file to the trees in it. Versions of lshw differ in how they put them:
//! an object, an array of one or several, objects run together with or without commas, and
//! (B.02.19) an array that loses its `"children"` keys, its commas and its last bracket.
//! Backslashes were not escaped before 2024, and what firmware says may hold control
//! characters. All of that is read; a file that ends in the middle is not.

use kernel::{Code, FieldError, Refusal, Text};
use serde_json::{Map, Value};

/// How deep a tree may be; those of real machines are not half as deep.
const DEPTH: usize = 100;

/// The trees of a file.
///
/// # Errors
/// `malformed_body`, saying where it cannot be read.
pub(super) fn trees(bytes: &[u8]) -> Result<Vec<Value>, Refusal> {
    let text = files::decode(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned());
    let text = without_warnings(&text);
    let values = match strictly(text) {
        Ok(values) if !values.is_empty() => values,
        _ => Lenient::read(text)?,
    };
    let mut trees = Vec::new();
    for value in values {
        match value {
            Value::Array(values) => trees.extend(values),
            value => trees.push(value),
        }
    }
    Ok(trees)
}

/// What lshw prints to standard error stands before or behind the tree when somebody keeps
/// both in one file: lines that begin with `WARNING:`, and nothing else.
fn without_warnings(text: &str) -> &str {
    let is_warning = |line: &str| line.trim_start().starts_with("WARNING:");
    let mut text = text.trim_start_matches('\u{feff}').trim();
    while is_warning(text) {
        text = text
            .split_once('\n')
            .map_or("", |(_, rest)| rest)
            .trim_start();
    }
    while let Some((rest, last)) = text.rsplit_once('\n') {
        if !is_warning(last) {
            break;
        }
        text = rest.trim_end();
    }
    text
}

fn strictly(text: &str) -> Result<Vec<Value>, serde_json::Error> {
    let mut values = Vec::new();
    let mut rest = text;
    loop {
        rest = rest
            .trim_start()
            .strip_prefix(',')
            .unwrap_or(rest)
            .trim_start();
        if rest.is_empty() {
            return Ok(values);
        }
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter();
        if let Some(value) = stream.next() {
            values.push(value?);
        }
        rest = &rest[stream.byte_offset()..];
    }
}

/// Reads what is nearly JSON.
struct Lenient<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lenient<'a> {
    fn read(text: &'a str) -> Result<Vec<Value>, Refusal> {
        let mut lenient = Self { text, at: 0 };
        let mut values = Vec::new();
        loop {
            lenient.skip(&[',']);
            match lenient.peek() {
                None if values.is_empty() => return Err(lenient.unreadable()),
                None => return Ok(values),
                Some('{' | '[') => values.push(lenient.value(0)?),
                Some(_) => return Err(lenient.unreadable()),
            }
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn step(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Over space, control characters and these.
    fn skip(&mut self, more: &[char]) {
        while let Some(next) = self.peek() {
            if !(next.is_whitespace() || next.is_control() || more.contains(&next)) {
                return;
            }
            self.step();
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, Refusal> {
        self.skip(&[]);
        match self.peek() {
            _ if depth > DEPTH => Err(self.unreadable()),
            Some('{') => self.object(depth),
            Some('[') => self.array(depth),
            Some('"') => Ok(Value::String(self.string()?)),
            Some(_) => self.word(),
            None => Err(self.unreadable()),
        }
    }

    /// An object; another one that stands where a name should is one of its children.
    fn object(&mut self, depth: usize) -> Result<Value, Refusal> {
        self.step();
        let mut fields = Map::new();
        let mut children = Vec::new();
        loop {
            self.skip(&[',']);
            match self.peek() {
                Some('"') => {
                    let name = self.string()?;
                    self.skip(&[]);
                    if self.peek() != Some(':') {
                        return Err(self.unreadable());
                    }
                    self.step();
                    let value = self.value(depth + 1)?;
                    fields.insert(name, value);
                }
                Some('{') => children.push(self.value(depth + 1)?),
                Some('}') => {
                    self.step();
                    break;
                }
                // the bracket that was lost: only the outermost object loses it
                Some(']') if depth <= 1 && !children.is_empty() => break,
                _ => return Err(self.unreadable()),
            }
        }
        if !children.is_empty() {
            fields.insert("children".to_owned(), Value::Array(children));
        }
        Ok(Value::Object(fields))
    }

    fn array(&mut self, depth: usize) -> Result<Value, Refusal> {
        self.step();
        let mut values = Vec::new();
        loop {
            self.skip(&[',']);
            if self.peek() == Some(']') {
                self.step();
                return Ok(Value::Array(values));
            }
            values.push(self.value(depth + 1)?);
        }
    }

    fn string(&mut self) -> Result<String, Refusal> {
        self.step();
        let mut text = String::new();
        loop {
            match self.step().ok_or_else(|| self.unreadable())? {
                '"' => return Ok(text),
                '\\' => match self.peek() {
                    // a backslash that was not escaped may be the last character
                    Some('"') if self.ends_here() => text.push('\\'),
                    Some(mark @ ('"' | '\\' | '/')) => {
                        self.step();
                        text.push(mark);
                    }
                    Some('n' | 'r' | 't') => {
                        self.step();
                        text.push(' ');
                    }
                    _ => text.push('\\'),
                },
                mark if mark.is_control() => text.push(' '),
                mark => text.push(mark),
            }
        }
    }

    /// Whether the quotation mark that comes next closes a text: behind it, a line ends.
    fn ends_here(&self) -> bool {
        let rest = self.text[self.at..].strip_prefix('"').unwrap_or_default();
        rest.starts_with(['\n', '\r']) || rest.starts_with(",\n") || rest.starts_with(",\r")
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Result<Value, Refusal> {
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| c.is_whitespace() || ",:{}[]\"".contains(c))
            .unwrap_or(rest.len());
        let value = serde_json::from_str(&rest[..end]).map_err(|_| self.unreadable())?;
        self.at += end;
        Ok(value)
    }

    fn unreadable(&self) -> Refusal {
        let line = self.text[..self.at].matches('\n').count() as u64 + 1;
        let mut refusal = Refusal::new(
            Code::MalformedBody,
            Text::new(
                format!(
                    "Ce n'est pas la sortie de « lshw -json » : la ligne {line} n'est pas lisible."
                ),
                format!("This is not the output of `lshw -json`: line {line} is not readable."),
            ),
        );
        refusal.errors.push(FieldError {
            pointer: None,
            line: Some(line),
            column: None,
            code: Code::MalformedBody,
            detail: Code::MalformedBody.help(),
        });
        refusal
    }
}
