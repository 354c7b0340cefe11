//! The bytes over which chains of hashes run.
//!
//! Each field is written as its length (four bytes, big-endian) and its bytes; one that is not
//! there as the length `ff ff ff ff` and nothing. Whoever reads from the left knows after four
//! bytes how many belong to the field, so two different lists of fields never give the same
//! bytes: not when a field takes a letter from its neighbor, and not when one is empty instead
//! of absent. The first field names the format, so a line of one log is no line of another.

use sha2::{Digest, Sha256};

/// The length of a field that is not there.
const ABSENT: u32 = u32::MAX;

/// Fields, as bytes that no other fields give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canonical(Vec<u8>);

impl Canonical {
    /// Begins with the name of a format, and has room for so many bytes.
    pub fn new(format: &str, room: usize) -> Self {
        let mut canonical = Self(Vec::with_capacity(room));
        canonical.field(format.as_bytes());
        canonical
    }

    /// A field that is there. None has four gigabytes: what is asked of the server is limited.
    pub fn field(&mut self, value: &[u8]) {
        let length = u32::try_from(value.len()).unwrap_or(ABSENT - 1);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(value);
    }

    /// A field that need not be there.
    pub fn optional(&mut self, value: Option<&[u8]>) {
        match value {
            Some(value) => self.field(value),
            None => self.0.extend_from_slice(&ABSENT.to_be_bytes()),
        }
    }

    /// What was written.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// SHA-256 of the hash before, which the first line of a chain does not have, and these bytes.
    pub fn hash_after(&self, prev: &[u8]) -> Vec<u8> {
        let mut hasher = Sha256::new();
        hasher.update(prev);
        hasher.update(&self.0);
        hasher.finalize().to_vec()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    type List = Vec<Option<Vec<u8>>>;

    fn written(fields: &[Option<Vec<u8>>]) -> Canonical {
        let mut canonical = Canonical::new("f", 0);
        for field in fields {
            canonical.optional(field.as_deref());
        }
        canonical
    }

    /// Reads the fields back, the format first; none when the bytes are not well-formed.
    fn read(mut bytes: &[u8]) -> Option<List> {
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let (length, rest) = bytes.split_first_chunk::<4>()?;
            let length = u32::from_be_bytes(*length);
            if length == ABSENT {
                fields.push(None);
                bytes = rest;
                continue;
            }
            let (field, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            fields.push(Some(field.to_vec()));
            bytes = rest;
        }
        Some(fields)
    }

    #[test]
    fn fields_are_written_with_their_length() {
        let mut canonical = Canonical::new("log 1", 64);
        canonical.field(b"ab");
        canonical.optional(None);
        canonical.optional(Some(b""));
        assert_eq!(
            canonical.bytes(),
            b"\0\0\0\x05log 1\0\0\0\x02ab\xff\xff\xff\xff\0\0\0\0"
        );
    }

    #[test]
    fn a_hash_is_over_the_one_before_and_the_fields() {
        let canonical = written(&[Some(b"x".to_vec())]);
        let all = [&[7; 32][..], canonical.bytes()].concat();
        assert_eq!(canonical.hash_after(&[7; 32]), Sha256::digest(all).to_vec());
        assert_ne!(canonical.hash_after(&[7; 32]), canonical.hash_after(&[]));
    }

    #[test]
    fn neighbors_do_not_flow_into_each_other() {
        let lists: [&[Option<&[u8]>]; 8] = [
            &[],
            &[None],
            &[Some(b"")],
            &[Some(b""), None],
            &[Some(b"ab"), Some(b"c")],
            &[Some(b"a"), Some(b"bc")],
            &[Some(b"abc")],
            // a field whose content reads like the next field
            &[Some(b"ab\0\0\0\x01c")],
        ];
        let bytes: std::collections::BTreeSet<_> = lists
            .iter()
            .map(|list| {
                let list: List = list.iter().map(|field| field.map(<[u8]>::to_vec)).collect();
                written(&list).bytes().to_vec()
            })
            .collect();
        assert_eq!(bytes.len(), lists.len());
    }

    /// Few different bytes, those of lengths among them, so that lists come close to each other.
    fn lists() -> impl Strategy<Value = List> {
        let byte = prop_oneof![Just(0_u8), Just(1), Just(255), any::<u8>()];
        vec(option::of(vec(byte, 0..6)), 0..6)
    }

    proptest! {
        #[test]
        fn what_was_written_can_be_read_in_one_way(list in lists()) {
            let mut read = read(written(&list).bytes()).unwrap();
            prop_assert_eq!(read.remove(0), Some(b"f".to_vec()));
            prop_assert_eq!(read, list);
        }

        #[test]
        fn two_different_lists_never_give_the_same_bytes(one in lists(), other in lists()) {
            prop_assert_eq!(one == other, written(&one) == written(&other));
        }

        #[test]
        fn a_byte_that_moves_to_the_neighbor_changes_the_bytes(list in lists(), place in 0_usize..6) {
            let mut moved = list.clone();
            let (Some(Some(_)), Some(Some(_))) = (list.get(place), list.get(place + 1)) else {
                return Ok(());
            };
            let Some(byte) = moved[place].as_mut().and_then(Vec::pop) else {
                return Ok(());
            };
            moved[place + 1].as_mut().unwrap().insert(0, byte);
            prop_assert_ne!(written(&list), written(&moved));
        }
    }
}
