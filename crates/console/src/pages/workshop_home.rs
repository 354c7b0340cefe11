//! `/atelier`: a workshop's day: what arrives, what stands on the bench, what waits longest, lots
//! to prepare, shipments under way, scans that wait in this browser.

use ::web::access::{LogDevices, Permission as _, ReadStock};
use handover::{HandoverFilter, HandoverStatus, HandoverView, IncidentFilter, IncidentStatus};
use intake::BatchFilter;
use kernel::{Instant, PageRequest};
use serde::Serialize;
use workshop::{DeviceFilter, Stage, TransferFilter, TransferStatus, WaitingCount};

use super::account_views;
use super::devices::Row;
use super::incidents;
use super::workshop_batches::{self, AWAITED, BatchRow};
use super::workshop_transfers::{self, TransferRow};
use crate::{Page, PageResult, Sample, View};

/// Rows of each list at the most.
const SHOWN: u32 = 8;

#[derive(Serialize)]
struct WorkshopHome {
    name: String,
    /// May log what happens to devices.
    scans: bool,
    batches: Vec<BatchRow>,
    bench: Vec<BenchCount>,
    waiting: Vec<WaitingRow>,
    longest: Vec<Row>,
    lots: Vec<LotRow>,
    transfers: Vec<TransferRow>,
    /// Reports of devices that were given, the oldest first.
    incidents: Vec<incidents::Row>,
    views: Vec<account_views::Row>,
}

impl View for WorkshopHome {
    const TEMPLATE: &'static str = "workshop_home.html";
}

#[derive(Serialize)]
struct BenchCount {
    stage: &'static str,
    devices: i64,
}

#[derive(Serialize)]
struct WaitingRow {
    stage: &'static str,
    devices: i64,
    since: Instant,
    limit_days: u16,
}

impl From<WaitingCount> for WaitingRow {
    fn from(count: WaitingCount) -> Self {
        Self {
            stage: count.stage.as_str(),
            devices: count.devices,
            since: count.since,
            limit_days: count.limit_days,
        }
    }
}

/// A lot that an association comes for.
#[derive(Serialize)]
struct LotRow {
    id: String,
    reference: String,
    association: String,
    status: &'static str,
    devices: i32,
    from: Option<Instant>,
    to: Option<Instant>,
}

impl From<HandoverView> for LotRow {
    fn from(lot: HandoverView) -> Self {
        Self {
            id: lot.id.to_string(),
            reference: lot.reference,
            association: lot.association,
            status: lot.status.as_str(),
            devices: lot.devices,
            from: lot.from,
            to: lot.to,
        }
    }
}

pub(crate) async fn show(page: Page<ReadStock>) -> PageResult {
    let now = page.state().database.now();
    let few = PageRequest::new(Some(SHOWN), None)?;
    let scans = LogDevices::ROLES.contains(&page.actor().role);
    let (name, language) = (page.name(), page.language());
    let home = page.read(move |db, actor| {
        let mut batches = Vec::new();
        for status in AWAITED {
            let filter = BatchFilter {
                status: Some(status),
                ..BatchFilter::default()
            };
            batches.extend(intake::batches(db, actor, &filter, &few)?.items);
        }
        let mut lots = Vec::new();
        for status in [HandoverStatus::Scheduled, HandoverStatus::Planned] {
            let filter = HandoverFilter {
                status: Some(status),
                ..HandoverFilter::default()
            };
            lots.extend(handover::handovers(db, actor, &filter, &few)?.items);
        }
        let reported = IncidentFilter {
            status: Some(IncidentStatus::Open),
            ..IncidentFilter::default()
        };
        let reported = handover::incidents::incidents(db, actor, &reported, &few)?;
        let views = identity::saved_views(db, actor)?;
        let counts = workshop::counts(db, actor, &DeviceFilter::default(), None, now)?;
        let longest = workshop::waiting_longest(db, actor, None, &few)?;
        let under_way = TransferFilter {
            status: Some(TransferStatus::Sent),
        };
        let transfers = workshop::transfers(db, actor, under_way, &few)?;
        let mut waiting = counts.waiting;
        waiting.sort_by_key(|count| count.since);
        let on_bench = counts
            .stages
            .into_iter()
            .filter(|(stage, _)| stage.in_workshop());
        Ok(WorkshopHome {
            name: name.clone(),
            scans,
            batches: batches.into_iter().map(BatchRow::from).collect(),
            bench: on_bench
                .map(|(stage, count)| bench_count(stage, count))
                .collect(),
            waiting: waiting.into_iter().map(WaitingRow::from).collect(),
            longest: (longest.items.iter())
                .map(|device| Row::of(device, language))
                .collect(),
            lots: lots.into_iter().map(LotRow::from).collect(),
            transfers: transfers.items.into_iter().map(TransferRow::from).collect(),
            incidents: (reported.items.into_iter())
                .map(|it| incidents::Row::of(it, now))
                .collect(),
            views: views.into_iter().map(account_views::Row::from).collect(),
        })
    });
    page.show(&home.await?)
}

fn bench_count(stage: Stage, devices: i64) -> BenchCount {
    BenchCount {
        stage: stage.as_str(),
        devices,
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let now = kernel::Clock::now(&kernel::SystemClock);
    let stages = || Stage::ALL.iter().filter(|stage| stage.in_workshop());
    let lot = |status, from: Option<Instant>| LotRow {
        id: super::application_parts::SAMPLE_ID.to_owned(),
        reference: "R-2023-00007".to_owned(),
        association: "Les Amis".to_owned(),
        status,
        devices: 12,
        from,
        to: from.map(|from| from.plus_seconds(3_600)),
    };
    let full = WorkshopHome {
        name: "Rita Atelier".to_owned(),
        scans: true,
        batches: AWAITED.iter().map(workshop_batches::sample_row).collect(),
        bench: stages().map(|stage| bench_count(*stage, 1_204)).collect(),
        waiting: vec![WaitingRow {
            stage: "received",
            devices: 12,
            since: now,
            limit_days: 14,
        }],
        longest: vec![Row::sample(Stage::Triaged, now)],
        lots: vec![lot("scheduled", Some(now)), lot("planned", None)],
        transfers: workshop_transfers::sample_row(&TransferStatus::Sent)
            .into_iter()
            .collect(),
        incidents: vec![incidents::Row::sample(now, None)],
        views: vec![account_views::Row::sample(None)],
    };
    let empty = WorkshopHome {
        name: "Rita Atelier".to_owned(),
        scans: false,
        batches: Vec::new(),
        bench: stages().map(|stage| bench_count(*stage, 0)).collect(),
        waiting: Vec::new(),
        longest: Vec::new(),
        lots: Vec::new(),
        transfers: Vec::new(),
        incidents: Vec::new(),
        views: Vec::new(),
    };
    vec![
        Sample::of("workshop's home", &full),
        Sample::of("workshop's home, empty", &empty),
    ]
}
