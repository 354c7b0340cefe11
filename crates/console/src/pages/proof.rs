//! What changes of an account have in common: the present password, and a code where there is a
//! second factor; and the password again for what a stolen session should not do.

use ::web::access::Permission;
use ::web::{ApiError, ApiResult, sign_in};
use kernel::{Code, Refusal, Text};

use crate::{Form, Page};

/// The fields of `components/proof.html`.
const FIELDS: [&str; 2] = ["password", "totp"];

/// A refusal of the code of a second factor, said at the field of the code.
pub(crate) fn at_code(cause: ApiError) -> ApiError {
    match cause.code() {
        Some(code @ (Code::SecondFactorRequired | Code::SecondFactorRefused)) => {
            Refusal::field("/code", code, code.help()).into()
        }
        _ => cause,
    }
}

/// Takes the password that came with a form, where it was asked for. The form without it may be
/// known again when it is sent twice.
pub(crate) async fn prove_again<P: Permission>(page: &Page<P>, form: &Form) -> ApiResult<Form> {
    let password = form.exact("password");
    if !password.is_empty() {
        let code = Some(form.get("totp").to_owned()).filter(|code| !code.is_empty());
        sign_in::renew_proof(page.state(), page.who(), page.request(), password, code).await?;
    }
    Ok(form.without(&FIELDS))
}

/// Whether the form comes back because the password has to be given with it, and what is said then.
pub(crate) fn asked_again(cause: ApiError) -> (bool, ApiError) {
    let code = cause.code();
    if code == Some(Code::ProofRequired) {
        let detail = Text::new(
            "Confirmez votre mot de passe pour continuer.",
            "Confirm your password to go on.",
        );
        let refusal = Refusal::field("/password", Code::ProofRequired, detail);
        return (true, refusal.into());
    }
    let of_code = [Code::SecondFactorRequired, Code::SecondFactorRefused];
    let of_password = cause.refused().is_some_and(|refusal| {
        let mut errors = refusal.errors.iter();
        errors.any(|error| error.pointer.as_deref() == Some("/password"))
    });
    let again = of_password || code.is_some_and(|code| of_code.contains(&code));
    (again, cause)
}
