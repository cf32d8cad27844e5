//! Google: OpenID Connect. <https://developers.google.com/identity/openid-connect/openid-connect>
//!
//! A refresh token comes only with `access_type=offline`, and only when the person agrees. People of an organization
//! carry its domain in the claim `hd`.

use super::{Connection, ProviderFault, address::place, openid::OpenId, tokens::App};

const ISSUER: &str = "https://accounts.google.com";

pub(super) fn openid(connection: &Connection, app: App) -> Result<OpenId<'_>, ProviderFault> {
    Ok(OpenId {
        issuer: place(connection.endpoints.issuer.as_ref(), ISSUER)?,
        app,
        parameters: &[("access_type", "offline"), ("include_granted_scopes", "true")],
        consent_for_more: true,
        hosted_domain: connection.hosted_domain.as_deref(),
    })
}
