//! How many files come in: what is removed again was taken in as well, and an association that
//! nobody has verified yet may be anybody.

use identity::OrganisationStatus;
use kernel::{Code, Refusal, Text};

/// Files that may come for one document that is kept, in the course of time.
const AGAIN: i64 = 4;

/// What came so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// Documents that the application has.
    pub kept: i64,
    /// Files that came for it, those that were removed among them.
    pub uploads: i64,
    /// The same of all applications of its association.
    pub of_association: i64,
}

/// Whether one more document may come, where an application has `most`.
///
/// # Errors
/// `document_not_accepted`, saying which bound was reached.
pub(crate) fn may_take_in(
    status: OrganisationStatus,
    taken: Taken,
    most: usize,
) -> Result<(), Refusal> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let refused =
        |fr: String, en: String| Err(Refusal::new(Code::DocumentNotAccepted, Text::new(fr, en)));
    if taken.kept >= most {
        return refused(
            format!("Une demande a {most} pièces au plus."),
            format!("An application has at most {most} documents."),
        );
    }
    if status == OrganisationStatus::Pending && taken.of_association >= most {
        return refused(
            format!(
                "Une association dépose {most} pièces au plus avant d'être vérifiée, celles qui ont été retirées comprises."
            ),
            format!(
                "An association uploads at most {most} documents before it is verified, those that were removed included."
            ),
        );
    }
    let in_time = most.saturating_mul(AGAIN);
    if taken.uploads >= in_time {
        return refused(
            format!(
                "{in_time} pièces ont déjà été déposées pour cette demande, celles qui ont été retirées comprises ; écrivez à la Ville pour en ajouter."
            ),
            format!(
                "{in_time} documents were uploaded for this application already, those that were removed included; write to the city to add more."
            ),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrganisationStatus::{Pending, Verified};

    fn told(status: OrganisationStatus, kept: i64, uploads: i64, of_association: i64) -> String {
        let taken = Taken {
            kept,
            uploads,
            of_association,
        };
        let refused = may_take_in(status, taken, 50).err();
        refused.map_or(String::new(), |refusal| refusal.detail.en.into_owned())
    }

    #[test]
    fn document_not_accepted_beyond_a_bound() {
        assert_eq!(told(Verified, 49, 199, 5_000), "");
        assert!(told(Verified, 50, 50, 50).contains("at most 50"));
        assert!(told(Verified, 0, 200, 200).contains("200 documents"));
        assert_eq!(told(Pending, 0, 49, 49), "");
        assert!(told(Pending, 0, 1, 50).contains("before it is verified"));
    }
}
