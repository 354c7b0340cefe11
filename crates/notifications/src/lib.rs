#![doc = include_str!("../README.md")]

mod calendar;
mod mailer;
mod message;
mod mime;
mod model;
mod recorder;
mod render;
mod rules;
mod service;
mod settings;
mod store;
mod worker;

pub use mailer::Mailer;
pub use message::{Appointment, ChangeItem, Message, Quantity, Recipient};
pub use model::{Filter, Notification, NotificationStatus};
pub use service::{list, push, push_all, retry};
pub use settings::{MailSettings, TransportKind};
pub use worker::{Stats, drain, run_worker};
