//! What an approved wave does to devices.

use crate::support::workshop::{advance, dock, intact, log, stage, stock};
use testkit::{both_engines, json};

both_engines! {
    fn a_device_is_reserved_once_released_and_handed_over(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 2);
        advance(app, &ids[0], "nothing");
        let actor = kernel::Actor {
            person: app.staff.person.parse().unwrap(), role: kernel::Role::Staff,
            organisation: app.staff.organisation.parse().unwrap(), session: None, key: None,
        };
        let id: kernel::DeviceId = ids[0].parse().unwrap();
        let other: kernel::DeviceId = ids[1].parse().unwrap();
        let reserve = move |tx: &mut db::Tx<'_>, devices: &[kernel::DeviceId]| {
            let reservation = workshop::ReservationRef {
                wave: tx.new_id(), wave_name: "Première vague".into(),
                application: tx.new_id(), association_name: "Une association".into(),
            };
            workshop::reserve(tx, &actor, devices, &reservation)
        };
        let refused = app.write(move |tx| Ok(reserve(tx, &[id, other]).expect_err("not ready").to_string()));
        assert!(refused.starts_with("device_not_ready"), "{refused}");
        assert_eq!(stage(app, &ids[0]), "ready");
        app.write(move |tx| reserve(tx, &[id]));
        let refused = app.write(move |tx| Ok(reserve(tx, &[id]).expect_err("reserved").to_string()));
        assert!(refused.starts_with("device_not_ready"), "{refused}");
        log(&app.refurbisher, &ids[0], json!({"type": "repair_started"})).refused(409, "already_reserved");
        log(&app.refurbisher, &ids[0], json!({"type": "moved", "location": "Palette 2"})).expect(200);
        app.write(move |tx| workshop::release(tx, &actor, &[id], "vague annulée"));
        assert_eq!(stage(app, &ids[0]), "ready");
        assert_eq!(stock(app, "mouse"), 1, "it keeps its kit");
        app.write(move |tx| reserve(tx, &[id]));
        app.write(move |tx| workshop::hand_over(tx, &actor, &[id], "BL-1"));
        log(&app.refurbisher, &ids[0], json!({"type": "returned", "reason": "panne"})).expect(200);
        let back = log(&app.refurbisher, &ids[0], json!({"type": "received"})).expect(200);
        assert_eq!((&back["stage"], &back["cycle"], &back["erasure_proven"]), (&json!("received"), &json!(2), &json!(false)));
        assert_eq!(back["drives"][0]["proven"], false);
        let found = app.read(move |db| workshop::find_devices(db, &["czc 0001".into(), "no".into(), id.to_string()]));
        assert_eq!((found.len(), found["czc 0001"].id), (2, id));
        intact(app);
    }
}
