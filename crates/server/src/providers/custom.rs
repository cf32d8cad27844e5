//! Any OpenID provider, by its issuer.

use super::{Connection, ProviderFault, openid::OpenId, tokens::App};

pub(super) fn openid(connection: &Connection, app: App) -> Result<OpenId<'_>, ProviderFault> {
    Ok(OpenId {
        issuer: connection.issuer.clone().ok_or(ProviderFault::NotConfigured("issuer"))?,
        app,
        parameters: &[],
        consent_for_more: false,
        hosted_domain: None,
    })
}
