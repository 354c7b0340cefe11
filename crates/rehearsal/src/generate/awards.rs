//! Waves that were approved: lots of associations, and their handovers.

use allocation::{LineReason, Picking, Residual, Settings, Supply, WaveLine, WaveStatus, Weight};
use handover::{Handover, HandoverStatus};
use kernel::{BatchId, DeviceId, DeviceKind, Instant, PersonId, Wave, WaveLineId};
use workshop::ReservationRef;

use super::cast::Cast;
use super::life::{Award, Bench, Departure};
use super::references::References;
use super::requests::{Eligible, Programme};
use super::rows;
use super::seed::Seed;

/// Fewer devices than this are no lot.
const SMALLEST: usize = 10;

/// Waves with all that hangs on them.
#[derive(Debug, Default)]
pub struct Waves {
    pub waves: Vec<rows::Wave>,
    pub lines: Vec<WaveLine>,
    pub devices: Vec<rows::WaveDevice>,
    pub handovers: Vec<Handover>,
}

/// The lots of a wave, to be filled device by device.
#[derive(Debug, Default)]
pub struct Lots(Vec<Lot>);

#[derive(Debug)]
struct Lot {
    left: usize,
    wave: kernel::WaveId,
    line: WaveLineId,
    award: Award,
}

impl Lots {
    /// Puts a device into the first lot that has room; none when nothing is given.
    pub fn take(&mut self, device: DeviceId, waves: &mut Waves) -> Option<Award> {
        let lot = self.0.iter_mut().find(|lot| lot.left > 0)?;
        lot.left -= 1;
        waves.devices.push(rows::WaveDevice {
            wave_id: lot.wave,
            line_id: lot.line,
            device_id: device,
            cycle: 1,
            reserved_at: lot.award.reserved_at,
            released_at: None,
        });
        Some(lot.award.clone())
    }
}

/// A wave that is being put together.
struct Draft<'a> {
    id: kernel::WaveId,
    name: String,
    kind: DeviceKind,
    bench: &'a Bench,
    approved: Instant,
    now: Instant,
    cast: &'a Cast,
}

impl Waves {
    /// A wave that gives up to so many devices of a batch to associations, each as many as it
    /// asked for; of a hundred lots, `planned` wait for their handover.
    pub fn award(
        &mut self,
        (seed, cast, programme, references): (&mut Seed, &Cast, &mut Programme, &mut References),
        (batch, kind, bench): (BatchId, DeviceKind, &Bench),
        (given, planned): (usize, u64),
        (approved, now): (Instant, Instant),
    ) -> Lots {
        if given < SMALLEST || programme.eligible.is_empty() {
            return Lots::default();
        }
        programme.waves += 1;
        let draft = Draft {
            id: seed.id::<Wave>(approved),
            name: format!("{}, vague {}", programme.name, programme.waves),
            kind,
            bench,
            approved,
            now,
            cast,
        };
        let lots = self.lots_of(&draft, seed, (programme, references), (given, planned));
        let open = lots.iter().any(|lot| lot.award.handover.is_none());
        self.waves.push(draft.row(programme, batch, open));
        Lots(lots)
    }

    fn lots_of(
        &mut self,
        draft: &Draft<'_>,
        seed: &mut Seed,
        (programme, references): (&mut Programme, &mut References),
        (given, planned): (usize, u64),
    ) -> Vec<Lot> {
        let mut lots = Vec::new();
        let mut left = given;
        // no association twice in a wave; what is too little for a lot stays on the shelf
        while left >= SMALLEST && lots.len() < programme.eligible.len() {
            let to = programme.eligible[programme.given % programme.eligible.len()];
            let size = to.asked.min(left);
            programme.given += 1;
            left -= size;
            let completed = !seed.percent(planned);
            let place = (to, size, lots.len() + 1);
            lots.push(self.lot(draft, seed, references, place, completed));
        }
        lots
    }

