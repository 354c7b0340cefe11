//! `/ville/programmes/{id}/classement`: the ranking of a programme with its distribution, and as a
//! table.

use ::web::access::ReadRanking;
use ::web::{Answer, Csv, Params, PathId};
use actix_web::Responder;
use eligibility::{Ranked, Ranking, RankingFilter};
use kernel::{Instant, Language, Programme, ProgrammeId, Theme};
use serde::{Deserialize, Serialize};

use crate::pages::choices::Choice;
use crate::pages::wave_parts::{SAMPLE_ID, points, theme_word};
use crate::{Page, PageResult, Sample, View};

/// Rows of a page.
const ROWS: usize = 50;

/// Which applications to show, as they are typed: points, not hundredths.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    theme: String,
    #[serde(default)]
    postal_code: String,
    #[serde(default)]
    min: String,
    #[serde(default)]
    max: String,
    #[serde(default)]
    provisional: String,
    #[serde(default)]
    to_check: String,
    #[serde(default)]
    after: String,
}

impl Wanted {
    fn filter(&self) -> RankingFilter {
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        RankingFilter {
            provisional: !self.provisional.is_empty(),
            theme: self.theme.parse::<Theme>().ok(),
            postal_code: said(&self.postal_code),
            min_score: hundredths(&self.min),
            max_score: hundredths(&self.max),
            to_check: !self.to_check.is_empty(),
            q: said(&self.q),
        }
    }

    fn query(&self, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let given = [
            ("q", &*self.q),
            ("theme", &self.theme),
            ("postal_code", &self.postal_code),
            ("min", &self.min),
            ("max", &self.max),
            ("provisional", &self.provisional),
            ("to_check", &self.to_check),
        ];
        let given = given.into_iter().chain(more.iter().copied());
        query.extend_pairs(given.filter(|(_, value)| !value.is_empty()));
        query.finish()
    }
}

/// « 62,5 » is 6250; what is no number limits nothing.
fn hundredths(text: &str) -> Option<i32> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{a0}' && *c != '\u{202f}')
        .collect();
    let (whole, part) = plain.split_once([',', '.']).unwrap_or((&plain, ""));
    let whole: i32 = whole.parse().ok()?;
    let digits: String = part.chars().chain("00".chars()).take(2).collect();
    let part: i32 = digits.parse().ok()?;
    whole.checked_mul(100)?.checked_add(part)
}

#[derive(Serialize)]
struct RankingPage {
    id: String,
    programme: String,
    filter: Shown,
    themes: Vec<Choice>,
    ranked: usize,
    median: Option<String>,
    rubric: String,
    distribution: Vec<Band>,
    rows: Vec<Row>,
    next: Option<String>,
    /// The same as a table: for French spreadsheets, and with commas.
    csv_fr: String,
    csv: String,
}

impl View for RankingPage {
    const TEMPLATE: &'static str = "city_ranking.html";
}

#[derive(Default, Serialize)]
struct Shown {
    q: String,
    theme: String,
    postal_code: String,
    min: String,
    max: String,
    provisional: bool,
    to_check: bool,
    any: bool,
}

#[derive(Serialize)]
struct Band {
    from: i32,
    to: i32,
    count: usize,
    /// Of the greatest, in percent.
    height: usize,
}

#[derive(Serialize)]
struct Row {
    rank: usize,
    id: String,
    reference: String,
    association: String,
    status: &'static str,
    points: String,
    provisional: bool,
    fragility: Option<String>,
    requested: i64,
    postal_code: String,
    themes: Vec<String>,
    submitted_at: Option<Instant>,
    checks: Vec<&'static str>,
}

fn bands(ranking: &Ranking) -> Vec<Band> {
    let greatest = ranking.distribution.iter().map(|band| band.count).max();
    let greatest = greatest.unwrap_or(0);
    let band = |band: &eligibility::ScoreBand| Band {
        from: band.from / 100,
        to: band.to / 100,
        count: band.count,
        height: (band.count * 100).checked_div(greatest).unwrap_or(0),
    };
    ranking.distribution.iter().map(band).collect()
}

