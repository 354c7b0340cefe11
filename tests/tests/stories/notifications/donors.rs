//! What donors hear of their gift once it is counted: that erasure is proven, and what becomes
//! of it. Each thing once, to those who want to hear it.

use crate::support::{intake, waves, waves::Stage, workshop};
use db::schema::{batches, devices, people};
use diesel::prelude::*;
use identity::heads::{self, Steps};
use kernel::{BatchId, Fold};
use testkit::{Client, Role, TestApp, Value, both_engines, json};

const DAY: i64 = 86_400;
/// Where the server of a test says that it is reached.
const BASE: &str = "http://127.0.0.1:8080";

/// Tells donors what is new, as the hourly job does; how many letters were written.
fn tell(app: &TestApp) -> usize {
    let (mut letters, mut after) = (0, None);
    loop {
        let told = app.write(move |tx| handover::tell_donors(tx, after, BASE));
        letters += told.letters;
        after = told.next;
        if after.is_none() {
            return letters;
        }
    }
}

fn address(app: &TestApp, who: &Client) -> String {
    let id: kernel::PersonId = who.person.parse().unwrap();
    app.read(move |db| Ok(people::table.find(id).select(people::email).first(db)?))
}

/// Who was written to of a kind, and what the last of it says.
fn told(app: &TestApp, kind: &str) -> (Vec<String>, Value) {
    let mails = app.mails_of(kind);
    let last = mails.last().map(|mail| mail.data.clone());
    let to = mails.into_iter().map(|mail| mail.to).collect();
    (to, last.unwrap_or_default())
}

/// A closed batch of so many desktops, all proven erased and ready.
fn closed_batch(app: &TestApp, count: usize) -> String {
    let serials: Vec<String> = (0..count).map(|number| format!("CZC{number:04}")).collect();
    let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
    let batch = intake::batch_at(app, "closed", &serials);
    let id: BatchId = batch.parse().unwrap();
    app.write(move |tx| {
        let now = tx.now();
        diesel::update(devices::table.filter(devices::batch_id.eq(id)))
            .set((
                devices::stage.eq("ready"),
                devices::grade.eq("B"),
                devices::erasure_proven.eq(true),
                devices::ready_at.eq(now),
            ))
            .execute(&mut **tx)?;
        Ok(())
    });
    batch
}

fn reference(app: &TestApp, batch: &str) -> String {
    let id: BatchId = batch.parse().unwrap();
    app.read(move |db| {
        Ok(batches::table
            .find(id)
            .select(batches::reference)
            .first(db)?)
    })
}

fn hand_over(app: &TestApp, association: &str) {
    let lot = waves::handover_of(app, association);
    waves::complete(&app.refurbisher, &lot, &waves::tags_of(&lot)).expect(200);
}

/// Later, with everyone signed in anew.
fn later(app: &mut TestApp, days: i64) {
    app.clock.advance_seconds(days * DAY);
    let staff = app.staff.organisation.parse().unwrap();
    app.staff = app.person(staff, Role::Staff, "Sam Service");
    let workshop = app.refurbisher.organisation.parse().unwrap();
    app.refurbisher = app.person(workshop, Role::Refurbisher, "Rita Atelier");
}

