//! A bounded load over loopback: so many clients, each with one connection that it keeps, each
//! asking again as soon as it has its answer. A slow answer so puts off its client's next
//! question: the times are those of answers to so many clients, not to a fixed rate of arrivals.

use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The cookies that it sets, as a browser sends them back.
    pub fn cookies(&self) -> String {
        let set = self.head.lines().filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            let pair = value.split(';').next()?;
            name.eq_ignore_ascii_case("set-cookie").then(|| pair.trim())
        });
        set.collect::<Vec<_>>().join("; ")
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
            head: String::from_utf8_lossy(&self.buffer[..head]).into_owned(),
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

/// Where these bytes begin.
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

/// A request as it goes over the wire; who asks is said by a header of theirs.
pub fn request(
    (method, path): (&str, &str),
    credentials: Option<&str>,
    (content_type, body): (&str, &[u8]),
) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: bench\r\n");
    if let Some(header) = credentials {
        head.push_str(&format!("{header}\r\n"));
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

/// For how long work goes on before it is measured, over HTTP and without.
pub const WARM_UP: Duration = Duration::from_millis(300);

/// From when to when it is measured.
pub type Window = (Instant, Instant);

/// So long, after a moment to warm up.
pub fn window(time: Duration) -> Window {
    let begin = Instant::now() + WARM_UP;
    (begin, begin + time)
}

/// What one client, or one writer, got done in the window.
#[derive(Debug, Default)]
pub struct Done {
    /// How long each piece of work took, in microseconds.
    pub taken: Vec<u64>,
    span: Option<Window>,
}

impl Done {
    /// Notes work that lies in the window as a whole.
    pub fn note(&mut self, (begin, end): Window, (started, ended): Window) {
        if started < begin || ended > end {
            return;
        }
        let micros = (ended - started).as_micros();
        self.taken.push(u64::try_from(micros).unwrap_or(u64::MAX));
        let first = self.span.map_or(started, |(first, _)| first);
        self.span = Some((first, ended));
    }

    /// So much a second, from the beginning of the first to the end of the last: what the ends
    /// of the window cut off does not count as time either.
    pub fn rate(&self) -> f64 {
        let span = self.span.map_or(0.0, |(a, b)| (b - a).as_secs_f64());
        if span > 0.0 {
            self.taken.len() as f64 / span
        } else {
            0.0
        }
    }
}

/// The time that so many of a hundred did not exceed; sorted times.
fn percentile(sorted: &[u64], part: usize) -> Option<u64> {
    let rank = (sorted.len() * part).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// Whether the server did what it was asked; an answer of success may still say that it did
/// nothing.
pub type Check = fn(&Answer) -> bool;

/// Any answer of success will do.
pub fn answered(_: &Answer) -> bool {
    true
}

/// Every event was applied: none was refused, and none taken for one that came twice.
pub fn applied(answer: &Answer) -> bool {
    let says = |status: &str| find(&answer.body, format!("\"status\":\"{status}\"").as_bytes());
    says("applied").is_some() && says("already_applied").or(says("refused")).is_none()
}

/// Keeps so many clients busy for so long, after a moment to warm up.
///
/// # Errors
/// When an answer is no success, or fails the check: what is measured has to work.
pub async fn run(
    address: &str,
    clients: usize,
    time: Duration,
    (ask, check): (Ask, Check),
) -> Result<Outcome, String> {
    let window = window(time);
    let address: Rc<str> = address.into();
    let local = LocalSet::new();
    let tasks: Vec<_> = (0..clients)
        .map(|client| {
            let (address, ask) = (Rc::clone(&address), Rc::clone(&ask));
            local.spawn_local(async move { one(&address, client, window, (&ask, check)).await })
        })
        .collect();
    local.await;
    let (mut rate, mut taken) = (0.0, Vec::new());
    for task in tasks {
        let done = task.await.map_err(text)??;
        rate += done.rate();
        taken.extend(done.taken);
    }
    taken.sort_unstable();
    match (percentile(&taken, 50), percentile(&taken, 99)) {
        (Some(p50), Some(p99)) => Ok(Outcome { rate, p50, p99 }),
        _ => Err(format!("no answer in {} s", time.as_secs_f64())),
    }
}

/// One client, and what it got done.
async fn one(
    address: &str,
    client: usize,
    window: Window,
    (ask, check): (&Ask, Check),
) -> Result<Done, String> {
    let mut connection = Connection::open(address).await?;
    let mut done = Done::default();
    for n in 0.. {
        let request = ask(client, n);
        let started = Instant::now();
        if started >= window.1 {
            break;
        }
        let answer = connection.ask(&request).await?;
        let ended = Instant::now();
        if !(200..300).contains(&answer.status) || !check(&answer) {
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            return Err(format!("{}: {body}", answer.status));
        }
        done.note(window, (started, ended));
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_hundred_times_ninety_nine_are_no_longer_than_p99() {
        let times: Vec<u64> = (1..=100).collect();
        assert_eq!(percentile(&times, 50), Some(50));
        assert_eq!(percentile(&times, 99), Some(99));
        assert_eq!(percentile(&[7], 99), Some(7));
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn what_the_ends_of_the_window_cut_off_counts_neither_as_work_nor_as_time() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut done = Done::default();
        for begin in [0, 100, 200, 300] {
            done.note((at(50), at(350)), (at(begin), at(begin + 100)));
        }
        assert_eq!(done.taken, [100_000, 100_000]);
        assert!((done.rate() - 10.0).abs() < 1e-9);
        assert!(Done::default().rate().abs() < 1e-9);
    }

    #[test]
    fn an_event_that_was_not_applied_is_told() {
        let answer = |body: &str| Answer {
            status: 200,
            head: String::new(),
            body: body.as_bytes().to_vec(),
        };
        assert!(applied(&answer(r#"{"status":"applied"}"#)));
        for body in [
            r#"{"status":"already_applied"}"#,
            r#"[{"status":"applied"},{"status":"refused"}]"#,
            r#"[{"status":"applied"},{"status":"already_applied"}]"#,
            "{}",
        ] {
            assert!(!applied(&answer(body)), "{body}");
        }
    }

    #[test]
    fn the_head_of_an_answer_says_how_long_it_is() {
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n";
        assert_eq!(read_head(head), Ok((200, 12)));
        assert_eq!(read_head(b"HTTP/1.1 204 No Content\r\n\r\n"), Ok((204, 0)));
        assert!(read_head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
