//! The code flow (RFC 6749 §4.1): the page to open, the exchange of the code, fresh tokens.

use std::sync::Arc;

use axum::body::Bytes;
use frontdesk_identity::Timestamp;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Request, Response, header::USER_AGENT};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope,
    StandardRevocableToken, StandardTokenResponse, TokenResponse as _, TokenUrl,
    basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::{
    Ask, Grant, Kept, ProviderFault, Reach, Step, Target,
    ask::is_scope,
    reach,
    requests::{not_reached, refused},
};

/// The way to a token endpoint, for the library. A type of its own and not a closure: of those the compiler does not see
/// that their futures may be sent between threads.
struct Way {
    reach: Arc<dyn Reach>,
    step: Step,
    /// Whether scopes are listed with commas.
    commas: bool,
    /// What must not be repeated of an answer.
    secrets: Vec<SecretString>,
}

impl<'c> oauth2::AsyncHttpClient<'c> for Way {
    type Error = ProviderFault;
    type Future = BoxFuture<'c, Result<Response<Vec<u8>>, ProviderFault>>;

    fn call(&'c self, request: Request<Vec<u8>>) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// Longest token of a provider, in bytes.
const LONGEST_TOKEN: usize = 32 << 10;
/// Longest that an access token is believed to last, in seconds: ten years.
const LONGEST_LIFE: u64 = 10 * 366 * 86_400;

/// What an OpenID provider's answer has besides.
#[derive(Debug, Serialize, Deserialize)]
struct Extra {
    id_token: Option<String>,
}

impl ExtraTokenFields for Extra {}

type Answer = StandardTokenResponse<Extra, BasicTokenType>;

/// The library's client, with both places set.
type Client = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Who the instance is at a provider.
pub(super) struct App {
    pub(super) id: String,
    pub(super) secret: SecretString,
}

/// An authorization server.
pub(super) struct Server<'a> {
    pub(super) app: &'a App,
    /// The page where people say yes.
    pub(super) authorize: Url,
    /// Where codes are exchanged.
    pub(super) token: Url,
    /// How the secret travels (RFC 6749 §2.3.1).
    pub(super) auth: AuthType,
    /// Whether scopes are listed with commas.
    pub(super) commas: bool,
}

impl Server<'_> {
    /// The page to open, with a challenge of the S256 method, state and nonce whether the provider looks at them or not.
    pub(super) fn page(&self, at: &Target<'_>, ask: &Ask, scopes: Vec<String>, more: &[(&str, &str)]) -> Url {
        let verifier = PkceCodeVerifier::new(ask.verifier.expose_secret().to_owned());
        let client = self.client();
        let mut request = client
            .authorize_url(|| CsrfToken::new(ask.state.expose_secret().to_owned()))
            .set_redirect_uri(std::borrow::Cow::Owned(RedirectUrl::from_url(at.redirect_uri.clone())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_extra_param("nonce", ask.nonce.expose_secret().to_owned())
            .add_scopes(scopes.into_iter().map(Scope::new));
        for (name, value) in more {
            request = request.add_extra_param((*name).to_owned(), (*value).to_owned());
        }
        request.url().0
    }

    /// Exchanges a code. `scopes` is what was asked for, which counts where the answer does not say what was allowed.
    pub(super) async fn exchange(
        &self,
        reach: &Arc<dyn Reach>,
        at: &Target<'_>,
        code: &str,
        kept: &Kept,
        scopes: Vec<String>,
    ) -> Result<Grant, ProviderFault> {
        let verifier = kept.verifier.expose_secret();
        let step = Step::Exchange;
        let secrets = vec![self.app.secret.clone(), SecretString::from(code), kept.verifier.clone()];
        let way = Way { reach: reach.clone(), step, commas: self.commas, secrets };
        let client = self.client();
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_redirect_uri(std::borrow::Cow::Owned(RedirectUrl::from_url(at.redirect_uri.clone())))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()));
        let asked: BoxFuture<'_, _> = Box::pin(request.request_async(&way));
        let answer = asked.await.map_err(|error| fault(step, error))?;
        grant(&answer, step, scopes, at.now)
    }

    /// Fresh tokens for a refresh token.
    pub(super) async fn refresh(
        &self,
        reach: &Arc<dyn Reach>,
        refresh_token: &SecretString,
        now: Timestamp,
    ) -> Result<Grant, ProviderFault> {
        let token = refresh_token.expose_secret();
        let step = Step::Refresh;
        let way = Way {
            reach: reach.clone(),
            step,
            commas: self.commas,
            secrets: vec![self.app.secret.clone(), refresh_token.clone()],
        };
        let client = self.client();
        let token = RefreshToken::new(token.to_owned());
        let asked: BoxFuture<'_, _> = Box::pin(client.exchange_refresh_token(&token).request_async(&way));
        let answer = asked.await;
        let grant = grant(&answer.map_err(|error| fault(step, error))?, step, Vec::new(), now)?;
        // It comes with no nonce to hold it to, and nobody waits for it.
        Ok(Grant { id_token: None, ..grant })
    }

