//! The rules, each by the name of its code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kernel::{DeviceKind, Id, PersonId};

use super::*;
use crate::model::{
    AccessoryCount, Collection, DonorAnswer, ManifestSummary, NewBatch, NewPickup, ReceptionAnswer,
    Restrictions, TitleRoute,
};
use crate::store::InStock;

fn organisation(n: u32) -> OrganisationId {
    format!("01869740-0280-7000-8000-{n:012x}").parse().unwrap()
}

fn actor(role: Role) -> Actor {
    let person: PersonId = "01869740-0280-767f-a57a-ffa5fb65d9d9".parse().unwrap();
    Actor {
        person,
        role,
        organisation: organisation(1),
        session: None,
        key: None,
    }
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// Before any pickup of these tests.
const BEFORE: &str = "2023-02-01T08:00:00Z";

fn good() -> NewBatch {
    NewBatch {
        title: " Postes   fixes ".to_owned(),
        donor_id: None,
        declared: vec![Declared {
            kind: DeviceKind::Desktop,
            quantity: 10,
            manufacturer: Some(" ".to_owned()),
            model: None,
        }],
        accessories: vec![AccessoryCount {
            kind: kernel::AccessoryKind::Mouse,
            quantity: 10,
        }],
        pickup: NewPickup {
            address: "1 quai".to_owned(),
            postal_code: "13002".to_owned(),
            commune: "Marseille".to_owned(),
            contact_name: "Dora".to_owned(),
            contact_phone: "04 91 00 00 00".to_owned(),
            from: Some(at("2023-03-01T08:00:00Z")),
            to: Some(at("2023-03-02T08:00:00Z")),
        },
        title_route: None,
        restrictions: None,
    }
}

fn pointers(refusal: Refusal) -> Vec<String> {
    assert_eq!(refusal.code, Code::InvalidFields);
    refusal
        .errors
        .into_iter()
        .filter_map(|error| error.pointer)
        .collect()
}

#[test]
fn batch_step_not_allowed_unless_the_step_before_was_done() {
    use BatchStatus::{
        Accepted, Cancelled, Closed, Collected, Draft, Received, Refused, Scheduled, Submitted,
    };
    let allowed: &[(Step, &[BatchStatus])] = &[
        (Step::Submit, &[Draft]),
        (Step::Accept, &[Submitted]),
        (Step::Refuse, &[Submitted]),
        (Step::Cancel, &[Draft, Submitted, Accepted, Scheduled]),
        (Step::Schedule, &[Accepted, Scheduled]),
        (Step::Collect, &[Scheduled]),
        (Step::Receive, &[Scheduled, Collected]),
        (Step::Close, &[Received]),
    ];
    for (asked, sources) in allowed {
        for status in [
            Draft, Submitted, Accepted, Scheduled, Collected, Received, Closed, Refused, Cancelled,
        ] {
            let expected = if sources.contains(&status) {
                Ok(Verdict::Go)
            } else if status == asked.target() {
                Ok(Verdict::AlreadyDone)
            } else {
                Err(Code::BatchStepNotAllowed)
            };
            assert_eq!(
                step(status, *asked).map_err(|refusal| refusal.code),
                expected,
                "{asked:?} {status}"
            );
        }
    }
}

#[test]
fn batch_not_editable_once_the_truck_has_come() {
    for status in BatchStatus::ALL {
        let outcome = may_list(*status).map_err(|refusal| refusal.code);
        use BatchStatus::{Accepted, Draft, Scheduled, Submitted};
        let expected = match status {
            Draft | Submitted | Accepted | Scheduled => Ok(()),
            _ => Err(Code::BatchNotEditable),
        };
        assert_eq!(outcome, expected, "{status}");
    }
}

#[test]
fn a_good_batch_is_tidied() {
    let checked = check_new(&good(), at(BEFORE)).unwrap();
    assert_eq!(checked.title, "Postes fixes");
    assert_eq!(checked.pickup.contact_phone, "+33491000000");
    assert_eq!(checked.declared[0].manufacturer, None);
    assert_eq!(checked.title_route, TitleRoute::DonorToAssociation);
}

#[test]
fn invalid_fields_are_all_named() {
    let mut new = good();
    new.title = "t".repeat(201);
    new.declared[0].quantity = 0;
    new.accessories[0].quantity = -1;
    new.pickup.postal_code = "1300A".to_owned();
    new.pickup.contact_phone = "12".to_owned();
    new.pickup.to = new.pickup.from;
    assert_eq!(
        pointers(check_new(&new, at(BEFORE)).unwrap_err()),
        [
            "/title",
            "/declared/0/quantity",
            "/accessories/0/quantity",
            "/pickup/postal_code",
            "/pickup/contact_phone",
            "/pickup/to"
        ]
    );
}

#[test]
fn required_donor_when_staff_register() {
    let other = organisation(2);
    assert_eq!(
        pointers(donor_of(&actor(Role::Staff), None).unwrap_err()),
        ["/donor_id"]
    );
    assert_eq!(donor_of(&actor(Role::Staff), Some(other)), Ok(other));
    assert_eq!(donor_of(&actor(Role::Donor), None), Ok(organisation(1)));
    assert_eq!(
        pointers(donor_of(&actor(Role::Donor), Some(other)).unwrap_err()),
        ["/donor_id"]
    );
    let refused = donor_of(&actor(Role::Association), None).map_err(|refusal| refusal.code);
    assert_eq!(refused, Err(Code::NotAllowed));
}

#[test]
fn date_in_future_for_a_truck_that_has_not_left() {
    let now = at("2023-02-28T08:00:00Z");
    let collection = |collected_at: &str, pallets, weight_kg| Collection {
        collected_at: at(collected_at),
        pallets,
        weight_kg,
    };
    let grams = check_collection(
        &collection("2023-02-28T08:04:00Z", Some(3), Some(12.3456)),
        None,
        (at(BEFORE), None),
        now,
    );
    assert_eq!(
        grams,
        Ok(Some(12_346)),
        "a phone's clock may be a little ahead"
    );
    let refusal = check_collection(
        &collection("2023-02-28T08:06:00Z", Some(-1), Some(f64::NAN)),
        None,
        (at(BEFORE), None),
        now,
    )
    .unwrap_err();
    assert_eq!(refusal.errors[0].code, Code::DateInFuture);
    assert_eq!(
        pointers(refusal),
        ["/collected_at", "/pallets", "/weight_kg"]
    );
    let agreed = Window {
        from: now,
        to: now.plus_days(1),
    };
    let within = collection("2023-03-01T08:00:00Z", None, None);
    assert_eq!(
        check_collection(&within, Some(agreed), (now, None), now),
        Ok(None)
    );
    let beyond = collection("2023-03-01T08:00:01Z", None, None);
    assert!(check_collection(&beyond, Some(agreed), (now, None), now).is_err());
}

#[test]
fn out_of_range_for_a_truck_that_left_after_it_was_unloaded() {
    let first_counted = at("2023-03-01T10:00:00Z");
    let now = at("2023-03-02T08:00:00Z");
    let noted = |collected_at: &str| {
        let collection = Collection {
            collected_at: at(collected_at),
            pallets: None,
            weight_kg: None,
        };
        check_collection(&collection, None, (now, Some(first_counted)), now)
    };
    assert_eq!(noted("2023-03-01T10:00:00Z"), Ok(None));
    let refusal = noted("2023-03-01T10:00:01Z").unwrap_err();
    assert_eq!(refusal.errors[0].code, Code::OutOfRange);
    assert_eq!(pointers(refusal), ["/collected_at"]);
}

#[test]
fn date_in_past_for_a_pickup_that_is_over() {
    let mut new = good();
    let now = at("2024-01-01T08:00:00Z");
    let refusal = check_new(&new, now).unwrap_err();
    assert_eq!(refusal.errors[0].code, Code::DateInPast);
    assert_eq!(pointers(refusal), ["/pickup/from", "/pickup/to"]);
    // one that began and is not over is possible
    new.pickup.to = Some(now.plus_days(1));
    check_new(&new, now).unwrap();
    let schedule = |from: &str, to: &str| {
        let schedule = Schedule {
            workshop_id: organisation(1),
            from: at(from),
            to: at(to),
        };
        check_schedule(&schedule, now)
    };
    schedule("2023-12-20T08:00:00Z", "2023-12-20T10:00:00Z").unwrap();
    let refusal = schedule("2020-03-01T08:00:00Z", "2020-03-01T10:00:00Z").unwrap_err();
    assert_eq!(pointers(refusal), ["/from", "/to"]);
    let collection = Collection {
        collected_at: at("2001-03-01T08:00:00Z"),
        pallets: None,
        weight_kg: None,
    };
    let refusal = check_collection(&collection, None, (now, None), now).unwrap_err();
    assert_eq!(refusal.errors[0].code, Code::DateInPast);
    assert_eq!(pointers(refusal), ["/collected_at"]);
}

#[test]
fn required_reason() {
    assert_eq!(pointers(check_reason(" \n").unwrap_err()), ["/reason"]);
    assert_eq!(
        pointers(check_reason("Trop\u{0} ancien").unwrap_err()),
        ["/reason"]
    );
    assert_eq!(check_reason(" Trop ancien\n").unwrap(), "Trop ancien");
}

#[test]
fn duplicate_serial_in_stock_is_told_to_those_who_may_know() {
    let stock = InStock {
        tag: "RS-00001-X".to_owned(),
        stage: "ready".to_owned(),
        donor_id: organisation(1),
        reference: "LOT-2023-0001".to_owned(),
        workshop: Some("Atelier Nord".to_owned()),
    };
    let told = where_it_is("A1", &stock, true);
    assert_eq!(
        told.fr,
        "Le numéro de série A1 est déjà dans le lot LOT-2023-0001 (étiquette RS-00001-X, prêt chez Atelier Nord)."
    );
    let hidden = where_it_is("A1", &stock, false).fr;
    assert!(!hidden.contains("LOT") && !hidden.contains("Nord"));
    let gone = InStock {
        stage: "handed_over".to_owned(),
        ..stock
    };
    assert!(!where_it_is("A1", &gone, true).fr.contains("Nord"));
}

#[test]
fn required_something_before_it_is_offered() {
    let checked = check_new(&good(), at(BEFORE)).unwrap();
    let now = at("2023-02-28T08:00:00Z");
    let id: Id<kernel::Batch> = "01869740-0280-767f-a57a-ffa5fb65d9d9".parse().unwrap();
    let mut batch = Batch {
        id,
        reference: "LOT-2023-0001".to_owned(),
        donor_id: organisation(1),
        donor_name: String::new(),
        title: checked.title,
        status: BatchStatus::Draft,
        title_route: checked.title_route,
        restrictions: Restrictions::default(),
        declared: Vec::new(),
        accessories: Vec::new(),
        pickup: checked.pickup,
        manifest: None,
        workshop_id: None,
        workshop_name: None,
        scheduled: None,
        schedule_sequence: 4,
        collected_at: None,
        pallets: None,
        weight_kg: None,
        reason: None,
        created_by: actor(Role::Donor).person,
        submitted_at: None,
        accepted_at: None,
        received_at: None,
        closed_at: None,
        reception: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    assert_eq!(
        pointers(offers_something(&batch).unwrap_err()),
        ["/declared"]
    );
    batch.manifest = Some(ManifestSummary {
        rows: 1,
        format: "csv".to_owned(),
        sheet: None,
        encoding: "utf-8".to_owned(),
        delimiter: ";".to_owned(),
        header_line: 1,
        columns: Vec::new(),
        sha256: String::new(),
        answers: String::new(),
        uploaded_at: now,
    });
    assert_eq!(offers_something(&batch), Ok(()));
    // the calendar entry counts from 0 for the first pickup, and on for each change
    assert_eq!(next_sequence(&batch), 0);
    batch.scheduled = Some(Window {
        from: now,
        to: now.plus_days(1),
    });
    assert_eq!(next_sequence(&batch), 5);
}

fn said(answer: DonorAnswer, comment: Option<&str>) -> ReceptionAnswer {
    ReceptionAnswer {
        answer,
        comment: comment.map(str::to_owned),
        devices: Vec::new(),
        answered_at: at("2023-03-01T08:00:00Z"),
        answered_by: actor(Role::Donor).person,
    }
}

#[test]
fn a_count_is_answered_when_it_has_ended() {
    use DonorAnswer::{Confirmed, Contested};
    for status in BatchStatus::ALL {
        let verdict = answer(*status, None, &said(Confirmed, None));
        match status {
            BatchStatus::Closed => assert_eq!(verdict, Ok(Verdict::Go)),
            _ => assert_eq!(verdict.unwrap_err().code, Code::BatchStepNotAllowed),
        }
    }
    let closed =
        |known, new, comment| answer(BatchStatus::Closed, Some(&known), &said(new, comment));
    let contested = || said(Contested, Some("Il en manque 2"));
    assert_eq!(
        closed(contested(), Contested, Some("Il en manque 2")),
        Ok(Verdict::AlreadyDone)
    );
    assert_eq!(
        closed(contested(), Contested, Some("Il en manque 3")),
        Ok(Verdict::Go)
    );
    assert_eq!(closed(contested(), Confirmed, None), Ok(Verdict::Go));
    assert_eq!(
        closed(said(Confirmed, None), Confirmed, Some("Merci")),
        Ok(Verdict::AlreadyDone)
    );
}

#[test]
fn another_device_makes_another_contest() {
    let known = said(DonorAnswer::Contested, Some("x"));
    let other = ReceptionAnswer {
        devices: vec!["RS-0004K-X".to_owned()],
        ..known.clone()
    };
    let verdict = |new| answer(BatchStatus::Closed, Some(&known), new);
    assert_eq!(verdict(&known), Ok(Verdict::AlreadyDone));
    assert_eq!(verdict(&other), Ok(Verdict::Go));
    assert_eq!(
        pointers(check_named(&vec!["a".to_owned(); 201]).unwrap_err()),
        ["/devices"]
    );
    assert_eq!(
        pointers(check_named(&[String::new()]).unwrap_err()),
        ["/devices/0"]
    );
}

#[test]
fn a_pickup_changes_until_the_truck_has_come_and_is_answered_once_it_is_set() {
    use BatchStatus::{Accepted, Draft, Scheduled, Submitted};
    for status in BatchStatus::ALL {
        let open = [Draft, Submitted, Accepted, Scheduled].contains(status);
        assert_eq!(may_change_pickup(*status).is_ok(), open, "{status}");
        let refused = may_answer_pickup(*status).err().map(|refusal| refusal.code);
        let expected = (*status != Scheduled).then_some(Code::BatchStepNotAllowed);
        assert_eq!(refused, expected, "{status}");
    }
}

#[test]
fn reception_confirmed_stays_so() {
    let known = said(DonorAnswer::Confirmed, None);
    let refusal = answer(
        BatchStatus::Closed,
        Some(&known),
        &said(DonorAnswer::Contested, Some("x")),
    )
    .unwrap_err();
    assert_eq!(refusal.code, Code::ReceptionConfirmed);
}

#[test]
fn who_contests_says_why() {
    for nothing in [None, Some(""), Some(" \u{0}\n ")] {
        assert_eq!(
            pointers(check_comment(DonorAnswer::Contested, nothing).unwrap_err()),
            ["/comment"]
        );
        assert_eq!(check_comment(DonorAnswer::Confirmed, nothing), Ok(None));
    }
    let long = "x".repeat(2001);
    assert!(check_comment(DonorAnswer::Confirmed, Some(&long)).is_err());
    let kept = check_comment(DonorAnswer::Contested, Some(" deux\u{7} de moins "));
    assert_eq!(kept, Ok(Some("deux de moins".to_owned())));
}

#[test]
fn a_gift_is_tied_until_the_city_has_answered() {
    for status in BatchStatus::ALL {
        let free = matches!(status, BatchStatus::Draft | BatchStatus::Submitted);
        assert_eq!(may_restrict(*status).is_ok(), free, "{status}");
    }
    let restrictions = Restrictions {
        themes: vec![
            kernel::Theme::Precarity,
            kernel::Theme::Employment,
            kernel::Theme::Precarity,
        ],
        association_ids: vec![organisation(2), organisation(2)],
        drives_destroyed: false,
    };
    let checked = check_restrictions(&restrictions).unwrap();
    assert_eq!(
        (checked.themes.len(), checked.association_ids.len()),
        (2, 1)
    );
    let association = format!("association:{}", organisation(2));
    assert_eq!(
        checked.tags(),
        [association.as_str(), "employment", "precarity"]
    );
    assert!(Restrictions::default().tags().is_empty() && Restrictions::default().is_none());
    let many = Restrictions {
        association_ids: (0..201).map(organisation).collect(),
        ..Restrictions::default()
    };
    assert_eq!(
        pointers(check_restrictions(&many).unwrap_err()),
        ["/association_ids"]
    );
}
