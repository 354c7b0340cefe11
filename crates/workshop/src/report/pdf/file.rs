//! Which objects a file has. They are found by their headings, since the tables at the end of a
//! file may be damaged or say anything; of two with one number the later one counts, as in a file
//! that was saved again.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;

use hayro_syntax::object::{Dict, FromBytes as _, MaybeRef, ObjRef, Object, ObjectIdentifier};

use super::filters::{self, Filter, Predictor};

/// Objects at the most.
const OBJECTS: usize = 100_000;
/// Bytes of one dictionary at the most.
const DICTIONARY: usize = 1 << 20;
/// Bytes looked at, of the file and of what is inflated, each as often as it is read.
const WORK: usize = 64 << 20;
/// What it costs to look at an object, however short it is.
const LOOK: usize = 1024;
/// Items of an array at the most.
const ITEMS: usize = 70_000;
/// Bytes of all streams together, inflated, at the most.
const INFLATED: usize = 8 << 20;

/// Where an object stands.
#[derive(Debug, Clone)]
struct Place {
    /// The object stream that it is in; none when it stands in the file itself.
    within: Option<usize>,
    bytes: Range<usize>,
    /// The data of a stream.
    data: Option<Range<usize>>,
}

/// A file, and what was done to read it.
pub(super) struct File<'a> {
    raw: &'a [u8],
    /// The object streams.
    unpacked: Vec<Vec<u8>>,
    places: HashMap<u32, Place>,
    catalog: Option<u32>,
    work: Cell<usize>,
    inflated: Cell<usize>,
}

impl<'a> File<'a> {
    /// Finds the objects of a file.
    pub(super) fn open(raw: &'a [u8]) -> Option<Self> {
        let mut file = Self {
            raw,
            unpacked: Vec::new(),
            places: HashMap::new(),
            catalog: None,
            work: Cell::new(0),
            inflated: Cell::new(0),
        };
        file.spend(raw.len())?;
        let mut at = 0;
        while let Some((number, start)) = next_heading(raw, at) {
            if file.places.len() >= OBJECTS {
                return None;
            }
            at = file.take(number, start)?;
        }
        Some(file)
    }

    /// Whether more would have to be looked at than a report takes.
    pub(super) fn is_exhausted(&self) -> bool {
        self.work.get() > WORK || self.inflated.get() > INFLATED
    }

    /// How much was looked at.
    #[cfg(test)]
    pub(super) fn work(&self) -> usize {
        self.work.get()
    }

    fn spend(&self, bytes: usize) -> Option<()> {
        self.work.set(self.work.get().saturating_add(bytes));
        (!self.is_exhausted()).then_some(())
    }

    /// Notes an object, and says where the next may begin.
    fn take(&mut self, number: u32, start: usize) -> Option<usize> {
        let rest = self.raw.get(start..)?;
        let start = start + white(rest);
        let rest = self.raw.get(start..)?;
        if !rest.starts_with(b"<<") {
            let end = find(rest, b"endobj", 0).unwrap_or(rest.len());
            self.spend(end)?;
            self.note(number, None, start..start + end, None);
            return Some(start + end);
        }
        let rest = rest.get(..rest.len().min(DICTIONARY))?;
        let Some(dict) = Dict::from_bytes(rest) else {
            self.spend(rest.len())?;
            self.places.remove(&number);
            return Some(start + 2);
        };
        let end = start + dict.data().len();
        self.spend(dict.data().len())?;
        let data = self.data_behind(&dict, end)?;
        let kind = name_of(&dict, "Type");
        if kind.as_deref() == Some(b"Catalog") {
            self.catalog = Some(number);
        }
        self.note(number, None, start..end, data.clone());
        if let Some(data) = &data
            && kind.as_deref() == Some(b"ObjStm")
        {
            self.unpack(&dict, data.clone())?;
        }
        Some(data.map_or(end, |data| data.end))
    }

    fn note(
        &mut self,
        number: u32,
        within: Option<usize>,
        bytes: Range<usize>,
        data: Option<Range<usize>>,
    ) {
        let place = Place {
            within,
            bytes,
            data,
        };
        self.places.insert(number, place);
    }

