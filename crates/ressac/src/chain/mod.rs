//! The keys of chains, and the seal over what was written before there were keys.

pub mod heads;
mod timestamp;

use std::path::PathBuf;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use db::schema::{audit_events as a, custody_events as c};
use db::{Database, Db};
use diesel::prelude::*;
use identity::heads::HeadSigner;
use kernel::ChainKeys;
use sha2::{Digest, Sha256};

use crate::secret;
use crate::settings::{ChainSection, Settings};

/// The id of a key: it tells keys apart, and nothing about them.
fn id_of(secret: &[u8]) -> String {
    let digest = Sha256::new_with_prefix(b"ressac chain key ").chain_update(secret);
    let hash = digest.finalize();
    HEXLOWER.encode(hash.get(..4).unwrap_or(&hash))
}

fn keys(chain: &ChainSection, may_make: bool) -> Result<ChainKeys, String> {
    let secrets = secret::chain_keys(chain, may_make)?;
    let named = secrets.into_iter().map(|secret| (id_of(&secret), secret));
    ChainKeys::new(named, chain.lost_keys.iter().cloned())
}

/// Who signs heads, and whose signatures count.
///
/// # Errors
/// A line for the operator.
pub fn signer(chain: &ChainSection) -> Result<Arc<HeadSigner>, String> {
    let secrets = secret::head_keys(chain)?;
    HeadSigner::new(&secrets, &chain.public_keys).map(Arc::new)
}

/// Stands beside the key's file from before it is made until what was there before is sealed: who
/// only writes to the database cannot have it sealed again.
fn unsealed(chain: &ChainSection) -> PathBuf {
    chain.key_file.with_extension("unsealed")
}

/// Gives the keys to a database that is about to be written to. The first time, a key is made,
/// and what was written before is sealed.
///
/// # Errors
/// A line for the operator: lines bear the mark of a key that is not here.
pub fn prepare(settings: &Settings, database: &Database) -> Result<(), String> {
    let chain = &settings.chain;
    if !secret::has_chain_keys(chain) {
        if let Some(key) = last_key(database)?.filter(|key| !chain.lost_keys.contains(key)) {
            return Err(format!(
                "chain.key_file {} is not there, but lines bear the mark of the key {key}: put it \
                 back, or name that key in chain.lost_keys",
                chain.key_file.display()
            ));
        }
        let marker = unsealed(chain);
        let folder = marker.parent().map_or(Ok(()), std::fs::create_dir_all);
        folder
            .and_then(|()| std::fs::write(&marker, b""))
            .map_err(|cause| format!("{}: {cause}", marker.display()))?;
    }
    let keys = keys(chain, true)?;
    database
        .use_chain_keys(keys)
        .map_err(|cause| cause.to_string())?;
    if unsealed(chain).exists() {
        seal(settings, database)?;
    }
    Ok(())
}

/// Gives the keys to a database that is only read; none where there are none.
///
/// # Errors
/// A line for the operator.
pub fn take_keys(settings: &Settings, database: &Database) -> Result<(), String> {
    if !secret::has_chain_keys(&settings.chain) {
        return Ok(());
    }
    let keys = keys(&settings.chain, false)?;
    database
        .use_chain_keys(keys)
        .map_err(|cause| cause.to_string())
}

/// Seals what was written before there were keys, and signs the head that covers it. What is
/// sealed stays as it is.
///
/// # Errors
/// A line for the operator.
pub fn seal(settings: &Settings, database: &Database) -> Result<(), String> {
    let text = |cause: db::Error| cause.to_string();
    wait(async {
        let mut after = None;
        loop {
            let next = database.write(move |tx| workshop::seal_devices(tx, after));
            after = next.await?;
            if after.is_none() {
                break;
            }
        }
        let mut after = None;
        loop {
            let next = database.write(move |tx| identity::seal_audit(tx, after));
            after = next.await?;
            if after.is_none() {
                return Ok(());
            }
        }
    })?
    .map_err(text)?;
    let signer = signer(&settings.chain)?;
    wait(async {
        let last = database.read(identity::heads::last_head).await;
        match last.map_err(text)? {
            None => heads::sign(database, &signer, 0).await,
            Some(_) => Ok(()),
        }
    })??;
    match std::fs::remove_file(unsealed(&settings.chain)) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(cause.to_string()),
        _ => Ok(()),
    }
}

/// The key of the lines that were written last.
fn last_key(database: &Database) -> Result<Option<String>, String> {
    let last = |db: &mut Db| -> db::Result<Option<String>> {
        let audit: Option<Option<String>> = a::table
            .order(a::epoch.desc())
            .select(a::chain_key)
            .first(db)
            .optional()?;
        let custody: Option<Option<String>> = c::table
            .order(c::epoch.desc())
            .select(c::chain_key)
            .first(db)
            .optional()?;
        Ok(custody.flatten().or(audit.flatten()))
    };
    wait(database.read(last))?.map_err(|cause| cause.to_string())
}

/// Waits outside a runtime.
pub fn wait<T>(work: impl Future<Output = T>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| cause.to_string())?;
    Ok(runtime.block_on(work))
}
