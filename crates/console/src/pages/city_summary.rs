//! `/ville/bilan`: one page for the mayor, to print. Each number leads to what it counts.

use ::web::Params;
use ::web::access::ManageWaves;
use impact::{Handed, Year};
use kernel::{Date, Instant};
use serde::{Deserialize, Serialize};

use crate::pages::wave_parts::{SAMPLE_ID, theme_word};
use crate::{Page, PageResult, Sample, View};

/// Which year; the present one when it is not said.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    year: Option<i32>,
}

#[derive(Serialize)]
struct Summary {
    year: i32,
    before: i32,
    after: Option<i32>,
    all: Sum,
    quarters: Vec<Part>,
    districts: Vec<Part>,
    districts_more: usize,
    themes: Vec<Part>,
    people: i64,
    reports: i64,
    /// Programme, its name, and how many wait.
    waiting: Vec<(String, String, i64)>,
    waiting_all: i64,
    made_at: Instant,
}

impl View for Summary {
    const TEMPLATE: &'static str = "city_summary.html";
}

#[derive(Clone, Serialize)]
struct Sum {
    devices: i64,
    lots: i64,
    associations: i64,
    /// The list of the lots that are counted.
    href: String,
}

#[derive(Clone, Serialize)]
struct Part {
    name: String,
    sum: Sum,
    /// Of the greatest, in percent.
    width: i64,
}

/// The list of what was handed over from a day on until another.
fn list(from: Date, to: Date, more: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("status", "completed");
    query.append_pair("from", &from.to_string());
    query.append_pair("to", &to.to_string());
    query.extend_pairs(more);
    format!("/ville/remises?{}", query.finish())
}

fn sum(handed: Handed, href: String) -> Sum {
    Sum {
        devices: handed.devices,
        lots: handed.lots,
        associations: handed.associations,
        href,
    }
}

fn parts(rows: Vec<(String, Sum)>) -> Vec<Part> {
    let greatest = rows.iter().map(|(_, sum)| sum.devices).max().unwrap_or(0);
    let part = |(name, sum): (String, Sum)| Part {
        width: (sum.devices * 100).checked_div(greatest).unwrap_or(0),
        name,
        sum,
    };
    rows.into_iter().map(part).collect()
}

/// The days on which the quarters of a year begin, and the last one ends.
fn quarters(year: i32) -> Option<[Date; 5]> {
    let day = |year, month| Date::from_ymd_opt(year, month, 1);
    Some([
        day(year, 1)?,
        day(year, 4)?,
        day(year, 7)?,
        day(year, 10)?,
        day(year + 1, 1)?,
    ])
}

pub(crate) async fn show(page: Page<ManageWaves>, Params(wanted): Params<Wanted>) -> PageResult {
    let now = page.state().database.now();
    let this = now.year();
    let year = wanted.year.unwrap_or(this).clamp(2000, 2100);
    let Some(days) = quarters(year) else {
        return Err(kernel::Code::NotFound.into());
    };
    page.read(|_, _| Ok(())).await?; // whoever asks is still let in
    let made = page.state().year(days.map(Instant::start_of)).await?;
    let (found, made_at) = (*made).clone();
    let language = page.language();
    let themes = &page.state().eligibility.lists.themes;
    let word = |code: &str| theme_word(code, themes, language);
    page.show(&summary(found, (year, this, made_at), days, word))
}

fn summary(
    found: Year,
    (year, this, made_at): (i32, i32, Instant),
    days: [Date; 5],
    word: impl Fn(&str) -> String,
) -> Summary {
    let [first, .., last] = days;
    let quarters = found.quarters.iter().zip(days.windows(2)).zip(1..);
    let quarters = quarters.filter_map(|((handed, pair), number): (_, i32)| match pair {
        [from, to] => Some((number.to_string(), sum(*handed, list(*from, *to, &[])))),
        _ => None,
    });
    let districts = found.districts.into_iter().map(|(code, handed)| {
        let href = list(first, last, &[("postal", &code)]);
        (code, sum(handed, href))
    });
    let themes = found.themes.into_iter().map(|(theme, handed)| {
        let href = list(first, last, &[("theme", theme.as_str())]);
        (word(theme.as_str()), sum(handed, href))
    });
    Summary {
        year,
        before: year - 1,
        after: (year < this).then_some(year + 1),
        all: sum(found.all, list(first, last, &[])),
        quarters: parts(quarters.collect()),
        districts: parts(districts.collect()),
        districts_more: found.districts_more,
        themes: parts(themes.collect()),
        people: found.people,
        reports: found.reports,
        waiting_all: found.waiting.iter().map(|(_, _, count)| count).sum(),
        waiting: (found.waiting.into_iter())
            .map(|(id, name, count)| (id.to_string(), name, count))
            .collect(),
        made_at,
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let (Some(at), Some(days), Ok(id)) = (
        Instant::from_micros(1_700_000_000_000_000),
        quarters(2023),
        SAMPLE_ID.parse(),
    ) else {
        return Vec::new();
    };
    let handed = Handed {
        devices: 486,
        lots: 30,
        associations: 27,
    };
    let full = Year {
        all: handed,
        quarters: vec![handed, Handed::default(), handed, handed],
        districts: vec![("13003".to_owned(), handed)],
        districts_more: 3,
        themes: vec![(kernel::Theme::Precarity, handed)],
        people: 1200,
        reports: 3,
        waiting: vec![(id, "Marseille 2023".to_owned(), 4)],
    };
    let empty = Year {
        all: Handed::default(),
        quarters: vec![Handed::default(); 4],
        districts: Vec::new(),
        districts_more: 0,
        themes: Vec::new(),
        people: 0,
        reports: 0,
        waiting: Vec::new(),
    };
    let page = |year: Year, this: i32| summary(year, (2023, this, at), days, str::to_owned);
    vec![
        Sample::of("a year", &page(full, 2024)),
        Sample::of("a year in which nothing happened", &page(empty, 2023)),
    ]
}
