//! Batches, one after the other: announced, fetched, refurbished, given.

use std::collections::BTreeMap;

use intake::{
    AccessoryCount, Attributes, BatchStatus, ColumnMapping, Declared, ManifestSummary, Pickup,
    TitleRoute,
};
use kernel::{AccessoryKind, Batch, BatchId, ChainKeys, DeviceKind, Id, Instant, squash};
use workshop::{Device, Past, Settings, Stage, rules};

use super::awards::{Lots, Waves};
use super::cast::{Cast, Party};
use super::life::{Award, Bench, Life, Scene, full_stock};
use super::references::References;
use super::requests::Programme;
use super::rows;
use super::seed::Seed;

/// Devices that are written in one transaction, some more or less.
const CHUNK: usize = 5_000;
/// Up to which part of all devices a batch is long over, and up to which it is under way; the
/// rest is only announced. In hundredths; no batch lies on both sides.
const OVER: usize = 80;
const UNDER_WAY: usize = 96;
/// For how many days batches have been coming.
pub const DAYS: i64 = 3 * 365;

/// What is written in one transaction.
#[derive(Debug, Default)]
pub struct Chunk {
    pub batches: Vec<rows::Batch>,
    pub news: Vec<rows::DonorNews>,
    pub past: Past,
    pub waves: Waves,
    /// Numbers that were used, by series.
    pub used: BTreeMap<String, i64>,
}

/// What all batches are made from.
pub struct Gifts<'a> {
    pub cast: &'a Cast,
    pub programmes: &'a mut [Programme],
    pub settings: &'a Settings,
    pub keys: ChainKeys,
    pub seed: Seed,
    pub references: References,
    /// Of the devices, in order.
    pub tags: std::vec::IntoIter<String>,
    /// How many devices there are in all.
    pub devices: usize,
    /// How many there were before.
    pub present: usize,
    pub now: Instant,
}

/// A batch before its devices.
struct Plan {
    id: BatchId,
    reference: String,
    size: usize,
    kind: DeviceKind,
    /// How far all devices have come before it, in hundredths.
    place: usize,
    status: BatchStatus,
    announced: Instant,
    collected: Instant,
}

impl Plan {
    /// When the count at the dock was over.
    fn counted(&self) -> Instant {
        self.collected.plus_days(20)
    }
}

/// How many devices there are at the end of the part that comes next: over, under way, announced.
fn part_end(made: usize, devices: usize) -> usize {
    let ends = [OVER, UNDER_WAY].map(|part| (devices * part).div_ceil(100));
    ends.into_iter().find(|end| *end > made).unwrap_or(devices)
}

