//! `/agenda/{token}.ics`: somebody's handovers and pickups, as a calendar reads them without signing
//! in.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Path;
use handover::{HandoverStatus, HandoverView};
use intake::{Batch, Truck, Window};
use kernel::{Actor, Code, Instant, Language, Role};
use notifications::calendar::{Event, feed as write};

use crate::language::say;
use crate::{PageResult, Sample, Visit};

/// Days that a calendar looks back and ahead.
const BACK: i64 = 30;
const AHEAD: i64 = 180;
/// Appointments of each kind at the most.
const MOST: i64 = 1_000;

struct Appointments {
    handovers: Vec<HandoverView>,
    pickups: Vec<Batch>,
    trucks: Vec<(Batch, Truck)>,
}

fn read(db: &mut db::Db, actor: &Actor, now: Instant) -> db::Result<Appointments> {
    let days = (now.plus_days(-BACK), now.plus_days(AHEAD));
    // who has no lots of their own has none to collect, and the other way round
    let handovers = match actor.role {
        Role::Donor | Role::Helper => Vec::new(),
        _ => handover::appointments(db, actor, days, MOST)?,
    };
    let pickups = match actor.role {
        Role::Association | Role::Helper => Vec::new(),
        _ => intake::pickups(db, actor, days, MOST)?,
    };
    let trucks = match actor.role {
        Role::Association | Role::Helper => Vec::new(),
        _ => intake::trucks_to_come(db, actor, days, MOST)?,
    };
    Ok(Appointments {
        handovers,
        pickups,
        trucks,
    })
}

fn of_handover(it: &HandoverView, base: &str, language: Language) -> Option<Event> {
    let what = kernel::Text::new(
        format!(
            "Remise {} : {}, {} appareils",
            it.reference, it.association, it.devices
        ),
        format!(
            "Handover {}: {}, {} devices",
            it.reference, it.association, it.devices
        ),
    );
    Some(Event {
        uid: it.id.to_string(),
        from: it.from?,
        to: it.to?,
        summary: say(&what, language),
        place: it.place.clone().unwrap_or_default(),
        url: format!("{base}/lots/{}", it.id),
    })
}

fn of_truck((it, truck): &(Batch, Truck), base: (&str, Role), language: Language) -> Event {
    let window = Window {
        from: truck.from,
        to: truck.to,
    };
    let first = of_window(it, window, base, language);
    Event {
        uid: format!("{}-{}", first.uid, truck.number),
        summary: format!("{} ({})", first.summary, truck.number),
        ..first
    }
}

fn of_pickup(it: &Batch, base: (&str, Role), language: Language) -> Option<Event> {
    Some(of_window(it, it.scheduled?, base, language))
}

fn of_window(it: &Batch, window: Window, (base, role): (&str, Role), language: Language) -> Event {
    let what = kernel::Text::new(
        format!("Enlèvement {} : {}", it.reference, it.donor_name),
        format!("Pickup {}: {}", it.reference, it.donor_name),
    );
    let page = match role {
        Role::Donor => "dons",
        Role::Refurbisher => "atelier/lots",
        _ => "ville/dons",
    };
    Event {
        uid: format!("pickup-{}", it.id),
        from: window.from,
        to: window.to,
        summary: say(&what, language),
        place: it.pickup.place(),
        url: format!("{base}/{page}/{}", it.id),
    }
}

pub(crate) async fn feed(visit: Visit, token: Path<String>) -> PageResult {
    let secret = token.trim_end_matches(".ics").to_owned();
    let (state, language) = (visit.state(), visit.language());
    let (database, now) = (&state.database, state.database.now());
    let found = database.read(move |db| {
        let actor = identity::calendar_reader(db, &secret)?;
        Ok((read(db, &actor, now)?, actor.role))
    });
    let (found, role) = match found.await {
        Err(db::Error::Refused(refusal)) if refusal.code == Code::InvalidToken => {
            ::web::security::note_wrong_link(state, visit.request()).await?;
            return Err(Code::NotFound.into());
        }
        found => found?,
    };
    let base = visit.base_url();
    let called_off = |it: &&HandoverView| it.status != HandoverStatus::Cancelled;
    let handovers = found.handovers.iter().filter(called_off);
    let handovers = handovers.filter_map(|it| of_handover(it, base, language));
    let pickups = found.pickups.iter();
    let pickups = pickups.filter_map(|it| of_pickup(it, (base, role), language));
    let trucks = found.trucks.iter();
    let trucks = trucks.map(|it| of_truck(it, (base, role), language));
    let events: Vec<Event> = handovers.chain(pickups).chain(trucks).collect();
    let domain = base.split("://").nth(1).unwrap_or(base);
    let domain = domain.split([':', '/']).next().unwrap_or(domain);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/calendar; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(write("Ressac", domain, now, &events)))
}

/// It is no page.
pub(crate) fn samples() -> Vec<Sample> {
    Vec::new()
}
