//! The development provider: an OpenID provider inside a development instance, behind every connection without
//! credentials.

use super::{Development, openid::OpenId, tokens::App};

pub(super) fn openid(development: &Development) -> OpenId<'static> {
    let Development { issuer, client_id, client_secret } = development;
    OpenId {
        issuer: issuer.clone(),
        app: App { id: client_id.clone(), secret: client_secret.clone() },
        parameters: &[],
        consent_for_more: false,
        hosted_domain: None,
    }
}