    fn client(&self) -> Client {
        oauth2::Client::new(ClientId::new(self.app.id.clone()))
            .set_client_secret(ClientSecret::new(self.app.secret.expose_secret().to_owned()))
            .set_auth_type(self.auth.clone())
            .set_auth_uri(AuthUrl::from_url(self.authorize.clone()))
            .set_token_uri(TokenUrl::from_url(self.token.clone()))
    }
}

impl Way {
    /// Gives the library good answers only, in the form that it reads.
    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ProviderFault> {
        let step = self.step;
        let mut request = request.map(Bytes::from);
        request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(reach::USER_AGENT));
        let response = self.reach.send(request).await.map_err(|error| not_reached(step, &error))?;
        let status = response.status();
        let answer = read(response.body());
        let answer = match answer {
            Some(answer) if status.is_success() && !answer.contains_key("error") => regular(answer, self.commas),
            None if status.is_success() => {
                return Err(ProviderFault::WrongAnswer { step, reason: "it answered with something else than tokens" });
            }
            answer => {
                let answer = Value::Object(answer.unwrap_or_default());
                let secrets: Vec<_> = self.secrets.iter().map(secrecy::ExposeSecret::expose_secret).collect();
                return Err(refused(step, status.as_u16(), &answer, &secrets));
            }
        };
        let mut regular = Response::new(Value::Object(answer).to_string().into_bytes());
        *regular.status_mut() = status;
        Ok(regular)
    }
}

/// Reads what a token endpoint answers: an object of JSON, or a form as GitHub and others write it by default. For
/// whatever comes from outside; nothing in it is believed yet.
#[must_use]
pub fn read(body: &[u8]) -> Option<Map<String, Value>> {
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        return match value {
            Value::Object(answer) => Some(answer),
            _ => None,
        };
    }
    let pairs = || url::form_urlencoded::parse(body);
    pairs()
        .any(|(name, _)| name == "access_token" || name == "error")
        .then(|| pairs().map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect())
}

/// What providers write differently, as RFC 6749 §5.1 has it.
fn regular(mut answer: Map<String, Value>, commas: bool) -> Map<String, Value> {
    // An empty list of scopes says that there are none.
    answer.retain(|name, value| !value.is_null() && (name == "scope" || value.as_str() != Some("")));
    answer.entry("token_type").or_insert_with(|| "bearer".into());
    if let Some(seconds) = answer.get("expires_in").and_then(Value::as_str).and_then(|text| text.parse::<u64>().ok()) {
        answer.insert("expires_in".to_owned(), seconds.into());
    }
    if let Some(Value::String(scopes)) = answer.get_mut("scope")
        && commas
    {
        *scopes = scopes.replace(',', " ");
    }
    answer
}

/// What a document grants that was not asked for through the library.
pub(super) fn grant_of(
    document: &[u8],
    step: Step,
    asked: Vec<String>,
    now: Timestamp,
) -> Result<Grant, ProviderFault> {
    let answer = read(document).map(|answer| Value::Object(regular(answer, true)));
    let answer = answer.and_then(|answer| serde_json::from_value(answer).ok());
    grant(
        &answer.ok_or(ProviderFault::WrongAnswer { step, reason: "it answered with something else than tokens" })?,
        step,
        asked,
        now,
    )
}

fn fault(step: Step, error: RequestTokenError<ProviderFault, BasicErrorResponse>) -> ProviderFault {
    match error {
        RequestTokenError::Request(fault) => fault,
        // Its words may hold the answer, and the answer holds tokens.
        RequestTokenError::ServerResponse(_) | RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            ProviderFault::WrongAnswer { step, reason: "fields of its answer are missing or of another kind" }
        }
    }
}

fn grant(answer: &Answer, step: Step, asked: Vec<String>, now: Timestamp) -> Result<Grant, ProviderFault> {
    let wrong = |reason| ProviderFault::WrongAnswer { step, reason };
    if *answer.token_type() != BasicTokenType::Bearer {
        return Err(wrong("its access token is of another type than bearer"));
    }
    let token = |text: &str| {
        let fit = (1..=LONGEST_TOKEN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fit.then(|| SecretString::from(text))
            .ok_or_else(|| wrong("one of its tokens is too long or not of printable letters"))
    };
    let scopes = answer.scopes().map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect::<Vec<_>>());
    Ok(Grant {
        access_token: token(answer.access_token().secret())?,
        refresh_token: answer.refresh_token().map(|it| token(it.secret())).transpose()?,
        id_token: answer.extra_fields().id_token.as_deref().map(token).transpose()?,
        scopes: scopes.map_or(asked, |scopes| scopes.into_iter().filter(|scope| is_scope(scope)).collect()),
        expires_at: answer.expires_in().map(|life| until(now, life.as_secs())),
    })
}

fn until(now: Timestamp, seconds: u64) -> Timestamp {
    now.plus(i64::try_from(seconds.min(LONGEST_LIFE)).unwrap_or_default() * 1000)
}

/// What a provider needs and whatever else is asked for, in order, each once.
pub(super) fn scopes(needed: &[&str], more: &[&[String]]) -> Vec<String> {
    let more = more.iter().copied().flatten().map(String::as_str);
    let mut scopes: Vec<String> = Vec::new();
    for scope in needed.iter().copied().chain(more) {
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes
}

#[cfg(test)]
mod tests;
