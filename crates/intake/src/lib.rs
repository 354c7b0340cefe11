#![doc = include_str!("../README.md")]

pub mod manifest;
mod model;
pub mod rules;
mod service;
mod store;
mod tags;

pub use model::{
    AccessoryCount, Attributes, Batch, BatchFilter, BatchStatus, Collection, ColumnMapping,
    Comment, Declared, Difference, Differing, DonorAnswer, ListChange, ManifestReport,
    ManifestSummary, MoveRequest, NewBatch, NewPickup, NewTruck, Pickup, PickupAnswer,
    PickupChange, Reason, ReceptionAnswer, ReceptionLink, Restrictions, Schedule, TitleRoute,
    Truck, TruckLoad, Window, association_tag,
};
pub use service::{
    Answers, FollowLink, KeptList, PENDING_MOST, PendingList, ReadManifest, accept, accept_pickup,
    answer_reception, ask_donor, ask_to_move_pickup, call_truck_off, cancel, change_pickup,
    check_manifest, collect, drop_list, followed_batch, is_closed, keep_list, load_truck,
    make_follow_link, manifest_reading, mark_closed, mark_received, may_count, pending_list,
    put_manifest, read_manifest, reception_link, refuse, register, rename_donor, restrict,
    revoke_follow_link, schedule, send_truck, submit, tell_late, trucks,
};
pub use store::{
    batch, batch_named, batches, differing, donations_waiting, follow_link_made_at,
    forget_contacts_before, pickups, restrictions, trucks_to_come,
};
pub use tags::{near_tags, read_tag, search_key, tag_is_valid, tags};
