//! Writes down what attempts came to. The outcomes that wait share one transaction: one
//! flush to the disk serves them all, and on PostgreSQL they do not race each other. A
//! sender goes on only when its outcome is written, so that a crash sends again no more
//! than what was in hand.

use std::sync::Arc;
use std::time::Duration;

use db::Database;
use tokio::sync::{mpsc, oneshot};

use crate::model::Letter;
use crate::store::claim::{self as store, Outcome};

/// An outcome, and who waits for it to be written.
pub(crate) struct Entry {
    letter: Letter,
    outcome: Outcome,
    written: oneshot::Sender<()>,
}

/// Where senders hand in their outcomes.
#[derive(Clone)]
pub(crate) struct Recorder(mpsc::Sender<Entry>);

/// Pauses between attempts at writing: an outcome that is not written is a mail sent twice.
const PAUSES: [Option<u64>; 3] = [Some(200), Some(2_000), None];

impl Recorder {
    /// A recorder, and what runs it until all who hold it are done.
    pub(crate) fn new(
        database: Arc<Database>,
        capacity: usize,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (entries, mut waiting) = mpsc::channel(capacity);
        let run = async move {
            while let Some(first) = waiting.recv().await {
                let mut group = vec![first];
                while let Ok(next) = waiting.try_recv() {
                    group.push(next);
                }
                write(&database, group).await;
            }
        };
        (Self(entries), run)
    }

    /// Hands in an outcome, and waits until it is written or given up.
    pub(crate) async fn record(&self, letter: Letter, outcome: Outcome) {
        let (written, wait) = oneshot::channel();
        if self
            .0
            .send(Entry {
                letter,
                outcome,
                written,
            })
            .await
            .is_ok()
        {
            let _ = wait.await;
        }
    }
}

async fn write(database: &Arc<Database>, group: Vec<Entry>) {
    let (facts, waiting): (Vec<_>, Vec<_>) = group
        .into_iter()
        .map(|entry| ((entry.letter, entry.outcome), entry.written))
        .unzip();
    let facts = Arc::new(facts);
    for pause in PAUSES {
        let shared = Arc::clone(&facts);
        let lost = database
            .write_queue(move |tx| {
                let mut lost = 0_usize;
                for (letter, outcome) in shared.iter() {
                    lost += usize::from(!store::finish(tx, letter, outcome)?);
                }
                Ok(lost)
            })
            .await;
        match (lost, pause) {
            (Ok(0), _) => break,
            (Ok(lost), _) => {
                tracing::warn!(lost, "messages were no longer in hand when they were done");
                break;
            }
            (Err(_), Some(pause)) => tokio::time::sleep(Duration::from_millis(pause)).await,
            (Err(cause), None) => {
                tracing::error!(%cause, messages = facts.len(), "outcomes are not written; these messages may leave again");
            }
        }
    }
    for written in waiting {
        let _ = written.send(());
    }
}
