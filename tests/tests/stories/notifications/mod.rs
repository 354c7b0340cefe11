//! What is told, to whom, and what they chose to hear.

mod choices;
mod donors;
mod links;
mod outbox;