pub(crate) async fn show(
    page: Page<ReadRanking>,
    PathId(id): PathId<Programme>,
    Params(wanted): Params<Wanted>,
    Csv(csv): Csv,
) -> PageResult {
    if csv {
        return table(&page, id, &wanted).await;
    }
    let filter = wanted.filter();
    let after = wanted.after.parse().unwrap_or(0);
    let now = page.state().database.now();
    let (programme, ranking) = match filter.provisional || filter.to_check {
        true => {
            page.read_long(move |db, _| found(db, id, &filter, after, now))
                .await?
        }
        false => {
            page.read(move |db, _| found(db, id, &filter, after, now))
                .await?
        }
    };
    let language = page.language();
    let path = format!("/ville/programmes/{id}/classement");
    let themes = &page.state().eligibility.lists.themes;
    let row = |it: &Ranked| Row {
        rank: it.rank,
        id: it.application_id.to_string(),
        reference: it.reference.clone(),
        association: it.association.clone(),
        status: it.status.as_str(),
        points: points(it.score, language),
        provisional: it.provisional,
        fragility: it.fragility.map(|tenths| tenth(tenths, language)),
        requested: it.requested,
        postal_code: it.postal_code.clone(),
        themes: (it.themes.iter())
            .map(|theme| theme_word(theme.as_str(), themes, language))
            .collect(),
        submitted_at: it.submitted_at,
        checks: it.checks.iter().map(|check| check.as_str()).collect(),
    };
    let next = ranking.next.map(|rank| {
        let query = wanted.query(&[("after", &rank.to_string())]);
        format!("{path}?{query}")
    });
    page.show(&RankingPage {
        id: id.to_string(),
        programme,
        ranked: ranking.ranked,
        median: ranking.median.map(|score| points(score, language)),
        rubric: format!("{}, version {}", ranking.rubric, ranking.version),
        distribution: bands(&ranking),
        rows: ranking.items.iter().map(row).collect(),
        next,
        csv_fr: format!("{path}?{}", wanted.query(&[("csv", "fr")])),
        csv: format!("{path}.csv?{}", wanted.query(&[])),
        themes: (Theme::ALL.iter())
            .map(|theme| Choice {
                value: theme.to_string(),
                text: theme_word(theme.as_str(), themes, language),
            })
            .collect(),
        filter: Shown {
            any: !wanted.query(&[]).is_empty(),
            q: wanted.q,
            theme: wanted.theme,
            postal_code: wanted.postal_code,
            min: wanted.min,
            max: wanted.max,
            provisional: !wanted.provisional.is_empty(),
            to_check: !wanted.to_check.is_empty(),
        },
    })
}

fn found(
    db: &mut db::Db,
    id: ProgrammeId,
    filter: &RankingFilter,
    after: usize,
    now: Instant,
) -> db::Result<(String, Ranking)> {
    let programme = eligibility::programme(db, id)?.name;
    let ranking = eligibility::ranking(db, id, filter, after, Some(ROWS), now)?;
    Ok((programme, ranking))
}

fn tenth(tenths: i32, language: Language) -> String {
    let comma = match language {
        Language::French => ',',
        Language::English => '.',
    };
    format!("{}{comma}{}", tenths / 10, (tenths % 10).abs())
}

/// All that the filter finds, with commas.
pub(crate) async fn csv(
    page: Page<ReadRanking>,
    PathId(id): PathId<Programme>,
    Params(wanted): Params<Wanted>,
) -> PageResult {
    table(&page, id, &wanted).await
}

