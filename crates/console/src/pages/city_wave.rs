//! `/ville/vagues/{id}` and `/ville/approbations/{id}`: a wave as the city reads it, and what it
//! waits for.

use ::web::PathId;
use ::web::access::ManageWaves;
use allocation::{WaveStatus, WaveView};
use kernel::{Instant, Language, Wave};
use notifications::Quantity;
use serde::Serialize;

use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct CityWave {
    name: String,
    programme: String,
    status: &'static str,
    supply: Vec<String>,
    granted: Vec<String>,
    devices: u64,
    associations: u64,
    unserved: u64,
    submitted_by: Option<String>,
    submitted_at: Option<Instant>,
    approved_by: Option<String>,
    approved_at: Option<Instant>,
    reason: Option<String>,
    digest: Option<String>,
}

impl View for CityWave {
    const TEMPLATE: &'static str = "city_wave.html";
}

impl CityWave {
    fn of(wave: WaveView, programme: String, language: Language) -> Self {
        let words = |counts: &allocation::Granted| {
            let quantities = counts.iter().map(|(kind, count)| {
                let quantity = Quantity::of(*kind, *count);
                match language {
                    Language::French => quantity.fr,
                    Language::English => quantity.en,
                }
            });
            quantities.collect()
        };
        Self {
            supply: words(&wave.supply),
            granted: words(&wave.granted),
            name: wave.name,
            programme,
            status: wave.status.as_str(),
            devices: wave.devices,
            associations: wave.associations,
            unserved: wave.unserved,
            submitted_by: wave.submitted_by,
            submitted_at: wave.submitted_at,
            approved_by: wave.approved_by,
            approved_at: wave.approved_at,
            reason: wave.reason,
            digest: wave.digest,
        }
    }
}

pub(crate) async fn show(page: Page<ManageWaves>, PathId(id): PathId<Wave>) -> PageResult {
    let (wave, programme) = page
        .read(move |db, actor| {
            let wave = allocation::view(db, actor, id)?;
            let programme = eligibility::programme(db, wave.programme_id)?.name;
            Ok((wave, programme))
        })
        .await?;
    page.show(&CityWave::of(wave, programme, page.language()))
}

pub(crate) fn samples() -> Vec<Sample> {
    let moment = Instant::from_micros(1_700_000_000_000_000);
    let view = |status: &WaveStatus, planned: bool| CityWave {
        name: "Marseille 1".to_owned(),
        programme: "Marseille 2023".to_owned(),
        status: status.as_str(),
        supply: vec!["100 desktops".to_owned(); usize::from(planned)],
        granted: vec!["96 desktops".to_owned(); usize::from(planned)],
        devices: 96,
        associations: 8,
        unserved: 3,
        submitted_by: planned.then(|| "Camille Roux".to_owned()),
        submitted_at: moment.filter(|_| planned),
        approved_by: planned.then(|| "Sam Service".to_owned()),
        approved_at: moment.filter(|_| planned),
        reason: planned.then(|| "-".to_owned()),
        digest: planned.then(|| "9f2c".to_owned()),
    };
    let of = |status: &WaveStatus| {
        let name = format!("city's wave, {status}");
        Sample::of(&name, &view(status, *status != WaveStatus::Draft))
    };
    WaveStatus::ALL.iter().map(of).collect()
}
