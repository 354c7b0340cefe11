//! The page, written out. Every value goes through `escape`.

use std::fmt::Write as _;

use intake::{DonorAnswer, ReceptionAnswer};
use kernel::{Instant, Language, Refusal};

use super::Shown;
use super::count::{count, differing};
use super::words::{say, told};
use crate::page::{document, escape};

/// The page of a link that opens nothing.
pub(super) fn no_link(language: Language) -> String {
    let title = say(
        language,
        "Ce lien n'est plus valable",
        "This link is no longer valid",
    );
    let help = say(
        language,
        "Il a expiré, ou l'adresse est incomplète. Connectez-vous à Ressac pour répondre, ou écrivez à la Ville.",
        "It has expired, or the address is incomplete. Sign in to Ressac to answer, or write to the city.",
    );
    let body = format!(
        "<main>\n<h1>{}</h1>\n<p>{}</p>\n</main>",
        escape(title),
        escape(help)
    );
    document(language, title, &body)
}

/// The count, what was answered, and the form to answer. `wrong` is what was wrong with what
/// was just sent, `comment` what had been written in it.
pub(super) fn reception(shown: &Shown, wrong: Option<&Refusal>, comment: &str) -> String {
    let language = shown.language;
    let batch = &shown.link.batch;
    let heading = format!(
        "{} {}",
        say(
            language,
            "Réception de votre don",
            "Reception of your donation"
        ),
        batch.reference
    );
    let title = match wrong {
        Some(_) => format!("{}{heading}", say(language, "Erreur : ", "Error: ")),
        None => heading.clone(),
    };
    let mut body = header(shown);
    let _ = write!(
        body,
        "<main>\n<h1>{}</h1>\n<p>{}</p>\n",
        escape(&heading),
        escape(&batch.title)
    );
    if let Some(refusal) = wrong {
        body.push_str(&mistake(language, refusal));
    }
    if let Some(said) = &batch.reception {
        body.push_str(&answered(language, said));
    }
    body.push_str(&count(language, &shown.count));
    body.push_str(&differing(language, &shown.count, &shown.differing));
    let confirmed = batch
        .reception
        .as_ref()
        .is_some_and(|said| said.answer == DonorAnswer::Confirmed);
    if !confirmed {
        body.push_str(&form(shown, wrong, comment));
    }
    body.push_str("</main>");
    document(language, &title, &body)
}

/// The way to the other language.
fn header(shown: &Shown) -> String {
    let (lang, label) = match shown.language {
        Language::French => ("en", "English"),
        Language::English => ("fr", "Français"),
    };
    format!(
        "<header><p><a href=\"/reception?token={}&amp;lang={lang}\" hreflang=\"{lang}\" lang=\"{lang}\">{label}</a></p></header>\n",
        escape(&shown.token)
    )
}

fn mistake(language: Language, refusal: &Refusal) -> String {
    let details: Vec<&str> = match refusal.errors.as_slice() {
        [] => vec![told(language, &refusal.detail)],
        errors => errors
            .iter()
            .map(|error| told(language, &error.detail))
            .collect(),
    };
    let heading = say(
        language,
        "Votre réponse n'est pas enregistrée",
        "Your answer was not stored",
    );
    let details: String = details
        .iter()
        .map(|detail| format!("<p>{}</p>", escape(detail)))
        .collect();
    format!("<div class=\"wrong\" role=\"alert\"><h2>{heading}</h2>{details}</div>\n")
}

fn answered(language: Language, said: &ReceptionAnswer) -> String {
    let what = match said.answer {
        DonorAnswer::Confirmed => say(
            language,
            "Vous avez confirmé cette réception le",
            "You confirmed this reception on",
        ),
        DonorAnswer::Contested => say(
            language,
            "Vous avez contesté cette réception le",
            "You contested this reception on",
        ),
    };
    let mut text = format!(
        "<div class=\"note\" role=\"status\"><p>{what} {}.</p>",
        day(language, said.answered_at)
    );
    if let Some(comment) = &said.comment {
        let _ = write!(text, "<blockquote><p>{}</p></blockquote>", escape(comment));
    }
    if said.answer == DonorAnswer::Contested {
        let _ = write!(
            text,
            "<p>{}</p>",
            say(
                language,
                "La Ville et l'atelier vérifient et reviennent vers vous.",
                "The city and the workshop check it and come back to you.",
            )
        );
    }
    text.push_str("</div>\n");
    text
}

