//! Text in, text out: how anyone replays a published wave with `ressac plan FILE`
//! and checks a published result with `ressac plan --check RESULT FILE`.

use serde::Serialize;
use serde_json::Value;

use super::answer::{Answer, Code, Refused};
use super::check::{Broken, check_plan, pins_are_possible};
use super::instance::Instance;
use super::planner::plan;

/// Plans the instance written in `input`. Returns the answer as JSON and whether the
/// wave could be planned.
#[must_use]
pub fn run(input: &str) -> (String, bool) {
    let answer = match Instance::read(input).and_then(|instance| plan(&instance)) {
        Ok(plan) => plan.into_answer(),
        Err(refused) => Answer::Error(refused),
    };
    let planned = matches!(answer, Answer::Ok { .. });
    (json(&answer), planned)
}

/// Checks a result against the instance it claims to answer. Returns the verdict as
/// JSON (`{"status": "ok" | "broken" | "error", …}`) and whether the result is right.
/// `result` may also be a published file that carries its result.
#[must_use]
pub fn check(instance: &str, result: &str) -> (String, bool) {
    let verdict = answer_in(result).map_or_else(Replayed::Error, |answer| judge(instance, &answer));
    (json(&verdict), matches!(verdict, Replayed::Ok))
}

#[derive(Serialize)]
#[serde(tag = "status", rename_all = "lowercase")]
enum Replayed {
    Ok,
    Broken { broken: Vec<Broken> },
    Refusal { detail: String },
    Error(Refused),
}

fn answer_in(text: &str) -> Result<Answer, Refused> {
    let wrong = |error: serde_json::Error| Refused {
        code: Code::InvalidInstance,
        detail: format!("the result cannot be read: {error}"),
    };
    let mut value: Value = serde_json::from_str(text).map_err(wrong)?;
    let inner = value.get_mut("result").map(Value::take);
    serde_json::from_value(inner.unwrap_or(value)).map_err(wrong)
}

fn judge(instance: &str, answer: &Answer) -> Replayed {
    let read = Instance::read(instance);
    match (read, answer) {
        (
            Ok(instance),
            Answer::Ok {
                lines,
                left_by_kind,
            },
        ) => {
            if !pins_are_possible(&instance) {
                return Replayed::Refusal {
                    detail: "the pins of this wave cannot be met".to_owned(),
                };
            }
            let broken = check_plan(&instance, lines, left_by_kind);
            if broken.is_empty() {
                Replayed::Ok
            } else {
                Replayed::Broken { broken }
            }
        }
        (Ok(instance), Answer::Error(refused)) => {
            if refused.code == Code::PinNotPossible && !pins_are_possible(&instance) {
                return Replayed::Ok;
            }
            Replayed::Refusal {
                detail: format!(
                    "this wave is not to be refused with {}",
                    refused.code.as_str()
                ),
            }
        }
        (Err(found), Answer::Error(refused)) if found.code == refused.code => Replayed::Ok,
        (Err(found), _) => Replayed::Error(found),
    }
}

fn json(value: &impl Serialize) -> String {
    // Text and whole numbers always serialize.
    serde_json::to_string_pretty(value).unwrap_or_default()
}
