//! How long a wave takes when a whole country asks, and how long a workshop waits meanwhile.
//! Left out unless asked for, on both engines or on the one named:
//! `RESSAC_SCALE=16000,200000 [RESSAC_SCALE_ENGINE=sqlite] scripts/with-postgres \
//!   cargo test --release -p stories allocation::scale -- --ignored --nocapture`
#![allow(clippy::print_stderr)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::support::waves::{self, Stage};
use db::schema::{applications as a, organisations as o, people as p};
use diesel::prelude::*;
use kernel::{Application, Organisation, OrganisationId, Person, PersonId, ProgrammeId};
use testkit::{Engine, TestApp, Value, json};

/// So many eligible applications of as many associations, with one person each.
fn crowd(app: &TestApp, programme: &str, count: usize) {
    let programme: ProgrammeId = programme.parse().unwrap();
    let staff: PersonId = app.staff.person.parse().unwrap();
    app.write(move |tx| {
        for number in 0..count {
            let (association, now) = (tx.new_id::<Organisation>(), tx.now());
            let application = tx.new_id::<Application>();
            let person = tx.new_id::<Person>();
            diesel::insert_into(o::table)
                .values((
                    (
                        o::id.eq(association),
                        o::kind.eq("association"),
                        o::name.eq(format!("A{number}")),
                    ),
                    (
                        o::name_key.eq(""),
                        o::status.eq("verified"),
                        o::address.eq(""),
                        o::postal_code.eq("13003"),
                    ),
                    (
                        o::commune.eq("Marseille"),
                        o::version.eq(1),
                        o::created_at.eq(now),
                        o::updated_at.eq(now),
                    ),
                ))
                .execute(&mut **tx)?;
            diesel::insert_into(p::table)
                .values((
                    (
                        p::id.eq(person),
                        p::organisation_id.eq(association),
                        p::email.eq(format!("{person}@test.example")),
                    ),
                    (
                        p::name.eq("X"),
                        p::role.eq("association"),
                        p::language.eq("fr"),
                        p::disabled.eq(false),
                    ),
                    (
                        p::version.eq(1),
                        p::created_at.eq(now),
                        p::updated_at.eq(now),
                    ),
                ))
                .execute(&mut **tx)?;
            insert_copy(tx, programme, staff, association, application, number)?;
        }
        Ok(())
    });
}

