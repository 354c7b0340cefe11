//! A small mail server on the loopback, with a script of what it does to each message.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the server does to a message.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    Accept,
    /// Answers this to `RCPT TO`.
    AtRecipient(&'static str),
    /// Takes the whole message, then answers this.
    AtEnd(&'static str),
    /// Goes away in the middle of the message.
    Cut,
    /// Never answers again.
    Hang,
}

#[derive(Default)]
pub struct Seen {
    /// Messages that were answered 250, as they came.
    pub mails: Vec<String>,
    pub connections: usize,
    script: VecDeque<Act>,
    always: Option<Act>,
}

pub struct SmtpServer {
    pub address: SocketAddr,
    pub seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

impl SmtpServer {
    /// Does what the script says to one message after the other, then accepts.
    pub async fn start(script: impl IntoIterator<Item = Act>) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), script).await
    }

    pub async fn at(address: SocketAddr, script: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind(address).await.expect("a port");
        let address = listener.local_addr().expect("address");
        let seen = Arc::new(Mutex::new(Seen {
            script: script.into_iter().collect(),
            ..Seen::default()
        }));
        let shared = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    let _ = session(stream, &shared).await;
                });
            }
        });
        Self {
            address,
            seen,
            task,
        }
    }

    /// Does the same to every message.
    pub async fn always(act: Act) -> Self {
        let server = Self::start([]).await;
        server.seen.lock().unwrap().always = Some(act);
        server
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn mails(&self) -> Vec<String> {
        self.seen.lock().unwrap().mails.clone()
    }

    pub fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    /// Stops listening.
    pub async fn stop(self) -> SocketAddr {
        self.task.abort();
        let _ = self.task.await;
        self.address
    }
}

fn next_act(seen: &Mutex<Seen>) -> Act {
    let mut seen = seen.lock().unwrap();
    let always = seen.always.unwrap_or(Act::Accept);
    seen.script.pop_front().unwrap_or(always)
}

async fn session(stream: TcpStream, seen: &Mutex<Seen>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 test ESMTP\r\n").await?;
    let mut act = Act::Accept;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.trim_end().to_ascii_uppercase();
        let answer = if verb.starts_with("EHLO") {
            "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN"
        } else if verb.starts_with("AUTH") {
            "535 5.7.8 who are you"
        } else if verb.starts_with("MAIL FROM") {
            act = next_act(seen);
            "250 ok"
        } else if let (true, Act::AtRecipient(answer)) = (verb.starts_with("RCPT TO"), act) {
            answer
        } else if verb == "DATA" {
            stream.write_all(b"354 go on\r\n").await?;
            match message(&mut stream, act).await? {
                None => return Ok(()),
                Some(mail) => finish(seen, act, mail),
            }
        } else if verb == "QUIT" {
            stream.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else {
            "250 ok"
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

fn finish(seen: &Mutex<Seen>, act: Act, mail: String) -> &'static str {
    if let Act::AtEnd(answer) = act {
        return answer;
    }
    seen.lock().unwrap().mails.push(mail);
    "250 queued"
}

/// Reads until the dot; `None` when the server leaves before.
async fn message(stream: &mut BufReader<TcpStream>, act: Act) -> std::io::Result<Option<String>> {
    let mut mail = String::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        match act {
            Act::Cut if mail.lines().count() > 5 => return Ok(None),
            Act::Hang => std::future::pending().await,
            _ if line == b".\r\n" => return Ok(Some(mail)),
            _ => mail.push_str(&String::from_utf8_lossy(&line)),
        }
    }
}
