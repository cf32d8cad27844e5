//! A mail server on this computer that keeps what it is given: SMTP with STARTTLS or TLS from the first byte, and AUTH.
#![allow(dead_code, reason = "not every program of tests asks for everything")]

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufStream},
    net::{TcpSocket, TcpStream},
    sync::watch,
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig, crypto,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// Who may send, and by which password.
pub(crate) const USER: &str = "frontdesk@example.com";
pub(crate) const PASSWORD: &str = "to the lighthouse";

/// A mail that was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) data: Vec<u8>,
}

/// How the server behaves.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is one habit of a server, independent of the others")]
pub(crate) struct Manner {
    /// TLS from the first byte.
    pub(crate) implicit: bool,
    /// Whether STARTTLS is offered.
    pub(crate) starttls: bool,
    /// The password it takes.
    pub(crate) password: &'static str,
    /// What it answers to recipients, instead of taking them.
    pub(crate) recipients: Option<&'static str>,
    /// Keeps a mail and does not say so.
    pub(crate) hold: bool,
    /// Closes each connection after a mail.
    pub(crate) once: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self { implicit: false, starttls: true, password: PASSWORD, recipients: None, hold: false, once: false }
    }
}

/// What happened so far.
#[derive(Debug, Default)]
struct Seen {
    mails: Vec<Received>,
    refused: usize,
    connections: usize,
}

struct Shared {
    seen: watch::Sender<Seen>,
    manner: watch::Sender<Manner>,
    tls: TlsAcceptor,
}

/// The server.
pub(crate) struct Sink {
    shared: Arc<Shared>,
    pub(crate) address: SocketAddr,
    folder: TempDir,
    /// Its port is taken, and nobody is let in yet.
    closed: Mutex<Option<TcpSocket>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        if let Some(task) = self.task.lock().unwrap().take() {
            task.abort();
        }
    }
}

impl Sink {
    /// A server that is up.
    pub(crate) fn up(manner: Manner) -> Self {
        let sink = Self::down(manner);
        sink.open();
        sink
    }

