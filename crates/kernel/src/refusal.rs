//! A refusal: the rule says no, and tells the person what to do.

use crate::Code;
use crate::Text;
use crate::characters::{Lines, as_sent, is_visible};

/// What is wrong with one field of a body, or one cell of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer into the body.
    pub pointer: Option<String>,
    /// Line of the file, the first being 1.
    pub line: Option<u64>,
    /// Column of the file, by its name as the file has it.
    pub column: Option<String>,
    /// What kind of mistake.
    pub code: Code,
    /// What to do about it.
    pub detail: Text,
}

/// Why something is not done. `code` is stable; programs rely on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Which rule.
    pub code: Code,
    /// The case at hand, in a sentence that helps.
    pub detail: Text,
    /// The fields or lines at fault, all at once.
    pub errors: Vec<FieldError>,
    /// Further members of the problem body, such as what changed.
    pub extra: Option<serde_json::Value>,
}

impl Refusal {
    /// A refusal with its sentence.
    pub fn new(code: Code, detail: Text) -> Self {
        Self {
            code,
            detail,
            errors: Vec::new(),
            extra: None,
        }
    }

    /// A refusal whose code says everything: takes the sentence of the table.
    pub fn plain(code: Code) -> Self {
        Self::new(code, code.help())
    }

    /// 404: not there, or not yours; the two are not told apart.
    pub fn not_found() -> Self {
        Self::plain(Code::NotFound)
    }

    /// One field is wrong.
    pub fn field(pointer: impl Into<String>, code: Code, detail: Text) -> Self {
        let mut fields = Fields::default();
        fields.push(pointer, code, detail);
        fields.refusal()
    }

    /// Adds members to the problem body.
    #[must_use]
    pub fn with_extra(mut self, extra: serde_json::Value) -> Self {
        self.extra = Some(extra);
        self
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.detail.en)
    }
}

impl std::error::Error for Refusal {}

/// Collects every mistake of a body before it is refused.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// Notes a mistake at a JSON pointer.
    pub fn push(&mut self, pointer: impl Into<String>, code: Code, detail: Text) {
        self.0.push(FieldError {
            pointer: Some(pointer.into()),
            line: None,
            column: None,
            code,
            detail,
        });
    }

    /// Notes a mistake in a file.
    pub fn push_line(&mut self, line: u64, column: Option<&str>, code: Code, detail: Text) {
        self.0.push(FieldError {
            pointer: None,
            line: Some(line),
            column: column.map(str::to_owned),
            code,
            detail,
        });
    }

    /// Notes an empty text, one longer than `max` characters, or one with characters that
    /// such a field may not have.
    pub fn text(&mut self, pointer: &str, value: &str, max: usize) {
        self.characters(pointer, value);
        if !is_visible(value) {
            self.push(
                pointer,
                Code::Required,
                Text::new("Ce champ est à remplir.", "This field is required."),
            );
        } else if value.chars().count() > max {
            self.push(
                pointer,
                Code::TooLong,
                Text::new(
                    format!("{max} caractères au plus."),
                    format!("At most {max} characters."),
                ),
            );
        }
    }

    /// Notes a list with more values than there are to choose from: some stand twice.
    pub fn at_most(&mut self, pointer: &str, chosen: usize, choices: usize) {
        if chosen > choices {
            self.push(
                pointer,
                Code::Invalid,
                Text::new(
                    format!("{choices} valeurs au plus, chacune une seule fois."),
                    format!("At most {choices} values, each of them once."),
                ),
            );
        }
    }

    /// The same for the name of a person or an organization, which mails and pages show: it is
    /// not the address of a page.
    pub fn name(&mut self, pointer: &str, value: &str, max: usize) {
        self.text(pointer, value, max);
        let lower = value.to_lowercase();
        if lower.contains("://") || lower.contains("www.") {
            self.push(
                pointer,
                Code::Invalid,
                Text::new(
                    "Un nom n'est pas une adresse web : enlevez « :// » et « www. ».",
                    "A name is no web address: remove `://` and `www.`.",
                ),
            );
        }
    }

    /// Notes characters that a field of this name may not have.
    pub fn characters(&mut self, pointer: &str, value: &str) {
        let lines = Lines::of_field(pointer);
        let noted = |error: &FieldError| error.pointer.as_deref() == Some(pointer);
        if let Some(misfit) = lines.misfit(&as_sent(pointer, value))
            && !self.0.iter().any(noted)
        {
            self.push(pointer, Code::Invalid, lines.advice(misfit));
        }
    }

    /// Nothing was noted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much was noted.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// What was noted.
    pub fn into_vec(self) -> Vec<FieldError> {
        self.0
    }

    /// `Ok` when nothing was noted.
    ///
    /// # Errors
    /// `invalid_fields` with everything that was noted.
    pub fn check(self) -> Result<(), Refusal> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(self.refusal())
        }
    }

    fn refusal(self) -> Refusal {
        let mut refusal = Refusal::plain(Code::InvalidFields);
        refusal.errors = self.0;
        refusal
    }
}
