//! What time brings, beside mail: reminders, and documents that nobody refers to.

use std::sync::Arc;
use std::time::Duration;

use db::Database;
use eligibility::documents::DocumentStore;

/// How often it looks for what is due.
const LOOK: Duration = Duration::from_secs(60);
/// Looks between two sweeps of the folder of documents: an hour.
const SWEEP: u32 = 60;
/// A file without a row is left alone for a day: its row may still be on its way.
const UNCLAIMED: Duration = Duration::from_secs(86_400);

/// Runs until it is aborted; what is under way in the database is whole or not at all.
pub async fn run(database: Arc<Database>, documents: DocumentStore) {
    let mut looks: u32 = 0;
    loop {
        remind(&database).await;
        if looks.is_multiple_of(SWEEP) {
            sweep(&database, &documents).await;
        }
        looks = looks.wrapping_add(1);
        tokio::time::sleep(LOOK).await;
    }
}

async fn remind(database: &Database) {
    loop {
        match database.write(eligibility::remind).await {
            Ok(0) => return,
            Ok(sent) => tracing::info!(sent, "reminders"),
            Err(cause) => {
                tracing::error!(%cause, "reminders cannot be sent");
                return;
            }
        }
    }
}

async fn sweep(database: &Arc<Database>, documents: &DocumentStore) {
    let documents = documents.clone();
    let outcome = database
        .read(move |db| {
            Ok(documents.sweep(UNCLAIMED, |sha256| {
                eligibility::content_used(db, sha256).map_err(|cause| cause.to_string())
            }))
        })
        .await;
    match outcome {
        Ok(Ok(0)) => {}
        Ok(Ok(removed)) => tracing::info!(removed, "documents that nobody refers to"),
        Ok(Err(cause)) => tracing::error!(%cause, "the folder of documents cannot be swept"),
        Err(cause) => tracing::error!(%cause, "the folder of documents cannot be swept"),
    }
}
