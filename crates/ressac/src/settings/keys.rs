//! Names of settings: a name that is not known is a mistake, never ignored, and is shown
//! with its place.

use std::collections::BTreeSet;
use std::path::Path;

use strsim::levenshtein;
use toml::de::{DeTable, DeValue};

/// What stands in `default.toml` as a comment, since it has no default.
const WITHOUT_DEFAULT: [&str; 1] = ["mail.smtp_url"];
const PREFIX: &str = "RESSAC__";

/// A name, and where in a file it stands.
type Named = (String, usize);

/// Looks at the names in a file and in the environment.
///
/// # Errors
/// A line for the operator: the file and the line, or the variable, and what was meant.
pub fn check(file: Option<&Path>) -> Result<(), String> {
    let known = known();
    if let Some(file) = file {
        let text = read(file)?;
        for (name, at) in names(&text).map_err(|cause| unreadable(file, &text, &cause))? {
            if !known.contains(&name) {
                let line = line_of(&text, at);
                return Err(unknown(
                    &format!("{}, line {line}", file.display()),
                    &name,
                    &known,
                ));
            }
        }
    }
    let variables = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for variable in variables {
        let Some(rest) = variable.strip_prefix(PREFIX) else {
            continue;
        };
        let name = rest.to_lowercase().replace("__", ".");
        if !known.contains(&name) {
            return Err(unknown(&variable, &name, &known));
        }
    }
    Ok(())
}

/// The settings that are lists, as variables give them.
///
/// # Errors
/// The variable that is not a list.
pub fn lists() -> Result<Vec<(String, Vec<String>)>, String> {
    let known = list_names();
    let variables = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut lists = Vec::new();
    for variable in variables {
        let Some(rest) = variable.strip_prefix(PREFIX) else {
            continue;
        };
        let name = rest.to_lowercase().replace("__", ".");
        if known.contains(&name) {
            let value = std::env::var(&variable)
                .map_err(|_| format!("settings: {variable}: this is no text"))?;
            let list = list(&value).map_err(|cause| format!("settings: {variable}: {cause}"))?;
            lists.push((name, list));
        }
    }
    Ok(lists)
}

fn list_names() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let Ok(table) = DeTable::parse(super::DEFAULTS) {
        collect_lists("", table.get_ref(), &mut found);
    }
    found
}

fn collect_lists(prefix: &str, table: &DeTable<'_>, found: &mut BTreeSet<String>) {
    for (key, value) in table {
        let name = format!("{prefix}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => collect_lists(&format!("{name}."), inner, found),
            DeValue::Array(_) => {
                found.insert(name);
            }
            _ => {}
        }
    }
}

/// `a, b` or, where an item has a comma, `["a", "b"]`; nothing is an empty list.
fn list(value: &str) -> Result<Vec<String>, String> {
    if value.trim_start().starts_with('[') {
        return serde_json::from_str(value)
            .map_err(|_| "a list of texts is expected, such as [\"a\", \"b\"]".to_owned());
    }
    let items = value.split(',').map(str::trim);
    Ok(items
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect())
}

/// What was wrong with a value: the name of a file is joined by the line.
pub fn explain(cause: &str, file: Option<&Path>) -> String {
    let line = file.and_then(|file| {
        let text = read(file).ok()?;
        let key = cause.split('`').nth(1)?;
        let (_, at) = names(&text)
            .ok()?
            .into_iter()
            .find(|(name, _)| name == key)?;
        cause
            .contains(&*file.to_string_lossy())
            .then(|| format!(", line {}", line_of(&text, at)))
    });
    format!("settings: {cause}{}", line.unwrap_or_default())
}

fn known() -> BTreeSet<String> {
    let defaults = names(super::DEFAULTS).unwrap_or_default();
    let named = defaults.into_iter().map(|(name, _)| name);
    named.chain(WITHOUT_DEFAULT.map(str::to_owned)).collect()
}

fn read(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|cause| format!("settings: {}: {cause}", file.display()))
}

fn unreadable(file: &Path, text: &str, cause: &toml::de::Error) -> String {
    let line = cause.span().map_or(1, |span| line_of(text, span.start));
    let message = cause.message().lines().collect::<Vec<_>>().join(", ");
    format!("settings: {}, line {line}: {message}", file.display())
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// Every name that has a value, as `section.key`.
fn names(text: &str) -> Result<Vec<Named>, toml::de::Error> {
    let table = DeTable::parse(text)?;
    let mut found = Vec::new();
    collect("", table.get_ref(), &mut found);
    Ok(found)
}

fn collect(prefix: &str, table: &DeTable<'_>, found: &mut Vec<Named>) {
    for (key, value) in table {
        let name = format!("{prefix}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => collect(&format!("{name}."), inner, found),
            _ => found.push((name, key.span().start)),
        }
    }
}

fn unknown(place: &str, name: &str, known: &BTreeSet<String>) -> String {
    let nearest = known.iter().min_by_key(|other| levenshtein(name, other));
    let meant = nearest
        .filter(|other| levenshtein(name, other) <= 4)
        .map_or("config/default.toml has them all".to_owned(), |other| {
            format!("did you mean `{other}`?")
        });
    format!("settings: {place}: there is no `{name}`; {meant}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_name_is_shown_with_what_was_meant() {
        let known = known();
        assert!(known.contains("mail.transport") && known.contains("mail.smtp_url"));
        let said = unknown("RESSAC__MIAL__TRANSPORT", "mial.transport", &known);
        assert!(said.contains("did you mean `mail.transport`?"), "{said}");
        let said = unknown("x.toml, line 3", "nonsense", &known);
        assert!(said.contains("default.toml"), "{said}");
    }

    #[test]
    fn lists_are_known_and_read_from_one_line() {
        let names = list_names();
        for name in [
            "server.trusted_proxies",
            "server.cors_origins",
            "auth.previous_secrets",
            "auth.password.obvious",
            "mail.token_command",
            "files.scan_command",
        ] {
            assert!(names.contains(name), "{name}");
        }
        let read = |value: &str| list(value).expect("a list");
        assert_eq!(read("10.0.0.1, ::1"), ["10.0.0.1", "::1"]);
        assert_eq!(read(r#"["sh", "-c", "a, b"]"#), ["sh", "-c", "a, b"]);
        assert_eq!(read(""), Vec::<String>::new());
        assert!(list("[1, 2").is_err());
    }

    #[test]
    fn letters_that_differ_are_counted() {
        for (a, b, expected) in [
            ("", "", 0),
            ("a", "", 1),
            ("mial", "mail", 2),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(levenshtein(a, b), expected, "{a} {b}");
        }
    }
}
