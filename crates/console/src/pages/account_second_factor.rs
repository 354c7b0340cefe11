//! `/compte/deuxieme-facteur`: signing in with a code, too. The QR code is made here and shown once,
//! as are the recovery codes; the key is in no address and no cache.

use ::web::access::ManageAccount;
use ::web::record::Origin;
use ::web::sign_in::{note_refused_code, prove};
use ::web::{ApiError, ApiResult};
use identity::SecondFactorSecret;
use serde::Serialize;

use super::proof::at_code;
use crate::qr::Qr;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

const ADDRESS: &str = "/compte/deuxieme-facteur";

#[derive(Serialize)]
struct FactorPage {
    /// Whether there is one already.
    on: bool,
}

impl View for FactorPage {
    const TEMPLATE: &'static str = "account_second_factor.html";
}

/// The first code is awaited.
#[derive(Serialize)]
struct ScanPage {
    /// What the application reads; none when it was shown before.
    secret: Option<Secret>,
}

#[derive(Serialize)]
struct Secret {
    /// To type in, in fours.
    typed: String,
    /// To open on the same telephone.
    uri: String,
    /// To scan.
    qr: Option<Qr>,
}

impl View for ScanPage {
    const TEMPLATE: &'static str = "account_second_factor_scan.html";
}

impl From<SecondFactorSecret> for Secret {
    fn from(made: SecondFactorSecret) -> Self {
        let letters: Vec<char> = made.secret.chars().collect();
        let fours: Vec<String> = letters
            .chunks(4)
            .map(|four| four.iter().collect())
            .collect();
        Self {
            typed: fours.join(" "),
            qr: Qr::of(&made.uri),
            uri: made.uri,
        }
    }
}

/// The codes for whoever loses their telephone.
#[derive(Serialize)]
struct CodesPage {
    codes: Vec<String>,
}

impl View for CodesPage {
    const TEMPLATE: &'static str = "account_recovery_codes.html";
}

async fn page_of(page: &Page<ManageAccount>) -> ApiResult<FactorPage> {
    let me = page.read(|db, actor| identity::me(db, actor.person));
    Ok(FactorPage {
        on: me.await?.second_factor,
    })
}

pub(crate) async fn show(page: Page<ManageAccount>) -> PageResult {
    let view = page_of(&page).await?;
    page.show_form(&view, &FormView::empty()?)
}

/// Shows what the application scans.
pub(crate) async fn begin(page: Page<ManageAccount>, form: Form) -> PageResult {
    match make(&page, &form).await {
        Ok(made) => {
            let secret = Some(Secret::from(made));
            page.show_form(&ScanPage { secret }, &FormView::empty()?)
        }
        Err(cause) => {
            let view = page_of(&page).await?;
            page.retry(&view, &form, cause)
        }
    }
}

async fn make(page: &Page<ManageAccount>, form: &Form) -> ApiResult<SecondFactorSecret> {
    let (state, request) = (page.state(), page.request());
    let present = form.exact("current_password");
    let proof = prove(state, page.who(), request, present, "/current_password").await?;
    let vault = state.vault.clone();
    page.write_untold("post_me_second_factor", move |tx, actor| {
        identity::proven(tx, &proof, None)?;
        identity::begin_second_factor(tx, &vault, actor)
    })
    .await
}

/// Takes the first code; from then on each sign-in needs one.
pub(crate) async fn confirm(page: Page<ManageAccount>, form: Form) -> PageResult {
    let (vault, code) = (page.state().vault.clone(), form.get("code").to_owned());
    let confirmed = page
        .write_untold("post_me_second_factor_confirm", move |tx, actor| {
            identity::confirm_second_factor(tx, &vault, actor, &code)
        })
        .await;
    match confirmed {
        Ok(made) => page.show(&CodesPage {
            codes: made.recovery_codes,
        }),
        Err(cause) => page.retry(&ScanPage { secret: None }, &form, at_code(cause)),
    }
}

/// Goes back to a password alone.
pub(crate) async fn remove(page: Page<ManageAccount>, form: Form) -> PageResult {
    if let Err(cause) = take_away(&page, &form).await {
        let view = page_of(&page).await?;
        return page.retry(&view, &form, at_code(cause));
    }
    Ok(page.see(&Saved::at(ADDRESS).saying(
        "Le deuxième facteur est désactivé.",
        "The second factor is switched off.",
    )))
}

async fn take_away(page: &Page<ManageAccount>, form: &Form) -> Result<(), ApiError> {
    const DEED: &str = "post_me_second_factor_remove";
    let (state, request) = (page.state(), page.request());
    let present = form.exact("current_password");
    let proof = prove(state, page.who(), request, present, "/current_password").await?;
    let (vault, proven) = (state.vault.clone(), proof.clone());
    let code = form.get("code").to_owned();
    let outcome = page
        .write_untold(DEED, move |tx, actor| {
            identity::use_second_factor(tx, &vault, actor.person, &code)?;
            identity::proven(tx, &proven, None)?;
            identity::remove_second_factor(tx, actor.person, actor.session)
        })
        .await;
    let origin = Origin::of(request).named(DEED);
    note_refused_code(state, &proof, &origin, outcome).await
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |on| FactorPage { on };
    let wrong = |field: &'static str| move |form: FormView| form.with_mistake(field, "123");
    let secret = Secret::from(SecondFactorSecret {
        secret: "GEZDGNBVGY3TQOJQ".to_owned(),
        uri: "otpauth://totp/Ressac:ada?secret=GEZDGNBVGY3TQOJQ".to_owned(),
    });
    let codes = CodesPage {
        codes: vec!["ABCD-EFGH-2345-6789".to_owned(); 10],
    };
    vec![
        Sample::of("no second factor", &page(false)),
        Sample::of("no second factor, wrong password", &page(false))
            .with_form(wrong("current_password")),
        Sample::of("a second factor", &page(true)).with_form(wrong("code")),
        Sample::of(
            "scan",
            &ScanPage {
                secret: Some(secret),
            },
        ),
        Sample::of("scan, wrong code", &ScanPage { secret: None }).with_form(wrong("code")),
        Sample::of("recovery codes", &codes),
    ]
}
