//! Connections: accepted, served, and drained at the end.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::body::Body;
use frontdesk_wire::KeyKind;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinSet,
};

use super::{PrivateSocket, Tls, bind};
use crate::http::Behind;

/// Most connections of one door at a time; further ones wait.
const MAX_CONNECTIONS: usize = 1024;
/// Longest time that the head of a request may take to arrive, and the agreement on TLS before it.
const HEAD_PATIENCE: Duration = Duration::from_secs(15);
/// Largest head of a request, in bytes.
const MAX_HEAD: usize = 64 * 1024;
/// Longest time that requests under way may take at the end.
const DRAIN: Duration = Duration::from_secs(10);
/// Pause after the system refused to accept, usually because too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Pause before a port that another program has is asked for again.
const TAKEN_PAUSE: Duration = Duration::from_secs(2);

/// Doors that are open.
#[derive(Debug)]
pub struct Doors {
    closing: watch::Sender<bool>,
    open: JoinSet<()>,
}

impl Default for Doors {
    fn default() -> Self {
        Self { closing: watch::Sender::new(false), open: JoinSet::new() }
    }
}

enum Listener {
    Tcp(TcpListener, Option<Arc<Tls>>),
    Private(PrivateSocket),
}

impl Doors {
    /// Serves a TCP door.
    pub fn open_tcp(&mut self, listener: TcpListener, behind: impl Behind) {
        self.open.spawn(serve(Listener::Tcp(listener, None), behind, self.closing.subscribe()));
    }

    /// Serves a TCP door with TLS.
    pub fn open_tls(&mut self, listener: TcpListener, tls: Arc<Tls>, behind: impl Behind) {
        self.open.spawn(serve(Listener::Tcp(listener, Some(tls.clone())), behind, self.closing.subscribe()));
        let mut closing = self.closing.subscribe();
        self.open.spawn(async move {
            tokio::select! {
                () = tls.keep_up() => {}
                _ = closing.wait_for(|closing| *closing) => {}
            }
        });
    }

    /// Serves a TCP door on this computer as soon as its port can be had, and tells whether it is open.
    pub fn open_when_free(&mut self, address: SocketAddr, behind: impl Behind) -> watch::Receiver<bool> {
        let (open, told) = watch::channel(false);
        let mut closing = self.closing.subscribe();
        self.open.spawn(async move {
            let mut said = false;
            let listener = loop {
                match bind(address, KeyKind::Development).await {
                    Ok(listener) => break listener,
                    Err(error) if !said => {
                        said = true;
                        tracing::warn!("no door for browsers yet: {error}");
                    }
                    Err(_still) => {}
                }
                tokio::select! {
                    () = tokio::time::sleep(TAKEN_PAUSE) => {}
                    _ = closing.wait_for(|closing| *closing) => return,
                }
            };
            open.send_replace(true);
            serve(Listener::Tcp(listener, None), behind, closing).await;
        });
        told
    }

    /// Serves the private door.
    pub fn open_private(&mut self, socket: PrivateSocket, behind: impl Behind) {
        self.open.spawn(serve(Listener::Private(socket), behind, self.closing.subscribe()));
    }

    /// Takes no more connections, lets requests under way end, and returns when they have, or after ten seconds.
    pub async fn close(mut self) {
        let _nobody_listens = self.closing.send(true);
        while self.open.join_next().await.is_some() {}
    }
}

async fn serve(mut listener: Listener, behind: impl Behind, mut closing: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = room.clone().acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = accept(&mut listener) => accepted,
            _ = closing.wait_for(|closing| *closing) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let behind = behind.clone();
                let service = service_fn(move |request: hyper::Request<Incoming>| {
                    let behind = behind.clone();
                    async move { Ok::<_, Infallible>(behind.answer(peer, request.map(Body::new)).await) }
                });
                let (watcher, tls, mut closing) = (graceful.watcher(), listener.tls(), closing.clone());
                tokio::spawn(async move {
                    // Whoever has not asked for anything yet need not be waited for at the end.
                    let stream = tokio::select! {
                        biased;
                        stream = agreed(stream, tls) => stream,
                        _ = closing.wait_for(|closing| *closing) => return,
                    };
                    let Some(stream) = stream else { return };
                    let connection = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .header_read_timeout(HEAD_PATIENCE)
                        .max_buf_size(MAX_HEAD)
                        .serve_connection(TokioIo::new(stream), service);
                    if let Err(error) = watcher.watch(connection).await {
                        tracing::debug!(%error, "a connection ended early");
                    }
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    // Nobody may come to a door that is being closed.
    drop(listener);
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Listener {
    fn tls(&self) -> Option<Arc<Tls>> {
        match self {
            Self::Tcp(_, tls) => tls.clone(),
            Self::Private(_) => None,
        }
    }
}

/// Agrees with the caller on TLS, where there is any.
async fn agreed(stream: Box<dyn Stream>, tls: Option<Arc<Tls>>) -> Option<Box<dyn Stream>> {
    let Some(tls) = tls else { return Some(stream) };
    match tokio::time::timeout(HEAD_PATIENCE, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => Some(Box::new(stream)),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a caller did not agree on TLS");
            None
        }
        Err(_) => None,
    }
}

async fn accept(listener: &mut Listener) -> std::io::Result<(Box<dyn Stream>, Option<IpAddr>)> {
    match listener {
        Listener::Tcp(listener, _) => {
            let (stream, peer) = listener.accept().await?;
            // Answers are small: waiting to fill a packet would only make them late.
            stream.set_nodelay(true)?;
            Ok((Box::new(stream), Some(peer.ip())))
        }
        Listener::Private(socket) => Ok((Box::new(socket.accept().await?), None)),
    }
}
