//! What everyone may know of a programme, in figures.

use crate::support::plans;
use crate::support::waves::{self, Stage};
use testkit::{Engine, TestApp, Value, both_engines, json};

fn devices(app: &TestApp, stage: &Stage) -> Value {
    let path = format!("/programmes/{}/figures", stage.programme);
    app.anyone.get(&path).expect(200)["devices"].clone()
}

both_engines! {
    fn what_another_programme_gave_is_counted_there_alone(app) {
        let first = Stage::set(app, &[("Alpha", 10, 8_000)], 10);
        let wave = first.approved_wave(app, "Vague");
        let second = Stage::set(app, &[("Beta", 10, 8_000)], 0);
        waves::stock(app, "desktop", 5);
        assert_eq!(devices(app, &first), json!({"ready": 5, "reserved": 10}));
        assert_eq!(devices(app, &second), json!({"ready": 5}));
        // what comes back is in stock for both
        app.staff.post(&format!("{wave}/cancel"), json!({"reason": "Local fermé."})).expect(200);
        assert_eq!(devices(app, &first), json!({"ready": 15}));
        assert_eq!(devices(app, &second), json!({"ready": 15}));
    }

    fn figures_are_made_once_a_change_and_known_by_their_tag(app) {
        let stage = Stage::set(app, &[("Alpha", 10, 8_000)], 10);
        let path = format!("/programmes/{}/figures", stage.programme);
        let first = app.anyone.get(&path);
        let tag = first.header("etag").to_owned();
        assert!(tag.len() > 10 && first.header("cache-control").contains("no-cache"));
        let knows = app.anyone.with_header("If-None-Match", &format!("\"other\", W/{tag}"));
        let again = knows.get(&path);
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tag.as_str()));
        waves::stock(app, "desktop", 1);
        let changed = knows.get(&path);
        assert_eq!((changed.status, &changed.json()["devices"]["ready"]), (200, &json!(11)));
        assert_ne!(changed.header("etag"), tag);
        let wave = stage.approved_wave(app, "Vague");
        let approved = app.anyone.get(&path).expect(200);
        assert_eq!((&approved["devices_granted"], &approved["waves"][0]["name"]), (&json!(10), &json!("Vague")));
        let notice = format!("{wave}/notice");
        let published = app.anyone.get(&notice);
        let knows = app.anyone.with_header("If-None-Match", published.header("etag"));
        assert_eq!((published.status, knows.get(&notice).status), (200, 304));
        let page = knows.with_header("Accept", "text/html").get(&notice);
        assert_eq!(page.status, 303, "people are led to the page");
        app.anyone.get("/programmes/0190c42e-5d5e-7000-8000-000000000000/figures").refused(404, "not_found");
    }

    fn programmes_their_rules_and_decided_waves_are_open_to_everyone(app) {
        let stage = Stage::set(app, &[("Alpha", 10, 8_000)], 10);
        let own = format!("/programmes/{}", stage.programme);
        let ended = json!({"name": "Marseille 2022", "rubric": "marseille-2023", "kinds": ["desktop"], "lot_min": 10,
            "lot_max": 30, "opens_at": "2022-02-01T00:00:00Z", "closes_at": "2022-03-01T00:00:00Z", "territory": "13055"});
        app.staff.post("/programmes", ended).expect(201);
        let open = app.anyone.get("/programmes?public=true");
        let list = open.json();
        let names: Vec<_> = list["items"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
        assert_eq!((names, &list["next"]), (vec![&json!("Marseille – Orange 2023")], &Value::Null));
        let shown = app.anyone.get(&own);
        assert_eq!(shown.json(), app.staff.get(&own).json());
        let rubric = app.anyone.get(&format!("{own}/rubric"));
        assert!(rubric.text().contains("[[criteria]]"), "{}", rubric.text());
        assert!(rubric.header("content-type").starts_with("application/toml"));

        let waves = format!("{own}/waves");
        let wave = stage.submitted_wave(app, "Vague");
        let undecided = app.anyone.get(&waves);
        assert_eq!(undecided.json()["items"], json!([]), "nobody hears of what is not decided");
        app.other_staff.post(&format!("{wave}/approve"), waves::plan_read(&app.other_staff, &wave)).expect(200);
        let knows = app.anyone.with_header("If-None-Match", undecided.header("etag"));
        let decided = knows.get(&waves).expect(200);
        let first = &decided["items"][0];
        assert_eq!((&first["name"], &first["devices"]), (&json!("Vague"), &json!(10)));
        assert_eq!(format!("/waves/{}", first["id"].as_str().unwrap()), wave);
        assert!(!decided.to_string().contains("Alpha"), "{decided}");
        // those who sign in see more
        assert!(app.staff.get(&waves).expect(200)["items"][0]["version"].is_number());

        for (path, reply) in [("/programmes?public=true", &open), (&own, &shown), (&format!("{own}/rubric"), &rubric)] {
            let knows = app.anyone.with_header("If-None-Match", reply.header("etag"));
            assert_eq!(knows.get(path).status, 304, "{path}");
        }
        let nothing = "/programmes/0190c42e-5d5e-7000-8000-000000000000";
        for path in ["", "/rubric", "/waves"] {
            app.anyone.get(&format!("{nothing}{path}")).refused(404, "not_found");
        }
    }

    fn many_who_ask_at_once_are_all_answered_the_same(app) {
        let stage = Stage::set(app, &[("Alpha", 10, 8_000)], 10);
        stage.approved_wave(app, "Vague");
        let path = format!("/programmes/{}/figures", stage.programme);
        let tags: Vec<String> = std::thread::scope(|scope| {
            let ask = || scope.spawn(|| app.anyone.get(&path).header("etag").to_owned());
            let asked: Vec<_> = (0..20).map(|_| ask()).collect();
            asked.into_iter().map(|asked| asked.join().unwrap()).collect()
        });
        assert!(tags.iter().all(|tag| !tag.is_empty() && *tag == tags[0]), "{tags:?}");
    }
}

/// However many devices there are, figures read none of them.
#[test]
fn figures_go_through_no_devices() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let _turn = plans::record();
        let Some(app) = TestApp::start(engine) else {
            continue;
        };
        let stage = Stage::set(&app, &[("Alpha", 10, 8_000)], 10);
        stage.approved_wave(&app, "Vague");
        plans::asking("figures");
        devices(&app, &stage);
        let statements = plans::recorded(&app);
        let asked: Vec<&String> = statements
            .iter()
            .filter(|(_, sent)| sent.request == "figures")
            .map(|(statement, _)| statement)
            .collect();
        assert!(
            asked
                .iter()
                .any(|statement| statement.contains("device_counts")),
            "{asked:?}"
        );
        for statement in asked {
            assert_eq!(plans::names(statement, "devices").count(), 0, "{statement}");
        }
    }
}