impl Gifts<'_> {
    /// The next batches; none when all devices are there.
    ///
    /// # Errors
    /// What the rules of a workshop refuse, which would be a mistake here.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>, String> {
        let mut chunk = Chunk::default();
        while self.tags.len() > 0 && chunk.past.devices() < CHUNK {
            self.batch(&mut chunk)?;
        }
        chunk.used = self.references.used();
        Ok((!chunk.batches.is_empty()).then_some(chunk))
    }

    fn batch(&mut self, chunk: &mut Chunk) -> Result<(), String> {
        let cast = self.cast;
        let donor = self.seed.one_of(&cast.donors);
        let bench = self.seed.one_of(&cast.benches);
        let plan = self.plan();
        self.announce(&plan, (donor, bench), chunk);
        let targets: Vec<Stage> = (0..plan.size).map(|_| self.target(&plan)).collect();
        let mut lots = self.lots(&plan, bench, &targets, chunk);
        let stock = full_stock();
        let keys = self.keys.clone();
        let scene = Scene {
            keys: &keys,
            bench,
            settings: self.settings,
            stock: &stock,
            from: plan.collected,
            counted: plan.counted(),
            end: self.now,
        };
        for (line, target) in (1..).zip(targets) {
            let device = self.device(&plan, donor, bench, line);
            let award = match target {
                Stage::HandedOver => lots.take(device.id, &mut chunk.waves),
                _ => None,
            };
            let target = match (&award, target) {
                (Some(Award { handover: None, .. }), _) => Stage::Reserved,
                (None, Stage::HandedOver) => Stage::Ready, // in no lot
                (_, target) => target,
            };
            let life = Life::begin(device, &scene, &mut self.seed, &mut chunk.past);
            life.until(target, &plan.reference, award.as_ref())?;
        }
        Ok(())
    }

    /// The batch itself, and the accessories that came with it.
    fn announce(&mut self, plan: &Plan, parties: (&Party, &Bench), chunk: &mut Chunk) {
        let accessories = accessories(plan);
        let row = batch_row(plan, parties, &accessories, &mut self.seed, self.now);
        if plan.status == BatchStatus::Closed {
            chunk.news.push(rows::DonorNews {
                batch_id: plan.id,
                erasure_told_at: row.closed_at,
                news_told_at: row.closed_at,
                handed_over: 0,
                settled: true,
            });
        }
        chunk.batches.push(row);
        if plan.place < UNDER_WAY {
            self.stock_up(plan, parties.1, &accessories, &mut chunk.past);
        }
    }

    fn plan(&mut self) -> Plan {
        let left = self.tags.len();
        let usual = i64::try_from((self.devices / 10).clamp(20, 800)).unwrap_or(800);
        let size = usize::try_from(self.seed.between(usual / 2, usual * 3 / 2)).unwrap_or(20);
        let made = self.devices - left;
        let size = size.min(part_end(made, self.devices) - made);
        let place = made * 100 / self.devices.max(1);
        let (status, age) = match place {
            0..OVER => (BatchStatus::Closed, age_of(left, self.devices)),
            OVER..UNDER_WAY => (BatchStatus::Received, self.seed.between(30, 70)),
            _ => (
                self.seed.weighted(&[
                    (BatchStatus::Submitted, 1),
                    (BatchStatus::Accepted, 1),
                    (BatchStatus::Scheduled, 3),
                ]),
                -5,
            ),
        };
        let hour = self.seed.between(7 * 60, 15 * 60) * 60;
        let collected = self.now.plus_days(-age).plus_seconds(hour);
        let announced = collected.plus_days(-self.seed.between(15, 40));
        let year = announced.date().format("%Y").to_string();
        let number = self.references.take(&format!("batch-{year}"));
        Plan {
            id: self.seed.id::<Batch>(announced),
            reference: format!("LOT-{year}-{number:04}"),
            size,
            kind: self.seed.weighted(&[
                (DeviceKind::Desktop, 55),
                (DeviceKind::Laptop, 41),
                (DeviceKind::Monitor, 4),
            ]),
            place,
            status,
            announced,
            collected,
        }
    }

    /// How far a device of the batch has come.
    fn target(&mut self, plan: &Plan) -> Stage {
        let given = match plan.kind {
            DeviceKind::Monitor => Stage::Ready,
            _ => Stage::HandedOver,
        };
        match plan.place {
            0..OVER => self.seed.weighted(&[
                (given, 74),
                (Stage::Ready, 12),
                (Stage::Scrapped, 8),
                (Stage::Parts, 3),
                (Stage::Missing, 3),
            ]),
            OVER..UNDER_WAY => self.seed.weighted(&[
                (Stage::Received, 8),
                (Stage::Triaged, 7),
                (Stage::Erased, 9),
                (Stage::Tested, 9),
                (Stage::InRepair, 5),
                (Stage::Graded, 11),
                (Stage::Ready, 43),
                (Stage::Scrapped, 8),
            ]),
            _ => Stage::Expected,
        }
    }

    /// The lots into which the devices go that are given, with their wave.
    fn lots(&mut self, plan: &Plan, bench: &Bench, targets: &[Stage], chunk: &mut Chunk) -> Lots {
        let given = targets
            .iter()
            .filter(|it| **it == Stage::HandedOver)
            .count();
        let count = self.programmes.len();
        let at = (plan.place * count / OVER).min(count.saturating_sub(1));
        let Some(programme) = self.programmes.get_mut(at) else {
            return Lots::default();
        };
        // the last ones still wait for their association
        let planned = if plan.place + 4 >= OVER { 30 } else { 0 };
        chunk.waves.award(
            (&mut self.seed, self.cast, programme, &mut self.references),
            (plan.id, plan.kind, bench),
            (given, planned),
            (plan.collected.plus_days(45), self.now),
        )
    }

    fn device(&mut self, plan: &Plan, donor: &Party, bench: &Bench, line: i32) -> Device {
        let ordinal = self.present + self.devices - self.tags.len();
        let tag = self.tags.next().unwrap_or_default();
        let id = self.seed.id(plan.announced);
        let at = plan.announced;
        let mut device = Device::unannounced(id, tag, plan.kind, plan.id, donor.id, at);
        let (manufacturer, model, prefix) = *self.seed.one_of(models(plan.kind));
        let serial = format!(
            "{prefix}{ordinal:08}{}",
            self.seed.one_of(&["K", "P", "T", "X"])
        );
        device.serial_key = Some(squash(&serial));
        device.serial = Some(serial);
        device.manufacturer = Some(manufacturer.to_owned());
        device.model = Some(model.to_owned());
        device.manifest_line = Some(line + 1);
        let attributes = Attributes {
            memory_mib: Some(*self.seed.one_of(&[4_096, 8_192, 16_384])),
            storage_gb: Some(*self.seed.one_of(&[128, 256, 512])),
            ..Attributes::default()
        };
        device.attributes = serde_json::to_string(&attributes).unwrap_or_else(|_| "{}".to_owned());
        let fetched = !matches!(plan.status, BatchStatus::Submitted | BatchStatus::Accepted);
        device.workshop_id = fetched.then_some(bench.workshop);
        device.search_key = rules::search_key(&device);
        device
    }

    fn stock_up(&mut self, plan: &Plan, bench: &Bench, came: &[AccessoryCount], past: &mut Past) {
        for count in came {
            past.move_accessories(workshop::Movement {
                id: self.seed.id(plan.collected),
                workshop_id: bench.workshop,
                kind: count.kind,
                delta: i32::try_from(count.quantity).unwrap_or(i32::MAX),
                reason: "received".to_owned(),
                batch_id: Some(plan.id),
                device_id: None,
                actor_id: bench.people[0],
                at: plan.collected,
            });
        }
    }
}

