//! From the offer of a batch to its reception.

mod batches;
mod dock;
mod files;
mod manifest;
mod pickup;
mod reception;
mod scale;
mod trucks;