    fn lot(
        &mut self,
        draft: &Draft<'_>,
        seed: &mut Seed,
        references: &mut References,
        (to, size, rank): (Eligible, usize, usize),
        completed: bool,
    ) -> Lot {
        let line = draft.line(seed.id(draft.approved), to, size, rank);
        let year = draft.approved.date().format("%Y").to_string();
        let number = references.take(&format!("handovers-{year}"));
        let reference = format!("R-{year}-{number:05}");
        let met = draft.approved.plus_days(seed.between(5, 40)).min(draft.now);
        let at = completed.then_some(met);
        let id = seed.id(draft.approved);
        let by = draft.bench.people[rank % draft.bench.people.len()];
        self.handovers
            .push(draft.handover(id, &reference, &line, at.map(|at| (at, by))));
        let lot = Lot {
            left: size,
            wave: draft.id,
            line: line.id,
            award: Award {
                reservation: draft.reservation(to),
                reserved_at: draft.approved,
                by: (draft.cast.staff[1], draft.cast.city),
                handover: at.map(|at| Departure { reference, at, by }),
            },
        };
        self.lines.push(line);
        lot
    }
}

impl Draft<'_> {
    fn line(&self, id: WaveLineId, to: Eligible, size: usize, rank: usize) -> WaveLine {
        let quantity = i32::try_from(size).unwrap_or(i32::MAX);
        WaveLine {
            id,
            wave_id: self.id,
            application_id: to.application,
            association_id: self.cast.associations[to.association].id,
            request: 1,
            rank: i32::try_from(rank).unwrap_or(i32::MAX),
            score: to.score,
            requested: i32::try_from(to.asked).unwrap_or(i32::MAX),
            lot: quantity,
            already: 0,
            kind: Some(self.kind),
            quantity,
            pinned: false,
            reason: if size < to.asked {
                LineReason::StockShared
            } else {
                LineReason::RequestMet
            },
        }
    }

    /// What the log of a device says of its reservation.
    fn reservation(&self, to: Eligible) -> String {
        let reservation = ReservationRef {
            wave: self.id,
            wave_name: self.name.clone(),
            application: to.application,
            association_name: self.cast.associations[to.association].name.clone(),
        };
        serde_json::to_value(&reservation)
            .unwrap_or_default()
            .to_string()
    }

    fn row(&self, programme: &Programme, batch: BatchId, open: bool) -> rows::Wave {
        let proposed = self.approved.plus_days(-3);
        let (one, other) = (self.cast.staff[0], self.cast.staff[1]);
        rows::Wave {
            id: self.id,
            programme_id: programme.id,
            ordinal: programme.waves,
            name: self.name.clone(),
            status: match open {
                true => WaveStatus::HandingOver,
                false => WaveStatus::Completed,
            },
            settings: settings(batch, &self.name),
            created_by: one,
            proposed_by: Some(one),
            proposed_at: Some(proposed),
            submitted_by: Some(one),
            submitted_at: Some(proposed),
            approved_by: Some(other),
            approved_at: Some(self.approved),
            version: 4,
            created_at: proposed,
            updated_at: self.approved,
        }
    }

    fn handover(
        &self,
        id: kernel::HandoverId,
        reference: &str,
        line: &WaveLine,
        done: Option<(Instant, PersonId)>,
    ) -> Handover {
        let completed = done.map(|(at, _)| at);
        let from = completed.map(|at| at.plus_seconds(-1_800));
        Handover {
            id,
            reference: reference.to_owned(),
            wave_id: self.id,
            application_id: line.application_id,
            association_id: line.association_id,
            workshop_id: Some(self.bench.workshop),
            status: match completed {
                Some(_) => HandoverStatus::Completed,
                None => HandoverStatus::Planned,
            },
            devices: line.quantity,
            appointment_from: from,
            appointment_to: completed,
            place: completed.map(|_| "Atelier, quai 3".to_owned()),
            sequence: 0,
            recipient_name: completed.map(|_| "Responsable".to_owned()),
            signature: None,
            reason: None,
            completed_by: done.map(|(_, by)| by),
            completed_at: completed,
            version: 3,
            created_at: self.approved,
            updated_at: completed.unwrap_or(self.approved),
            signature_sha256: None,
            signature_waived: completed.map(|_| "Reprise d'un ancien registre".to_owned()),
            collector: None,
            collector_named_by: None,
            collector_named_at: None,
            allowed_reason: None,
            allowed_by: None,
            allowed_at: None,
            slot_id: None,
        }
    }
}

fn settings(batch: BatchId, seed: &str) -> Settings {
    Settings {
        supply: Supply {
            batch_ids: Some(vec![batch]),
            ..Supply::default()
        },
        lot_min: 10,
        lot_max: 30,
        reserve_small: None,
        caps: Vec::new(),
        residual: Residual::Grow,
        picking: Picking::SiteFirst,
        complements: false,
        weight: Weight {
            base: 1,
            score: 1,
            fragility: 0,
        },
        seed: seed.to_owned(),
    }
}
