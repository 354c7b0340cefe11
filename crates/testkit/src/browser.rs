//! A browser without scripts: keeps cookies, follows links and redirections, fills in forms by the
//! names of their fields.

use std::collections::BTreeMap;

use crate::client::{Client, Reply};
use crate::html::{self, FormOnPage};

/// Somebody who looks at pages.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
            cookies: BTreeMap::new(),
        }
    }

    /// Keeps a cookie, as if it had been set.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// The same browser, which sends one header more.
    #[must_use]
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        Self {
            client: self.client.with_header(name, value),
            cookies: self.cookies.clone(),
        }
    }

    /// Opens an address, and follows where it leads.
    pub fn get(&mut self, path: &str) -> PageOf {
        let reply = self.send("GET", path, "", &[]);
        self.follow(path, reply)
    }

    /// Opens an address, and stays.
    pub fn get_once(&mut self, path: &str) -> Reply {
        self.send("GET", path, "", &[])
    }

    /// Signs in with a password.
    pub fn sign_in(&mut self, email: &str, password: &str) -> PageOf {
        let page = self.get("/connexion");
        self.submit(&page, &[("email", email), ("password", password)])
    }

    /// Fills in the form of a page that has these fields, and sends it; follows where that leads.
    /// What is not named keeps the value that the page gives it. An empty name (`("", "draft")`) is
    /// the value of the button that is pressed.
    #[track_caller]
    pub fn submit(&mut self, page: &PageOf, fields: &[(&str, &str)]) -> PageOf {
        let form = page.form_with(fields);
        self.send_form(&form, fields)
    }

    /// The same for the form that is sent to an address.
    #[track_caller]
    pub fn submit_to(&mut self, page: &PageOf, action: &str, fields: &[(&str, &str)]) -> PageOf {
        let form = (page.forms.iter()).find(|form| form.post && form.action == action);
        let form = form.unwrap_or_else(|| panic!("no form for {action}: {:?}", page.forms));
        self.send_form(&form.clone(), fields)
    }

    fn send_form(&mut self, form: &FormOnPage, fields: &[(&str, &str)]) -> PageOf {
        let mut sent: Vec<(String, String)> = form
            .fields
            .iter()
            .filter(|(name, _)| !fields.iter().any(|(given, _)| given == name))
            .cloned()
            .collect();
        for (name, value) in fields {
            let name = match name.is_empty() {
                true => form.button.clone().unwrap_or_default(),
                false => (*name).to_owned(),
            };
            sent.push((name, (*value).to_owned()));
        }
        let reply = match form.multipart {
            true => {
                let (kind, body) = html::multipart(&sent);
                self.send("POST", &form.action, &kind, &body)
            }
            false => self.post(&form.action, &sent),
        };
        self.follow(&form.action, reply)
    }

    /// Sends fields to an address, as a form of ours does, and stays.
    pub fn post(&mut self, path: &str, fields: &[(String, String)]) -> Reply {
        let body = html::urlencoded(fields);
        let kind = "application/x-www-form-urlencoded";
        self.send("POST", path, kind, body.as_bytes())
    }

    fn send(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> Reply {
        let mut client = self.client.clone();
        if !self.cookies.is_empty() {
            let pairs = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            client = client.with_header("cookie", &pairs.collect::<Vec<_>>().join("; "));
        }
        if !client.has_header("sec-fetch-site") && !client.has_header("origin") {
            client = client.with_header("sec-fetch-site", "same-origin");
        }
        let reply = client.send(method, &format!("/{path}"), kind, body);
        for cookie in reply.headers_of("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            match cookie.contains("Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        reply
    }

    fn follow(&mut self, path: &str, reply: Reply) -> PageOf {
        let (mut path, mut reply) = (path.to_owned(), reply);
        for _ in 0..5 {
            if reply.status != 303 {
                break;
            }
            reply.header("location").clone_into(&mut path);
            reply = self.send("GET", &path, "", &[]);
        }
        PageOf::new(path, reply)
    }
}

/// A page that was opened.
#[derive(Debug, Clone)]
pub struct PageOf {
    /// Where it was found in the end, with the query.
    pub path: String,
    /// The HTTP status.
    pub status: u16,
    /// As it came.
    pub html: String,
    /// What people read of it, in one line.
    pub text: String,
    /// Its forms.
    pub forms: Vec<FormOnPage>,
    reply: Reply,
}

impl PageOf {
    fn new(path: String, reply: Reply) -> Self {
        let html = reply.text();
        Self {
            path,
            status: reply.status,
            text: html::text(&html),
            forms: html::forms(&html),
            html,
            reply,
        }
    }

    /// A header, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.reply.header(name)
    }

    /// The page, when it says this; else the test fails and says what it says.
    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(
            self.text.contains(text),
            "{} does not say {text:?}: {}",
            self.path,
            self.text
        );
        self
    }

    /// The page, when it does not say this; else the test fails and says what it says.
    #[track_caller]
    pub fn lacks(&self, text: &str) -> &Self {
        assert!(
            !self.text.contains(text),
            "{} says {text:?}: {}",
            self.path,
            self.text
        );
        self
    }

    /// The page, when it has this status and address.
    #[track_caller]
    pub fn is_at(&self, status: u16, path: &str) -> &Self {
        assert_eq!((self.status, &*self.path), (status, path), "{}", self.text);
        self
    }

    /// The value of a field.
    #[track_caller]
    pub fn value(&self, name: &str) -> String {
        let mut fields = self.forms.iter().flat_map(|form| &form.fields);
        let found = fields.find(|(field, _)| field == name);
        found
            .unwrap_or_else(|| panic!("no field {name}: {:?}", self.forms))
            .1
            .clone()
    }

    /// Every address that it links to.
    pub fn links(&self) -> Vec<String> {
        html::links(&self.html)
    }

    #[track_caller]
    fn form_with(&self, fields: &[(&str, &str)]) -> FormOnPage {
        let has_all = |form: &&FormOnPage| {
            fields
                .iter()
                .all(|(name, _)| name.is_empty() || form.names.iter().any(|known| known == name))
        };
        let found = self.forms.iter().filter(|form| form.post).find(has_all);
        found
            .unwrap_or_else(|| panic!("no form with {fields:?} at {}: {:?}", self.path, self.forms))
            .clone()
    }
}
