//! What a first view weighs, as it is sent: the page, its style sheet, its scripts, its icon.

use crate::support::waves::Stage;
use testkit::{Browser, Engine, TestApp, both_engines};

/// Bytes of a first view at the most, everything compressed.
const FIRST_VIEW: usize = 30 << 10;
/// Bytes of all scripts that a page may load by itself.
const SCRIPTS: usize = 15 << 10;
/// Bytes of the style sheet, not compressed.
const STYLES: usize = 15 << 10;

/// The addresses of what a page brings along.
fn brought(html: &str) -> Vec<String> {
    let mut found: Vec<String> = html
        .split(['"'])
        .filter(|part| part.starts_with("/assets/"))
        .map(str::to_owned)
        .collect();
    found.dedup();
    found
}

fn weigh(app: &TestApp, browser: &Browser, path: &str) -> (usize, usize) {
    let html = browser.clone().get(path).html;
    let mut compressed = browser.with_header("accept-encoding", "gzip");
    let page = compressed.get_once(path);
    assert_eq!(
        (page.status, page.header("content-encoding")),
        (200, "gzip"),
        "{path}"
    );
    assert!(page.body.len() < html.len(), "{path} is not compressed");
    let (mut all, mut scripts) = (page.body.len(), 0);
    for address in brought(&html) {
        let sent = app
            .browser()
            .with_header("accept-encoding", "gzip")
            .get_once(&address);
        assert_eq!(
            (sent.status, sent.header("content-encoding")),
            (200, "gzip"),
            "{address}"
        );
        all += sent.body.len();
        if address.ends_with(".js") {
            scripts += sent.body.len();
        }
    }
    (all, scripts)
}

#[test]
fn the_style_sheet_is_small() {
    let app = TestApp::start(Engine::Sqlite).unwrap();
    let styles = app.browser().get_once("/assets/app.css").body;
    assert!(styles.len() <= STYLES, "{} bytes", styles.len());
    let text = String::from_utf8(styles).unwrap();
    assert!(
        text.contains(".button{") && !text.contains("/*"),
        "squeezed as it is embedded"
    );
    assert!(text.contains("content:\" ↕\""), "what is quoted stays");
}

both_engines! {
    fn a_first_view_is_light(app) {
        let stage = Stage::set(app, &[("Alpha", 12, 8_000)], 12);
        let wave = stage.approved_wave(app, "Première vague");
        let association = app.browser_of(&stage.clients[0]);
        let own = format!("/demandes/{}", stage.applications[0]);
        let public = format!("/vagues/{}", wave.rsplit('/').next().unwrap());
        let nobody = app.browser();
        for (browser, path) in [
            (&nobody, "/"), (&nobody, "/connexion"), (&nobody, "/inscription"), (&nobody, "/chiffres"),
            (&nobody, public.as_str()), (&association, "/demandes"), (&association, own.as_str()),
            (&association, "/compte"),
        ] {
            let (all, scripts) = weigh(app, browser, path);
            assert!(all < FIRST_VIEW, "{path} weighs {all} bytes");
            assert!(scripts < SCRIPTS, "{path} brings {scripts} bytes of scripts");
        }
    }
}
