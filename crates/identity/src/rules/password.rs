//! What a password has to be.

use std::collections::HashSet;
use std::sync::LazyLock;

use kernel::{Code, Refusal, Text};

use crate::password::PasswordSettings;

/// The longest password, so that hashing it is bounded.
pub const PASSWORD_MAX: usize = 200;
/// Characters that a password has to have beside the words that anyone would try.
const OWN_CHARACTERS: usize = 5;

/// Passwords that were found in leaks most often, in lower case.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("../common_passwords.txt").lines().collect());

/// A password is long enough and not what whoever guesses tries first: one of the usual
/// ones, or little more than a word that goes with the account. Nothing is asked of which
/// characters it has (NIST SP 800-63B-4, 3.1.1.2).
///
/// # Errors
/// `weak_password`.
pub fn check_password(
    settings: &PasswordSettings,
    password: &str,
    obvious: &[&str],
) -> Result<(), Refusal> {
    let least = settings.least();
    let length = password.chars().count();
    let lower = password.to_lowercase();
    let obvious = settings
        .obvious
        .iter()
        .map(String::as_str)
        .chain(obvious.iter().copied());
    let first = lower.chars().next();
    let monotone = lower.chars().all(|c| Some(c) == first);
    if (least..=PASSWORD_MAX).contains(&length)
        && !COMMON.contains(lower.as_str())
        && !monotone
        && !is_obvious(&lower, obvious)
    {
        return Ok(());
    }
    Err(Refusal::field(
        "/password",
        Code::WeakPassword,
        Text::new(
            format!(
                "Choisissez {least} caractères ou plus, qui ne soient ni un mot de passe courant ni simplement votre nom, votre adresse ou votre ville. Une phrase se retient bien."
            ),
            format!(
                "Choose {least} characters or more that are neither a common password nor just your name, address or city. A sentence is easy to remember."
            ),
        ),
    ))
}

/// Whether little is left of a password without the words that go with the account.
fn is_obvious<'a>(password: &str, words: impl Iterator<Item = &'a str>) -> bool {
    let folded = kernel::fold(password);
    let mut words: Vec<String> = words
        .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()).chain([word]))
        .map(kernel::fold)
        .filter(|word| word.chars().count() >= 4)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let rest = words
        .iter()
        .fold(folded.clone(), |rest, word| rest.replace(word.as_str(), ""));
    let taken = folded.chars().count() - rest.chars().count();
    taken > 0 && password.chars().count().saturating_sub(taken) < OWN_CHARACTERS
}
