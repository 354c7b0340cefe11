//! A running `ressac serve`, and a client that says what came or that nothing did.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// Killed when it is dropped.
pub struct Server {
    pub child: Child,
    pub address: String,
}

impl Server {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut printed = BufReader::new(child.stdout.take().unwrap());
        printed.read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).expect("a ready line").trim();
        Self {
            address: address.to_owned(),
            child,
        }
    }

    pub fn signal(&self, signal: super::Signal) {
        super::signal(&self.child, signal);
    }

    /// From now on no file of its may grow beyond so many bytes.
    pub fn limit_files(&self, most: &str) {
        let pid = self.child.id().to_string();
        let limit = format!("--fsize={most}:");
        let limited = Command::new("prlimit")
            .args(["--pid", &pid, &limit])
            .status();
        assert!(limited.unwrap().success());
    }

    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Ends it without any warning.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn get(&self, path: &str) -> Answer {
        ask(&self.address, "GET", path, &[], b"").expect("an answer")
    }

    /// A figure that it shows of itself.
    pub fn figure(&self, name: &str) -> usize {
        let figures = self.get("/metrics").body;
        let value = figures.lines().find_map(|line| {
            let (named, value) = line.rsplit_once(' ')?;
            (named == name).then(|| value.parse().ok())?
        });
        value.unwrap_or_else(|| panic!("no {name}: {figures}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> testkit::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

pub fn connect(address: &str) -> Option<TcpStream> {
    let stream = TcpStream::connect(address).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(40)))
        .ok()?;
    stream.set_nodelay(true).ok()?;
    Some(stream)
}

/// One request on a connection of its own; none when the connection broke before the whole
/// answer was there.
pub fn ask(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Option<Answer> {
    let mut stream = connect(address)?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    read_answer(&mut stream)
}

/// The same with a JSON body, below `/api/v1`, by whoever holds the token.
pub fn ask_json(
    address: &str,
    (method, path): (&str, &str),
    token: Option<&str>,
    body: &testkit::Value,
) -> Answer {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("Content-Type", "application/json")];
    headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
    let body = match body.is_null() {
        true => String::new(),
        false => body.to_string(),
    };
    let path = format!("/api/v1{path}");
    ask(address, method, &path, &headers, body.as_bytes()).expect("an answer")
}

/// Reads an answer to its announced end.
pub fn read_answer(stream: &mut TcpStream) -> Option<Answer> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    let mut body = Vec::new();
    match length {
        Some(length) => {
            body.resize(length, 0);
            reader.read_exact(&mut body).ok()?;
        }
        None => {
            reader.read_to_end(&mut body).ok()?;
        }
    }
    Some(Answer {
        status,
        head,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
