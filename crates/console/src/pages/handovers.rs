//! `/atelier/remises` and `/ville/remises`: lots to hand over, and one of them with its devices.

use ::web::access::RunHandovers;
use ::web::{Paging, Params};
use handover::{HandoverFilter, HandoverStatus, HandoverView, LoanFilter};
use kernel::{HandoverId, Instant, WaveId};
use serde::{Deserialize, Serialize};

use crate::{Page, PageResult, Sample, View};

/// What the list shows.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    wave: Option<WaveId>,
    status: Option<HandoverStatus>,
    /// Of those that are lent.
    loan: Option<LoanFilter>,
    /// One lot, shown first with its devices.
    pub(crate) lot: Option<HandoverId>,
    /// Handed over from a day on until another.
    from: Option<kernel::Date>,
    to: Option<kernel::Date>,
    /// For associations of this postal code.
    postal: Option<String>,
    /// For associations that work on this.
    theme: Option<kernel::Theme>,
    /// The week of this day, in the calendar.
    pub(crate) week: Option<kernel::Date>,
    /// A page of the list, not the calendar.
    after: Option<String>,
}

impl Wanted {
    /// Whether the list is asked for, and not the calendar.
    pub(crate) fn is_list(&self) -> bool {
        self.wave.is_some()
            || self.status.is_some()
            || self.loan.is_some()
            || self.from.is_some()
            || self.postal.is_some()
            || self.theme.is_some()
            || self.after.is_some()
    }

    /// The address of the page after a cursor.
    fn next(&self, path: &str, cursor: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let text = |value: Option<String>| value.unwrap_or_default();
        let given = [
            ("wave", text(self.wave.map(|id| id.to_string()))),
            ("status", text(self.status.map(|it| it.to_string()))),
            ("loan", text(self.loan.map(|it| it.to_string()))),
            ("from", text(self.from.map(|day| day.to_string()))),
            ("to", text(self.to.map(|day| day.to_string()))),
            ("postal", text(self.postal.clone())),
            ("theme", text(self.theme.map(|it| it.to_string()))),
            ("after", cursor.to_owned()),
        ];
        query.extend_pairs(given.into_iter().filter(|(_, value)| !value.is_empty()));
        format!("{path}?{}", query.finish())
    }
}

#[derive(Serialize)]
struct Handovers {
    path: String,
    home: &'static str,
    wave: Option<String>,
    status: String,
    lot: Option<Row>,
    rows: Vec<Row>,
    next: Option<String>,
}

/// A lot, as lists and pages show it.
#[derive(Serialize)]
pub(crate) struct Row {
    id: String,
    reference: String,
    association: String,
    workshop: Option<String>,
    wave: String,
    status: &'static str,
    count: i32,
    from: Option<Instant>,
    to: Option<Instant>,
    place: Option<String>,
    recipient: Option<String>,
    reason: Option<String>,
    devices: Vec<Device>,
}

#[derive(Serialize)]
struct Device {
    tag: String,
    machine: String,
    serial: Option<String>,
    location: Option<String>,
}

impl View for Handovers {
    const TEMPLATE: &'static str = "handovers.html";
}

impl From<HandoverView> for Row {
    fn from(handover: HandoverView) -> Self {
        let devices = handover.lot.unwrap_or_default().into_iter().map(|item| {
            let machine: Vec<String> = [item.manufacturer, item.model]
                .into_iter()
                .flatten()
                .collect();
            Device {
                tag: item.tag,
                machine: machine.join(" "),
                serial: item.serial,
                location: item.location,
            }
        });
        Self {
            devices: devices.collect(),
            id: handover.id.to_string(),
            reference: handover.reference,
            association: handover.association,
            workshop: handover.workshop,
            wave: handover.wave,
            status: handover.status.as_str(),
            count: handover.devices,
            from: handover.from,
            to: handover.to,
            place: handover.place,
            recipient: handover.recipient_name,
            reason: handover.reason,
        }
    }
}

impl Row {
    /// For samples.
    pub(crate) fn sample(status: HandoverStatus) -> Self {
        let moment = Instant::from_micros(1_700_000_000_000_000);
        Self {
            id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
            reference: "R-2023-00007".to_owned(),
            association: "Les Amis".to_owned(),
            workshop: Some("Atelier".to_owned()),
            wave: "Marseille 1".to_owned(),
            status: status.as_str(),
            count: 12,
            from: moment.filter(|_| status != HandoverStatus::Planned),
            to: moment,
            place: Some("Quai 3".to_owned()),
            recipient: (status == HandoverStatus::Completed).then(|| "Jo Bon".to_owned()),
            reason: (status == HandoverStatus::Missed).then(|| "-".to_owned()),
            devices: vec![Device {
                tag: "RS-0001".to_owned(),
                machine: "Dell OptiPlex".to_owned(),
                serial: None,
                location: Some("A1".to_owned()),
            }],
        }
    }
}

pub(crate) async fn show(
    page: Page<RunHandovers>,
    Params(wanted): Params<Wanted>,
    Paging(request): Paging,
) -> PageResult {
    let filter = HandoverFilter {
        wave_id: wanted.wave,
        status: wanted.status,
        loan: wanted.loan.map(|loan| (loan, page.state().database.now())),
        completed: (wanted.from.zip(wanted.to))
            .map(|(from, to)| (Instant::start_of(from), Instant::start_of(to))),
        postal_code: wanted.postal.clone(),
        theme: wanted.theme,
        ..HandoverFilter::default()
    };
    let lot = wanted.lot;
    let (lot, found) = page
        .read(move |db, actor| {
            let lot = lot
                .map(|id| handover::handover(db, actor, id))
                .transpose()?;
            let found = handover::handovers(db, actor, &filter, &request)?;
            Ok((lot, found))
        })
        .await?;
    let path = page.path().to_owned();
    let wave = wanted.wave.map(|id| id.to_string());
    let status = wanted.status.map_or("", |status| status.as_str());
    let next = found.next.map(|cursor| wanted.next(&path, &cursor));
    page.show(&Handovers {
        home: crate::nav::home_of(page.actor().role),
        status: status.to_owned(),
        lot: lot.map(Row::from),
        rows: found.items.into_iter().map(Row::from).collect(),
        path,
        wave,
        next,
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |lot, rows: Vec<Row>| Handovers {
        path: "/atelier/remises".to_owned(),
        home: "/atelier",
        wave: None,
        status: String::new(),
        next: (!rows.is_empty()).then(|| "/atelier/remises?after=x".to_owned()),
        lot,
        rows,
    };
    let rows = || {
        let rows = HandoverStatus::ALL.iter();
        rows.map(|status| Row::sample(*status)).collect()
    };
    let mut all = vec![
        Sample::of("handovers", &page(None, rows())),
        Sample::of("handovers, none", &page(None, Vec::new())),
    ];
    for status in HandoverStatus::ALL {
        let lot = Row::sample(*status);
        let name = format!("handover, {status}");
        all.push(Sample::of(&name, &page(Some(lot), rows())));
    }
    all
}
