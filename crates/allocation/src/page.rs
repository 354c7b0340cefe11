//! The explanation and the public notice as pages to read and print.

use std::fmt::Write as _;

use kernel::Language;

use crate::explain::{Bilingual, Explanation, Group, Notice};

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:42rem;\
padding:0 1rem;color:#111;background:#fff}h1{font-size:1.5rem}h2{font-size:1.15rem;break-after:avoid}\
table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:bold;padding:.5rem 0}\
th,td{border:1px solid #555;padding:.2rem .5rem;text-align:left}thead{display:table-header-group}\
tr,li{break-inside:avoid}td{font-size:.9rem}.code{white-space:nowrap}main{overflow-x:auto}\
@media (max-width:40rem){th,td{padding:.15rem .3rem;font-size:.75rem}}@page{margin:1.5cm}\
@media print{body{margin:0;padding:0;max-width:none;font-size:11pt}}";

fn chosen(text: &Bilingual, language: Language) -> &str {
    match language {
        Language::French => &text.fr,
        Language::English => &text.en,
    }
}

/// A word of the page, in its language.
#[must_use]
pub fn word(language: Language, fr: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::French => fr,
        Language::English => en,
    }
}

/// A whole page to read and print.
#[must_use]
pub fn page(language: Language, title: &str, body: &str) -> String {
    let (tag, title) = (word(language, "fr", "en"), escaped(title));
    format!(
        "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main>\n<h1>{title}</h1>\n{body}</main></body></html>\n"
    )
}

/// Why an application has what it has, as a page.
#[must_use]
pub fn explanation_page(explanation: &Explanation, language: Language) -> String {
    let title = format!(
        "{} {}",
        word(
            language,
            "Explication de la décision",
            "Explanation of the decision"
        ),
        explanation.reference
    );
    page(
        language,
        &title,
        &paragraphs(chosen(&explanation.text, language)),
    )
}

/// Paragraphs, and lists whose lines begin with a dash.
fn paragraphs(text: &str) -> String {
    let mut body = String::new();
    for block in text.split("\n\n").filter(|block| !block.trim().is_empty()) {
        let (items, lines): (Vec<&str>, Vec<&str>) =
            block.lines().partition(|line| line.starts_with("- "));
        if !lines.is_empty() {
            let _ = writeln!(body, "<p>{}</p>", escaped(&lines.join(" ")));
        }
        if !items.is_empty() {
            list(&mut body, items.iter().map(|item| &item[2..]));
        }
    }
    body
}

fn list<'a>(body: &mut String, items: impl Iterator<Item = &'a str>) {
    body.push_str("<ul>\n");
    for item in items {
        let _ = writeln!(body, "<li>{}</li>", escaped(item));
    }
    body.push_str("</ul>\n");
}

/// The public notice of a wave, as a page.
#[must_use]
pub fn notice_page(notice: &Notice, language: Language) -> String {
    let wave = &notice.wave.name;
    let title = match language {
        Language::French => format!("Notice sur l'algorithme : « {wave} »"),
        Language::English => format!("Notice on the algorithm: “{wave}”"),
    };
    let mut body = String::new();
    let parts = [
        (
            word(
                language,
                "À quoi sert le calcul",
                "What the computation is for",
            ),
            &notice.purpose,
        ),
        (
            word(language, "Base légale", "Legal basis"),
            &notice.legal_basis,
        ),
        (word(language, "La règle", "The rule"), &notice.rule),
        (word(language, "L'ordre", "The order"), &notice.order),
        (word(language, "Le partage", "The sharing"), &notice.weights),
        (
            word(language, "La part humaine", "The part of people"),
            &notice.human_part,
        ),
    ];
    for (name, text) in parts {
        section(&mut body, name, &paragraphs(chosen(text, language)));
    }
    let lists = [
        (
            word(language, "Garanties", "Guarantees"),
            &notice.guarantees,
        ),
        (
            word(language, "Limites connues", "Known limits"),
            &notice.limits,
        ),
    ];
    for (name, texts) in lists {
        let mut items = String::new();
        list(&mut items, texts.iter().map(|text| chosen(text, language)));
        section(&mut body, name, &items);
    }
    if let Some(results) = &notice.results {
        let mut figures = format!(
            "<p>{} : {}. {} : {}.</p>\n",
            word(language, "Demandes servies", "Requests served"),
            results.served,
            word(language, "Demandes sans lot", "Requests without a lot"),
            results.refused
        );
        table(
            &mut figures,
            language,
            word(language, "Par code postal", "By postal code"),
            &results.by_district,
        );
        table(
            &mut figures,
            language,
            word(language, "Par taille de demande", "By size of request"),
            &results.by_size,
        );
        section(&mut body, word(language, "Résultats", "Results"), &figures);
    }
    let ends = [
        (
            word(language, "Refaire le calcul", "Computing it again"),
            &notice.replay,
        ),
        (word(language, "Vos droits", "Your rights"), &notice.rights),
    ];
    for (name, text) in ends {
        section(&mut body, name, &paragraphs(chosen(text, language)));
    }
    page(language, &title, &body)
}

fn section(body: &mut String, name: &str, content: &str) {
    let _ = writeln!(
        body,
        "<section><h2>{}</h2>\n{content}</section>",
        escaped(name)
    );
}

fn table(body: &mut String, language: Language, caption: &str, groups: &[Group]) {
    let heads = [
        word(language, "Groupe", "Group"),
        word(language, "Servies", "Served"),
        word(language, "Sans lot", "Without a lot"),
        word(language, "Appareils", "Devices"),
    ];
    let _ = write!(
        body,
        "<table><caption>{}</caption><thead><tr>",
        escaped(caption)
    );
    for head in heads {
        let _ = write!(body, "<th scope=\"col\">{head}</th>");
    }
    body.push_str("</tr></thead><tbody>\n");
    for group in groups {
        let _ = writeln!(
            body,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&group.name),
            group.served,
            group.refused,
            group.devices
        );
    }
    body.push_str("</tbody></table>\n");
}

/// Text that is safe inside a page.
#[must_use]
pub fn escaped(text: &str) -> String {
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
