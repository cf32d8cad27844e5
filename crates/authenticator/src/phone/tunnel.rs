//! The way to a phone over the server of its maker: a WebSocket (RFC 6455) over TLS (CTAP 2.2 §11.5.1.3).

use std::{sync::Arc, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use rustls::{ClientConfig, crypto::aws_lc_rs::default_provider, pki_types::ServerName};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::mpsc,
};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Error, Message, client::IntoClientRequest as _, http::HeaderValue, protocol::WebSocketConfig},
};

use super::Server;
use crate::Fault;

/// Longest message; an answer is a few kilobytes.
const LONGEST: usize = 64 * 1024;
/// Messages that wait to be taken.
const WAITING: usize = 4;
/// How long the server may take to take a message.
const TAKING: Duration = Duration::from_secs(20);
/// How long the server may take to take leave.
const LEAVING: Duration = Duration::from_millis(400);
const PROTOCOL: HeaderValue = HeaderValue::from_static("fido.cable");

/// Messages to a phone and from it. It is let go when this is dropped.
pub struct Pipe {
    /// Sends one.
    pub to: mpsc::Sender<Vec<u8>>,
    /// Waits for one; none once the other side is gone.
    pub from: mpsc::Receiver<Vec<u8>>,
}

/// Reaches the phone that waits at this path. Servers are reached directly, never by a proxy.
pub(super) async fn connect(server: Server, path: &str) -> Result<Pipe, Fault> {
    let host = server.host();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let config = config.with_safe_default_protocol_versions().map_err(unreached)?;
    let config = config.with_platform_verifier().map_err(unreached)?.with_no_client_auth();
    let name = ServerName::try_from(host).map_err(unreached)?;
    let stream = TcpStream::connect((host, 443)).await.map_err(unreached)?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(unreached)?;
    carried(stream, &format!("wss://{host}"), path).await.map_err(unreached)
}

/// A pipe over this connection to an origin.
pub(super) async fn carried<S>(stream: S, origin: &str, path: &str) -> Result<Pipe, Error>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut request = format!("{origin}{path}").into_client_request()?;
    request.headers_mut().insert("Sec-WebSocket-Protocol", PROTOCOL);
    request.headers_mut().insert("Origin", HeaderValue::from_str(origin)?);
    let limits = WebSocketConfig::default().max_message_size(Some(LONGEST)).max_frame_size(Some(LONGEST));
    let (socket, _) = client_async_with_config(request, stream, Some(limits)).await?;
    let (to, outgoing) = mpsc::channel(WAITING);
    let (incoming, from) = mpsc::channel(WAITING);
    tokio::spawn(carry(socket, outgoing, incoming));
    Ok(Pipe { to, from })
}

async fn carry<S>(
    mut socket: WebSocketStream<S>,
    mut outgoing: mpsc::Receiver<Vec<u8>>,
    incoming: mpsc::Sender<Vec<u8>>,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        tokio::select! {
            message = outgoing.recv() => {
                let Some(message) = message else { break };
                let sent = tokio::time::timeout(TAKING, socket.send(Message::Binary(message.into()))).await;
                if !matches!(sent, Ok(Ok(()))) {
                    return;
                }
            }
            message = socket.next() => match message {
                Some(Ok(Message::Binary(message))) => {
                    if incoming.send(message.to_vec()).await.is_err() {
                        break;
                    }
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => break,
            },
        }
    }
    tokio::time::timeout(LEAVING, socket.close(None)).await.ok();
}

#[allow(clippy::needless_pass_by_value, reason = "errors are handed over")]
fn unreached(error: impl ToString) -> Fault {
    Fault::Unreached(error.to_string())
}
