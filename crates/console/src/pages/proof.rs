//! What changes of an account have in common: the present password, and a code where there is a
//! second factor.

use ::web::ApiError;
use kernel::{Code, Refusal};

/// A refusal of the code of a second factor, said at the field of the code.
pub(crate) fn at_code(cause: ApiError) -> ApiError {
    match cause.code() {
        Some(code @ (Code::SecondFactorRequired | Code::SecondFactorRefused)) => {
            Refusal::field("/code", code, code.help()).into()
        }
        _ => cause,
    }
}
