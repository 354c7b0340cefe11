#![allow(clippy::unwrap_used)]
use serde::Deserialize;

use super::*;

fn sent(body: &str) -> Form {
    let kind = "application/x-www-form-urlencoded; charset=utf-8";
    Form::parse(kind, &body.to_owned().into()).unwrap()
}

#[derive(Debug, PartialEq, Deserialize)]
struct Request {
    kind: kernel::DeviceKind,
    quantity: i32,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Order {
    title: String,
    note: Option<String>,
    #[serde(default)]
    themes: Vec<String>,
    requests: Vec<Request>,
    #[serde(default)]
    agreed: bool,
}

#[test]
fn names_that_are_paths_make_lists_and_objects() {
    let order: Order = sent(
        "idempotency_key=k&title=+Deux+postes+&note=&themes=a&themes=b&agreed=yes\
         &requests/0/kind=laptop&requests/0/quantity=2&requests/1/kind=desktop\
         &requests/1/quantity=1%20000",
    )
    .read()
    .unwrap();
    assert_eq!(order.title, "Deux postes");
    assert_eq!(order.note, None);
    assert_eq!(order.themes, ["a", "b"]);
    assert!(order.agreed);
    assert_eq!(order.requests[1].quantity, 1000);
}

#[test]
fn a_mistake_names_its_field_and_what_was_typed_is_kept() {
    let form = sent("title=T&requests/0/kind=boat&requests/0/quantity=2&password=secret");
    let refused = form.read::<Order>().unwrap_err();
    let view = form
        .refused(refused.refused().unwrap(), Language::French)
        .unwrap();
    assert_eq!(view.errors[0].field.as_deref(), Some("requests/0/kind"));
    assert!(
        view.errors[0].text.starts_with("Valeurs possibles"),
        "{view:?}"
    );
    assert_eq!(view.values["title"], "T");
    assert!(!view.values.contains_key("password"));
    let form = sent("title=T&requests/0/kind=laptop&requests/0/quantity=x");
    let refused = form.read::<Order>().unwrap_err();
    let at = &refused.refused().unwrap().errors[0];
    assert_eq!(at.pointer.as_deref(), Some("/requests/0/quantity"));
    let refused = sent("note=x").read::<Order>().unwrap_err();
    let at = &refused.refused().unwrap().errors[0];
    assert_eq!(
        (at.pointer.as_deref(), at.code),
        (Some("/title"), Code::Required)
    );
}

#[test]
fn a_refusal_below_a_field_is_shown_at_the_field() {
    let form = sent("themes=a&site/postal_code=1");
    assert_eq!(form.field_at("/themes/3"), "themes");
    assert_eq!(form.field_at("/site/postal_code"), "site/postal_code");
    assert_eq!(form.field_at("/elsewhere/0"), "elsewhere/0");
}

#[test]
fn what_is_there_fills_a_form() {
    let there = serde_json::json!({"site": {"postal_code": "13003"}, "themes": ["a", "b"],
        "trained": true, "gone": null, "rows": [{"n": 1}, {"n": 2}]});
    let view = FormView::filled(&there).unwrap();
    assert_eq!(view.values["site/postal_code"], "13003");
    assert_eq!(view.values["themes"], serde_json::json!(["a", "b"]));
    assert_eq!(view.values["trained"], "yes");
    assert_eq!(view.values["rows/1/n"], "2");
    assert!(!view.values.contains_key("gone"));
}

#[test]
fn bodies_that_are_no_form_are_refused() {
    let code = |kind: &str, body: &str| {
        Form::parse(kind, &body.to_owned().into()).map_err(|refused| refused.code)
    };
    assert_eq!(
        code("application/json", "{}").unwrap_err(),
        Code::WrongMediaType
    );
    for hidden in ["%00", "%1B", "%E2%80%AE", "%C2%85"] {
        let hidden = code("application/x-www-form-urlencoded", &format!("a={hidden}"));
        assert_eq!(hidden.unwrap_err(), Code::InvalidFields);
    }
    let many = "a=&".repeat(MOST_FIELDS + 1);
    let many = code("application/x-www-form-urlencoded", &many);
    assert_eq!(many.unwrap_err(), Code::TooLarge);
    let broken = code("multipart/form-data; boundary=x", "--y\r\n");
    assert_eq!(broken.unwrap_err(), Code::MalformedRequest);
}

#[test]
fn the_same_key_with_another_content_is_another_request() {
    let (one, other) = (sent("idempotency_key=k&a=1"), sent("idempotency_key=k&a=2"));
    assert_eq!(one.key(), other.key());
    assert_ne!(one.digest(), other.digest());
    assert_eq!(
        sent("idempotency_key=k&new_password=x").key(),
        "",
        "a password is hashed"
    );
}
