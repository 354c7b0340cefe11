//! A client over real HTTP.

use serde_json::Value;
use ureq::Agent;
use ureq::http::{Method, Request};

/// Speaks to the server as someone, or as nobody.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    base: String,
    token: Option<String>,
    headers: Vec<(String, String)>,
    /// The organization of who speaks; empty for nobody.
    pub organisation: String,
    /// Who speaks; empty for nobody.
    pub person: String,
}

impl Client {
    pub(crate) fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .build();
        Self {
            agent: config.into(),
            base: base.to_owned(),
            token: None,
            headers: Vec::new(),
            organisation: String::new(),
            person: String::new(),
        }
    }

    /// The same client with an access token or key.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The same client with one header more.
    #[must_use]
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// Where the server listens.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Whether a header was added.
    pub(crate) fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| known == name)
    }

    /// Sends a request; the path is below `/api/v1` unless it begins with `//`.
    pub fn send(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Reply {
        let url = match path.strip_prefix("//") {
            Some(root) => format!("{}/{root}", self.base),
            None => format!("{}/api/v1{path}", self.base),
        };
        let method: Method = method.parse().expect("a method");
        let mut request = Request::builder().method(&method).uri(&url);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let bodiless = matches!(method, Method::GET | Method::DELETE | Method::HEAD);
        let outcome = if bodiless {
            self.agent.run(request.body(()).expect("a request"))
        } else {
            if !content_type.is_empty() {
                request = request.header("content-type", content_type);
            }
            self.agent
                .run(request.body(body.to_vec()).expect("a request"))
        };
        let mut response = outcome.unwrap_or_else(|cause| panic!("{method} {url}: {cause}"));
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned()))
            .collect();
        Reply {
            what: format!("{method} {path}"),
            status: response.status().as_u16(),
            headers,
            body: response
                .body_mut()
                .with_config()
                .limit(1 << 30)
                .read_to_vec()
                .expect("a body"),
        }
    }

    /// GET.
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "", &[])
    }

    /// POST of JSON; `Value::Null` for no body.
    pub fn post(&self, path: &str, body: Value) -> Reply {
        self.json("POST", path, &body)
    }

    /// PUT of JSON.
    pub fn put(&self, path: &str, body: Value) -> Reply {
        self.json("PUT", path, &body)
    }

    /// PATCH of JSON.
    pub fn patch(&self, path: &str, body: Value) -> Reply {
        self.json("PATCH", path, &body)
    }

    /// DELETE.
    pub fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, "", &[])
    }

    /// PUT of a CSV file.
    pub fn put_csv(&self, path: &str, file: &[u8]) -> Reply {
        self.send("PUT", path, "text/csv", file)
    }

    /// POST of a CSV file.
    pub fn post_csv(&self, path: &str, file: &[u8]) -> Reply {
        self.send("POST", path, "text/csv", file)
    }

    fn json(&self, method: &str, path: &str, body: &Value) -> Reply {
        if body.is_null() {
            return self.send(method, path, "", &[]);
        }
        self.send(
            method,
            path,
            "application/json",
            body.to_string().as_bytes(),
        )
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    what: String,
    /// The HTTP status.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Reply {
    /// The body when the status is this one; else the test fails and says what came.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.what, self.text());
        self.json()
    }

    /// The refusal with this status and code.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(problem["code"], code, "{}: {}", self.what, self.text());
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.what
        );
        assert!(
            problem["request_id"]
                .as_str()
                .is_some_and(|id| !id.is_empty()),
            "{}",
            self.what
        );
        problem
    }

    /// The body as JSON; null when there is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Every value of a header.
    pub(crate) fn headers_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = move |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .filter(named)
            .map(|(_, value)| value.as_str())
    }

    /// A header, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value)
    }
}
