//! The program that is measured, as a child.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::load::{Answer, Connection, request};

/// What signs tokens here; it protects nothing.
const SECRET: &str = "5d41c9a7be20f3768e1d4c6a9b02e7f1";
/// Of every account of the generated database.
pub const PASSWORD: &str = "une mouette rieuse";

/// Where the program is, and what it works on.
#[derive(Debug, Clone)]
pub struct Program {
    pub binary: PathBuf,
    pub folder: PathBuf,
    pub url: String,
}

impl Program {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("DATABASE_URL", &self.url)
            .env("RESSAC__AUTH__SECRET", SECRET)
            .env("RESSAC__LOG__LEVEL", "warn");
        command
    }

    /// Makes the database.
    ///
    /// # Errors
    /// When the program fails.
    pub fn generate(&self, devices: u64, associations: u64) -> Result<Duration, String> {
        let started = Instant::now();
        let (devices, associations) = (devices.to_string(), associations.to_string());
        let mut child = self
            .command(&[
                "admin",
                "generate",
                "--password-stdin",
                "--devices",
                &devices,
            ])
            .args(["--associations", &associations])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|cause| format!("{}: {cause}", self.binary.display()))?;
        if let Some(mut input) = child.stdin.take() {
            writeln!(input, "{PASSWORD}").map_err(|cause| cause.to_string())?;
        }
        let status = child.wait().map_err(|cause| cause.to_string())?;
        match status.success() {
            true => Ok(started.elapsed()),
            false => Err("`ressac admin generate` failed".to_owned()),
        }
    }

    /// Starts it, and waits until it says that it is ready.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn serve(&self) -> Result<Server, String> {
        let started = Instant::now();
        let mut child = self
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|cause| format!("{}: {cause}", self.binary.display()))?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            let read = BufReader::new(output).read_line(&mut line);
            read.map_err(|cause| cause.to_string())?;
        }
        let address = line
            .split("http://")
            .nth(1)
            .map(str::trim)
            .map(str::to_owned);
        let mut server = Server {
            child,
            address: address.ok_or("the server did not start")?,
            start: Duration::ZERO,
        };
        let mut connection = Connection::open(&server.address).await?;
        let ready = request(("GET", "/health/ready"), None, ("", b""));
        let answer = connection.ask(&ready).await?;
        server.start = started.elapsed();
        match answer.status {
            200 => Ok(server),
            status => Err(format!("not ready: {status}")),
        }
    }
}

/// A process that answers; it ends when this is dropped.
pub struct Server {
    child: Child,
    pub address: String,
    /// From the start of the process until it was ready.
    pub start: Duration,
}

impl Server {
    /// Takes over a process that listens.
    pub fn of(child: Child, address: String) -> Self {
        Self {
            child,
            address,
            start: Duration::ZERO,
        }
    }

    /// A figure of its memory, in megabytes: `VmRSS` for now, `VmHWM` for the most so far.
    pub fn memory(&self, name: &str) -> Option<f64> {
        let status = Path::new("/proc")
            .join(self.child.id().to_string())
            .join("status");
        let text = std::fs::read_to_string(status).ok()?;
        let line = text.lines().find(|line| line.starts_with(name))?;
        let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes / 1024.0)
    }

    /// One request on a connection of its own, which has to be answered with success.
    ///
    /// # Errors
    /// What the server answered instead.
    pub async fn ask(
        &self,
        what: (&str, &str),
        who: Option<&str>,
        body: (&str, &[u8]),
    ) -> Result<Answer, String> {
        let mut connection = Connection::open(&self.address).await?;
        let answer = connection.ask(&request(what, who, body)).await?;
        match answer.status {
            200..300 => Ok(answer),
            status => Err(format!(
                "{} {}: {status} {}",
                what.0,
                what.1,
                String::from_utf8_lossy(&answer.body)
            )),
        }
    }

    /// The same with a JSON body.
    ///
    /// # Errors
    /// What the server answered instead.
    pub async fn post(
        &self,
        path: &str,
        who: Option<&str>,
        body: &serde_json::Value,
    ) -> Result<serde_json::Value, String> {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let json = ("application/json", body.as_bytes());
        Ok(self.ask(("POST", path), who, json).await?.json())
    }

    /// Signs somebody of the generated operation in; the header with their token, which lives for
    /// minutes.
    ///
    /// # Errors
    /// What the server answered instead.
    pub async fn sign_in(&self, name: &str) -> Result<String, String> {
        let body = serde_json::json!({"email": format!("{name}@generated.example"),
            "password": PASSWORD});
        let tokens = self.post("/api/v1/auth/login", None, &body).await?;
        let token = tokens["access_token"].as_str();
        token
            .map(|token| format!("Authorization: Bearer {token}"))
            .ok_or_else(|| "no token".to_owned())
    }

    /// The same on the page for it; the header with their cookies.
    ///
    /// # Errors
    /// What the server answered instead.
    pub async fn sign_in_on_the_page(&self, name: &str) -> Result<String, String> {
        let password = PASSWORD.replace(' ', "+");
        let body = format!("email={name}%40generated.example&password={password}");
        let form = ("application/x-www-form-urlencoded", body.as_bytes());
        let from_here = Some("Sec-Fetch-Site: same-origin");
        let mut connection = Connection::open(&self.address).await?;
        let asked = request(("POST", "/connexion"), from_here, form);
        let answer = connection.ask(&asked).await?;
        match answer.status {
            303 => Ok(format!("Cookie: {}", answer.cookies())),
            status => Err(format!("POST /connexion: {status}")),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
