//! Text fields as typed values. Names are paths, so that fields make lists and objects; numbers,
//! dates and choices are read from their text. A mistake names the field that it is at.

use std::collections::BTreeMap;
use std::fmt;

use kernel::{Code, FieldError, Refusal, Text};
use serde::de::value::{MapDeserializer, SeqDeserializer, StringDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde_json::Value;
use serde_path_to_error::Segment;

/// Parts of a name at the most.
const DEEPEST: usize = 8;

/// Fields by the parts of their names.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    /// The texts of one field.
    Texts(Vec<String>),
    /// What is below a name.
    Below(BTreeMap<String, Tree>),
}

impl Tree {
    /// Of fields and their texts. A name that another one runs through is left out.
    pub(crate) fn of<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut root = Self::Below(BTreeMap::new());
        for (name, text) in fields {
            let parts: Vec<&str> = name.split('/').collect();
            if parts.len() <= DEEPEST {
                root.add(&parts, text);
            }
        }
        root
    }

    fn add(&mut self, parts: &[&str], text: &str) {
        match (self, parts) {
            (Self::Texts(texts), []) => texts.push(text.to_owned()),
            (Self::Below(below), [first, rest @ ..]) => {
                let fresh = || match rest.is_empty() {
                    true => Self::Texts(Vec::new()),
                    false => Self::Below(BTreeMap::new()),
                };
                let child = below.entry((*first).to_owned()).or_insert_with(fresh);
                child.add(rest, text);
            }
            _ => {}
        }
    }

    /// The text of a single field: the last one of its name.
    fn text(self) -> Result<String, Wrong> {
        match self {
            Self::Texts(mut texts) => Ok(texts.pop().unwrap_or_default()),
            Self::Below(_) => Err(Wrong::invalid()),
        }
    }

    /// What a list has, in its order: rows by their number, or every text of one name.
    fn items(self) -> Vec<Self> {
        match self {
            Self::Texts(texts) => texts
                .into_iter()
                .map(|text| Self::Texts(vec![text]))
                .collect(),
            Self::Below(below) => {
                let mut rows: Vec<(u32, Self)> = below
                    .into_iter()
                    .filter_map(|(name, row)| Some((name.parse().ok()?, row)))
                    .collect();
                rows.sort_by_key(|(number, _)| *number);
                rows.into_iter().map(|(_, row)| row).collect()
            }
        }
    }
}

/// Reads fields as a type.
///
/// # Errors
/// `invalid_fields`, with the field at fault.
pub(crate) fn read<T: DeserializeOwned>(tree: &Tree) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(tree.clone()).map_err(|error| {
        let mut pointer = String::new();
        for segment in error.path().iter() {
            match segment {
                Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
                Segment::Map { key } => pointer.push_str(&format!("/{key}")),
                Segment::Enum { .. } | Segment::Unknown => {}
            }
        }
        let Wrong { below, code, text } = error.into_inner();
        if let Some(name) = below {
            pointer.push_str(&format!("/{name}"));
        }
        let mut refusal = Refusal::plain(Code::InvalidFields);
        refusal.errors = vec![FieldError {
            pointer: Some(pointer),
            line: None,
            column: None,
            code,
            detail: text,
        }];
        refusal
    })
}

/// What is wrong with a field.
#[derive(Debug)]
pub(crate) struct Wrong {
    /// The field below, when one is missing.
    below: Option<&'static str>,
    code: Code,
    text: Text,
}

impl Wrong {
    fn new(text: Text) -> Self {
        Self {
            below: None,
            code: Code::Invalid,
            text,
        }
    }

    fn invalid() -> Self {
        Self::new(Text::of_serde(""))
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text.en)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(cause: T) -> Self {
        Self::new(Text::of_serde(&cause.to_string()))
    }

    fn missing_field(name: &'static str) -> Self {
        Self {
            below: Some(name),
            code: Code::Required,
            text: Code::Required.help(),
        }
    }
}

/// A number as people write it: with spaces between thousands, and a decimal comma.
fn plain_number(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{202f}' && *c != '\u{a0}')
        .map(|c| if c == ',' { '.' } else { c })
        .collect()
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $type:ty;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            let number = plain_number(&self.text()?).parse::<$type>().map_err(|_| {
                Wrong::new(Text::new(
                    "Un nombre entier est attendu.",
                    "A whole number is expected.",
                ))
            })?;
            visitor.$visit(number)
        }
    )*};
}

impl<'de> Deserializer<'de> for Tree {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self {
            Self::Texts(_) => visitor.visit_string(self.text()?),
            Self::Below(below) => visitor.visit_map(MapDeserializer::new(below.into_iter())),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_some(self)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.text()?.as_str() {
            "yes" | "true" | "on" | "1" => visitor.visit_bool(true),
            "no" | "false" | "off" | "0" => visitor.visit_bool(false),
            _ => Err(Wrong::new(Text::new(
                "Répondez par oui ou par non.",
                "Answer yes or no.",
            ))),
        }
    }

    whole_numbers! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let number = plain_number(&self.text()?).parse::<f64>();
        match number.ok().filter(|number| number.is_finite()) {
            Some(number) => visitor.visit_f64(number),
            None => Err(Wrong::new(Text::new(
                "Un nombre est attendu.",
                "A number is expected.",
            ))),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_seq(SeqDeserializer::new(self.items().into_iter()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let text: StringDeserializer<Wrong> = self.text()?.into_deserializer();
        text.deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct tuple_struct map struct identifier
        ignored_any i128 u128
    }
}

impl<'de> IntoDeserializer<'de, Wrong> for Tree {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

/// The other way round: a value as fields.
pub(crate) fn flatten(name: &str, value: &Value, add: &mut impl FnMut(&str, String)) {
    let below = |part: &str| match name.is_empty() {
        true => part.to_owned(),
        false => format!("{name}/{part}"),
    };
    match value {
        Value::Null => {}
        Value::Bool(yes) => add(name, if *yes { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => add(name, number.to_string()),
        Value::String(text) => add(name, text.clone()),
        Value::Object(members) => {
            for (part, value) in members {
                flatten(&below(part), value, add);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                match item {
                    Value::Object(_) | Value::Array(_) => {
                        flatten(&below(&index.to_string()), item, add);
                    }
                    single => flatten(name, single, add),
                }
            }
        }
    }
}
