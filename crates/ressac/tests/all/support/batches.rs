//! A batch from its offer to the dock, through HTTP.

use testkit::{Value, json};

use super::{Cast, Server};

/// What a donor says of so many desktops.
pub fn offer(title: &str, desktops: usize) -> Value {
    json!({
        "title": title, "declared": [{"kind": "desktop", "quantity": desktops}], "accessories": [],
        "pickup": {"address": "10 boulevard de Dunkerque", "postal_code": "13002",
            "commune": "Marseille", "contact_name": "D", "contact_phone": "04 91 00 00 00",
            "from": "2030-03-01T08:00:00Z", "to": "2030-03-31T17:00:00Z"},
    })
}

/// A batch that is offered, with its list if there is one, accepted, driven to the workshop and
/// received: what the reception answers.
pub fn receive(
    server: &Server,
    cast: &Cast,
    offer: Value,
    manifest: Option<&str>,
    reception: Value,
) -> Value {
    let address = &server.address;
    let (donor, staff, workshop) = (&cast.donor, &cast.staff, &cast.refurbisher);
    let batch = donor.post(address, "/batches", offer);
    let path = format!("/batches/{}", batch["id"].as_str().unwrap());
    if let Some(list) = manifest {
        let to = format!("{path}/manifest");
        let listed = donor.send(address, ("PUT", &to), None, ("text/csv", list));
        let listed = listed.expect("an answer");
        assert_eq!(listed.status, 200, "{}", listed.body);
    }
    donor.post(address, &format!("{path}/submit"), Value::Null);
    staff.post(address, &format!("{path}/accept"), Value::Null);
    let drive = json!({"workshop_id": workshop.organisation,
        "from": "2030-03-01T08:00:00Z", "to": "2030-03-01T10:00:00Z"});
    staff.post(address, &format!("{path}/schedule"), drive);
    workshop.post(address, &format!("{path}/receive"), reception)
}
