//! Whether two associations may be one. People decide; this finds whom to ask.

use std::collections::HashSet;

use kernel::OrganisationId;

use super::normal_email;

/// Words that every association may have in its name.
const COMMON_WORDS: [&str; 19] = [
    "association",
    "asso",
    "assoc",
    "loi",
    "1901",
    "l",
    "la",
    "le",
    "les",
    "d",
    "de",
    "des",
    "du",
    "et",
    "a",
    "au",
    "aux",
    "en",
    "pour",
];

/// A name without accents, case and the words that every association has, so that « Association
/// Les Cigales » and « Les Cigales » are one.
pub fn core_name(name: &str) -> String {
    let folded = kernel::fold(name);
    let words: Vec<&str> = folded
        .split(' ')
        .filter(|word| !COMMON_WORDS.contains(word))
        .collect();
    match words.is_empty() {
        true => folded,
        false => words.join(" "),
    }
}

/// Domains at which anybody has an address.
const EVERYBODYS: [&str; 24] = [
    "aol.com",
    "bbox.fr",
    "club-internet.fr",
    "free.fr",
    "gmail.com",
    "gmx.com",
    "gmx.fr",
    "googlemail.com",
    "hotmail.com",
    "hotmail.fr",
    "icloud.com",
    "laposte.net",
    "live.com",
    "live.fr",
    "me.com",
    "msn.com",
    "numericable.fr",
    "orange.fr",
    "outlook.com",
    "outlook.fr",
    "proton.me",
    "sfr.fr",
    "wanadoo.fr",
    "yahoo.fr",
];

/// The domain of an address, where it says something of whose it is.
pub fn own_domain(email: &str) -> Option<String> {
    let domain = normal_email(email).split_once('@')?.1.to_owned();
    let everybodys = EVERYBODYS.contains(&domain.as_str()) || domain.starts_with("yahoo.");
    (!everybodys).then_some(domain)
}

/// What two associations are compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// Which.
    pub id: OrganisationId,
    /// See [`core_name`].
    pub core: String,
    /// Postal code.
    pub postal_code: String,
    /// Without accents and case.
    pub commune: String,
    /// Without accents and case.
    pub address: String,
    /// See [`own_domain`].
    pub email_domain: Option<String>,
}

/// Whether two associations may be one: the same name in one place or at one domain; much of a
/// name at one address or domain; or one address and one domain. People decide.
pub fn may_be_the_same(one: &Alike, other: &Alike) -> bool {
    let words = |of: &Alike| -> HashSet<String> { of.core.split(' ').map(str::to_owned).collect() };
    let (few, many) = (words(one), words(other));
    let same_name = one.core == other.core;
    let near_name = same_name || few.is_subset(&many) || many.is_subset(&few);
    let postal_code = one.postal_code == other.postal_code;
    let place = postal_code || (!one.commune.is_empty() && one.commune == other.commune);
    let address = postal_code && !one.address.is_empty() && one.address == other.address;
    let domain = one.email_domain.is_some() && one.email_domain == other.email_domain;
    (same_name && (place || domain)) || (near_name && (address || domain)) || (address && domain)
}
