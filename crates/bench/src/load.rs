//! A bounded load over loopback: so many clients, each with one connection that it keeps, each
//! asking again as soon as it has its answer.

use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn open(address: &str) -> Result<Self, String> {
        let stream = TcpStream::connect(address).await.map_err(text)?;
        stream.set_nodelay(true).map_err(text)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 << 10),
        })
    }

    /// Asks and reads the whole answer.
    ///
    /// # Errors
    /// When the connection breaks, or the answer does not say how long it is.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer, String> {
        self.stream.write_all(request).await.map_err(text)?;
        self.buffer.clear();
        let head = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let (status, length) = read_head(&self.buffer[..head])?;
        while self.buffer.len() < head + length {
            self.more().await?;
        }
        Ok(Answer {
            status,
            body: self.buffer[head..head + length].to_vec(),
        })
    }

    async fn more(&mut self) -> Result<(), String> {
        match self.stream.read_buf(&mut self.buffer).await.map_err(text)? {
            0 => Err("the connection was closed".to_owned()),
            _ => Ok(()),
        }
    }
}

fn text(cause: impl std::fmt::Display) -> String {
    cause.to_string()
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|part| part == what)
}

/// Status and length of an answer.
fn read_head(head: &[u8]) -> Result<(u16, usize), String> {
    let head = String::from_utf8_lossy(head);
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok());
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    match (status, length) {
        (Some(204), None) => Ok((204, 0)),
        (Some(status), Some(length)) => Ok((status, length)),
        _ => Err(format!("an answer without a length: {head}")),
    }
}

/// A request as it goes over the wire.
pub fn request(
    (method, path): (&str, &str),
    token: Option<&str>,
    (content_type, body): (&str, &[u8]),
) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: bench\r\n");
    if let Some(token) = token {
        head.push_str(&format!("Authorization: Bearer {token}\r\n"));
    }
    if !body.is_empty() {
        head.push_str(&format!("Content-Type: {content_type}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// What a load came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Answers a second.
    pub rate: f64,
    /// Half of the answers took no longer, in microseconds.
    pub p50: u64,
    /// Of a hundred answers, 99 took no longer.
    pub p99: u64,
}

/// Makes the next request of a client.
pub type Ask = Rc<dyn Fn(usize, usize) -> Vec<u8>>;

/// Keeps so many clients busy for so long, after a moment to warm up.
///
/// # Errors
/// When an answer is no success: what is measured has to work.
pub async fn run(
    address: &str,
    clients: usize,
    time: Duration,
    ask: Ask,
) -> Result<Outcome, String> {
    let begin = Instant::now() + Duration::from_millis(300);
    let end = begin + time;
    let address: Rc<str> = address.into();
    let local = LocalSet::new();
    let tasks: Vec<_> = (0..clients)
        .map(|client| {
            let (address, ask) = (Rc::clone(&address), Rc::clone(&ask));
            local.spawn_local(async move { one(&address, client, (begin, end), &ask).await })
        })
        .collect();
    local.await;
    let mut taken: Vec<u64> = Vec::new();
    for task in tasks {
        taken.extend(task.await.map_err(text)??);
    }
    taken.sort_unstable();
    let at = |part: usize| taken.get(taken.len() * part / 100).copied().unwrap_or(0);
    Ok(Outcome {
        rate: taken.len() as f64 / time.as_secs_f64(),
        p50: at(50),
        p99: at(99),
    })
}

/// One client; how long each of its answers took.
async fn one(
    address: &str,
    client: usize,
    (begin, end): (Instant, Instant),
    ask: &Ask,
) -> Result<Vec<u64>, String> {
    let mut connection = Connection::open(address).await?;
    let mut taken = Vec::with_capacity(10_000);
    for n in 0.. {
        let request = ask(client, n);
        let started = Instant::now();
        if started >= end {
            break;
        }
        let answer = connection.ask(&request).await?;
        if !(200..300).contains(&answer.status) {
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            return Err(format!("{}: {body}", answer.status));
        }
        let now = Instant::now();
        if started >= begin && now <= end {
            taken.push(u64::try_from((now - started).as_micros()).unwrap_or(u64::MAX));
        }
    }
    Ok(taken)
}
