//! The stand-in over TLS: a loopback port, a certificate signed by an authority nobody else trusts.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context, Result};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

use super::instance::{Instance, Seen};

/// Largest form that is read.
const BODY: usize = 1 << 20;

/// A running stand-in; dropping it stops it.
pub struct Running {
    /// The instance behind it.
    pub instance: Arc<Instance>,
    /// `pk_live_…` of its host and port.
    pub publishable_key: String,
    /// Its host and port, as the key names them.
    pub host: String,
    /// Certificate of the private authority, PEM.
    pub authority: String,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves an instance on a free loopback port.
///
/// # Errors
/// No port, or no certificate.
pub async fn serve(instance: Instance) -> Result<Running> {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()])?.signed_by(&key, &authority)?;
    let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
    let private = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, private)?;

    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.context("bind a loopback port")?;
    let host = listener.local_addr()?.to_string();
    let instance = Arc::new(instance);
    let app = Router::new().fallback(answer).with_state(instance.clone());
    let task = tokio::spawn(accept(listener, TlsAcceptor::from(Arc::new(config)), app));
    Ok(Running {
        publishable_key: format!("pk_live_{}", STANDARD.encode(format!("{host}$"))),
        authority: authority.pem(),
        instance,
        host,
        task,
    })
}

async fn accept(listener: TcpListener, tls: TlsAcceptor, app: Router) {
    while let Ok((stream, _)) = listener.accept().await {
        let (tls, service) = (tls.clone(), TowerToHyperService::new(app.clone()));
        tokio::spawn(async move {
            // A caller that does not trust the authority ends the handshake; that is its right.
            let Ok(stream) = tls.accept(stream).await else { return };
            let _ended = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(State(instance): State<Arc<Instance>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, BODY).await.unwrap_or_default();
    let seen = Seen::new(&head.method, head.uri.path(), head.uri.query().unwrap_or_default(), head.headers, &body);
    instance.handle(&seen).unwrap_or_else(|| {
        // A body that fails makes the server close the connection in the middle of the answer.
        let broken = futures_util::stream::once(async { Err::<Vec<u8>, _>(std::io::Error::other("dropped")) });
        Response::new(Body::from_stream(broken))
    })
}
