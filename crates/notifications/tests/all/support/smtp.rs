//! A small mail server on the loopback, with a script of what it does to each message, with
//! and without encryption.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// A connection, encrypted or not.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

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

/// When the server speaks encrypted.
#[derive(Clone, Default)]
pub enum Encryption {
    #[default]
    Never,
    /// From the first byte.
    Wrapped(TlsAcceptor),
    /// After STARTTLS.
    Offered(TlsAcceptor),
}

#[derive(Default)]
pub struct Seen {
    /// Messages that were answered 250, as they came.
    pub mails: Vec<String>,
    pub connections: usize,
    /// What clients showed to prove who they are.
    pub credentials: Vec<String>,
    /// The only one of those that is let in.
    pub password: Option<String>,
    script: VecDeque<Act>,
    always: Option<Act>,
    encryption: Encryption,
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
        let seen = Seen {
            script: script.into_iter().collect(),
            ..Seen::default()
        };
        Self::run(address, seen).await
    }

    /// Speaks encrypted.
    pub async fn encrypted(encryption: Encryption) -> Self {
        Self::encrypted_at("127.0.0.1:0".parse().unwrap(), encryption).await
    }

    pub async fn encrypted_at(address: SocketAddr, encryption: Encryption) -> Self {
        let seen = Seen {
            encryption,
            ..Seen::default()
        };
        Self::run(address, seen).await
    }

    async fn run(address: SocketAddr, seen: Seen) -> Self {
        let listener = TcpListener::bind(address).await.expect("a port");
        let address = listener.local_addr().expect("address");
        let encryption = seen.encryption.clone();
        let seen = Arc::new(Mutex::new(seen));
        let shared = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                let (shared, encryption) = (Arc::clone(&shared), encryption.clone());
                tokio::spawn(async move {
                    let _ = match encryption {
                        Encryption::Never => session(Box::new(stream), None, &shared).await,
                        Encryption::Offered(tls) => {
                            session(Box::new(stream), Some(tls), &shared).await
                        }
                        Encryption::Wrapped(tls) => match tls.accept(stream).await {
                            Ok(stream) => session(Box::new(stream), None, &shared).await,
                            Err(cause) => Err(cause),
                        },
                    };
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

/// Notes what a client shows, and whether it is let in.
fn authenticate(seen: &Mutex<Seen>, shown: &str) -> &'static str {
    let mut seen = seen.lock().unwrap();
    seen.credentials.push(shown.to_owned());
    match &seen.password {
        Some(password) if password == shown => "235 come in",
        _ => "535 5.7.8 who are you",
    }
}

async fn session(
    stream: Box<dyn Stream>,
    mut tls: Option<TlsAcceptor>,
    seen: &Mutex<Seen>,
) -> std::io::Result<()> {
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
            match tls {
                Some(_) => "250-test\r\n250-STARTTLS\r\n250 8BITMIME",
                None => "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN XOAUTH2",
            }
        } else if let (true, Some(acceptor)) = (verb == "STARTTLS", tls.take()) {
            stream.write_all(b"220 go on\r\n").await?;
            let encrypted = acceptor.accept(stream.into_inner()).await?;
            stream = BufReader::new(Box::new(encrypted));
            continue;
        } else if verb.starts_with("AUTH") {
            authenticate(seen, line.trim_end())
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
async fn message(
    stream: &mut BufReader<Box<dyn Stream>>,
    act: Act,
) -> std::io::Result<Option<String>> {
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
