//! The bytes of an uploaded file, to be gone through more than once. A small one is held in
//! memory; a larger one lies in a file without a name, which the system removes with its last
//! handle, also when the program is killed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;

/// Bytes that are held in memory at the most.
const HELD_MAX: usize = 1 << 20;

/// What was uploaded.
#[derive(Debug)]
pub struct Content(Place);

#[derive(Debug)]
enum Place {
    Memory(Vec<u8>),
    Disk { file: File, length: u64 },
}

impl Content {
    /// Reads from the beginning; any number of readers may be under way.
    pub fn reader(&self) -> Reader<'_> {
        self.reader_from(0)
    }

    /// Reads from this place.
    pub(super) fn reader_from(&self, at: u64) -> Reader<'_> {
        Reader { content: self, at }
    }

    /// Bytes in all.
    pub fn length(&self) -> u64 {
        match &self.0 {
            Place::Memory(bytes) => bytes.len() as u64,
            Place::Disk { length, .. } => *length,
        }
    }

    /// The first bytes, so many at the most.
    pub(super) fn head(&self, most: u64) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        self.reader().take(most).read_to_end(&mut head)?;
        Ok(head)
    }
}

impl From<&[u8]> for Content {
    fn from(bytes: &[u8]) -> Self {
        Self(Place::Memory(bytes.to_vec()))
    }
}

/// Goes through a [`Content`].
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    content: &'a Content,
    at: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &self.content.0 {
            Place::Memory(bytes) => {
                let start = usize::try_from(self.at).unwrap_or(usize::MAX);
                bytes.get(start..).unwrap_or_default().read(buffer)?
            }
            Place::Disk { file, .. } => file.read_at(buffer, self.at)?,
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.content.length().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Takes a file in, part by part.
#[derive(Debug, Default)]
pub struct Spool {
    held: Vec<u8>,
    file: Option<File>,
    written: u64,
}

impl Spool {
    /// Bytes so far.
    pub fn length(&self) -> u64 {
        self.written + self.held.len() as u64
    }

    /// What came in.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn finish(mut self) -> io::Result<Content> {
        let Some(mut file) = self.file.take() else {
            return Ok(Content(Place::Memory(self.held)));
        };
        file.write_all(&self.held)?;
        let length = self.length();
        Ok(Content(Place::Disk { file, length }))
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.held.len() + bytes.len() > HELD_MAX {
            self.flush()?;
        }
        self.held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Brings to the disk what is held.
    fn flush(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.write_all(&self.held)?;
        self.written += self.held.len() as u64;
        self.held.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn spooled(bytes: &[u8]) -> Content {
        let mut spool = Spool::default();
        for part in bytes.chunks(100_000) {
            spool.write_all(part).unwrap();
        }
        assert_eq!(spool.length(), bytes.len() as u64);
        spool.finish().unwrap()
    }

    #[test]
    fn a_large_file_lies_on_the_disk_and_is_read_like_a_small_one() {
        for (size, on_disk) in [(0, false), (HELD_MAX, false), (3 * HELD_MAX + 7, true)] {
            let bytes: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
            let content = spooled(&bytes);
            assert_eq!(matches!(content.0, Place::Disk { .. }), on_disk);
            assert_eq!(content.length(), size as u64);
            let (mut first, mut second) = (content.reader(), content.reader());
            let mut read = vec![0; size / 2];
            first.read_exact(&mut read).unwrap();
            let mut all = Vec::new();
            second.read_to_end(&mut all).unwrap();
            first.read_to_end(&mut read).unwrap();
            assert!(read == bytes && all == bytes);
        }
    }

    #[test]
    fn a_reader_goes_to_any_place_and_not_before_the_first() {
        let content = Content::from(&b"0123456789"[..]);
        let mut reader = content.reader();
        let mut two = [0; 2];
        for (to, expected) in [
            (SeekFrom::Start(4), b"45"),
            (SeekFrom::Current(1), b"78"),
            (SeekFrom::End(-2), b"89"),
        ] {
            reader.seek(to).unwrap();
            reader.read_exact(&mut two).unwrap();
            assert_eq!(&two, expected);
        }
        assert!(reader.seek(SeekFrom::End(-11)).is_err());
        reader.seek(SeekFrom::Start(99)).unwrap();
        assert_eq!(reader.read(&mut two).unwrap(), 0);
    }
}