/// Copies the one application that the stage made, score and all.
fn insert_copy(
    tx: &mut db::Tx<'_>,
    programme: ProgrammeId,
    staff: PersonId,
    association: OrganisationId,
    application: kernel::ApplicationId,
    number: usize,
) -> db::Result<()> {
    let (form, detail): (String, Option<String>) = a::table
        .filter(a::programme_id.eq(programme))
        .order(a::id)
        .select((a::form, a::score_detail))
        .first(&mut **tx)?;
    let now = tx.now();
    let score = i32::try_from(4_000 + number * 7919 % 6_000).unwrap();
    diesel::insert_into(a::table)
        .values((
            (
                a::id.eq(application),
                a::reference.eq(format!("S-{number}")),
                a::programme_id.eq(programme),
            ),
            (
                a::association_id.eq(association),
                a::status.eq("eligible"),
                a::form.eq(form),
                a::created_by.eq(staff),
            ),
            (
                a::submitted_at.eq(now),
                a::decided_by.eq(staff),
                a::decided_at.eq(now),
                a::score.eq(score),
            ),
            (
                a::score_detail.eq(detail),
                a::scored_at.eq(now),
                a::fragility.eq(50),
                a::silence_at.eq(now),
            ),
            (
                a::version.eq(1),
                a::created_at.eq(now),
                a::updated_at.eq(now),
                a::reasons.eq("[]"),
                a::assisted.eq(false),
            ),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

fn timed(what: &str, work: impl FnOnce() -> testkit::Reply) -> Value {
    let start = Instant::now();
    let reply = work();
    eprintln!(
        "{what:<12} {:>8.2} s  {} kB",
        start.elapsed().as_secs_f64(),
        reply.body.len() / 1024
    );
    reply.expect(200)
}

/// Does something while a workshop moves one device after the other, and says how long its
/// single writes took.
fn beside_a_workshop<T>(app: &TestApp, laptop: &str, work: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let workshop = scope.spawn(|| {
            let mut waits: Vec<Duration> = Vec::new();
            while !done.load(Ordering::Relaxed) {
                let start = Instant::now();
                let event = json!({"events": [{"device": laptop, "type": "moved",
                    "client_id": format!("m-{}", waits.len()), "location": format!("P{}", waits.len())}]});
                app.refurbisher.post("/device-events", event).expect(200);
                waits.push(start.elapsed());
                std::thread::sleep(Duration::from_millis(5));
            }
            waits
        });
        let outcome = work();
        done.store(true, Ordering::Relaxed);
        let mut waits = workshop.join().unwrap();
        waits.sort_unstable();
        let (median, worst) = (waits[waits.len() / 2], waits[waits.len() - 1]);
        eprintln!(
            "  meanwhile   {:>8.2} s  the longest of {} writes of a workshop, the median {} ms",
            worst.as_secs_f64(),
            waits.len(),
            median.as_millis()
        );
        outcome
    })
}

/// How long the workbench takes to answer a change, and the pages beside it to open.
fn workbench(app: &TestApp, own: &str) {
    let mut browser = app.browser_of(&app.staff);
    let trial = "?essai=1&lot_max=30&seed=marseille-2023-1&residual=grow&picking=site_first\
                 &weight/score=1&supply/kinds=desktop&supply/kinds=laptop&lot_min=";
    let ranking = "/classement";
    for page in [
        "",
        "/lots",
        "/stock",
        "/interventions",
        "/decision",
        trial,
        ranking,
    ] {
        let mut times: Vec<Duration> = (0..9)
            .map(|number| {
                let address = match page {
                    "/classement" => {
                        let wave = app.staff.get(&own.replace("/ville/vagues/", "/waves/"));
                        let wave = wave.expect(200);
                        let programme = wave["programme_id"].as_str().unwrap();
                        format!("/ville/programmes/{programme}/classement?after={number}000")
                    }
                    page if page == trial => format!("{own}{page}{}", 2 + number),
                    page => format!("{own}{page}"),
                };
                let start = Instant::now();
                let reply = browser.get_once(&address);
                assert_eq!(reply.status, 200, "{address}: {}", reply.text());
                start.elapsed()
            })
            .collect();
        times.sort_unstable();
        eprintln!(
            "{:<12} {:>8.0} ms at the median of 9, {:.0} ms at the worst",
            page.split('?')
                .next()
                .filter(|name| !name.is_empty())
                .unwrap_or(match page {
                    "" => "workbench",
                    _ => "a change",
                }),
            times[4].as_secs_f64() * 1000.0,
            times[8].as_secs_f64() * 1000.0
        );
    }
}

fn wave_of(app: &TestApp, associations: usize, devices: usize) {
    let stage = Stage::set(app, &[("Alpha", 25, 9_999)], 0);
    crowd(app, &stage.programme, associations - 1);
    waves::stock(app, "desktop", devices);
    let laptop = waves::stock(app, "laptop", 1).remove(0);
    eprintln!(
        "{associations} associations, {devices} devices, {:?}",
        app.database.engine()
    );
    let path = stage.wave(app, "Grande vague", json!({}));
    timed("propose", || {
        app.staff.post(&format!("{path}/propose"), Value::Null)
    });
    timed("pin", || {
        let body = json!({"granted": {"desktop": 20}, "reason": "Salle prête."});
        app.staff
            .put(&format!("{path}/pins/{}", stage.applications[0]), body)
    });
    timed("explain", || {
        app.staff.get(&format!(
            "{path}/lines/{}/explanation",
            stage.applications[0]
        ))
    });
    timed("simulate", || {
        app.staff
            .post(&format!("{path}/simulate"), json!({"lot_min": 5}))
    });
    workbench(app, &path.replace("/waves/", "/ville/vagues/"));
    timed("submit", || {
        app.staff.post(
            &format!("{path}/submit"),
            waves::plan_read(&app.staff, &path),
        )
    });
    beside_a_workshop(app, &laptop, || {
        timed("approve", || {
            app.other_staff.post(
                &format!("{path}/approve"),
                waves::plan_read(&app.other_staff, &path),
            )
        })
    });
    timed("devices", || {
        app.staff.get(&format!("{path}/devices?limit=200"))
    });
    timed("figures", || {
        app.anyone
            .get(&format!("/programmes/{}/figures", stage.programme))
    });
    timed("notice", || app.anyone.get(&format!("{path}/notice")));
    timed("cancel", || {
        app.staff.post(
            &format!("{path}/cancel"),
            json!({"reason": "Fin de la mesure."}),
        )
    });
}

#[test]
#[ignore = "takes minutes; see the top of this file"]
fn a_large_wave() {
    let size = std::env::var("RESSAC_SCALE").unwrap_or_else(|_| "2000,30000".to_owned());
    let (associations, devices) = size.split_once(',').unwrap();
    let (associations, devices) = (associations.parse().unwrap(), devices.parse().unwrap());
    let only = std::env::var("RESSAC_SCALE_ENGINE").unwrap_or_default();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let name = format!("{engine:?}").to_lowercase();
        if !only.is_empty() && only != name {
            continue;
        }
        if let Some(app) = TestApp::start(engine) {
            wave_of(&app, associations, devices);
        }
    }
}
