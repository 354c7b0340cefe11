//! What is said of a list beside its mistakes: what was read in one way of several, what was
//! left out, what nobody can see. Nothing here refuses a file; a question may be answered with
//! the next upload.

use kernel::text_enum;
use serde::Serialize;
use utoipa::ToSchema;

use super::header::Header;
use super::source::Source;
use super::values::{BESIDE, DateOrder, OrderTold, UNCOMPUTED, clean, order_told};
use super::vocabulary::Field;
use super::{Part, cells::Record};

/// Lines that are named; of more, only the number is told.
const NAMED: usize = 50;

text_enum! {
    /// What a notice is about.
    pub enum NoticeCode {
        /// Lines of totals, counts and titles: no devices.
        LinesLeftOut = "lines_left_out",
        /// Rows that the spreadsheet program does not show; they were read.
        HiddenRows = "hidden_rows",
        /// Formulas whose values were not stored.
        FormulasWithoutValue = "formulas_without_value",
        /// Column names on two lines.
        TwoLineHeader = "two_line_header",
        /// Days that can be read in two ways.
        AmbiguousDates = "ambiguous_dates",
        /// Days that were read with the month first.
        MonthFirst = "month_first",
        /// Sheets with serial numbers that were not read.
        OtherSheets = "other_sheets",
        /// Several sheets list devices.
        SeveralSheets = "several_sheets",
    }
}

/// Something to know about a list, or to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ManifestNotice)]
pub struct Notice {
    /// What it is about.
    pub code: NoticeCode,
    /// In French.
    pub fr: String,
    /// In English.
    pub en: String,
    /// The sheet, where several were read.
    pub sheet: Option<String>,
    /// The column, by its name in the file.
    pub column: Option<String>,
    /// How many lines it concerns.
    pub count: u64,
    /// These lines, the first of them when they are many.
    pub lines: Vec<u64>,
    /// The parameter of the upload that answers it.
    pub parameter: Option<String>,
    /// What the parameter may be.
    pub options: Vec<String>,
}

impl Notice {
    pub(crate) fn new(code: NoticeCode, fr: String, en: String) -> Self {
        Self {
            code,
            fr,
            en,
            sheet: None,
            column: None,
            count: 0,
            lines: Vec::new(),
            parameter: None,
            options: Vec::new(),
        }
    }

    fn asking(mut self, parameter: &str, options: Vec<String>) -> Self {
        self.parameter = Some(parameter.to_owned());
        self.options = options;
        self
    }
}

/// Lines of a list, counted.
#[derive(Debug, Clone, Default)]
struct Lines {
    count: u64,
    named: Vec<u64>,
}

impl Lines {
    fn add(&mut self, line: u64) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(line);
        }
    }

    fn tell(self, part: &Part<'_>, column: Option<&str>, notice: Notice) -> Option<Notice> {
        (self.count > 0).then(|| Notice {
            sheet: part.name.map(str::to_owned),
            column: column.map(str::to_owned),
            count: self.count,
            lines: self.named,
            ..notice
        })
    }
}

/// What is noticed while a list is read.
#[derive(Debug, Default)]
pub(super) struct Noticed {
    left_out: Lines,
    hidden: Lines,
    formulas: Lines,
    ambiguous: Lines,
    day_first: bool,
    month_first: bool,
}

impl Noticed {
    /// A line that is no device.
    pub(super) fn leave_out(&mut self, record: &Record) {
        self.left_out.add(record.line);
    }

    /// A line with a device.
    pub(super) fn device(&mut self, record: &Record, header: &Header, hidden: bool) {
        if hidden {
            self.hidden.add(record.line);
        }
        if record.cells().any(|cell| cell.contains(UNCOMPUTED)) {
            self.formulas.add(record.line);
        }
        let Some((at, _)) = header.column(Field::PurchasedOn) else {
            return;
        };
        let cell = record.cell(at);
        if cell.starts_with(BESIDE) {
            return;
        }
        match order_told(&clean(cell)) {
            Some(OrderTold::Either) => self.ambiguous.add(record.line),
            Some(OrderTold::Only(DateOrder::DayFirst)) => self.day_first = true,
            Some(OrderTold::Only(DateOrder::MonthFirst)) => self.month_first = true,
            None => {}
        }
    }

    /// The order that the days of the list have, when they tell.
    pub(super) fn order(&self) -> Option<DateOrder> {
        match (self.day_first, self.month_first) {
            (true, _) => Some(DateOrder::DayFirst),
            (false, true) => Some(DateOrder::MonthFirst),
            (false, false) => None,
        }
    }

