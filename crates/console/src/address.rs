//! Addresses of lists: filters are parameters, so a filtered list is a link to share.

/// A path with the parameters that say something.
pub(crate) fn with(path: &str, parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(given);
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::with;

    #[test]
    fn only_what_says_something_is_in_an_address() {
        assert_eq!(with("/ville", &[("q", ""), ("status", "")]), "/ville");
        let filtered = with("/ville", &[("q", "a b&c"), ("status", "draft")]);
        assert_eq!(filtered, "/ville?q=a+b%26c&status=draft");
    }
}
