//! What happens to a device between the dock and the shelf.

mod bench;
mod clear;
mod corrections;
mod custody;
mod doubts;
mod erasure;
mod hardware;
mod labels;
mod neighbours;
mod reception;
mod reservation;
mod scale;
mod scanning;
mod search;
mod stock;
mod transfers;
mod waste;
