//! `/atelier`: a workshop's day: what arrives, what stands on the bench, what waits too long.

use ::web::access::{LogDevices, Permission as _, ReadStock};
use intake::{Batch, BatchFilter, BatchStatus};
use kernel::{Instant, PageRequest};
use serde::Serialize;
use workshop::{DeviceFilter, Stage, TransferFilter, TransferStatus, TransferView, WaitingCount};

use crate::{Page, PageResult, Sample, View};

/// Where a batch stands that a workshop awaits or counts.
const AWAITED: [BatchStatus; 3] = [
    BatchStatus::Received,
    BatchStatus::Collected,
    BatchStatus::Scheduled,
];
/// Batches of each of them, and shipments, at the most.
const SHOWN: u32 = 10;

#[derive(Serialize)]
struct WorkshopHome {
    name: String,
    /// May log what happens to devices.
    scans: bool,
    batches: Vec<BatchRow>,
    bench: Vec<BenchCount>,
    waiting: Vec<WaitingRow>,
    transfers: Vec<TransferRow>,
}

impl View for WorkshopHome {
    const TEMPLATE: &'static str = "workshop_home.html";
}

#[derive(Serialize)]
struct BatchRow {
    reference: String,
    title: String,
    donor: String,
    status: &'static str,
    /// When it is fetched, or was.
    day: Option<Instant>,
}

impl From<Batch> for BatchRow {
    fn from(batch: Batch) -> Self {
        let planned = batch.scheduled.map(|window| window.from);
        Self {
            reference: batch.reference,
            title: batch.title,
            donor: batch.donor_name,
            status: batch.status.as_str(),
            day: batch.collected_at.or(planned),
        }
    }
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

#[derive(Serialize)]
struct TransferRow {
    from: String,
    to: String,
    sent_at: Instant,
    under_way: i64,
}

impl From<TransferView> for TransferRow {
    fn from(transfer: TransferView) -> Self {
        Self {
            from: transfer.from_workshop,
            to: transfer.to_workshop,
            sent_at: transfer.sent_at,
            under_way: transfer.devices.under_way,
        }
    }
}

pub(crate) async fn show(page: Page<ReadStock>) -> PageResult {
    let now = page.state().database.now();
    let few = PageRequest::new(Some(SHOWN), None)?;
    let scans = LogDevices::ROLES.contains(&page.actor().role);
    let name = page.name();
    let home = page.read(move |db, actor| {
        let mut batches = Vec::new();
        for status in AWAITED {
            let filter = BatchFilter {
                status: Some(status),
                ..BatchFilter::default()
            };
            batches.extend(intake::batches(db, actor, &filter, &few)?.items);
        }
        let counts = workshop::counts(db, actor, &DeviceFilter::default(), None, now)?;
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
            transfers: transfers.items.into_iter().map(TransferRow::from).collect(),
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
    let batches = AWAITED.iter().map(|status| BatchRow {
        reference: "LOT-2023-0007".to_owned(),
        title: "Marseille".to_owned(),
        donor: "Orange".to_owned(),
        status: status.as_str(),
        day: Some(now),
    });
    let full = WorkshopHome {
        name: "Rita Atelier".to_owned(),
        scans: true,
        batches: batches.collect(),
        bench: stages().map(|stage| bench_count(*stage, 1_204)).collect(),
        waiting: vec![WaitingRow {
            stage: "received",
            devices: 12,
            since: now,
            limit_days: 14,
        }],
        transfers: vec![TransferRow {
            from: "Rita".to_owned(),
            to: "Fab-Lab".to_owned(),
            sent_at: now,
            under_way: 40,
        }],
    };
    let empty = WorkshopHome {
        name: "Rita Atelier".to_owned(),
        scans: false,
        batches: Vec::new(),
        bench: stages().map(|stage| bench_count(*stage, 0)).collect(),
        waiting: Vec::new(),
        transfers: Vec::new(),
    };
    vec![
        Sample::of("workshop's home", &full),
        Sample::of("workshop's home, empty", &empty),
    ]
}