    /// What there is to say and to ask.
    pub(super) fn tell(
        self,
        part: &Part<'_>,
        header: &Header,
        asked: Option<DateOrder>,
    ) -> (Vec<Notice>, Vec<Notice>) {
        let told = self.order();
        let column = header
            .column(Field::PurchasedOn)
            .map(|(_, column)| column.name.as_str());
        let mut warnings = Vec::new();
        warnings.extend(self.left_out.tell(part, None, left_out()));
        warnings.extend(self.hidden.tell(part, None, hidden()));
        warnings.extend(self.formulas.tell(part, None, formulas()));
        if header.two_lines {
            let line = header.line;
            let mut notice = two_lines(line);
            notice.sheet = part.name.map(str::to_owned);
            notice.lines = vec![line - 1, line];
            warnings.push(notice);
        }
        if asked.is_none() && told == Some(DateOrder::MonthFirst) {
            let mut notice = month_first();
            notice.column = column.map(str::to_owned);
            notice.sheet = part.name.map(str::to_owned);
            warnings.push(notice);
        }
        let unanswered = asked.is_none() && told.is_none();
        let ambiguous = self.ambiguous.tell(part, column, ambiguous());
        (
            warnings,
            ambiguous.filter(|_| unanswered).into_iter().collect(),
        )
    }
}

/// What is said of the sheets of a workbook.
pub(super) fn of_sheets(source: &Source<'_>) -> (Option<Notice>, Option<Notice>) {
    let undecided = source.undecided();
    let question = (!undecided.is_empty()).then(|| {
        let names = undecided.join(", ");
        let options = std::iter::once("*").chain(undecided.iter().map(String::as_str));
        let options = options.map(str::to_owned).collect();
        Notice::new(
            NoticeCode::SeveralSheets,
            format!("Plusieurs feuilles de ce classeur listent des appareils : {names}. Dites laquelle est l'inventaire, ou prenez-les toutes."),
            format!("Several sheets of this workbook list devices: {names}. Say which one is the manifest, or take them all."),
        )
        .asking("sheet", options)
    });
    let others: Vec<String> = source
        .other_sheets()
        .iter()
        .filter(|name| !undecided.contains(name))
        .cloned()
        .collect();
    let warning = (!others.is_empty()).then(|| {
        let names = others.join(", ");
        Notice::new(
            NoticeCode::OtherSheets,
            format!(
                "D'autres feuilles nomment des numéros de série et n'ont pas été lues : {names}."
            ),
            format!("Other sheets name serial numbers and were not read: {names}."),
        )
        .asking("sheet", others)
    });
    (warning, question)
}

fn left_out() -> Notice {
    Notice::new(
        NoticeCode::LinesLeftOut,
        "Des lignes de total, de compte ou de titre n'ont pas été prises pour des appareils."
            .to_owned(),
        "Lines of totals, counts or titles were not taken for devices.".to_owned(),
    )
}

fn hidden() -> Notice {
    Notice::new(
        NoticeCode::HiddenRows,
        "Des lignes masquées ou filtrées dans votre tableur ont été lues comme les autres ; supprimez celles qui ne sont pas du don.".to_owned(),
        "Rows that are hidden or filtered in your spreadsheet program were read like the others; delete those that are not given.".to_owned(),
    )
}

fn formulas() -> Notice {
    Notice::new(
        NoticeCode::FormulasWithoutValue,
        "Des formules n'ont pas de valeur enregistrée et ont été lues comme des cellules vides ; ouvrez le classeur dans votre tableur et enregistrez-le.".to_owned(),
        "Formulas have no stored value and were read as empty cells; open the workbook in your spreadsheet program and save it.".to_owned(),
    )
}

fn two_lines(line: u64) -> Notice {
    let first = line - 1;
    Notice::new(
        NoticeCode::TwoLineHeader,
        format!(
            "Les titres de colonnes tiennent sur deux lignes ({first} et {line}) ; ils ont été lus ensemble."
        ),
        format!(
            "The column names stand on two lines ({first} and {line}); they were read together."
        ),
    )
}

fn month_first() -> Notice {
    Notice::new(
        NoticeCode::MonthFirst,
        "Les dates de cette colonne sont écrites mois/jour/année ; elles ont été lues ainsi."
            .to_owned(),
        "The days of this column are written month/day/year; they were read so.".to_owned(),
    )
    .asking("dates", vec!["dmy".to_owned(), "mdy".to_owned()])
}

fn ambiguous() -> Notice {
    Notice::new(
        NoticeCode::AmbiguousDates,
        "Les dates de cette colonne se lisent de deux façons (04/05 : 4 mai ou 5 avril) ; elles ont été lues jour/mois. Si c'est mois/jour, déposez la liste de nouveau en le disant.".to_owned(),
        "The days of this column can be read in two ways (04/05: 4 May or 5 April); they were read day/month. If they are month/day, upload the list again and say so.".to_owned(),
    )
    .asking("dates", vec!["dmy".to_owned(), "mdy".to_owned()])
}
