//! Who gets in, with what, and what is kept of it.

mod audit;
mod bodies;
mod email;
mod keys;
mod passwords;
mod retention;
mod second_factor;
mod tables;
mod tokens;
