//! Hands text messages over to a gateway: Twilio's API or one that speaks it, or a webhook of the owner's own.

use std::time::Duration;

use frontdesk_identity::DeliveryId;
use reqwest::{Client, RequestBuilder, StatusCode, redirect::Policy};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::{Message, mailer::SendError};

/// Longest that a gateway may take for one text. Leases are longer: a text that is being sent is not due.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longest answer of a gateway that is read, in bytes.
const MAX_ANSWER: usize = 16 * 1024;
/// Codes by which Twilio says that the number takes no texts, now or later: no number, no mobile one, or its holder does
/// not want any (Twilio's list of errors, 21211, 21214, 21217, 21408, 21610, 21612, 21614).
const REFUSED: &[i64] = &[21211, 21214, 21217, 21408, 21610, 21612, 21614];

/// Which gateway takes the texts.
#[derive(Debug)]
pub enum Gateway {
    /// Twilio's API: `POST /2010-04-01/Accounts/{account}/Messages.json`.
    Twilio {
        /// The account, `AC…`.
        account: String,
        /// A number, or a messaging service (`MG…`).
        from: String,
    },
    /// A webhook: a JSON object with `id`, `to`, `body` and `code`. Whatever answers with 2xx has taken it.
    Webhook,
}

/// A way to a gateway.
pub struct Texter {
    client: Client,
    gateway: Gateway,
    url: Url,
    secret: SecretString,
    in_development: bool,
}

impl std::fmt::Debug for Texter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Texter(…)")
    }
}

/// What Twilio says of a text that it does not take.
#[derive(Deserialize)]
struct Refused {
    code: i64,
}

impl Texter {
    /// A way to the gateway at this address. `in_development` says whether a development instance uses it.
    pub fn new(gateway: Gateway, url: Url, secret: SecretString, in_development: bool) -> Result<Self, reqwest::Error> {
        // A gateway that sends us elsewhere would get the secret there too.
        let client = Client::builder().redirect(Policy::none()).timeout(PATIENCE).build()?;
        Ok(Self { client, gateway, url, secret, in_development })
    }

    /// Whether a development instance sends its texts, instead of only keeping them.
    #[must_use]
    pub fn is_for_development(&self) -> bool {
        self.in_development
    }

    /// Hands a text over.
    pub(super) async fn send(&self, id: &DeliveryId, message: &Message) -> Result<(), SendError> {
        let request = self.request(id, message).ok_or(SendError::Unusable)?;
        // Not what the client says of its failure: it may repeat the address of the gateway.
        let answer = request.send().await.map_err(|error| {
            let why = if error.is_timeout() { "does not answer in time" } else { "cannot be reached" };
            SendError::Failed(format!("the gateway for texts {why}"))
        })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let refused = matches!(self.gateway, Gateway::Twilio { .. }) && status == StatusCode::BAD_REQUEST;
        if refused && let Some(code) = refused_as(answer).await {
            return Err(SendError::Refused(format!("{status}, code {code}")));
        }
        Err(SendError::Failed(format!("the gateway for texts answers {status}")))
    }

    fn request(&self, id: &DeliveryId, message: &Message) -> Option<RequestBuilder> {
        let secret = self.secret.expose_secret();
        match &self.gateway {
            Gateway::Twilio { account, from } => {
                let mut url = self.url.clone();
                url.path_segments_mut().ok()?.pop_if_empty().extend([
                    "2010-04-01",
                    "Accounts",
                    account,
                    "Messages.json",
                ]);
                let sender = if from.starts_with("MG") { "MessagingServiceSid" } else { "From" };
                let form = [("To", message.to()), (sender, from.as_str()), ("Body", message.text())];
                Some(self.client.post(url).basic_auth(account, Some(secret)).form(&form))
            }
            Gateway::Webhook => {
                let body = json!({
                    "id": id.as_str(),
                    "to": message.to(),
                    "body": message.text(),
                    "code": message.code_alone(),
                });
                // The same text has the same key, so that what arrives twice can be told.
                let request = self.client.post(self.url.clone()).bearer_auth(secret);
                Some(request.header("Idempotency-Key", id.as_str()).json(&body))
            }
        }
    }
}

/// The code of a refusal that is about the number.
async fn refused_as(mut answer: reqwest::Response) -> Option<i64> {
    let mut body = Vec::new();
    while let Ok(Some(part)) = answer.chunk().await {
        if body.len() + part.len() > MAX_ANSWER {
            return None;
        }
        body.extend_from_slice(&part);
    }
    let refused: Refused = serde_json::from_slice(&body).ok()?;
    REFUSED.contains(&refused.code).then_some(refused.code)
}
