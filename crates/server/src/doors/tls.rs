//! TLS of a TCP door: a certificate and its key, which are read again when their files change.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use aws_lc_rs::digest::{Context, SHA256};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::{CryptoProvider, aws_lc_rs::default_provider},
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
        server::{ClientHello, ResolvesServerCert},
        sign::CertifiedKey,
    },
};
use zeroize::Zeroizing;

/// Pause between two looks at the files.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Where certificate and key lie, both in PEM form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate, and those that lead from it to one that callers trust.
    pub certificate: PathBuf,
    /// The private key of the certificate.
    pub key: PathBuf,
}

/// Why there is no TLS. Holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}, which TLS needs: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// The file holds no certificate.
    #[error("{} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)", .0.display())]
    NoCertificate(PathBuf),
    /// The file holds no key.
    #[error("{} holds no private key in PEM form (-----BEGIN PRIVATE KEY-----), or one with a password", .0.display())]
    NoKey(PathBuf),
    /// The two do not belong together, or are of no use.
    #[error("the certificate in {} and the key in {} cannot be used together: {reason}", files.certificate.display(), files.key.display())]
    Pair {
        /// The files.
        files: TlsFiles,
        /// What is wrong with them.
        reason: String,
    },
}

/// TLS of a door, ready.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    provider: Arc<CryptoProvider>,
    current: Arc<Current>,
    config: Arc<ServerConfig>,
    /// A digest of the files as they were read last, whether they could be used or not.
    seen: Mutex<Option<Vec<u8>>>,
}

/// The certificate that is shown from now on.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// Both files, as they lie there.
struct Content {
    certificate: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

impl Content {
    fn read(files: &TlsFiles) -> Result<Self, TlsError> {
        let read = |path: &Path| fs::read(path).map_err(|error| TlsError::Read { path: path.to_owned(), error });
        Ok(Self { certificate: read(&files.certificate)?, key: Zeroizing::new(read(&files.key)?) })
    }

    fn digest(&self) -> Vec<u8> {
        let mut context = Context::new(&SHA256);
        context.update(&self.certificate);
        context.update(&self.key);
        context.finish().as_ref().to_vec()
    }

    fn pair(&self, files: &TlsFiles, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
        let no_certificate = || TlsError::NoCertificate(files.certificate.clone());
        let chain = CertificateDer::pem_slice_iter(&self.certificate).collect::<Result<Vec<_>, _>>();
        let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(no_certificate)?;
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| TlsError::NoKey(files.key.clone()))?;
        let unusable = |error: rustls::Error| TlsError::Pair { files: files.clone(), reason: error.to_string() };
        CertifiedKey::from_der(chain, key, provider).map_err(unusable)
    }
}

impl Tls {
    /// Reads certificate and key.
    pub fn read(files: TlsFiles) -> Result<Self, TlsError> {
        let provider = Arc::new(default_provider());
        let content = Content::read(&files)?;
        let pair = content.pair(&files, &provider)?;
        let current = Arc::new(Current(RwLock::new(Arc::new(pair))));
        let unusable = |error: rustls::Error| TlsError::Pair { files: files.clone(), reason: error.to_string() };
        let mut config = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_no_client_auth()
            .with_cert_resolver(current.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let seen = Mutex::new(Some(content.digest()));
        Ok(Self { files, provider, current, config: Arc::new(config), seen })
    }

    /// What takes connections.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.config.clone())
    }

    /// Looks at the files again; true if they have changed, and are shown to everybody who connects from now on. Files
    /// that cannot be used change nothing, and are complained of once.
    pub fn renew(&self) -> Result<bool, TlsError> {
        let content = Content::read(&self.files);
        let digest = content.as_ref().ok().map(Content::digest);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == digest {
            return Ok(false);
        }
        *seen = digest;
        let pair = content?.pair(&self.files, &self.provider)?;
        *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
        Ok(true)
    }

    /// Looks at the files again and again.
    pub(super) async fn keep_up(&self) {
        loop {
            tokio::time::sleep(LOOK_AGAIN).await;
            match self.renew() {
                Ok(false) => {}
                Ok(true) => tracing::info!("the certificate was read again"),
                Err(error) => {
                    tracing::error!(%error, "the certificate has changed and cannot be used; the old one stays");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use rcgen::{CertifiedKey, generate_simple_self_signed};

    use super::*;

    fn write(files: &TlsFiles) {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["auth.example.com".to_owned()]).unwrap();
        fs::write(&files.certificate, cert.pem()).unwrap();
        fs::write(&files.key, signing_key.serialize_pem()).unwrap();
    }

    fn shown(tls: &Tls) -> Vec<u8> {
        tls.current.0.read().unwrap().cert[0].to_vec()
    }

    #[test]
    fn a_pair_is_read_again_when_it_changes_and_a_broken_one_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = TlsFiles { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
        assert!(matches!(Tls::read(files.clone()), Err(TlsError::Read { .. })));
        write(&files);
        let tls = Tls::read(files.clone()).unwrap();
        let first = shown(&tls);
        assert!(!tls.renew().unwrap(), "nothing has changed");

        let key = fs::read(&files.key).unwrap();
        write(&files);
        let second = fs::read(&files.key).unwrap();
        // The certificate is there already, and its key is not.
        fs::write(&files.key, &key).unwrap();
        let refused = tls.renew().unwrap_err();
        assert!(matches!(refused, TlsError::Pair { .. }) && refused.to_string().contains("key.pem"), "{refused}");
        assert!(!tls.renew().unwrap(), "it is complained of once");
        assert_eq!(shown(&tls), first);
        fs::write(&files.key, &second).unwrap();
        assert!(tls.renew().unwrap());
        assert_ne!(shown(&tls), first);

        let kept = shown(&tls);
        fs::write(&files.certificate, "no certificate").unwrap();
        assert!(matches!(tls.renew(), Err(TlsError::NoCertificate(_))));
        fs::remove_file(&files.certificate).unwrap();
        assert!(matches!(tls.renew(), Err(TlsError::Read { .. })));
        assert!(!tls.renew().unwrap());
        assert_eq!(shown(&tls), kept);
        write(&files);
        fs::write(&files.key, "-----BEGIN PRIVATE KEY-----\nopensesame\n-----END PRIVATE KEY-----\n").unwrap();
        let refused = tls.renew().unwrap_err().to_string();
        assert!(!refused.contains("opensesame"), "{refused}");
    }
}
