//! The URL of a mail server. Errors never repeat it: it holds a password. A URL library takes a
//! `%` that is no escape as it stands, and any query; here both are refused, since they are mistakes.

/// Where the mail server is, and how to speak to it. It cannot be printed but in tests.
#[derive(PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(super) struct ServerUrl {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: TlsUse,
    /// The user, and the password unless it is kept elsewhere.
    pub(super) user: Option<(String, Option<String>)>,
}

/// When the connection is encrypted. A certificate is always verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TlsUse {
    /// Never: for a relay on the same machine.
    None,
    /// STARTTLS where the server offers it.
    Opportunistic,
    /// STARTTLS, or nothing is sent.
    Required,
    /// From the first byte.
    Wrapped,
}

/// Reads `smtp[s]://[user[:password]@]host[:port][?tls=required|opportunistic|none]`.
pub(super) fn parse(url: &str) -> Result<ServerUrl, &'static str> {
    let (scheme, rest) = url
        .split_once("://")
        .ok_or("it begins with smtp:// or smtps://")?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let rest = rest.trim_end_matches('/');
    let (user, place) = match rest.rsplit_once('@') {
        Some((user, place)) => (Some(credentials(user)?), place),
        None => (None, rest),
    };
    let tls = match (scheme, query) {
        ("smtps", "") => TlsUse::Wrapped,
        ("smtp", "" | "tls=none") => TlsUse::None,
        ("smtp", "tls=required") => TlsUse::Required,
        ("smtp", "tls=opportunistic") => TlsUse::Opportunistic,
        ("smtp", _) => return Err("after `?` comes tls=required, tls=opportunistic or tls=none"),
        ("smtps", _) => return Err("smtps:// takes nothing after `?`"),
        _ => return Err("it begins with smtp:// or smtps://"),
    };
    let usual = match tls {
        TlsUse::Wrapped => 465,
        TlsUse::Required => 587,
        TlsUse::None | TlsUse::Opportunistic => 25,
    };
    let (host, port) = host_and_port(place, usual)?;
    Ok(ServerUrl {
        host,
        port,
        tls,
        user,
    })
}

fn host_and_port(place: &str, usual: u16) -> Result<(String, u16), &'static str> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest
                .split_once(']')
                .ok_or("the host has no closing bracket")?;
            (host, port.strip_prefix(':'))
        }
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    if host.is_empty() {
        return Err("the host is missing");
    }
    let port = match port {
        Some(port) => port
            .parse()
            .map_err(|_| "the port is not a number up to 65535")?,
        None => usual,
    };
    Ok((host.to_owned(), port))
}

fn credentials(text: &str) -> Result<(String, Option<String>), &'static str> {
    match text.split_once(':') {
        Some((user, password)) => Ok((decoded(user)?, Some(decoded(password)?))),
        None => Ok((decoded(text)?, None)),
    }
}

/// Undoes percent-encoding.
fn decoded(text: &str) -> Result<String, &'static str> {
    const WRONG: &str = "the user or password is not percent-encoded";
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
        match (digit(), digit()) {
            (Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).map_err(|_| WRONG)?);
            }
            _ => return Err(WRONG),
        }
    }
    String::from_utf8(bytes).map_err(|_| WRONG)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn urls_are_read() {
        let url = parse("smtps://ville%40marseille.example:p%3Aé%25@mail.example").unwrap();
        assert_eq!(url.host, "mail.example");
        assert_eq!((url.port, url.tls), (465, TlsUse::Wrapped));
        assert_eq!(
            url.user,
            Some(("ville@marseille.example".into(), Some("p:é%".into())))
        );
        let url = parse("smtp://mail.example?tls=required").unwrap();
        assert_eq!((url.port, url.tls, url.user), (587, TlsUse::Required, None));
        let url = parse("smtp://[::1]:2525/").unwrap();
        assert_eq!(
            (url.host.as_str(), url.port, url.tls),
            ("::1", 2525, TlsUse::None)
        );
    }

    #[test]
    fn what_is_wrong_is_said_without_the_secret() {
        for url in [
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://u:secret@mail.example:99999?tls=required",
            "smtp://u:sec%ret@mail.example?tls=required",
            "smtp://u:secret@mail.example?tls=maybe",
        ] {
            let help = parse(url).unwrap_err();
            assert!(!help.contains("secret"), "{help}");
        }
    }
}
