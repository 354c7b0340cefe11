//! What time brings, beside mail: reminders, reports of mail that failed, news for donors,
//! files that nobody refers to, and personal data that was kept long enough.

use std::sync::Arc;
use std::time::Duration;

use db::{Database, Engine, Tx};
use eligibility::Delays;
use files::FileStore;
use handover::News;
use identity::RetentionSettings;
use identity::heads::HeadSigner;
use notifications::Message;

use crate::chain::{self, heads};
use crate::settings::{ChainSection, Settings};

/// How often it looks for what is due.
const LOOK: Duration = Duration::from_secs(60);
/// How often it adds up what was counted.
const FOLD: Duration = Duration::from_secs(5);
/// Looks between two rounds of what can wait, such as sweeping the folder of files: an hour.
const SWEEP: u32 = 60;
/// A file without a row is left alone for a day: its row may still be on its way.
const UNCLAIMED: Duration = Duration::from_secs(86_400);

/// What jobs go by.
#[derive(Clone)]
pub struct Orders {
    /// When reminders are due.
    pub delays: Delays,
    /// How long personal data is kept.
    pub retention: RetentionSettings,
    /// What makes heads over all chains.
    pub anchor: Anchor,
    /// Where the program is reached from outside.
    pub base_url: String,
}

impl Orders {
    /// By the settings.
    ///
    /// # Errors
    /// A line for the operator.
    pub fn new(settings: &Settings, delays: Delays) -> Result<Self, String> {
        Ok(Self {
            delays,
            retention: settings.retention,
            anchor: Anchor::new(&settings.chain)?,
            base_url: settings.mail.base_url.trim_end_matches('/').to_owned(),
        })
    }
}

/// Runs until it is aborted; what is under way in the database is whole or not at all.
pub async fn run(database: Arc<Database>, files: FileStore, orders: Orders) {
    let counts = fold_counts(&database);
    tokio::join!(counts, look(&database, &files, &orders));
}

async fn look(database: &Arc<Database>, files: &FileStore, orders: &Orders) {
    let (anchor, mut looks) = (&orders.anchor, 0_u32);
    loop {
        if looks.is_multiple_of(anchor.chain.head_minutes.max(1)) {
            alone("the head over the chains", anchor.drop(database)).await;
        }
        if looks > 0 {
            alone("the mail of the head", anchor.mail(database)).await;
        }
        alone("reminders", remind(database, orders.delays)).await;
        alone("reports of failed mail", report_failures(database)).await;
        if looks.is_multiple_of(SWEEP) {
            alone(
                "lots that are due back",
                remind_loans(database, orders.delays),
            )
            .await;
            let news = tell_donors(database, &orders.base_url);
            alone("news for donors", news).await;
            alone("the sweep of files", sweep(database, files)).await;
            alone("retention", forget(database, orders.retention)).await;
        }
        looks = looks.wrapping_add(1);
        tokio::time::sleep(LOOK).await;
    }
}

/// One job: when it breaks, the others and its next turn go on.
async fn alone(name: &str, job: impl Future<Output = ()>) {
    if let Err(panic) = kernel::contained(job).await {
        tracing::error!(job = name, panic, "a job broke off");
    }
}

/// What makes heads over all chains.
#[derive(Clone)]
pub struct Anchor {
    chain: ChainSection,
    signer: Arc<HeadSigner>,
}

impl Anchor {
    /// By the settings.
    ///
    /// # Errors
    /// A line for the operator.
    pub fn new(chain: &ChainSection) -> Result<Self, String> {
        Ok(Self {
            chain: chain.clone(),
            signer: chain::signer(chain)?,
        })
    }

    /// Mails the last head to the city's staff, once a day.
    async fn mail(&self, database: &Database) {
        if let Err(cause) = database.write(mail_head).await {
            tracing::error!(%cause, "the head over the chains cannot be mailed");
        }
    }

    /// Signs a head over what was written since the last one, and keeps it.
    pub async fn drop(&self, database: &Database) {
        let made = async {
            heads::make(database, &self.signer).await?;
            heads::keep(database, &self.chain).await?;
            heads::stamp(database, &self.chain).await
        };
        if let Err(cause) = made.await {
            tracing::error!(%cause, "no head over the chains");
        }
    }
}

