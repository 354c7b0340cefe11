//! `/ville/demandes/{id}`: an application as the city reads it, and what it waits for.

use ::web::PathId;
use ::web::access::ReviewApplications;
use eligibility::{Application, ApplicationStatus};
use kernel::{Instant, Language};
use notifications::Quantity;
use serde::Serialize;

use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct CityApplication {
    reference: String,
    association: String,
    programme: String,
    status: &'static str,
    requests: Vec<String>,
    statement: Option<String>,
    beneficiaries: Option<i64>,
    assisted: bool,
    late: bool,
    submitted_at: Option<Instant>,
    silence_at: Option<Instant>,
    decided_at: Option<Instant>,
    reasons: Vec<String>,
    /// Hundredths of a point.
    score: Option<i32>,
    /// What was asked for, and not answered yet.
    open_changes: Vec<String>,
}

impl View for CityApplication {
    const TEMPLATE: &'static str = "city_application.html";
}

impl CityApplication {
    fn of(application: Application, language: Language) -> Self {
        let requests = application.form.requests.unwrap_or_default();
        let requests = requests.iter().map(|request| {
            let words = Quantity::of(
                request.kind,
                u64::try_from(request.quantity).unwrap_or_default(),
            );
            match language {
                Language::French => words.fr,
                Language::English => words.en,
            }
        });
        let items = application.changes.map(|changes| changes.items);
        let open = items
            .unwrap_or_default()
            .into_iter()
            .filter(|item| item.resolved.is_none());
        Self {
            requests: requests.collect(),
            open_changes: open.map(|item| item.message).collect(),
            reference: application.reference,
            association: application.association,
            programme: application.programme,
            status: application.status.as_str(),
            statement: application.form.statement,
            beneficiaries: application.form.beneficiaries_per_year,
            assisted: application.assisted,
            late: application.late,
            submitted_at: application.submitted_at,
            silence_at: application.silence_at,
            decided_at: application.decided_at,
            reasons: application.reasons,
            score: application.score,
        }
    }
}

pub(crate) async fn show(
    page: Page<ReviewApplications>,
    PathId(id): PathId<kernel::Application>,
) -> PageResult {
    let application = page
        .read(move |db, actor| eligibility::application(db, actor, id))
        .await?;
    page.show(&CityApplication::of(application, page.language()))
}

pub(crate) fn samples() -> Vec<Sample> {
    let moment = Instant::from_micros(1_700_000_000_000_000);
    let view = |status: &ApplicationStatus, far: bool| CityApplication {
        reference: "D-2023-0042".to_owned(),
        association: "Les Amis".to_owned(),
        programme: "Marseille 2023".to_owned(),
        status: status.as_str(),
        requests: vec!["12 desktops".to_owned()],
        statement: far.then(|| "Un atelier par semaine.".to_owned()),
        beneficiaries: far.then_some(1_200),
        assisted: far,
        late: far,
        submitted_at: moment.filter(|_| far),
        silence_at: moment.filter(|_| far),
        decided_at: moment.filter(|_| far),
        reasons: vec!["-".to_owned(); usize::from(far)],
        score: far.then_some(7_240),
        open_changes: vec!["-".to_owned(); usize::from(far)],
    };
    ApplicationStatus::ALL
        .iter()
        .map(|status| {
            let far = !matches!(status, ApplicationStatus::Draft);
            let name = format!("city's application, {status}");
            Sample::of(&name, &view(status, far))
        })
        .collect()
}
