//! The parts of a workbook, unpacked one after the other and within bounds: what an archive
//! says of its own size may be a lie, and a small file may unpack to anything. Nothing is
//! unpacked but what is read, and what is read is counted as it comes.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use kernel::Refusal;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::{Content, damaged, too_large};
use crate::manifest::content::Reader as FileReader;

/// Bytes of the archive's own table of contents.
const DIRECTORY_MAX: u64 = 4 << 20;
/// Parts of a workbook; a real one has some dozens.
const PARTS_MAX: usize = 10_000;
/// Bytes that one part may unpack to.
pub(super) const PART_MAX: u64 = 256 << 20;
/// Bytes that may be unpacked of one workbook, each time that a part is read.
pub(super) const WHOLE_MAX: u64 = 640 << 20;
/// How many times its packed size a part may have; lists have up to some sixty.
pub(super) const RATIO_MAX: u64 = 200;
/// A part of this size may be packed as tightly as it likes.
pub(super) const RATIO_FLOOR: u64 = 16 << 20;
/// Bytes of one text or tag: a spreadsheet's cell has at most 32 767 characters.
pub(super) const EVENT_MAX: u64 = 512 << 10;
/// Elements within elements.
const DEPTH_MAX: u32 = 100;

/// What may still be unpacked.
#[derive(Debug)]
struct Meter {
    whole: Cell<u64>,
    part: Cell<u64>,
    event: Cell<u64>,
    exceeded: Cell<bool>,
}

impl Meter {
    fn take(&self, read: usize) -> io::Result<()> {
        for left in [&self.whole, &self.part, &self.event] {
            match left.get().checked_sub(read as u64) {
                Some(rest) => left.set(rest),
                None => {
                    self.exceeded.set(true);
                    return Err(io::Error::other("too large once unpacked"));
                }
            }
        }
        Ok(())
    }
}

/// A reader of the packed file that stops when its table of contents is too long.
pub(super) struct Packed<'a> {
    file: FileReader<'a>,
    left: Rc<Cell<Option<u64>>>,
}

impl Read for Packed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        if let Some(left) = self.left.get() {
            let rest = left.checked_sub(read as u64);
            self.left
                .set(Some(rest.ok_or(io::ErrorKind::FileTooLarge)?));
        }
        Ok(read)
    }
}

impl Seek for Packed<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// An opened workbook.
pub(super) struct Package<'a> {
    archive: ZipArchive<Packed<'a>>,
    /// The places of the parts, by their names in small letters.
    places: HashMap<String, usize>,
    meter: Rc<Meter>,
}

impl<'a> Package<'a> {
    pub(super) fn open(file: &'a Content) -> Result<Self, Refusal> {
        let left = Rc::new(Cell::new(Some(DIRECTORY_MAX)));
        let packed = Packed {
            file: file.reader(),
            left: Rc::clone(&left),
        };
        let mut archive = ZipArchive::new(packed).map_err(|_| damaged())?;
        left.set(None);
        if archive.len() > PARTS_MAX {
            return Err(too_large());
        }
        let mut places = HashMap::new();
        for place in 0..archive.len() {
            let part = archive.by_index_raw(place).map_err(|_| damaged())?;
            if let Ok(name) = part.name() {
                places.insert(plain(&name), place);
            }
        }
        Ok(Self {
            archive,
            places,
            meter: Rc::new(Meter {
                whole: Cell::new(WHOLE_MAX),
                part: Cell::new(0),
                event: Cell::new(0),
                exceeded: Cell::new(false),
            }),
        })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.places.contains_key(&plain(name))
    }

    /// Bytes that may still be unpacked.
    #[cfg(test)]
    pub(super) fn left(&self) -> u64 {
        self.meter.whole.get()
    }

    /// The elements of a part, when it is there.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Xml<impl Read>>, Refusal> {
        let Some(place) = self.places.get(&plain(name)) else {
            return Ok(None);
        };
        let part = self.archive.by_index(*place).map_err(|_| damaged())?;
        let by_ratio = part.compressed_size().saturating_mul(RATIO_MAX);
        let most = PART_MAX.min(by_ratio.max(RATIO_FLOOR));
        if part.size() > most {
            return Err(too_large());
        }
        self.meter.part.set(most);
        Ok(Some(Xml::new(part, Rc::clone(&self.meter))))
    }
}

fn plain(name: &str) -> String {
    let name = name.replace('\\', "/").to_lowercase();
    name.trim_start_matches('/').to_owned()
}

struct Unpacked<R> {
    part: R,
    meter: Rc<Meter>,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.part.read(buffer)?;
        self.meter.take(read)?;
        Ok(read)
    }
}

/// The elements of a part, one by one; an empty one begins and ends.
pub(super) struct Xml<R: Read> {
    reader: quick_xml::Reader<BufReader<Unpacked<R>>>,
    buffer: Vec<u8>,
    meter: Rc<Meter>,
    depth: u32,
}

impl<R: Read> Xml<R> {
    fn new(part: R, meter: Rc<Meter>) -> Self {
        let unpacked = Unpacked {
            part,
            meter: Rc::clone(&meter),
        };
        let mut reader = quick_xml::Reader::from_reader(BufReader::new(unpacked));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        Self {
            reader,
            buffer: Vec::new(),
            meter,
            depth: 0,
        }
    }

    /// What comes next.
    pub(super) fn next(&mut self) -> Result<Event<'_>, Refusal> {
        self.buffer.clear();
        self.meter.event.set(EVENT_MAX);
        let event = self.reader.read_event_into(&mut self.buffer);
        let event = event.map_err(|_| match self.meter.exceeded.get() {
            true => too_large(),
            false => damaged(),
        })?;
        match &event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.depth > DEPTH_MAX {
            return Err(damaged());
        }
        Ok(event)
    }
}

/// An attribute, by its name without or with its prefix.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag
        .attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.0 == name)?;
    quick_xml::escape::unescape(&found.value)
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// Adds what an event says in words to a text, up to so many bytes.
pub(super) fn add_text(event: &Event<'_>, text: &mut String, most: usize) {
    if text.len() > most {
        return;
    }
    match event {
        Event::Text(part) => text.push_str(&part.xml10_content()),
        Event::CData(part) => text.push_str(&part.xml10_content()),
        Event::GeneralRef(name) => {
            if let Some(known) = quick_xml::escape::resolve_xml_entity(name) {
                text.push_str(known);
            } else if let Ok(Some(character)) = name.resolve_char_ref() {
                text.push(character);
            }
        }
        _ => {}
    }
    text.truncate(text.floor_char_boundary(most + 1));
}