async fn table(page: &Page<ReadRanking>, id: ProgrammeId, wanted: &Wanted) -> PageResult {
    let filter = wanted.filter();
    let now = page.state().database.now();
    let ranking = page
        .read_long(move |db, _| eligibility::ranking(db, id, &filter, 0, None, now))
        .await?;
    let header = match page.language() {
        Language::French => [
            "rang",
            "score",
            "reference",
            "association",
            "etat",
            "provisoire",
            "fragility",
            "appareils_demandes",
            "code_postal",
            "themes",
            "recue_le",
            "a_verifier",
        ],
        Language::English => [
            "rank",
            "score",
            "reference",
            "association",
            "status",
            "provisional",
            "fragility",
            "requested",
            "postal_code",
            "themes",
            "submitted_at",
            "to_check",
        ],
    };
    let decimal = |hundredths: i32| format!("{}.{:02}", hundredths / 100, hundredths % 100);
    let rows = ranking.items.iter().map(|it| {
        let themes: Vec<_> = it.themes.iter().map(|theme| theme.as_str()).collect();
        let checks: Vec<_> = it.checks.iter().map(|check| check.as_str()).collect();
        let fragility = it
            .fragility
            .map(|f| format!("{}.{}", f / 10, (f % 10).abs()));
        vec![
            it.rank.to_string(),
            decimal(it.score),
            it.reference.clone(),
            it.association.clone(),
            it.status.to_string(),
            it.provisional.to_string(),
            fragility.unwrap_or_default(),
            it.requested.to_string(),
            it.postal_code.clone(),
            themes.join(" "),
            it.submitted_at.map(|at| at.to_string()).unwrap_or_default(),
            checks.join(" "),
        ]
    });
    Ok(Answer::csv(&header, rows)?.respond_to(page.request()))
}

pub(crate) fn samples() -> Vec<Sample> {
    let row = |status: &eligibility::ApplicationStatus, provisional: bool| Row {
        rank: 1,
        id: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        association: "Les Amis".to_owned(),
        status: status.as_str(),
        points: "78,50".to_owned(),
        provisional,
        fragility: (!provisional).then(|| "6,2".to_owned()),
        requested: 20,
        postal_code: "13003".to_owned(),
        themes: vec!["-".to_owned()],
        submitted_at: Instant::from_micros(1_700_000_000_000_000).filter(|_| !provisional),
        checks: eligibility::ToCheck::ALL
            .iter()
            .map(|it| it.as_str())
            .collect(),
    };
    let page = |rows: Vec<Row>| RankingPage {
        id: SAMPLE_ID.to_owned(),
        programme: "Marseille 2023".to_owned(),
        filter: Shown {
            any: rows.is_empty(),
            ..Shown::default()
        },
        themes: vec![Choice {
            value: "precarity".to_owned(),
            text: "-".to_owned(),
        }],
        ranked: rows.len(),
        median: (!rows.is_empty()).then(|| "62,00".to_owned()),
        rubric: "marseille-2023, version 1".to_owned(),
        distribution: vec![
            Band {
                from: 0,
                to: 10,
                count: 0,
                height: 0,
            },
            Band {
                from: 10,
                to: 20,
                count: 3,
                height: 100,
            },
        ],
        next: (!rows.is_empty()).then(|| "?after=50".to_owned()),
        rows,
        csv_fr: "?csv=fr".to_owned(),
        csv: "classement.csv".to_owned(),
    };
    let statuses = eligibility::ApplicationStatus::ALL.iter();
    vec![
        Sample::of(
            "ranking",
            &page(
                statuses
                    .map(|status| row(status, *status != eligibility::ApplicationStatus::Eligible))
                    .collect(),
            ),
        ),
        Sample::of("ranking, none", &page(Vec::new())),
    ]
}

#[cfg(test)]
mod tests {
    use super::hundredths;

    #[test]
    fn points_are_read_as_people_type_them() {
        assert_eq!(hundredths("62,5"), Some(6250));
        assert_eq!(hundredths(" 62.50\u{a0}"), Some(6250));
        assert_eq!(hundredths("62"), Some(6200));
        assert_eq!(hundredths("beaucoup"), None);
        assert_eq!(hundredths("99999999999"), None);
    }
}
