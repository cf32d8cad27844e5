//! A proxy: HTTP with CONNECT (RFC 9110 §9.3.6), or SOCKS 5 (RFC 1928, RFC 1929). It knows the names it leads to and no
//! others, as one that resolves names itself.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context as _, Result, bail, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// What a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// HTTP with CONNECT.
    Http,
    /// SOCKS 5.
    Socks5,
}

/// A running proxy; dropping it ends it, and cuts off whom it leads.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    rules: Arc<Rules>,
    task: JoinHandle<()>,
}

struct Rules {
    speaks: Speaks,
    /// The name and password it wants, if any.
    person: Option<(String, String)>,
    /// The one place it leads to, as host and port, and where that is.
    leads_to: (String, SocketAddr),
    /// Where callers wanted to go, in the words they used.
    asked: Mutex<Vec<String>>,
}

impl Proxy {
    /// Leads callers who ask for `place` (host and port) to `address`.
    ///
    /// # Errors
    /// No port.
    pub async fn start(speaks: Speaks, person: Option<(&str, &str)>, place: &str, address: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let listens = listener.local_addr()?;
        let person = person.map(|(name, password)| (name.to_owned(), password.to_owned()));
        let leads_to = (place.to_owned(), address);
        let rules = Arc::new(Rules { speaks, person, leads_to, asked: Mutex::default() });
        let each = rules.clone();
        let task = tokio::spawn(async move {
            // They end with the proxy.
            let mut callers = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let rules = each.clone();
                callers.spawn(async move {
                    // A caller that breaks off has its reasons.
                    let _ended = rules.serve(stream).await;
                });
            }
        });
        Ok(Self { address: listens, rules, task })
    }

    /// Where callers wanted to go that were let in, in the words they used.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.rules.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Rules {
    async fn serve(&self, mut caller: TcpStream) -> Result<()> {
        match self.speaks {
            Speaks::Http => self.serve_http(&mut caller).await?,
            Speaks::Socks5 => self.serve_socks(&mut caller).await?,
        }
        let mut server = TcpStream::connect(self.leads_to.1).await?;
        copy_bidirectional(&mut caller, &mut server).await?;
        Ok(())
    }

    fn knows(&self, place: &str) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(place.to_owned());
        self.leads_to.0 == place
    }

    /// Reads to the end of the request and answers it; an error where the caller is not led on.
    async fn serve_http(&self, caller: &mut TcpStream) -> Result<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            ensure!(head.len() < 8192, "the request does not end");
            head.push(caller.read_u8().await?);
        }
        let head = String::from_utf8(head)?;
        let mut lines = head.lines();
        let mut words = lines.next().unwrap_or_default().split(' ');
        ensure!(words.next() == Some("CONNECT"), "the caller does not ask to be led on");
        let place = words.next().context("a request names a place")?;
        if let Some((name, password)) = &self.person {
            let wanted = format!("Basic {}", STANDARD.encode(format!("{name}:{password}")));
            let given = lines.filter_map(|line| line.split_once(": "));
            let mut given = given.filter(|(name, _)| name.eq_ignore_ascii_case("proxy-authorization"));
            if !given.any(|(_, value)| value == wanted) {
                let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm=\"net\"\r\n\
                    content-length: 0\r\n\r\n";
                caller.write_all(refusal.as_bytes()).await?;
                bail!("the caller is not known");
            }
        }
        if !self.knows(place) {
            caller.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n").await?;
            bail!("the place is not known");
        }
        caller.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        Ok(())
    }

    async fn serve_socks(&self, caller: &mut TcpStream) -> Result<()> {
        ensure!(caller.read_u8().await? == 5, "the caller speaks another version");
        let methods = text(caller).await?;
        let wanted = if self.person.is_some() { 2 } else { 0 };
        if !methods.contains(&wanted) {
            caller.write_all(&[5, 0xff]).await?;
            bail!("the caller offers no way to be known");
        }
        caller.write_all(&[5, wanted]).await?;
        if let Some((name, password)) = &self.person {
            ensure!(caller.read_u8().await? == 1, "the caller gives no name");
            let given = (text(caller).await?, text(caller).await?);
            let known = given == (name.clone().into_bytes(), password.clone().into_bytes());
            caller.write_all(&[1, u8::from(!known)]).await?;
            ensure!(known, "the caller is not known");
        }
        let mut request = [0; 4];
        caller.read_exact(&mut request).await?;
        ensure!(request[..3] == [5, 1, 0], "the caller does not ask to be led on");
        let host = match request[3] {
            1 => std::net::Ipv4Addr::from(caller.read_u32().await?).to_string(),
            3 => String::from_utf8(text(caller).await?)?,
            _ => std::net::Ipv6Addr::from(caller.read_u128().await?).to_string(),
        };
        let place = format!("{host}:{}", caller.read_u16().await?);
        let known = self.knows(&place);
        // Granted, or no such host.
        caller.write_all(&[5, if known { 0 } else { 4 }, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
        ensure!(known, "the place is not known");
        Ok(())
    }
}

/// A text with its length before it.
async fn text(caller: &mut TcpStream) -> Result<Vec<u8>> {
    let mut text = vec![0; caller.read_u8().await?.into()];
    caller.read_exact(&mut text).await?;
    Ok(text)
}
