//! Scores: stored, recomputed, ranked, and under another rubric.

use testkit::{Client, Role, Value, both_engines, json};

use crate::support::applications::*;
use crate::support::waves::Stage;

both_engines! {
    fn a_stored_score_is_recomputed_and_not_touched_by_a_new_table(app) {
        app.staff.post_csv("/territories", TABLE).expect(200);
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let application = submitted(&association, &programme);
        assess(&app.staff, &application, 3);
        app.staff.post(&decide(&application), eligible()).expect(200);
        let path = format!("{application}/score");
        let before = app.staff.get(&path).expect(200);
        app.staff.post_csv("/territories", b"postal_code,commune,population,ifn\n13015,Marseille 15e,10,1.0\n").expect(200);
        assert_eq!(app.staff.get(&path).expect(200), before);
        let (person, organisation, wanted) = (
            app.staff.person.parse().unwrap(), app.staff.organisation.parse().unwrap(), id_at(&application).parse().unwrap());
        let actor = kernel::Actor { person, role: Role::Staff, organisation, session: None, key: None };
        assert!(app.read(move |db| eligibility::recompute(db, &actor, wanted)));
        let wanted = programme.parse().unwrap();
        let candidates = app.read(move |db| eligibility::candidates(db, wanted));
        assert_eq!(candidates.len(), 1);
        assert_eq!((candidates[0].fragility, candidates[0].commune_code.as_deref()), (68, Some("13215")));
        assert_eq!(i64::from(candidates[0].score), before["score"].as_i64().unwrap());
    }

    fn not_scored(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let application = draft(&association, &programme);
        let path = format!("{application}/score");
        app.staff.get(&path).refused(409, "not_scored");
        association.post(&format!("{application}/submit"), Value::Null).expect(200);
        app.staff.get(&path).expect(200);
        association.get(&path).refused(409, "not_scored");
        app.staff.post(&decide(&application), json!({"outcome": "ineligible", "reasons": "Hors objet."})).expect(200);
        association.get(&path).refused(409, "not_scored");
    }

    fn the_ranking_has_its_distribution_filters_and_csv(app) {
        let programme = programme(app);
        let (best, worst, waiting) = (app.association("Éveil numérique"), app.association("Souris grise"), app.association("Clavier ouvert"));
        let last = found_eligible(app, &worst, &programme, 1);
        let first = found_eligible(app, &best, &programme, 5);
        let undecided = submitted(&waiting, &programme);
        assess(&app.staff, &undecided, 3);
        let path = format!("/programmes/{programme}/ranking");
        let ranking = app.staff.get(&path).expect(200);
        assert_eq!((&ranking["ranked"], &ranking["version"]), (&json!(2), &json!("1")));
        let order: Vec<_> = ranking["items"].as_array().unwrap().iter().map(|it| format!("/applications/{}", it["application_id"].as_str().unwrap())).collect();
        assert_eq!(order, [first, last]);
        let counted: i64 = ranking["distribution"].as_array().unwrap().iter().map(|band| band["count"].as_i64().unwrap()).sum();
        assert_eq!(counted, 2);
        let found = |query: &str| app.staff.get(&format!("{path}?{query}")).expect(200)["items"].as_array().unwrap().clone();
        assert_eq!((found("q=eveil").len(), found("q=souris")[0]["rank"].as_i64()), (1, Some(2)));
        assert_eq!((found("theme=exclusion").len(), found("theme=precarity&postal_code=1301").len()), (0, 2));
        let score = ranking["items"][0]["score"].as_i64().unwrap();
        assert_eq!((found(&format!("min_score={score}")).len(), found(&format!("max_score={}", score - 1)).len()), (1, 1));
        let check = found("provisional=true&to_check=true");
        assert_eq!((check.len(), &check[0]["provisional"], &check[0]["rank"]), (1, &json!(true), &json!(2)));
        let page = app.staff.get(&format!("{path}?limit=1")).expect(200);
        assert_eq!(app.staff.get(&format!("{path}?limit=1&after={}", page["next"])).expect(200)["items"][0]["rank"], 2);
        let table = app.staff.with_header("accept", "text/csv").get(&format!("{path}?q=eveil")).text();
        assert!(table.starts_with("rank,score,reference,association") && table.contains(",Éveil numérique,eligible,"), "{table}");
        assert_eq!(table.lines().count(), 2);
        best.get(&path).refused(403, "not_allowed");
    }

    fn rubric_unchanged_or_side_by_side_and_never_an_approved_wave(app) {
        let stage = Stage::set(app, &[("Clavier ouvert", 10, 6000), ("Souris grise", 10, 5000)], 20);
        let wave = stage.approved_wave(app, "Vague 1");
        let lines = app.staff.get(&format!("{wave}/lines")).expect(200);
        let explanation = format!("{wave}/lines/{}/explanation", stage.applications[0]);
        let explained = app.staff.get(&explanation).expect(200);
        let path = format!("/programmes/{}", stage.programme);
        let choice = |rubric: &str| json!({"rubric": rubric});
        let compare = format!("{path}/rubric/compare");
        let score = format!("/applications/{}/score", stage.applications[0]);
        let before = app.staff.get(&score).expect(200);
        let same = app.staff.post(&compare, choice("marseille-2023")).expect(200);
        assert_eq!((&same["moved"], &same["items"][0]["because"]), (&json!(0), &json!([])));
        let other = app.staff.post(&compare, choice("marseille-2024")).expect(200);
        let because = other["items"][0]["because"].as_array().unwrap();
        assert!(because.iter().any(|it| it["criterion"] == "past_obligations" && it["old"].is_null() && it["new"] == 1000), "{other}");
        assert_eq!((&other["old"]["rubric"], &other["new"]["rubric"]), (&json!("marseille-2023"), &json!("marseille-2024")));
        let table = app.staff.with_header("accept", "text/csv").post(&compare, choice("marseille-2024")).text();
        assert!(table.contains("past_obligations →1000"), "{table}");
        assert_eq!(app.staff.get(&score).expect(200), before); // nothing was stored
        stage.clients[0].post(&compare, choice("marseille-2024")).refused(403, "not_allowed");
        app.staff.put(&format!("{path}/rubric"), choice("marseille-2023")).refused(409, "rubric_unchanged");
        app.staff.put(&format!("{path}/rubric"), choice("lyon")).refused(422, "invalid_fields");
        app.staff.with_header("if-match", "\"9\"").put(&format!("{path}/rubric"), choice("marseille-2024")).refused(412, "stale_version");
        app.staff.put(&format!("{path}/rubric"), choice("marseille-2024")).expect(200);
        let after = app.staff.get(&score).expect(200);
        assert_eq!((&after["rubric"], &after["provisional"]), (&json!("marseille-2024"), &json!(false)));
        assert_eq!(app.staff.get(&path).expect(200)["rubric"], "marseille-2024");
        assert_eq!(app.staff.get(&format!("{wave}/lines")).expect(200), lines);
        assert_eq!(app.staff.get(&explanation).expect(200), explained);
        let (person, organisation, wanted) = (app.staff.person.parse().unwrap(), app.staff.organisation.parse().unwrap(),
            stage.applications[0].parse().unwrap());
        let actor = kernel::Actor { person, role: Role::Staff, organisation, session: None, key: None };
        assert!(app.read(move |db| eligibility::recompute(db, &actor, wanted)));
    }

    fn what_is_to_check_is_named_decided_or_not(app) {
        let programme = programme_with(app, json!({"territory": "Marseille", "rubric": "marseille-2023"}));
        let (apart, alone, fine) = (app.association("Écart"), app.association("Seule"), app.association("Nette"));
        let decided = |client: &Client, marks: &[(&Client, i64)]| {
            let path = submitted(client, &programme);
            for (assessor, points) in marks {
                assess(assessor, &path, *points);
            }
            app.staff.post(&decide(&path), eligible()).expect(200);
        };
        decided(&apart, &[(&app.staff, 1), (&app.other_staff, 5)]);
        decided(&alone, &[(&app.staff, 3)]);
        decided(&fine, &[(&app.staff, 3), (&app.other_staff, 3)]);
        let undecided = register(app, json!({"name": "Nouvelle", "address": "1 rue X", "postal_code": "13003", "commune": "Marseille"}), "n@x.example");
        let pending = app.person(id(&undecided.expect(201)["organisation"]).parse().unwrap(), Role::Association, "N");
        submitted(&pending, &programme);
        let path = format!("/programmes/{programme}/ranking?provisional=true");
        let ranking = app.staff.get(&path).expect(200);
        let checks = |name: &str| {
            let it = items(&ranking).iter().find(|it| it["association"] == name).unwrap().clone();
            assert_eq!(it["to_check"], !it["checks"].as_array().unwrap().is_empty());
            it["checks"].clone()
        };
        // a territory written as a name is for people to look at, in all of them
        assert_eq!(checks("Écart"), json!(["marks_diverge", "condition_unclear"]));
        assert_eq!(checks("Seule"), json!(["marks_missing", "condition_unclear"]));
        assert_eq!(checks("Nette"), json!(["condition_unclear"]));
        assert_eq!(checks("Nouvelle"), json!(["association_pending", "marks_missing", "condition_unclear"]));
        let table = app.staff.with_header("accept", "text/csv").get(&path).text();
        assert!(table.contains("marks_diverge|condition_unclear"), "{table}");
        let clear = programme_with(app, json!({"name": "Claire"}));
        found_eligible(app, &fine, &clear, 3);
        let path = format!("/programmes/{clear}/ranking");
        assert_eq!(items(&app.staff.get(&path).expect(200))[0]["to_check"], false);
        assert_eq!(items(&app.staff.get(&format!("{path}?to_check=true")).expect(200)).len(), 0);
    }

    fn a_score_in_english_and_in_french_says_what_was_read(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let path = found_eligible(app, &association, &programme, 4);
        let score = association.get(&format!("{path}/score")).expect(200);
        for criterion in score["criteria"].as_array().unwrap() {
            for field in ["code", "title", "source", "explanation", "change", "title_en", "source_en", "explanation_en", "change_en"] {
                assert!(!criterion[field].as_str().unwrap().is_empty(), "{field}: {criterion}");
            }
        }
        let text = score["text"].as_str().unwrap();
        for criterion in score["criteria"].as_array().unwrap() {
            assert!(text.contains(criterion["explanation"].as_str().unwrap()), "{text}");
            assert!(text.contains(criterion["change"].as_str().unwrap()), "{text}");
        }
    }
}
