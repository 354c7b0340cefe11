//! What the few pages for people share: their frame, their look, and what a browser may do
//! with them. No script, no cookie, nothing from outside.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use kernel::Language;

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

const STYLE: &str = "body{font:1.0625rem/1.55 system-ui,sans-serif;color:#161616;background:#fff;\
margin:0 auto;max-width:46rem;padding:1.5rem}h1{font-size:1.6rem;line-height:1.25}h2{font-size:\
1.25rem;margin-top:2rem}table{border-collapse:collapse;width:100%;margin:1rem 0}caption{text-align:\
left;font-weight:600;padding-bottom:.4rem}th,td{text-align:left;padding:.35rem .6rem;border-bottom:\
1px solid #767676}.n{text-align:right}fieldset{border:1px solid #767676;padding:1rem;margin:1rem 0}\
label{display:inline-block;padding:.2rem 0}textarea{box-sizing:border-box;width:100%;font:inherit;\
border:1px solid #3a3a3a;padding:.5rem}button{font:inherit;padding:.6rem 1.2rem;border:0;color:#fff;\
background:#000091}:focus{outline:3px solid #0a76f6;outline-offset:2px}a{color:#000091}.note{border-\
left:4px solid #18753c;padding:.2rem 1rem}.wrong{border-left:4px solid #ce0500;padding:.2rem 1rem}\
.wrong p,.error{color:#a70300;font-weight:600}.whole{white-space:nowrap}li{overflow-wrap:anywhere}\
@media(max-width:36rem){body{padding:1rem}.blocks thead{position:absolute;width:1px;height:1px;\
overflow:hidden;clip-path:inset(50%)}.blocks,.blocks tbody,.blocks tr,.blocks th,.blocks td,.blocks \
caption{display:block}.blocks tr{padding:.5rem 0;border-bottom:1px solid #767676}.blocks th,.blocks \
td{border:0;padding:.15rem 0}.blocks td{display:flex;justify-content:space-between}.blocks td::before\
{content:attr(data-of)}}";

/// Text that cannot become anything else.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// A whole page around its body.
pub fn document(language: Language, title: &str, body: &str) -> String {
    let lang = language.as_str();
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{} – Ressac</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n",
        escape(title)
    )
}

/// Answers with a page.
pub fn page(status: StatusCode, body: String) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .body(body)
}
