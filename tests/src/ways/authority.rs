//! An authority that nobody trusts by itself, and TLS in front of a server with a certificate of it.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

/// An authority of an organization's own.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// One with this name.
    ///
    /// # Errors
    /// Its certificate cannot be made.
    pub fn named(name: &str) -> Result<Self> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        Ok(Self(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?))
    }

    /// Its certificate, PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    fn server(&self, host: &str) -> Result<ServerConfig> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(vec![host.to_owned()])?.signed_by(&key, &self.0)?;
        let private = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
        let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], private)?)
    }
}

/// TLS in front of a server on a port of this computer; dropping it ends it.
pub struct Front {
    /// Where it listens.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Front {
    /// Stands for `host` in front of the server at `behind`.
    ///
    /// # Errors
    /// No port, or no certificate.
    pub async fn start(authority: &Authority, host: &str, behind: SocketAddr) -> Result<Self> {
        let tls = TlsAcceptor::from(Arc::new(authority.server(host)?));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let tls = tls.clone();
                tokio::spawn(async move {
                    // Who does not trust the authority ends the handshake; that is their right.
                    let Ok(mut stream) = tls.accept(stream).await else { return };
                    let Ok(mut server) = TcpStream::connect(behind).await else { return };
                    let _ended = copy_bidirectional(&mut stream, &mut server).await;
                });
            }
        });
        Ok(Self { address, task })
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}