fn donation_news(engine: testkit::Engine) {
    let Some(mut app) = TestApp::start(engine) else {
        return;
    };
    let orange = app.donor.organisation.parse().unwrap();
    let colleague = app.person(orange, Role::Donor, "Didier Don");
    let silent = app.person(orange, Role::Donor, "Sylvie Silence");
    let off = json!({"choices": {"donation_news": "off", "erasure_proven": "off"}});
    silent.put("/me/notifications", off).expect(200);
    let hear = [address(&app, &app.donor), address(&app, &colleague)];

    let stage = Stage::set(&app, &[("Alpha", 12, 8_000), ("Beta", 10, 7_000)], 0);
    let batch = closed_batch(&app, 22);
    stage.approved_wave(&app, "Première vague");
    assert_eq!(tell(&app), 1, "that erasure is proven");
    assert_eq!(told(&app, "erasure_proven").0, hear);
    assert_eq!(tell(&app), 0, "once");
    hand_over(&app, "Alpha");
    assert_eq!(tell(&app), 0, "not in the first month");

    later(&mut app, 31);
    assert_eq!(tell(&app), 1);
    let (to, news) = told(&app, "donation_news");
    assert_eq!(to, hear, "people of the donor, but who chose not to hear");
    let expected = json!({"kind": "donation_news", "reference": reference(&app, &batch), "title": news["title"],
        "handed_over": 12, "associations": 1, "recycled": 0, "waiting": 10});
    assert_eq!(news, expected);
    assert_eq!(tell(&app), 0, "once");
    assert!(!app.deliver().is_empty());

    later(&mut app, 31);
    assert_eq!(tell(&app), 0, "nothing is new");
    hand_over(&app, "Beta");
    assert_eq!(tell(&app), 1, "all of it has found its place: at once");
    let (to, news) = told(&app, "donation_news");
    assert_eq!(to, [hear.clone(), hear].concat());
    assert_eq!(
        (
            &news["handed_over"],
            &news["associations"],
            &news["waiting"]
        ),
        (&json!(22), &json!(2), &json!(0))
    );
    later(&mut app, 400);
    assert_eq!(tell(&app), 0, "it is settled");
}

#[test]
fn donation_news_sqlite() {
    donation_news(testkit::Engine::Sqlite);
}

#[test]
fn donation_news_postgres() {
    donation_news(testkit::Engine::Postgres);
}

