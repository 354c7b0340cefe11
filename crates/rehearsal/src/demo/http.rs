//! A client of the API, as a program of a partner would have one.

use serde_json::Value;
use ureq::Agent;
use ureq::http::{Request, Response};

/// Speaks to the API as someone, or as nobody.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    base: String,
    token: Option<String>,
}

impl Client {
    /// Nobody yet.
    pub fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .build();
        Self {
            agent: config.into(),
            base: base.to_owned(),
            token: None,
        }
    }

    /// Signs in.
    pub fn login(&self, email: &str, password: &str) -> Result<Self, String> {
        let tokens = self.post(
            "/auth/login",
            &serde_json::json!({"email": email, "password": password}),
        )?;
        Ok(Self {
            token: Some(text(&tokens, "access_token")?),
            ..self.clone()
        })
    }

    /// GET.
    pub fn get(&self, path: &str) -> Result<Value, String> {
        let outcome = self
            .agent
            .run(self.request("GET", path, "").body(()).map_err(line)?);
        answer("GET", path, outcome)
    }

    /// POST of JSON.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        self.send(
            "POST",
            path,
            "application/json",
            body.to_string().into_bytes(),
        )
    }

    /// PUT of JSON.
    pub fn put(&self, path: &str, body: &Value) -> Result<Value, String> {
        self.send(
            "PUT",
            path,
            "application/json",
            body.to_string().into_bytes(),
        )
    }

    /// A file, as it is.
    pub fn send_csv(&self, method: &str, path: &str, file: &[u8]) -> Result<Value, String> {
        self.send(method, path, "text/csv", file.to_vec())
    }

    /// Every row of a list, page by page.
    pub fn all(&self, path: &str) -> Result<Vec<Value>, String> {
        let mut rows = Vec::new();
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut next = format!("{path}{joint}limit=200");
        loop {
            let mut page = self.get(&next)?;
            if let Value::Array(items) = page["items"].take() {
                rows.extend(items);
            }
            match page["next"].as_str() {
                Some(after) => next = format!("{path}{joint}limit=200&after={after}"),
                None => return Ok(rows),
            }
        }
    }

    fn send(&self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Result<Value, String> {
        let outcome = self
            .agent
            .run(self.request(method, path, kind).body(body).map_err(line)?);
        answer(method, path, outcome)
    }

    fn request(&self, method: &str, path: &str, kind: &str) -> ureq::http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}/api/v1{path}", self.base))
            .header("accept-language", "en");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        request
    }
}

fn answer(
    method: &str,
    path: &str,
    outcome: Result<Response<ureq::Body>, ureq::Error>,
) -> Result<Value, String> {
    let mut response = outcome.map_err(|cause| format!("{method} {path}: {cause}"))?;
    let status = response.status().as_u16();
    let body = response
        .body_mut()
        .with_config()
        .limit(1 << 28)
        .read_to_string()
        .map_err(|cause| format!("{method} {path}: {cause}"))?;
    if !(200..300).contains(&status) {
        return Err(format!("{method} {path}: {status} {body}"));
    }
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&body).map_err(|cause| format!("{method} {path}: {cause}"))
}

/// A text member of an answer.
pub fn text(value: &Value, member: &str) -> Result<String, String> {
    value[member]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| format!("the answer has no {member}: {value}"))
}

fn line(cause: impl std::fmt::Display) -> String {
    cause.to_string()
}
