//! As much of HTML as tests of our own pages need: tags with quoted attributes, and text.

/// A form of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormOnPage {
    /// Where it is sent.
    pub action: String,
    /// It changes something.
    pub post: bool,
    /// It takes files.
    pub multipart: bool,
    /// What it sends when nothing is typed: hidden fields, given values, ticked boxes.
    pub fields: Vec<(String, String)>,
    /// Every field that it has.
    pub names: Vec<String>,
    /// The name of its first button, when it has one.
    pub button: Option<String>,
}

/// A tag with its attributes.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, String)>,
    /// What stands between it and the next tag.
    after: &'a str,
}

impl Tag<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }
}

fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    for piece in html.split('<').skip(1) {
        let end = end_of_tag(piece);
        let (head, after) = (&piece[..end], piece.get(end + 1..).unwrap_or_default());
        let (name, rest) = head
            .split_once(|c: char| c.is_whitespace())
            .unwrap_or((head, ""));
        tags.push(Tag {
            name,
            attributes: attributes(rest),
            after,
        });
    }
    tags
}

/// The first `>` outside of quotes.
fn end_of_tag(piece: &str) -> usize {
    let mut quoted = false;
    for (at, c) in piece.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return at,
            _ => {}
        }
    }
    piece.len()
}

fn attributes(text: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '=')
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, next) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => ("", after.trim_start_matches('=')),
        };
        if !name.is_empty() {
            found.push((name, unescape(value)));
        }
        rest = next.trim_start();
        if name.is_empty() && value.is_empty() {
            break;
        }
    }
    found
}

fn unescape(text: &str) -> String {
    let named = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&#x2f;", "/")
        .replace("&#47;", "/");
    named.replace("&amp;", "&")
}

/// What people read, in one line.
pub(crate) fn text(html: &str) -> String {
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    let words = tags(body)
        .into_iter()
        .filter(|tag| !["script", "style"].contains(&tag.name))
        .map(|tag| unescape(tag.after))
        .collect::<Vec<_>>()
        .join(" ");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every address that is linked to.
pub(crate) fn links(html: &str) -> Vec<String> {
    tags(html)
        .iter()
        .filter(|tag| tag.name == "a")
        .filter_map(|tag| tag.attribute("href").map(str::to_owned))
        .collect()
}

/// Every form.
pub(crate) fn forms(html: &str) -> Vec<FormOnPage> {
    let (mut forms, mut open) = (Vec::new(), None::<FormOnPage>);
    let mut choosing: Option<(String, Option<String>)> = None;
    for tag in tags(html) {
        if tag.name == "form" {
            open = Some(FormOnPage {
                action: tag.attribute("action").unwrap_or_default().to_owned(),
                post: tag.attribute("method") == Some("post"),
                multipart: tag.attribute("enctype") == Some("multipart/form-data"),
                ..FormOnPage::default()
            });
            continue;
        }
        if tag.name == "/form" {
            forms.extend(open.take());
            continue;
        }
        let Some(form) = &mut open else { continue };
        let name = tag.attribute("name").unwrap_or_default().to_owned();
        let value = tag.attribute("value").unwrap_or_default().to_owned();
        match tag.name {
            "input" => {
                let kind = tag.attribute("type").unwrap_or("text");
                let ticked = tag.attribute("checked").is_some();
                let sent = match kind {
                    "checkbox" | "radio" => ticked,
                    "file" | "submit" => false,
                    _ => true,
                };
                form.names.push(name.clone());
                if sent {
                    form.fields.push((name, value));
                }
            }
            "textarea" => {
                form.names.push(name.clone());
                let text = unescape(tag.after);
                let text = text.strip_prefix('\n').unwrap_or(&text);
                form.fields.push((name, text.to_owned()));
            }
            "select" => {
                form.names.push(name.clone());
                choosing = Some((name, None));
            }
            "option" => {
                if let Some((_, chosen)) = &mut choosing
                    && (chosen.is_none() || tag.attribute("selected").is_some())
                {
                    *chosen = Some(value);
                }
            }
            "/select" => {
                if let Some((name, chosen)) = choosing.take() {
                    form.fields.push((name, chosen.unwrap_or_default()));
                }
            }
            "button" if form.button.is_none() && !name.is_empty() => form.button = Some(name),
            _ => {}
        }
    }
    forms
}

/// A body of fields.
pub(crate) fn urlencoded(fields: &[(String, String)]) -> String {
    let pair = |(name, value): &(String, String)| format!("{}={}", encoded(name), encoded(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            b' ' => "+".to_owned(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// A body of fields that may have files beside them. The value `@name:content` is a file.
pub(crate) fn multipart(fields: &[(String, String)]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        let file = value
            .strip_prefix('@')
            .and_then(|file| file.split_once(':'));
        let (extra, content) = match file {
            Some((file, content)) => (format!("; filename=\"{file}\""), content),
            None => (String::new(), value.as_str()),
        };
        let head =
            format!("--form\r\nContent-Disposition: form-data; name=\"{name}\"{extra}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--form--\r\n");
    ("multipart/form-data; boundary=form".to_owned(), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_sends_what_it_shows() {
        let page = "<html><head><title>x</title></head><body><h1>T &amp; U</h1>\
            <form method=\"post\" action=\"/a\"><input type=\"hidden\" name=\"key\" value=\"k&quot;\">\
            <input name=\"title\" value=\"\"><input type=\"checkbox\" name=\"b\" value=\"1\" checked>\
            <input type=\"checkbox\" name=\"b\" value=\"2\"><textarea name=\"t\">\nline</textarea>\
            <select name=\"s\"><option value=\"x\">X</option><option value=\"y\" selected>Y</option>\
            </select><button name=\"then\" value=\"go\">Go</button></form></body></html>";
        let forms = forms(page);
        let pair = |(name, value): &(String, String)| format!("{name}={value}");
        let sent: Vec<_> = forms[0].fields.iter().map(pair).collect();
        assert_eq!(sent, ["key=k\"", "title=", "b=1", "t=line", "s=y"]);
        assert_eq!(forms[0].button.as_deref(), Some("then"));
        assert!(text(page).starts_with("T & U"), "{}", text(page));
    }
}
