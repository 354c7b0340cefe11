//! Several people of a workshop scan the devices of one batch at the same time: nothing is lost,
//! and nobody's work is undone because of somebody else's device.

use crate::support::workshop::{dock, log, text, verify};
use testkit::{TestApp, both_engines, json};

/// How often a transaction of this use case ran.
fn ran(app: &TestApp, use_case: &str) -> u64 {
    let holds = app.database.holds();
    let hold = holds.iter().find(|(name, _)| &**name == use_case);
    hold.map_or(0, |(_, hold)| hold.times)
}

both_engines! {
    fn neighbors_are_scanned_at_once_and_nobody_starts_again(app) {
        let serials: Vec<String> = (0..8).map(|n| format!("CZC200000{n}")).collect();
        let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
        let (_, devices) = dock(app, &serials, 0);
        let scans = |device: &String| {
            log(&app.refurbisher, device, json!({"type": "triaged", "outcome": "keep"})).expect(200);
            for place in 0..9 {
                let moved = json!({"type": "moved", "location": format!("Rayon {place}")});
                log(&app.refurbisher, device, moved).expect(200);
            }
        };
        std::thread::scope(|scope| {
            for device in &devices {
                scope.spawn(move || scans(device));
            }
        });
        assert_eq!(ran(app, "POST /api/v1/devices/{id}/events"), 80);
        let report = verify(app);
        assert!(report.broken.is_none() && report.events == 88, "{report:?}");
    }

    fn one_device_scanned_by_many_at_once_has_a_line_for_each(app) {
        let (_, devices) = dock(app, &["CZC3000001"], 0);
        let device = &devices[0];
        std::thread::scope(|scope| {
            for place in 0..8 {
                let moved = json!({"type": "moved", "location": format!("Rayon {place}")});
                scope.spawn(move || log(&app.refurbisher, device, moved).expect(200));
            }
        });
        let report = verify(app);
        assert!(report.broken.is_none() && report.events == 9, "{report:?}");
        let kept = app.staff.get("/devices/counts?stage=received").expect(200);
        assert_eq!(kept["total"], 1);
        let listed = app.refurbisher.get("/devices?stage=received").expect(200);
        let at = text(&listed["items"][0]["location"]);
        let there = app.refurbisher.get(&format!("/devices?location={}", at.to_uppercase().replace(' ', "%20")));
        assert_eq!(there.expect(200)["items"][0]["id"], json!(device));
    }
}