fn mail_head(tx: &mut Tx<'_>) -> db::Result<()> {
    let now = tx.now();
    let Some(head) = identity::heads::unmailed_head(tx, now)? else {
        return Ok(());
    };
    let staff = identity::staff_contacts(tx)?;
    let lines = head.head.custody.lines_in_all + head.head.audit.lines_in_all;
    if staff.is_empty() || lines == 0 {
        return Ok(());
    }
    let message = Message::ChainHead {
        number: head.head.number,
        made_at: head.head.at,
        custody_lines: head.head.custody.lines_in_all,
        audit_lines: head.head.audit.lines_in_all,
        line: head.line,
    };
    notifications::push_all(tx, &staff, &message)?;
    identity::heads::note_mailed(tx, head.head.number)
}

async fn remind(database: &Database, delays: Delays) {
    loop {
        let sent = database.write(move |tx| eligibility::remind(tx, &delays));
        match sent.await {
            Ok(0) => return,
            Ok(sent) => tracing::info!(sent, "reminders"),
            Err(cause) => {
                tracing::error!(%cause, "reminders cannot be sent");
                return;
            }
        }
    }
}

/// Donors hear that erasure is proven, and what becomes of their devices.
async fn remind_loans(database: &Database, delays: Delays) {
    let days = delays.follow_up_reminder_days;
    let told = database
        .write(move |tx| handover::remind_loans(tx, days))
        .await;
    match told {
        Ok(0) => {}
        Ok(loans) => tracing::info!(loans, "told of lots that are due back"),
        Err(cause) => tracing::error!(%cause, "nobody is told of lots that are due back"),
    }
}

async fn tell_donors(database: &Database, base_url: &str) {
    let mut after = None;
    loop {
        let base_url = base_url.to_owned();
        let told = database.write(move |tx| handover::tell_donors(tx, after, &base_url));
        match told.await {
            Ok(News { next: None, .. }) => return,
            Ok(News { letters, next }) => {
                tracing::debug!(letters, "news for donors");
                after = next;
            }
            Err(cause) => {
                tracing::error!(%cause, "donors cannot be told");
                return;
            }
        }
    }
}

/// What was counted since becomes part of the sums: on PostgreSQL, where whoever moves a device
/// only notes it.
async fn fold_counts(database: &Database) {
    if database.engine() == Engine::Sqlite {
        return;
    }
    loop {
        if let Err(cause) = db::counts::fold(database).await {
            tracing::error!(%cause, "the counts of devices cannot be added up");
        }
        tokio::time::sleep(FOLD).await;
    }
}

/// Staff hear of mail that did not arrive.
async fn report_failures(database: &Database) {
    let reported = database.write(|tx| {
        let staff = identity::staff_contacts(tx)?;
        notifications::report_failures(tx, &staff)
    });
    match reported.await {
        Ok(0) => {}
        Ok(count) => tracing::warn!(count, "mail that did not arrive is told to staff"),
        Err(cause) => tracing::error!(%cause, "mail that did not arrive cannot be told"),
    }
}

async fn sweep(database: &Arc<Database>, files: &FileStore) {
    let files = files.clone();
    let outcome = database
        .read(move |db| {
            Ok(files.sweep(UNCLAIMED, |sha256| {
                let used = eligibility::content_used(db, sha256)
                    .and_then(|used| Ok(used || workshop::content_used(db, sha256)?));
                used.map_err(|cause| cause.to_string())
            }))
        })
        .await;
    match outcome {
        Ok(Ok(0)) => {}
        Ok(Ok(removed)) => tracing::info!(removed, "files that nobody refers to"),
        Ok(Err(cause)) => tracing::error!(%cause, "the folder of files cannot be swept"),
        Err(cause) => tracing::error!(%cause, "the folder of files cannot be swept"),
    }
}

/// Takes away personal data that was kept long enough, and counts of sign-ins that are over.
async fn forget(database: &Database, retention: RetentionSettings) {
    let taken = database.write(move |tx| {
        identity::forget_old_attempts(tx)?;
        handover::retention(tx, &retention, false)
    });
    match taken.await {
        Ok(taken) => {
            for (kind, count) in taken.into_iter().filter(|(_, count)| *count > 0) {
                tracing::info!(kind, count, "kept long enough");
            }
        }
        Err(cause) => tracing::error!(%cause, "personal data cannot be taken away"),
    }
}