    /// The data of a stream, where the dictionary is one: as long as it says when its end stands
    /// there, else up to the next end. Gives up where there is none.
    fn data_behind(&self, dict: &Dict<'_>, end: usize) -> Option<Option<Range<usize>>> {
        let rest = self.raw.get(end..)?;
        let word = end + white(rest);
        let mut from = word + b"stream".len();
        if self.raw.get(word..from) != Some(b"stream") {
            return Some(None);
        }
        if self.raw.get(from) == Some(&b'\r') {
            from += 1;
        }
        if self.raw.get(from) == Some(&b'\n') {
            from += 1;
        }
        let said = match dict.get_raw::<Object<'_>>("Length") {
            Some(MaybeRef::NotRef(Object::Number(length))) => usize::try_from(length.as_i64()).ok(),
            _ => None,
        };
        let to = said.and_then(|length| {
            let to = from.checked_add(length)?;
            let behind = self.raw.get(to..)?;
            let behind = behind.get(white(behind)..)?;
            behind.starts_with(b"endstream").then_some(to)
        });
        let to = to.or_else(|| find(self.raw, b"endstream", from))?;
        Some(Some(from..to))
    }

    /// The objects in an object stream.
    fn unpack(&mut self, dict: &Dict<'a>, data: Range<usize>) -> Option<()> {
        let number = |name: &str| match dict.get_raw::<Object<'_>>(name) {
            Some(MaybeRef::NotRef(Object::Number(number))) => usize::try_from(number.as_i64()).ok(),
            _ => None,
        };
        let (count, first) = (number("N")?, number("First")?);
        let content = self.decoded(dict, self.raw.get(data)?)?;
        let table = std::str::from_utf8(content.get(..first)?).ok()?;
        let numbers: Vec<usize> = table
            .split_ascii_whitespace()
            .map_while(|word| word.parse().ok())
            .collect();
        let pairs: Vec<_> = numbers.chunks_exact(2).take(count).collect();
        if pairs.len() < count || self.places.len() + count > OBJECTS {
            return None;
        }
        for (n, pair) in pairs.iter().enumerate() {
            let from = first.checked_add(pair[1])?;
            let next = pairs.get(n + 1).map_or(content.len(), |next| {
                first.saturating_add(next[1]).min(content.len())
            });
            let to = if next > from { next } else { content.len() };
            let number = u32::try_from(pair[0]).ok()?;
            self.note(number, Some(self.unpacked.len()), from..to.max(from), None);
            let kind = content.get(from..to).and_then(Dict::from_bytes);
            if kind.and_then(|dict| name_of(&dict, "Type")).as_deref() == Some(b"Catalog") {
                self.catalog = Some(number);
            }
            self.spend(to.saturating_sub(from))?;
        }
        self.unpacked.push(content);
        Some(())
    }

    /// The object with a number. A stream gives its dictionary.
    pub(super) fn object(&self, number: u32) -> Option<Object<'_>> {
        let place = self.places.get(&number)?;
        let bytes = match place.within {
            None => self.raw,
            Some(n) => self.unpacked.get(n)?,
        };
        let bytes = bytes.get(place.bytes.clone())?;
        self.spend(bytes.len() + LOOK)?;
        Object::from_bytes(bytes.get(white(bytes)..)?)
    }

    /// What begins the tree of pages.
    pub(super) fn catalog(&self) -> Option<Dict<'_>> {
        self.object(self.catalog?)?.into_dict()
    }

    /// What a value is, or refers to.
    pub(super) fn resolved<'f>(&'f self, value: MaybeRef<Object<'f>>) -> Option<Object<'f>> {
        match value {
            MaybeRef::Ref(to) => self.object(number_of(to)),
            MaybeRef::NotRef(object) => {
                let length = match &object {
                    Object::Dict(dict) => dict.data().len(),
                    Object::Array(array) => array.data().len(),
                    _ => 0,
                };
                self.spend(length)?;
                Some(object)
            }
        }
    }

    /// What an entry of a dictionary is, or refers to.
    pub(super) fn get<'f>(&'f self, dict: &Dict<'f>, name: &str) -> Option<Object<'f>> {
        self.resolved(dict.get_raw::<Object<'f>>(name)?)
    }

    /// A dictionary in a dictionary.
    pub(super) fn dict<'f>(&'f self, dict: &Dict<'f>, name: &str) -> Option<Dict<'f>> {
        self.get(dict, name)?.into_dict()
    }

    /// A number in a dictionary.
    pub(super) fn number<'f>(&'f self, dict: &Dict<'f>, name: &str) -> Option<f32> {
        Some(self.get(dict, name)?.into_number()?.as_f32())
    }

    /// The items of an array in a dictionary; none for any other value.
    pub(super) fn array<'f>(&'f self, dict: &Dict<'f>, name: &str) -> Option<Vec<Object<'f>>> {
        let array = self.get(dict, name)?.into_array()?;
        let items: Option<Vec<_>> = array
            .raw_iter()
            .take(ITEMS)
            .map(|item| self.resolved(item))
            .collect();
        items.filter(|items| items.len() < ITEMS)
    }

    /// A stream: its dictionary, and its content.
    pub(super) fn stream(&self, number: u32) -> Option<(Dict<'_>, Vec<u8>)> {
        let dict = self.object(number)?.into_dict()?;
        let data = self.places.get(&number)?.data.clone()?;
        let content = self.decoded(&dict, self.raw.get(data)?)?;
        Some((dict, content))
    }

    /// The content of the stream that an entry refers to.
    pub(super) fn stream_in<'f>(&'f self, dict: &Dict<'f>, name: &str) -> Option<Vec<u8>> {
        let number = reference(dict, name)?;
        self.stream(number).map(|(_, content)| content)
    }

    fn decoded<'f>(&'f self, dict: &Dict<'f>, data: &[u8]) -> Option<Vec<u8>> {
        let mut content = data.to_vec();
        for filter in self.filters(dict)? {
            let left = INFLATED.saturating_sub(self.inflated.get());
            let decoded = filters::decoded(&filter, &content, left);
            let length = decoded.as_ref().map_or(left + 1, Vec::len);
            self.inflated.set(self.inflated.get() + length);
            content = decoded?;
        }
        self.spend(data.len() + content.len())?;
        Some(content)
    }

    /// How a stream is packed; none where that is not known here.
    fn filters<'f>(&'f self, dict: &Dict<'f>) -> Option<Vec<Filter>> {
        if !dict.contains_key("Filter") {
            return Some(Vec::new());
        }
        let names = match self.get(dict, "Filter")? {
            Object::Name(name) => vec![name],
            Object::Array(_) => {
                let all = self.array(dict, "Filter")?.into_iter();
                all.map(Object::into_name).collect::<Option<_>>()?
            }
            _ => return None,
        };
        let params = match self.get(dict, "DecodeParms") {
            Some(Object::Array(_)) => self.array(dict, "DecodeParms")?,
            Some(one) => vec![one],
            None => Vec::new(),
        };
        let mut params = params.into_iter().map(Object::into_dict);
        names
            .iter()
            .map(|name| match &name[..] {
                b"FlateDecode" | b"Fl" => Some(Filter::Flate(
                    params.next().flatten().and_then(|it| self.predictor(&it)),
                )),
                b"ASCII85Decode" | b"A85" => {
                    params.next();
                    Some(Filter::Ascii85)
                }
                _ => None,
            })
            .collect()
    }

    fn predictor<'f>(&'f self, params: &Dict<'f>) -> Option<Predictor> {
        let number = |name: &str, usual: usize| match self.get(params, name) {
            Some(Object::Number(number)) => usize::try_from(number.as_i64()).unwrap_or(0),
            _ => usual,
        };
        let kind = number("Predictor", 1);
        (kind > 1).then(|| Predictor {
            kind,
            columns: number("Columns", 1),
            colors: number("Colors", 1),
            bits: number("BitsPerComponent", 8),
        })
    }
}

