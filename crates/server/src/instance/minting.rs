//! Making tokens.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use frontdesk_identity::{Account, Claims, Facts, Metadata, Session, Timestamp, TokenKind};
use frontdesk_store::{JwtTemplate, SealedBytes};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::Instance;
use crate::{
    keys::{Keys, OpenError, Sealed},
    random::new_id,
    tokens::{CacheKey, OwnKey, SESSION_TOKEN_SECONDS, SessionClaims, SigningError, TemplateClaims},
    views,
};

/// Version of the claims in session tokens.
const CLAIMS_VERSION: u8 = 2;
/// Longest token, in bytes: with a longer one cookies and headers do not fit any more.
pub const MAX_TOKEN: usize = 4096;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// It could not be signed.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// It says too much.
    #[error("the token would have {size} bytes")]
    TooLarge {
        /// How large it would be.
        size: usize,
    },
    /// The claims of a template cannot be read, though they could when they were written.
    #[error("the claims of the template {0} cannot be read")]
    Claims(String),
    /// The key of a template cannot be read.
    #[error("the key of the template {0} cannot be read; give it another one")]
    Key(String),
}

/// What a token is asked for with.
#[derive(Clone, Copy, Debug)]
pub struct Minting<'m> {
    /// The session.
    pub session: &'m Session,
    /// Its user.
    pub account: &'m Account,
    /// The origin of the request; native callers and the owner have none.
    pub origin: Option<&'m str>,
    /// The moment.
    pub now: Timestamp,
    /// How long it is to live, in seconds, if not as usual.
    pub lifetime: Option<i64>,
}

impl Instance {
    /// A session token; from the cache if there is one that lives long enough.
    pub fn mint(&self, asked: Minting<'_>) -> Result<String, MintError> {
        let Minting { session, account, origin, now, lifetime } = asked;
        let status = session.status(&self.settings().policy, now).as_str();
        let signing = self.signing_keys();
        let signing = signing.at(now);
        let own_claims = self.live.now().session_claims.as_ref().map(|claims| self.filled(claims, account));
        let key = CacheKey {
            session_id: session.id.to_string(),
            status: status.to_owned(),
            origin: origin.map(str::to_owned),
            organization_id: None,
            factors_at: [Some(session.first_factor_at.0), session.second_factor_at.map(|at| at.0)],
            claims_version: CLAIMS_VERSION,
            own_claims: own_claims.as_ref().map(digest_of),
            kid: signing.kid().to_owned(),
        };
        if lifetime.is_none()
            && let Some(token) = self.cache.get(&key, now.0)
        {
            return Ok(token);
        }
        let claims = SessionClaims::new(
            now.0,
            self.public_url.origin(),
            new_id(self.random.as_ref(), ""),
            (session.id.as_str(), status),
            session.user_id.as_str(),
            session.factor_ages(now),
            origin,
        );
        let claims = claims.lasting(lifetime.unwrap_or(SESSION_TOKEN_SECONDS));
        let token = bounded(match own_claims {
            Some(own) => signing.sign(&claims.over(own))?,
            None => signing.sign(&claims)?,
        })?;
        if lifetime.is_none() {
            self.cache.put(key, token.clone(), now.0 + SESSION_TOKEN_SECONDS * 1000, now.0);
        }
        Ok(token)
    }

    /// A token by a template.
    pub fn mint_by(&self, template: &JwtTemplate, asked: Minting<'_>) -> Result<String, MintError> {
        let Minting { session, account, origin, now, lifetime } = asked;
        let rules = &template.template;
        let claims = Claims::read(&rules.claims, TokenKind::Template);
        let claims = claims.map_err(|_faults| MintError::Claims(template.id.clone()))?;
        let written = TemplateClaims {
            now_ms: now.0,
            lifetime: lifetime.unwrap_or(rules.lifetime),
            clock_skew: rules.clock_skew,
            issuer: self.public_url.origin(),
            token_id: &new_id(self.random.as_ref(), ""),
            user_id: session.user_id.as_str(),
            origin,
        };
        let claims = written.over(self.filled(&claims, account));
        bounded(match &template.key {
            None => self.signing_keys().at(now).sign_template(&claims)?,
            Some(sealed) => self.own_key(template, sealed)?.sign(&claims)?,
        })
    }

    /// Seals the key of a template.
    #[must_use]
    pub fn seal_template_key(&self, id: &str, key: &[u8]) -> SealedBytes {
        let Sealed { key_id, bytes } = self.keys.seal(&row(id), key);
        SealedBytes { key_id, bytes }
    }

    fn own_key(
        &self,
        template: &JwtTemplate,
        SealedBytes { key_id, bytes }: &SealedBytes,
    ) -> Result<OwnKey, MintError> {
        let unread = || MintError::Key(template.id.clone());
        let sealed = Sealed { key_id: key_id.clone(), bytes: bytes.clone() };
        let plain = self.keys.open(&row(&template.id), &sealed).map_err(|_| unread())?;
        let text = std::str::from_utf8(&plain).map_err(|_| unread())?;
        OwnKey::read(template.template.algorithm, &SecretString::from(text)).map_err(|_| unread())
    }

    fn filled(&self, claims: &Claims, account: &Account) -> Metadata {
        let image_url = account.user.image_id.as_ref().map(|id| views::image_url(id, &self.public_url));
        claims.fill(&Facts { account, image_url: image_url.as_deref() })
    }
}

/// The key of a template, sealed anew by other keys.
pub(crate) fn reseal_template_key(id: &str, sealed: &Sealed, old: &Keys, new: &Keys) -> Result<Sealed, OpenError> {
    let plain: Zeroizing<Vec<u8>> = old.open(&row(id), sealed)?;
    Ok(new.seal(&row(id), &plain))
}

fn row(id: &str) -> String {
    format!("jwt template {id}")
}

fn bounded(token: String) -> Result<String, MintError> {
    if token.len() <= MAX_TOKEN { Ok(token) } else { Err(MintError::TooLarge { size: token.len() }) }
}

fn digest_of(claims: &Metadata) -> [u8; 32] {
    let text = serde_json::to_vec(claims).unwrap_or_default();
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, &text).as_ref());
    bytes
}

/// Claims that are added to session tokens; none if there are none, or if they cannot be used, which is refused before.
pub(super) fn session_claims(claims: &Metadata) -> Option<Arc<Claims>> {
    let read = Claims::read(claims, TokenKind::Session).ok()?;
    (!claims.is_empty()).then(|| Arc::new(read))
}
