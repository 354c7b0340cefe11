//! The table `mail_keys`: what signs the links that turn mails off. It lies in the database,
//! so that every node signs alike and the links outlive a change of other secrets.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::schema::mail_keys;
use db::{Db, Error, Result, Tx};
use diesel::prelude::*;

const UNSUBSCRIBE: &str = "unsubscribe";

/// The key, when there is one.
pub(crate) fn find(db: &mut Db) -> Result<Option<String>> {
    Ok(mail_keys::table
        .find(UNSUBSCRIBE)
        .select(mail_keys::secret)
        .first(db)
        .optional()?)
}

/// The key; it is made the first time.
pub(crate) fn ensure(tx: &mut Tx<'_>) -> Result<String> {
    if let Some(key) = find(tx)? {
        return Ok(key);
    }
    let row = (
        mail_keys::purpose.eq(UNSUBSCRIBE),
        mail_keys::secret.eq(random()?),
        mail_keys::created_at.eq(tx.now()),
    );
    // of two nodes that start at once, one makes it
    db::on!(&mut **tx, c => diesel::insert_into(mail_keys::table)
        .values(row.clone())
        .on_conflict_do_nothing()
        .execute(c))?;
    find(tx)?.ok_or_else(|| Error::internal("the key of links was not kept"))
}

/// 256 random bits as text.
pub(crate) fn random() -> Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|cause| Error::internal(cause.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