fn day(language: Language, at: Instant) -> String {
    let format = say(language, "%d/%m/%Y", "%Y-%m-%d");
    at.in_paris().format(format).to_string()
}

fn form(shown: &Shown, wrong: Option<&Refusal>, comment: &str) -> String {
    let language = shown.language;
    let say = |fr, en| say(language, fr, en);
    let wrong_at = |pointer: &str| {
        let errors = wrong
            .map(|refusal| refusal.errors.as_slice())
            .unwrap_or_default();
        errors
            .iter()
            .find(|error| error.pointer.as_deref() == Some(pointer))
            .map(|error| told(language, &error.detail))
    };
    // who was told of a missing remark had chosen to contest
    let contest = if wrong_at("/comment").is_some() {
        " checked"
    } else {
        ""
    };
    let (described, error) = match wrong_at("/comment") {
        Some(detail) => (
            " aria-invalid=\"true\" aria-describedby=\"comment-help comment-error\"",
            format!(
                "<p class=\"error\" id=\"comment-error\">{}</p>",
                escape(detail)
            ),
        ),
        None => (" aria-describedby=\"comment-help\"", String::new()),
    };
    format!(
        "<h2>{heading}</h2>\n<p>{until} {day}.</p>\n<form method=\"post\" action=\"/reception\">\n\
         <input type=\"hidden\" name=\"token\" value=\"{token}\">\n\
         <input type=\"hidden\" name=\"lang\" value=\"{lang}\">\n\
         <fieldset>\n<legend>{legend}</legend>\n\
         <p><input type=\"radio\" name=\"answer\" value=\"confirm\" id=\"confirm\" required> <label for=\"confirm\">{yes}</label></p>\n\
         <p><input type=\"radio\" name=\"answer\" value=\"contest\" id=\"contest\"{contest}> <label for=\"contest\">{no}</label></p>\n\
         </fieldset>\n\
         <p><label for=\"comment\">{label}</label></p>\n\
         <p id=\"comment-help\">{help}</p>\n{error}\
         <textarea name=\"comment\" id=\"comment\" rows=\"5\" maxlength=\"2000\"{described}>{comment}</textarea>\n\
         <p><button type=\"submit\">{send}</button></p>\n</form>\n",
        heading = say("Votre réponse", "Your answer"),
        until = say("Vous pouvez répondre jusqu'au", "You can answer until"),
        day = day(language, shown.link.expires_at),
        token = escape(&shown.token),
        lang = say("fr", "en"),
        legend = say("Ce comptage est-il juste ?", "Is this count right?"),
        yes = say(
            "Oui, je confirme la réception",
            "Yes, I confirm the reception"
        ),
        no = say("Non, je conteste le comptage", "No, I contest the count"),
        label = say("Votre message", "Your message"),
        help = say(
            "Obligatoire si vous contestez : dites ce qui ne correspond pas. 2 000 caractères au plus.",
            "Required if you contest: say what does not match. At most 2,000 characters.",
        ),
        comment = escape(comment),
        send = say("Envoyer ma réponse", "Send my answer"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_text() {
        assert_eq!(
            escape("<script>alert(\"1\")</script> & 'x'"),
            "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;"
        );
    }

    #[test]
    fn a_link_that_opens_nothing_has_a_page_in_both_languages() {
        for (language, lang, word) in [
            (Language::French, "lang=\"fr\"", "Ce lien"),
            (Language::English, "lang=\"en\"", "This link"),
        ] {
            let page = no_link(language);
            assert!(page.contains(lang) && page.contains(word) && !page.contains("<script"));
        }
    }
}
