//! On the road to another workshop.

use super::*;
use crate::model::LineOutcome;

fn sent(stage: Stage) -> Bench {
    let mut bench = Bench::until(stage);
    let change = send(&bench.device, &bench.drives, id(7), at(80)).expect("may go");
    bench.is_now(change);
    bench.last = None;
    bench
}

#[test]
fn device_in_transit() {
    let mut bench = sent(Stage::Graded);
    for event in [
        json!({"type": "repair_started"}),
        json!({"type": "moved", "location": "A"}),
        json!({"type": "received"}),
        ready(),
    ] {
        assert_eq!(bench.refused(&event), Code::DeviceInTransit);
    }
    let again = send(&bench.device, &bench.drives, id(8), at(81)).expect_err("refused");
    assert_eq!(again.code, Code::DeviceInTransit);
}

#[test]
fn a_ready_device_leaves_its_kit_in_the_workshop() {
    let bench = sent(Stage::Ready);
    assert_eq!(bench.device.stage, Stage::Graded);
    assert_eq!(
        (bench.accessories(), bench.device.kit.clone()),
        (vec![2, 2], None)
    );
    assert!(bench.device.quality_checked_by.is_some(), "its work stands");
}

#[test]
fn it_is_the_receivers_once_it_arrives() {
    let mut bench = sent(Stage::Tested);
    let elsewhere: OrganisationId = id(11);
    bench.arriving_at = Some(elsewhere);
    assert_eq!(
        bench.refused(&json!({"type": "missing"})),
        Code::DeviceInTransit
    );
    bench.does(&json!({"type": "received"}));
    assert_eq!(
        (
            bench.device.workshop_id,
            bench.device.stage,
            bench.device.transfer_id
        ),
        (Some(elsewhere), Stage::Tested, None)
    );
}

#[test]
fn it_is_called_back_or_lost_by_its_sender() {
    let mut lost = sent(Stage::Tested);
    lost.does(&json!({"type": "missing"}));
    assert_eq!(
        (lost.device.stage, lost.device.transfer_id),
        (Stage::Missing, None)
    );
    let back = sent(Stage::Tested);
    let change = call_back(&back.device, &back.drives).expect("on the road");
    let (device, _, effects) = change.into_parts();
    assert_eq!((device.stage, device.transfer_id), (Stage::Tested, None));
    assert_eq!(effects.off_the_road, Some((id(7), LineOutcome::Cancelled)));
    let refusal = call_back(&device, &[]).expect_err("not on the road");
    assert_eq!(refusal.code, Code::TransferStepNotAllowed);
}

#[test]
fn what_is_not_in_the_workshop_is_not_sent() {
    for stage in [
        Stage::Expected,
        Stage::Missing,
        Stage::Scrapped,
        Stage::HandedOver,
    ] {
        let bench = Bench::new(stage);
        let refusal = send(&bench.device, &[], id(7), at(1)).expect_err("refused");
        assert_eq!(refusal.code, Code::StepNotAllowed, "{stage}");
    }
    let reserved = reservable(Bench::until(Stage::Ready).device)
        .expect("ready")
        .reserve(at(1));
    let refusal = send(&reserved, &[], id(7), at(1)).expect_err("refused");
    assert_eq!(refusal.code, Code::AlreadyReserved);
}
