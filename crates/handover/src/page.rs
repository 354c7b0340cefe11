//! The frame of the papers that are printed from a browser: the delivery note and the certificate of
//! erasure.

use kernel::Language;

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:42rem;\
padding:0 1rem;color:#111;background:#fff}h1{font-size:1.5rem}h2{font-size:1.15rem;break-after:avoid}\
table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:bold;padding:.5rem 0}\
th,td{border:1px solid #555;padding:.2rem .5rem;text-align:left}thead{display:table-header-group}\
tr,li{break-inside:avoid}td{font-size:.9rem}.code{white-space:nowrap}main{overflow-x:auto}\
@media (max-width:40rem){th,td{padding:.15rem .3rem;font-size:.75rem}}@page{margin:1.5cm}\
@media print{body{margin:0;padding:0;max-width:none;font-size:11pt}}";

/// A word of the page, in its language.
#[must_use]
pub(crate) fn word(language: Language, fr: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::French => fr,
        Language::English => en,
    }
}

/// A whole page to read and print.
#[must_use]
pub(crate) fn page(language: Language, title: &str, body: &str) -> String {
    let (tag, title) = (word(language, "fr", "en"), escaped(title));
    format!(
        "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main>\n<h1>{title}</h1>\n{body}</main></body></html>\n"
    )
}

/// Text that is safe inside a page.
#[must_use]
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
