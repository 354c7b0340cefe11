//! What everyone may know of a programme, in figures.

use crate::support::waves::{self, Stage};
use testkit::{TestApp, Value, both_engines, json};

fn devices(app: &TestApp, stage: &Stage) -> Value {
    let path = format!("/programmes/{}/figures", stage.programme);
    app.anyone.get(&path).expect(200)["devices"].clone()
}

both_engines! {
    fn what_another_programme_gave_is_counted_there_alone(app) {
        let first = Stage::set(app, &[("Alpha", 10, 8_000)], 10);
        let wave = first.approved_wave(app, "Vague");
        let second = Stage::set(app, &[("Beta", 10, 8_000)], 0);
        waves::stock(app, "desktop", 5, 500);
        assert_eq!(devices(app, &first), json!({"ready": 5, "reserved": 10}));
        assert_eq!(devices(app, &second), json!({"ready": 5}));
        // what comes back is in stock for both
        app.staff.post(&format!("{wave}/cancel"), json!({"reason": "Local fermé."})).expect(200);
        assert_eq!(devices(app, &first), json!({"ready": 15}));
        assert_eq!(devices(app, &second), json!({"ready": 15}));
    }
}
