//! Trust in certificates: the system's own judgement with private authorities beside it. Where nobody who is trusted
//! issued a certificate, the refusal says who did.

use std::{fmt, sync::Arc};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use rustls_platform_verifier::Verifier;

use super::authorities::issuer;

/// A certificate whose issuer is not trusted.
#[derive(Debug)]
pub(crate) struct UnknownIssuer(pub(crate) String);

impl fmt::Display for UnknownIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "issued by {}, which is not trusted here", self.0)
    }
}

impl std::error::Error for UnknownIssuer {}

/// TLS that trusts whom the system trusts, and these.
pub(crate) fn config(authorities: Vec<CertificateDer<'static>>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(default_provider());
    let verifier = Naming(Verifier::new_with_extra_roots(authorities, provider.clone())?);
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    // The judgement is the platform's; only its words are changed.
    Ok(config.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}

/// The system's judgement, with the name of the issuer in the refusal.
#[derive(Debug)]
struct Naming(Verifier);

impl ServerCertVerifier for Naming {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let judged = self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        judged.map_err(|error| match (error, issuer(intermediates.last().unwrap_or(end_entity))) {
            (Error::InvalidCertificate(CertificateError::UnknownIssuer), Some(issuer)) => {
                Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(UnknownIssuer(issuer)))))
            }
            (error, _) => error,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
