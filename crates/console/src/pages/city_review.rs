//! What staff do with an application on its page: take it or give it away, assess it, decide it.

use std::collections::BTreeMap;

use ::web::access::ReviewApplications;
use ::web::{ApiError, Params, PathId};
use eligibility::{Application, AssessmentInput, Assignment, Decision, Outcome, Reasons};
use kernel::{ApplicationId, Code, Refusal, Text};
use serde::Deserialize;

use super::city_application::load;
use super::city_applications::Wanted;
use super::city_marks::RECUSED;
use crate::{Form, Page, PageResult, Sample, Saved};

/// Where an application is reviewed, with the filters of the list that it was opened from.
fn place(id: ApplicationId, wanted: &Wanted) -> String {
    wanted.at(&format!("/ville/demandes/{id}"))
}

async fn again(
    page: &Page<ReviewApplications>,
    id: ApplicationId,
    wanted: &Wanted,
    form: &Form,
    saved: Result<Saved, ApiError>,
) -> PageResult {
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let (view, version) = load(page, id, wanted).await?;
            page.retry_against(version, &view, form, cause)
        }
    }
}

pub(crate) async fn assign(
    page: Page<ReviewApplications>,
    PathId(id): PathId<kernel::Application>,
    Params(wanted): Params<Wanted>,
    form: Form,
) -> PageResult {
    let at = place(id, &wanted);
    let saved = match form.read::<Assignment>() {
        Err(cause) => Err(cause),
        Ok(sent) => {
            let assign = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
                eligibility::assign(tx, actor, id, &sent)?;
                let saved = Saved::at(&*at).about(id);
                Ok(match sent.person_id {
                    Some(person) if person == actor.person => {
                        saved.saying("La demande est à vous.", "The application is yours.")
                    }
                    Some(_) => {
                        saved.saying("La demande est confiée.", "The application is assigned.")
                    }
                    None => saved.saying(
                        "La demande n’est plus confiée à personne.",
                        "The application is assigned to nobody now.",
                    ),
                })
            };
            let deed = "put_applications_id_assignment";
            page.write(&form, deed, assign).await
        }
    };
    again(&page, id, &wanted, &form, saved).await
}

/// Every criterion at once, by its code.
#[derive(Deserialize)]
struct Marks {
    #[serde(default)]
    marks: BTreeMap<String, Mark>,
}

#[derive(Deserialize)]
struct Mark {
    /// A mark, or that one has a tie to the association.
    points: Option<String>,
    justification: Option<String>,
}

impl Mark {
    fn input(&self) -> Result<AssessmentInput, Refusal> {
        let recused = self.points.as_deref() == Some(RECUSED);
        let number = self.points.as_deref().filter(|_| !recused);
        let points = number.map(|text| {
            text.parse().map_err(|_| {
                let detail = Text::new("Choisissez une note.", "Choose a mark.");
                Refusal::field("/points", Code::Invalid, detail)
            })
        });
        Ok(AssessmentInput {
            points: points.transpose()?,
            justification: self.justification.clone().unwrap_or_default(),
            recused,
        })
    }
}

/// A refusal of one criterion, at its fields.
fn at_criterion(cause: db::Error, code: &str) -> db::Error {
    match cause {
        db::Error::Refused(mut refusal) => {
            for error in &mut refusal.errors {
                let below = error.pointer.take().unwrap_or_default();
                error.pointer = Some(format!("/marks/{code}{below}"));
            }
            db::Error::Refused(refusal)
        }
        other => other,
    }
}

pub(crate) async fn assess(
    page: Page<ReviewApplications>,
    PathId(id): PathId<kernel::Application>,
    Params(wanted): Params<Wanted>,
    form: Form,
) -> PageResult {
    let at = place(id, &wanted);
    let saved = match form.read::<Marks>() {
        Err(cause) => Err(cause),
        Ok(sent) if sent.marks.is_empty() => {
            let detail = Text::new(
                "Donnez une note avec son motif, ou récusez-vous.",
                "Give a mark with its reason, or recuse yourself.",
            );
            Err(Refusal::field("/marks", Code::Required, detail).into())
        }
        Ok(sent) => {
            let assess = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
                for (code, mark) in &sent.marks {
                    let given = mark.input().map_err(db::Error::from);
                    let given = given.and_then(|input| {
                        eligibility::assess(tx, actor, id, code, &input).map(drop)
                    });
                    given.map_err(|cause| at_criterion(cause, code))?;
                }
                Ok(Saved::at(&*at).about(id).saying(
                    "Votre évaluation est enregistrée.",
                    "Your assessment is saved.",
                ))
            };
            let deed = "put_applications_id_assessments_criterion";
            page.write(&form, deed, assess).await
        }
    };
    again(&page, id, &wanted, &form, saved).await
}

/// A decision, as the page asks for it.
#[derive(Deserialize)]
struct Decided {
    outcome: Outcome,
    /// Conditions that are not met, chosen as reasons.
    #[serde(default)]
    unmet: Vec<String>,
    /// A reason a line.
    reasons: Option<String>,
}

impl Decided {
    fn decision(self) -> Decision {
        let own = self.reasons.unwrap_or_default();
        let own = own.lines().map(str::to_owned);
        Decision {
            outcome: self.outcome,
            reasons: Some(Reasons::Several(
                self.unmet.into_iter().chain(own).collect(),
            )),
        }
    }
}

pub(crate) async fn decide(
    page: Page<ReviewApplications>,
    PathId(id): PathId<kernel::Application>,
    Params(wanted): Params<Wanted>,
    form: Form,
) -> PageResult {
    let at = place(id, &wanted);
    let seen = form.if_match();
    let saved = match form.read::<Decided>().map(Decided::decision) {
        Err(cause) => Err(cause),
        Ok(decision) => {
            let decide = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
                seen.of::<Application>(tx, actor, id)?;
                let version_named = !seen.expects_nothing();
                let decided =
                    handover::decide_application(tx, actor, id, &decision, version_named)?;
                let saved = Saved::at(&*at).about(id).with_status(decided.status);
                Ok(match decision.outcome {
                    Outcome::Eligible => saved.saying(
                        "La demande est éligible ; l’association est prévenue.",
                        "The application is eligible; the association is told.",
                    ),
                    Outcome::Ineligible => saved.saying(
                        "La demande n’est pas éligible ; l’association est prévenue, avec les raisons.",
                        "The application is not eligible; the association is told, with the reasons.",
                    ),
                })
            };
            page.write(&form, "post_applications_id_decide", decide)
                .await
        }
    };
    again(&page, id, &wanted, &form, saved).await
}

/// The page is that of the application.
pub(crate) fn samples() -> Vec<Sample> {
    Vec::new()
}