    /// A server that refuses connections until it is opened.
    pub(crate) fn down(manner: Manner) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), cert.pem()).unwrap();
        std::fs::write(folder.path().join("password"), format!("{PASSWORD}\n")).unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = socket.local_addr().unwrap();
        let shared = Shared {
            seen: watch::Sender::default(),
            manner: watch::Sender::new(manner),
            tls: TlsAcceptor::from(Arc::new(config)),
        };
        let (shared, closed) = (Arc::new(shared), Mutex::new(Some(socket)));
        Self { shared, address, folder, closed, task: Mutex::new(None) }
    }

    /// Lets everybody in from now on.
    pub(crate) fn open(&self) {
        let listener = self.closed.lock().unwrap().take().expect("it is closed").listen(64).unwrap();
        let shared = self.shared.clone();
        *self.task.lock().unwrap() = Some(tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.seen.send_modify(|seen| seen.connections += 1);
                // A caller that is killed breaks off in the middle.
                tokio::spawn(serve(stream, shared.clone()));
            }
        }));
    }

    /// Behaves otherwise from now on.
    pub(crate) fn behave(&self, change: impl FnOnce(&mut Manner)) {
        self.shared.manner.send_modify(change);
    }

    /// `frontdesk.toml` for an instance that hands its mails over to this server, with these lines at the end.
    pub(crate) fn config(&self, begin: &str, end: &str) -> PathBuf {
        let scheme = if self.shared.manner.borrow().implicit { "smtps" } else { "smtp" };
        let (ca, password) = (self.folder.path().join("ca.pem"), self.folder.path().join("password"));
        let path = self.folder.path().join("frontdesk.toml");
        let port = self.address.port();
        let text = format!(
            "{begin}\n[mail]\nurl = \"{scheme}://localhost:{port}\"\nfrom = \"The Team <team@example.org>\"\n\
             user = {USER:?}\npassword_file = '{}'\nca_file = '{}'\n{end}\n",
            password.display(),
            ca.display()
        );
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Everything that arrived.
    pub(crate) fn mails(&self) -> Vec<Received> {
        self.shared.seen.borrow().mails.clone()
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.shared.seen.borrow().connections
    }

    /// Waits until so many mails have arrived.
    pub(crate) async fn arrived(&self, mails: usize) {
        self.shared.seen.subscribe().wait_for(|seen| seen.mails.len() >= mails).await.unwrap();
    }

    /// Waits until so many recipients were refused.
    pub(crate) async fn refused(&self, recipients: usize) {
        self.shared.seen.subscribe().wait_for(|seen| seen.refused >= recipients).await.unwrap();
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) -> std::io::Result<()> {
    if shared.manner.borrow().implicit {
        return talk(shared.tls.accept(stream).await?, &shared, true, true).await.map(drop);
    }
    match talk(stream, &shared, false, true).await? {
        Some(stream) => talk(shared.tls.accept(stream).await?, &shared, true, false).await.map(drop),
        None => Ok(()),
    }
}

/// Speaks until the caller ends, or begins with TLS.
async fn talk<Stream>(stream: Stream, shared: &Shared, secret: bool, greet: bool) -> std::io::Result<Option<Stream>>
where
    Stream: AsyncRead + AsyncWrite + Unpin,
{
    let mut stream = BufStream::new(stream);
    if greet {
        say(&mut stream, "220 sink.example.org ESMTP").await?;
    }
    let (mut known, mut from, mut to) = (false, String::new(), String::new());
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let manner = shared.manner.borrow().clone();
        let line = line.trim_end();
        let upper = line.to_uppercase();
        let answer = if upper.starts_with("EHLO") {
            let offers = match secret {
                true => "250-AUTH PLAIN LOGIN\r\n",
                false if manner.starttls => "250-STARTTLS\r\n",
                false => "",
            };
            format!("250-sink.example.org\r\n{offers}250 8BITMIME")
        } else if upper == "STARTTLS" && manner.starttls && !secret {
            say(&mut stream, "220 2.0.0 go ahead").await?;
            return Ok(Some(stream.into_inner()));
        } else if upper == "QUIT" {
            say(&mut stream, "221 2.0.0 bye").await?;
            return Ok(None);
        } else if upper == "NOOP" {
            "250 2.0.0 here".to_owned()
        } else if let (true, Some(proof)) = (secret, line.strip_prefix("AUTH PLAIN ")) {
            known = STANDARD.decode(proof).unwrap() == format!("\0{USER}\0{}", manner.password).into_bytes();
            (if known { "235 2.7.0 welcome" } else { "535 5.7.8 wrong name or password" }).to_owned()
        } else if !known {
            "530 5.7.0 sign in first".to_owned()
        } else if let Some(address) = upper.strip_prefix("MAIL FROM:").map(|_| address(line)) {
            from = address;
            "250 2.1.0 ok".to_owned()
        } else if let Some(address) = upper.strip_prefix("RCPT TO:").map(|_| address(line)) {
            if let Some(answer) = manner.recipients {
                shared.seen.send_modify(|seen| seen.refused += 1);
                // As servers do, it repeats what it was told.
                format!("{answer} <{address}>: no such mailbox")
            } else {
                to = address;
                "250 2.1.5 ok".to_owned()
            }
        } else if upper == "DATA" {
            say(&mut stream, "354 go ahead").await?;
            let data = data(&mut stream).await?;
            let mail = Received { from: from.clone(), to: to.clone(), data };
            shared.seen.send_modify(|seen| seen.mails.push(mail));
            // Whether it says so is decided now; one that holds says it when it holds no more.
            let _ = shared.manner.subscribe().wait_for(|manner| !manner.hold).await;
            "250 2.0.0 kept".to_owned()
        } else {
            "502 5.5.1 not here".to_owned()
        };
        say(&mut stream, &answer).await?;
        if answer.ends_with("kept") && manner.once {
            return Ok(None);
        }
    }
}

/// Reads a mail, up to the line with nothing but a dot.
async fn data(stream: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match line.as_slice() {
            b".\r\n" => return Ok(all),
            [b'.', rest @ ..] => all.extend_from_slice(rest),
            whole => all.extend_from_slice(whole),
        }
    }
}

async fn say(stream: &mut (impl AsyncWrite + Unpin), line: &str) -> std::io::Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    stream.flush().await
}

fn address(line: &str) -> String {
    let (_, rest) = line.split_once('<').unwrap();
    rest.split_once('>').unwrap().0.to_owned()
}
