//! What is in the printer: a roll of labels, or sheets with several.

use serde::{Deserialize, Serialize};

/// A size, in millimetres.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Size {
    /// From left to right.
    pub width: f32,
    /// From top to bottom.
    pub height: f32,
}

/// Labels on a sheet, in millimetres.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// The sheet.
    pub page: Size,
    /// Labels in a row.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
    /// From the left edge to the first label.
    pub left: f32,
    /// From the top edge to the first label.
    pub top: f32,
    /// From the left of a label to that of the next; its width when not said.
    #[serde(default)]
    pub across: Option<f32>,
    /// From the top of a label to that of the next; its height when not said.
    #[serde(default)]
    pub down: Option<f32>,
}

impl Sheet {
    /// Labels of a sheet.
    #[must_use]
    pub fn places(&self) -> usize {
        usize::from(self.columns) * usize::from(self.rows)
    }

    /// Where a label begins on its sheet, in millimetres.
    pub(super) fn corner(&self, at: usize, label: Size) -> (f32, f32) {
        let columns = usize::from(self.columns).max(1);
        let step = |n: usize, pitch: f32| u16::try_from(n).map_or(0.0, f32::from) * pitch;
        (
            self.left + step(at % columns, self.across.unwrap_or(label.width)),
            self.top + step(at / columns, self.down.unwrap_or(label.height)),
        )
    }
}

/// Labels as one buys them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stock {
    /// By what it is asked for, such as `62x29`.
    pub name: String,
    /// One label.
    pub label: Size,
    /// Of labels on sheets; a roll has one a page.
    #[serde(default)]
    pub sheet: Option<Sheet>,
}

/// A label may be as small and as large.
const LEAST: f32 = 15.0;
const MOST: f32 = 300.0;
/// What rounding may add.
const SLACK: f32 = 0.05;

impl Stock {
    /// The sizes that everybody has: A4 with 24 labels, rolls of 62 × 29 and 57 × 32 mm.
    #[must_use]
    pub fn built_in() -> Vec<Self> {
        let roll = |name: &str, width, height| Self {
            name: name.to_owned(),
            label: Size { width, height },
            sheet: None,
        };
        vec![
            Self {
                name: "a4-24".to_owned(),
                label: Size {
                    width: 70.0,
                    height: 37.0,
                },
                sheet: Some(Sheet {
                    page: Size {
                        width: 210.0,
                        height: 297.0,
                    },
                    columns: 3,
                    rows: 8,
                    left: 0.0,
                    top: 0.5,
                    across: None,
                    down: None,
                }),
            },
            roll("62x29", 62.0, 29.0),
            roll("57x32", 57.0, 32.0),
        ]
    }

    /// Whether its labels fit on its paper.
    ///
    /// # Errors
    /// A line for the operator.
    pub fn check(&self) -> Result<(), String> {
        let name = &self.name;
        let usable = |length: f32| (LEAST..=MOST).contains(&length);
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(format!(
                "labels: `{name}` is no name: letters, digits and hyphens"
            ));
        }
        if !usable(self.label.width) || !usable(self.label.height) {
            return Err(format!(
                "labels {name}: a label has {LEAST} to {MOST} mm on each side"
            ));
        }
        let Some(sheet) = &self.sheet else {
            return Ok(());
        };
        if sheet.places() == 0 || sheet.places() > 500 {
            return Err(format!("labels {name}: a sheet has 1 to 500 labels"));
        }
        let (x, y) = sheet.corner(sheet.places() - 1, self.label);
        let fits = sheet.left >= 0.0
            && sheet.top >= 0.0
            && x + self.label.width <= sheet.page.width + SLACK
            && y + self.label.height <= sheet.page.height + SLACK;
        let apart = sheet.across.unwrap_or(self.label.width) + SLACK >= self.label.width
            && sheet.down.unwrap_or(self.label.height) + SLACK >= self.label.height;
        match fits && apart {
            true => Ok(()),
            false => Err(format!("labels {name}: they do not fit on the sheet")),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn built_in_sizes_fit_on_their_paper() {
        for stock in Stock::built_in() {
            assert_eq!(stock.check(), Ok(()));
        }
    }

    #[test]
    fn a_size_that_does_not_fit_is_told() {
        let mut stock = Stock::built_in().remove(0);
        stock.label.height = 38.0;
        assert!(stock.check().unwrap_err().contains("do not fit"));
        stock.sheet = None;
        stock.label.width = 3.0;
        assert!(stock.check().unwrap_err().contains("mm on each side"));
        stock.name = "a b".to_owned();
        assert!(stock.check().unwrap_err().contains("no name"));
    }
}