both_engines! {
    fn news_that_still_waits_gives_way_to_what_says_it_anew(app) {
        let stage = Stage::set(app, &[("Alpha", 12, 8_000), ("Beta", 10, 7_000)], 0);
        let batch = closed_batch(app, 22);
        stage.approved_wave(app, "Première vague");
        hand_over(app, "Alpha");
        // as if the count had been closed a month ago
        let id: BatchId = batch.parse().unwrap();
        app.write(move |tx| {
            let before = tx.now().plus_days(-31);
            diesel::update(batches::table.find(id)).set(batches::closed_at.eq(before)).execute(&mut **tx)?;
            Ok(())
        });
        assert_eq!(tell(app), 2, "erasure, and what became of it");
        assert_eq!(told(app, "donation_news").1["waiting"], 10);
        hand_over(app, "Beta");
        assert_eq!(tell(app), 1);
        let (to, news) = told(app, "donation_news");
        assert_eq!((to, &news["waiting"]), (vec![address(app, &app.donor)], &json!(0)), "one mail, the newer");
    }

    fn a_batch_without_proof_for_all_is_not_told_proven(app) {
        let batch = closed_batch(app, 3);
        let id: BatchId = batch.parse().unwrap();
        app.write(move |tx| {
            let one: kernel::DeviceId = devices::table.filter(devices::batch_id.eq(id))
                .select(devices::id).first(&mut **tx)?;
            diesel::update(devices::table.find(one)).set((devices::erasure_proven.eq(false), devices::stage.eq("triaged"))).execute(&mut **tx)?;
            Ok(())
        });
        assert_eq!(tell(app), 0);
        assert!(app.mails_of("erasure_proven").is_empty());
    }

    fn the_certificate_of_erasure_travels_with_the_mail(app) {
        let (batch, ids) = workshop::dock(app, &["CZC0001", "CZC0002"], 2);
        intake::step(&app.refurbisher, &batch, "close").expect(200);
        let path = format!("/batches/{batch}/erasure-certificate");
        app.donor.get(&path).refused(404, "not_found");
        for id in &ids {
            workshop::advance(app, id, "tested");
        }
        assert_eq!(tell(app), 1);
        let page = app.donor.get(&path);
        assert_eq!(page.status, 200, "{}", page.text());
        for word in ["CZC0001", "CZC0002", &format!("D-{}", ids[1]), "nvme-cli", "purge", "Atelier du Port", "Orange"] {
            assert!(page.text().contains(word), "{word}: {}", page.text());
        }
        app.other_donor.get(&path).refused(404, "not_found");
        app.stranger_refurbisher.get(&path).refused(404, "not_found");
        assert_eq!(told(app, "erasure_proven").1["certificate"], page.text());
        let mails = app.deliver();
        let name = format!("filename=\"attestation-{}.html\"", reference(app, &batch));
        let mail = mails.iter().find(|mail| mail.contains(&name)).expect("attached");
        let (_, attached) = mail.split_once(&name).unwrap();
        assert!(attached.replace("\r\n", "\n").contains(page.text().trim()), "{attached}");
        assert_eq!(told(app, "erasure_proven").1["certificate"], "", "once it has left it is not kept here");
    }

    fn a_certificate_outlives_the_return_of_a_machine(app) {
        let (batch, ids) = workshop::dock(app, &["CZC0001", "CZC0002"], 2);
        intake::step(&app.refurbisher, &batch, "close").expect(200);
        let path = format!("/batches/{batch}/erasure-certificate");
        workshop::advance(app, &ids[0], "tested");
        // what is missing is said machine by machine
        let missing = app.donor.get(&path).refused(404, "not_found");
        assert_eq!((&missing["unproven"], &missing["missing"][0]["serial"]), (&json!(1), &json!("CZC0002")));
        workshop::advance(app, &ids[1], "tested");
        let before = app.donor.get(&path);
        assert!(before.text().contains("Rita"), "who erased it: {}", before.text());
        // one is lost and found: nobody can tell where it was, and it begins again
        workshop::log(&app.refurbisher, &ids[1], json!({"type": "missing"})).expect(200);
        workshop::log(&app.refurbisher, &ids[1], json!({"type": "received"})).expect(200);
        assert_eq!(workshop::stage(app, &ids[1]), "received");
        let after = app.donor.get(&path);
        assert_eq!((after.status, after.text()), (200, before.text()));
    }

    fn a_certificate_names_the_signed_head_that_covers_it(app) {
        let (batch, ids) = workshop::dock(app, &["CZC0001"], 1);
        intake::step(&app.refurbisher, &batch, "close").expect(200);
        let path = format!("/batches/{batch}/erasure-certificate");
        let head = |app: &TestApp| app.write(|tx| {
            let number = heads::close_epoch(tx)?.expect("lines since the last head");
            let (custody, none) = heads::fold_custody(tx, number, Steps::default(), None, Fold::default())?;
            assert_eq!(none, None);
            let custody = custody.finish();
            // the same in small steps
            let steps = Steps { sorted: 0, at_once: 2 };
            let (mut stepwise, mut after) = heads::fold_custody(tx, number, steps, None, Fold::default())?;
            while after.is_some() {
                (stepwise, after) = heads::fold_custody(tx, number, steps, after, stepwise)?;
            }
            assert!(custody.lines > 0, "{custody:?}");
            assert_eq!(stepwise.finish(), custody);
            let audit = heads::fold_audit(tx, number)?;
            let signer = heads::HeadSigner::new(&[b"a secret of the test".to_vec()], &[]).unwrap();
            Ok(heads::insert_head(tx, number, (&custody, &audit), &signer)?.unwrap())
        });
        let earlier = heads::sha256(&head(app).line);
        workshop::advance(app, &ids[0], "tested");
        let page = app.donor.get(&path).text();
        assert!(!page.contains(&earlier), "it was signed before the drive was erased");
        assert!(page.contains("pas encore faite"), "{page}");
        let covers = head(app);
        let later = {
            workshop::log(&app.refurbisher, &ids[0], json!({"type": "moved", "location": "B2"})).expect(200);
            heads::sha256(&head(app).line)
        };
        let page = app.donor.get(&path).text();
        for said in [heads::sha256(&covers.line), format!("n° {}", covers.head.number)] {
            assert!(page.contains(&said), "{said}: {page}");
        }
        assert!(!page.contains(&later), "the first one that covers it is enough");
    }
}
