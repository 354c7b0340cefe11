//! The pages, as people use them: without scripts.

mod access;
mod account;
mod association;
mod bench;
mod calendar;
mod city;
mod city_waves;
mod colleagues;
mod donor;
mod forms;
mod handover;
mod keys;
mod organisation;
mod public;
mod sessions;
mod views;
mod webhooks;
mod weight;
mod workshop;