/// How many days ago a batch came, by how many devices are left: the first three years ago,
/// the last of those that are over five months ago.
fn age_of(left: usize, devices: usize) -> i64 {
    let still_over = left.saturating_sub(devices * (100 - OVER) / 100);
    let part = i64::try_from(still_over * 1_000 / (devices * OVER / 100).max(1)).unwrap_or(0);
    150 + (DAYS - 150) * part / 1_000
}

/// A little more than the devices need.
fn accessories(plan: &Plan) -> Vec<AccessoryCount> {
    let kinds: &[AccessoryKind] = match plan.kind {
        DeviceKind::Desktop => &[AccessoryKind::Keyboard, AccessoryKind::Mouse],
        DeviceKind::Laptop => &[AccessoryKind::Charger],
        _ => &[AccessoryKind::VideoCable],
    };
    let quantity = i64::try_from(plan.size + plan.size / 20 + 1).unwrap_or(1);
    kinds
        .iter()
        .map(|kind| AccessoryCount {
            kind: *kind,
            quantity,
        })
        .collect()
}

type Model = (&'static str, &'static str, &'static str);

fn models(kind: DeviceKind) -> &'static [Model] {
    match kind {
        DeviceKind::Desktop => &[
            ("HP", "ProDesk 400 G6", "CZC"),
            ("Dell", "OptiPlex 5060", "DL"),
            ("Lenovo", "ThinkCentre M720", "PC"),
        ],
        DeviceKind::Laptop => &[
            ("HP", "EliteBook 840 G5", "5CG"),
            ("Dell", "Latitude 5400", "DT"),
            ("Lenovo", "ThinkPad T480", "PF"),
        ],
        _ => &[("Dell", "P2419H", "CN"), ("Iiyama", "ProLite B2483", "11")],
    }
}

/// When a batch came so far.
#[derive(Debug, Clone, Copy)]
struct Dates {
    accepted: Option<Instant>,
    scheduled: Option<Instant>,
    fetched: Option<Instant>,
    closed: Option<Instant>,
}

