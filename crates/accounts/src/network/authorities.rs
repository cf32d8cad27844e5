//! Certificates of private authorities: read from a PEM file, refused with the reason where they are of no use.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::{RootCertStore, pki_types::CertificateDer};
use thiserror::Error;
use x509_parser::{pem::Pem, prelude::*};

use super::view::AuthorityView;
use crate::{
    fault::{bounded, refused},
    intents::IntentError,
    said::{Reason, Said},
};

/// Largest file that is read, in bytes.
pub const LARGEST_FILE: usize = 1 << 20;
/// Most authorities of one's own.
pub(crate) const MOST: usize = 64;

/// Why a file, or a certificate in it, is of no use. The words stand within a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Unusable {
    #[error("it is larger than a file of certificates is")]
    TooLarge,
    #[error("it is damaged")]
    Damaged,
    #[error("it holds a private key, which belongs to its owner alone")]
    PrivateKey,
    #[error("it holds no certificate in PEM, which begins with BEGIN CERTIFICATE")]
    None,
    #[error("the certificate of {0} is not an authority's, but a server's or a person's")]
    NotOne(String),
    #[error("the certificate of {0} has expired")]
    Expired(String),
    #[error("the certificate of {0} cannot be used: {1}")]
    Refused(String, String),
}

impl From<Unusable> for IntentError {
    fn from(why: Unusable) -> Self {
        let words = format!(
            "This file cannot be used: {why}. Nothing was changed. Ask whoever runs the network for the certificate of \
             its authority as a PEM file."
        );
        let (reason, detail) = match why {
            Unusable::TooLarge => (Reason::AuthorityTooLarge, String::new()),
            Unusable::Damaged => (Reason::AuthorityDamaged, String::new()),
            Unusable::PrivateKey => (Reason::AuthorityPrivateKey, String::new()),
            Unusable::None => (Reason::AuthorityNone, String::new()),
            Unusable::NotOne(subject) => (Reason::AuthorityNotOne, subject),
            Unusable::Expired(subject) => (Reason::AuthorityExpired, subject),
            Unusable::Refused(subject, why) => (Reason::AuthorityUnusable, format!("{subject}: {why}")),
        };
        refused(Said::from(reason).detail(detail), words)
    }
}

/// The certificate of an authority, known to be usable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authority {
    der: Vec<u8>,
    subject: String,
    expires_at: i64,
}

impl Authority {
    /// Reads what is in a certificate.
    fn read(der: &[u8]) -> Result<Self, Unusable> {
        let (rest, certificate) = X509Certificate::from_der(der).map_err(|_| Unusable::Damaged)?;
        if !rest.is_empty() {
            return Err(Unusable::Damaged);
        }
        let subject = name(certificate.subject());
        let constraints = certificate.basic_constraints().map_err(|_| Unusable::Damaged)?;
        if !constraints.is_some_and(|constraints| constraints.value.ca) {
            return Err(Unusable::NotOne(subject));
        }
        RootCertStore::empty()
            .add(CertificateDer::from(der.to_vec()))
            .map_err(|error| Unusable::Refused(subject.clone(), error.to_string()))?;
        let expires_at = certificate.validity().not_after.timestamp().saturating_mul(1000);
        Ok(Self { der: der.to_vec(), subject, expires_at })
    }

    /// As it is kept in the file.
    pub(crate) fn from_base64(text: &str) -> Result<Self, Unusable> {
        let der = STANDARD.decode(text).map_err(|_| Unusable::Damaged)?;
        Self::read(&der)
    }

    pub(crate) fn to_base64(&self) -> String {
        STANDARD.encode(&self.der)
    }

    pub(crate) fn certificate(&self) -> CertificateDer<'static> {
        CertificateDer::from(self.der.clone())
    }

    pub(crate) fn fingerprint(&self) -> String {
        let hash = digest(&SHA256, &self.der);
        hash.as_ref().iter().fold(String::new(), |mut text, byte| {
            let _infallible = write!(text, "{byte:02x}");
            text
        })
    }

    pub(crate) fn view(&self, now: i64) -> AuthorityView {
        AuthorityView {
            fingerprint: self.fingerprint(),
            subject: self.subject.clone(),
            expires_at: self.expires_at,
            expired: self.expires_at < now,
        }
    }
}

/// Every certificate of a PEM file; nothing of a file that is refused is taken.
pub(crate) fn read(file: &[u8], now: i64) -> Result<Vec<Authority>, Unusable> {
    if file.len() > LARGEST_FILE {
        return Err(Unusable::TooLarge);
    }
    let mut authorities: Vec<Authority> = Vec::new();
    for block in Pem::iter_from_buffer(file) {
        let block = block.map_err(|_| Unusable::Damaged)?;
        if block.label.contains("PRIVATE KEY") {
            return Err(Unusable::PrivateKey);
        }
        if block.label != "CERTIFICATE" {
            continue;
        }
        let authority = Authority::read(&block.contents)?;
        if authority.expires_at < now {
            return Err(Unusable::Expired(authority.subject));
        }
        if !authorities.contains(&authority) {
            authorities.push(authority);
        }
    }
    if authorities.is_empty() {
        return Err(Unusable::None);
    }
    Ok(authorities)
}

/// The issuer that a certificate names.
pub(crate) fn issuer(der: &[u8]) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    Some(name(certificate.issuer()))
}

/// A name as people know it, with the organization behind it where it says one.
fn name(of: &X509Name<'_>) -> String {
    let common = of.iter_common_name().find_map(|part| part.as_str().ok());
    let organization = of.iter_organization().find_map(|part| part.as_str().ok());
    bounded(&match (common, organization) {
        (Some(common), Some(organization)) if common != organization => format!("{common} ({organization})"),
        (Some(name), _) | (None, Some(name)) => name.to_owned(),
        (None, None) => of.to_string(),
    })
}
