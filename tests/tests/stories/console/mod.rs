//! The pages, as people use them: without scripts.

mod access;
mod association;
mod bench;
mod donor;
mod city_waves;
mod city;
mod forms;
mod public;
mod sessions;
mod workshop;
