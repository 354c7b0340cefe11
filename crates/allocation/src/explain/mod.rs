//! The explanation of ALLOCATION §5: why an application has what it has, in numbers and
//! in sentences, French and English. Pure: facts in, words out.

mod build;
mod model;
mod notice;
mod outlook;
#[cfg(test)]
mod tests;
mod text;
mod what_if;
mod words;

pub use build::{Case, ReviewFacts, explain};
pub use model::{
    Binding, Datum, Explanation, Fraction, Growth, Intervention, Parameters, RequestExplanation,
    Review, StockGain, WaveFacts, WishStep, WouldChange,
};
pub use notice::{Group, Notice, NoticeFacts, Results, notice};
pub use outlook::complete_text;
pub use what_if::would_change;
pub use words::{Bilingual, points, sentence};
