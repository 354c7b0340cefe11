//! Who gets in, with what, and what is kept of it.

mod audit;
mod bodies;
mod email;
mod keys;
mod lockout;
mod passwords;
mod principals;
mod retention;
mod second_factor;
mod sessions;
mod tables;
mod tokens;
