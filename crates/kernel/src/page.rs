//! Keyset pages: the next page starts after the last row seen, at the same cost at any depth.

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::Serialize;

use crate::{Code, Refusal, Text};

/// One page of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// What to pass as `after` to read on; null on the last page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of rows that were loaded with one row more than asked
    /// ([`PageRequest::fetch`]), which tells whether there is a next page.
    pub fn from_rows(mut rows: Vec<T>, request: &PageRequest, key: impl Fn(&T) -> String) -> Self {
        let more = rows.len() > request.limit as usize;
        rows.truncate(request.limit as usize);
        let next = more
            .then(|| rows.last().map(|row| Cursor::encode(&key(row))))
            .flatten();
        Self { items: rows, next }
    }

    /// Converts the rows.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(convert).collect(),
            next: self.next,
        }
    }
}

/// Which page is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    limit: u32,
    after: Option<String>,
}

impl PageRequest {
    /// Rows of a page when nothing is said.
    pub const DEFAULT_LIMIT: u32 = 50;
    /// Rows of a page at the most.
    pub const MAX_LIMIT: u32 = 200;

    /// Checks what the client asked.
    ///
    /// # Errors
    /// `invalid_page` for a limit outside 1–200 or a cursor that is not ours.
    pub fn new(limit: Option<u32>, after: Option<&str>) -> Result<Self, Refusal> {
        let limit = limit.unwrap_or(Self::DEFAULT_LIMIT);
        if !(1..=Self::MAX_LIMIT).contains(&limit) {
            return Err(Refusal::new(
                Code::InvalidPage,
                Text::new("« limit » va de 1 à 200.", "`limit` goes from 1 to 200."),
            ));
        }
        let after = after.map(Cursor::decode).transpose()?;
        Ok(Self { limit, after })
    }

    /// A request for everything, for exports. The caller streams or bounds it.
    pub fn everything() -> Self {
        Self {
            limit: u32::MAX - 1,
            after: None,
        }
    }

    /// A request for the first so many, for exports of lists that grow without end.
    pub fn first(most: u32) -> Self {
        Self {
            limit: most.min(u32::MAX - 1),
            after: None,
        }
    }

    /// How many rows to load: one more than the page shows.
    pub fn fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// The key after which the page begins, parsed.
    ///
    /// # Errors
    /// `invalid_page` when the cursor is of another list.
    pub fn after<K: std::str::FromStr>(&self) -> Result<Option<K>, Refusal> {
        self.after
            .as_deref()
            .map(|key| key.parse().map_err(|_| Cursor::refusal()))
            .transpose()
    }
}

/// The opaque form of a key.
#[derive(Debug)]
pub struct Cursor;

impl Cursor {
    /// A key as the `next` of a page.
    pub fn encode(key: &str) -> String {
        HEXLOWER.encode(key.as_bytes())
    }

    fn decode(text: &str) -> Result<String, Refusal> {
        if text.len() > 400 {
            return Err(Self::refusal());
        }
        HEXLOWER_PERMISSIVE
            .decode(text.as_bytes())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(Self::refusal)
    }

    fn refusal() -> Refusal {
        Refusal::new(
            Code::InvalidPage,
            Text::new(
                "« after » reprend la valeur « next » de la page précédente.",
                "`after` takes the value of `next` of the page before.",
            ),
        )
    }
}