impl Dates {
    fn of(plan: &Plan) -> Self {
        let came = |at: Instant, from: &[BatchStatus]| from.contains(&plan.status).then_some(at);
        let (received, closed) = (BatchStatus::Received, BatchStatus::Closed);
        let scheduled = BatchStatus::Scheduled;
        Self {
            accepted: (plan.status != BatchStatus::Submitted).then(|| plan.announced.plus_days(2)),
            scheduled: came(plan.collected, &[scheduled, received, closed]),
            fetched: came(plan.collected, &[received, closed]),
            closed: came(plan.counted(), &[closed]),
        }
    }
}

/// What the donor says of it, in words and as JSON.
fn declaration(plan: &Plan, donor: &Party) -> (String, String) {
    let words = match plan.kind {
        DeviceKind::Desktop => "Postes fixes",
        DeviceKind::Laptop => "Portables",
        _ => "Écrans",
    };
    let declared = [Declared {
        kind: plan.kind,
        quantity: i64::try_from(plan.size).unwrap_or(0),
        manufacturer: None,
        model: None,
    }];
    (format!("{words} de {}", donor.name), list(&declared))
}

fn list<T: serde::Serialize>(items: &[T]) -> String {
    serde_json::to_string(items).unwrap_or_else(|_| "[]".to_owned())
}

fn batch_row(
    plan: &Plan,
    (donor, bench): (&Party, &Bench),
    accessories: &[AccessoryCount],
    seed: &mut Seed,
    now: Instant,
) -> rows::Batch {
    let (title, declared) = declaration(plan, donor);
    let dates = Dates::of(plan);
    let size = i32::try_from(plan.size).unwrap_or(i32::MAX);
    rows::Batch {
        id: plan.id,
        reference: plan.reference.clone(),
        donor_id: donor.id,
        search_key: kernel::fold(&format!("{} {title} {}", plan.reference, donor.name)),
        title,
        status: plan.status,
        title_route: TitleRoute::DonorToAssociation,
        declared,
        accessories: list(accessories),
        pickup: pickup(plan, donor),
        manifest: Some(manifest(plan, seed)),
        workshop_id: dates.scheduled.map(|_| bench.workshop),
        scheduled_from: dates.scheduled,
        scheduled_to: dates.scheduled.map(|at| at.plus_seconds(7_200)),
        schedule_sequence: 0,
        collected_at: dates.fetched,
        pallets: dates.fetched.map(|_| size / 40 + 1),
        weight_grams: dates.fetched.map(|_| i64::from(size) * 6_500),
        created_by: donor.person,
        submitted_at: Some(plan.announced.min(now)),
        accepted_at: dates.accepted,
        received_at: dates.fetched,
        closed_at: dates.closed,
        version: 5,
        created_at: plan.announced,
        updated_at: dates.closed.or(dates.fetched).unwrap_or(plan.announced),
    }
}

fn pickup(plan: &Plan, donor: &Party) -> Pickup {
    Pickup {
        address: "10 boulevard de Dunkerque".to_owned(),
        postal_code: donor.postal_code.clone(),
        commune: "Marseille".to_owned(),
        contact_name: "Service logistique".to_owned(),
        contact_phone: "04 91 00 00 00".to_owned(),
        from: plan.collected,
        to: plan.collected.plus_days(10),
        windows: Vec::new(),
        answer: None,
    }
}

fn manifest(plan: &Plan, seed: &mut Seed) -> ManifestSummary {
    let column = |(name, field): (&str, &str)| ColumnMapping {
        column: name.to_owned(),
        field: Some(field.to_owned()),
    };
    let columns = [
        ("N° de série", "serial"),
        ("Type", "kind"),
        ("Modèle", "model"),
    ];
    let digest: Id<Batch> = seed.id(plan.announced);
    let half = digest.uuid().simple().to_string();
    ManifestSummary {
        rows: plan.size as u64,
        format: "csv".to_owned(),
        sheet: None,
        encoding: "UTF-8".to_owned(),
        delimiter: ";".to_owned(),
        header_line: 1,
        columns: columns.map(column).into(),
        sha256: format!("{half}{half}"),
        answers: String::new(),
        uploaded_at: plan.announced,
    }
}
