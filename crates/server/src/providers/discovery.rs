//! The discovery document of an OpenID provider (OpenID Connect Discovery §3).

use oauth2::AuthType;
use openidconnect::{
    AdditionalProviderMetadata, ProviderMetadata,
    core::{
        CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode,
        CoreResponseType, CoreSubjectIdentifierType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::{ProviderFault, Step, address::is_fit_of, id_token::ALGORITHMS, issuer::is_called};

/// Fields of RFC 9207 §3 and RFC 8414 §2.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Additional {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    /// Read by hand: nobody is kept out because what nobody needs for a sign-in is not in its format.
    #[serde(default)]
    revocation_endpoint: Value,
}

impl AdditionalProviderMetadata for Additional {}

type Document = ProviderMetadata<
    Additional,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What an issuer says of itself, as far as it can be used.
#[derive(Clone, Debug)]
pub struct Discovered {
    /// What it calls itself, letter for letter.
    pub(super) issuer: String,
    pub(super) authorize: Url,
    pub(super) token: Url,
    pub(super) userinfo: Option<Url>,
    /// Where tokens are given back (RFC 7009), if there is such a place.
    pub(super) revocation: Option<Url>,
    pub(super) jwks: Url,
    /// How the client secret travels.
    pub(super) auth: AuthType,
    /// Algorithms of its ID tokens, of those that can be believed.
    pub(super) algorithms: Vec<CoreJwsSigningAlgorithm>,
    /// Whether it names itself in its answers (RFC 9207 §3).
    pub(super) names_itself: bool,
}

/// Where the document of an issuer is.
pub(super) fn place(issuer: &Url) -> Url {
    let mut url = issuer.clone();
    url.set_path(&format!("{}/.well-known/openid-configuration", issuer.path().trim_end_matches('/')));
    url
}

/// Reads a document, which must be this issuer's.
pub fn read(document: &[u8], issuer: &Url) -> Result<Discovered, ProviderFault> {
    let wrong = |reason| ProviderFault::WrongAnswer { step: Step::Discovery, reason };
    let document: Document = serde_json::from_slice(document)
        .map_err(|_| wrong("its discovery document is no JSON, or fields are missing or of another kind"))?;
    if !is_called(issuer, document.issuer().as_str()) {
        return Err(ProviderFault::Issuer);
    }
    let token = document.token_endpoint().map(|it| it.url().clone());
    let token = token.ok_or(wrong("its discovery document names no token endpoint"))?;
    let (authorize, jwks) = (document.authorization_endpoint().url().clone(), document.jwks_uri().url().clone());
    let userinfo = document.userinfo_endpoint().map(|it| it.url().clone());
    if ![&authorize, &token, &jwks].into_iter().chain(&userinfo).all(|url| is_fit_of(url, issuer)) {
        return Err(wrong("its discovery document names an address without TLS, or one on this computer"));
    }
    let revocation = document.additional_metadata().revocation_endpoint.as_str().and_then(|url| Url::parse(url).ok());
    let announced = document.id_token_signing_alg_values_supported().iter();
    let algorithms: Vec<_> = announced.filter(|it| ALGORITHMS.contains(it)).cloned().collect();
    if algorithms.is_empty() {
        return Err(wrong("it signs ID tokens by none of RS256, PS256, ES256 and EdDSA"));
    }
    // Basic is what counts where nothing is said.
    let basic = CoreClientAuthMethod::ClientSecretBasic;
    let in_body = document.token_endpoint_auth_methods_supported().is_some_and(|methods| !methods.contains(&basic));
    Ok(Discovered {
        issuer: document.issuer().as_str().to_owned(),
        authorize,
        token,
        userinfo,
        revocation: revocation.filter(|url| is_fit_of(url, issuer)),
        jwks,
        auth: if in_body { AuthType::RequestBody } else { AuthType::BasicAuth },
        algorithms,
        names_itself: document.additional_metadata().authorization_response_iss_parameter_supported,
    })
}
