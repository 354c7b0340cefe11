//! The clock of the machine jumps back an hour, as clocks do: people stay signed in, work
//! goes on, and what was recorded keeps its order.

use crate::support::workshop::{dock, log};
use testkit::{both_engines, json};

both_engines! {
    fn the_chain_of_custody_holds_when_the_clock_jumps_back(app) {
        let (_, devices) = dock(app, &["CZC1000001"], 0);
        let device = &devices[0];
        log(&app.refurbisher, device, json!({"type": "triaged", "outcome": "keep"})).expect(200);
        app.clock.advance_seconds(-3600);
        for place in ["A1", "A2"] {
            log(&app.refurbisher, device, json!({"type": "moved", "location": place})).expect(200);
        }
        app.clock.advance_seconds(3600);
        log(&app.refurbisher, device, json!({"type": "moved", "location": "A3"})).expect(200);
        let events = app.refurbisher.get(&format!("/devices/{device}/events")).expect(200);
        let seen: Vec<_> = events["items"].as_array().unwrap().iter()
            .map(|event| (event["seq"].as_i64().unwrap(), event["type"].as_str().unwrap().to_owned()))
            .collect();
        let expected = ["received", "triaged", "moved", "moved", "moved"];
        assert_eq!(seen.len(), expected.len(), "{seen:?}");
        for (n, (event, kind)) in seen.iter().zip(expected).enumerate() {
            assert_eq!(*event, (n as i64 + 1, kind.to_owned()), "{seen:?}");
        }
        let report = crate::support::workshop::verify(app);
        assert!(report.broken.is_none() && report.events == 5, "{report:?}");
    }
}