/// The number of the object that a reference is to.
pub(super) fn number_of(to: ObjRef) -> u32 {
    ObjectIdentifier::from(to).obj_number
}

/// The number of the object that an entry refers to.
pub(super) fn reference(dict: &Dict<'_>, name: impl AsRef<[u8]>) -> Option<u32> {
    dict.get_ref(name).map(number_of)
}

/// A name in a dictionary.
pub(super) fn name_of(dict: &Dict<'_>, name: &str) -> Option<Vec<u8>> {
    match dict.get_raw::<Object<'_>>(name)? {
        MaybeRef::NotRef(Object::Name(name)) => Some(name.to_vec()),
        _ => None,
    }
}

/// Where a word stands.
pub(super) fn find(bytes: &[u8], word: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(word.len())
        .position(|window| window == word)
        .map(|at| at + from)
}

/// How many bytes of white space stand first.
fn white(bytes: &[u8]) -> usize {
    let is_white = |byte: &u8| matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ');
    bytes.iter().take_while(|byte| is_white(byte)).count()
}

/// `12 0 obj`: the number of the next object, and what stands behind its heading.
fn next_heading(raw: &[u8], from: usize) -> Option<(u32, usize)> {
    let mut at = from;
    loop {
        let word = find(raw, b"obj", at)?;
        at = word + b"obj".len();
        let before = raw.get(word.saturating_sub(32).max(from)..word)?;
        if let Some(number) = numbered(before) {
            return Some((number, at));
        }
    }
}

/// The first of the two numbers at the end of some bytes.
fn numbered(before: &[u8]) -> Option<u32> {
    let digits = |bytes: &[u8]| {
        bytes
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let before = before.trim_ascii_end();
    let generation = digits(before);
    let before = before.get(..before.len() - generation)?;
    let bare = before.trim_ascii_end();
    if generation == 0 || bare.len() == before.len() {
        return None;
    }
    let number = bare.get(bare.len() - digits(bare)..)?;
    std::str::from_utf8(number).ok()?.parse().ok()
}
