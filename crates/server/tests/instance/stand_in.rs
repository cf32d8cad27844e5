//! A provider of the tests' own, that says of people what a test wants: an OpenID one in Google's place, and a plain one in
//! GitHub's. Codes and access tokens are what is to be said.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{delete, get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_server::tokens::SigningKey;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

/// A person as a provider knows them.
#[derive(Clone, Debug)]
pub(crate) struct Persona {
    pub(crate) subject: u64,
    pub(crate) email: Option<&'static str>,
    pub(crate) verified: bool,
}

impl Persona {
    /// Somebody whose address the provider vouches for.
    pub(crate) fn new(subject: u64, email: &'static str) -> Self {
        Self { subject, email: Some(email), verified: true }
    }

    /// Somebody whose address it does not vouch for.
    pub(crate) fn unverified(subject: u64, email: &'static str) -> Self {
        Self { verified: false, ..Self::new(subject, email) }
    }
}

struct Room {
    url: String,
    key: SigningKey,
    /// What the next codes stand for: who, and the nonce that their ID token has to hold.
    codes: Mutex<HashMap<String, (Persona, Option<String>)>>,
    /// How many codes were offered, whether they were good or not.
    exchanges: Mutex<u32>,
    /// What tokens were given out.
    renewed: Mutex<u32>,
    /// What people allow.
    allowed: Mutex<String>,
    /// Tokens that were given back, or taken back here.
    revoked: Mutex<Vec<String>>,
    /// Whether it answers nobody who wants a token renewed, or gives one back.
    busy: Mutex<bool>,
}

/// The provider.
pub(crate) struct Provider {
    room: Arc<Room>,
    /// Holds the file of the client secret.
    pub(crate) folder: TempDir,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let key = tokio::task::spawn_blocking(|| SigningKey::generate("provider")).await.unwrap().unwrap();
        let room = Arc::new(Room {
            url: format!("http://{address}"),
            key,
            codes: Mutex::default(),
            exchanges: Mutex::default(),
            renewed: Mutex::default(),
            allowed: Mutex::new("openid email".to_owned()),
            revoked: Mutex::default(),
            busy: Mutex::default(),
        });
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .route("/revoke", post(revoke))
            .route("/applications/frontdesk/grant", delete(end_grant))
            .route("/user", get(user))
            .route("/user/emails", get(emails))
            .with_state(room.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("secret"), "the client secret\n").unwrap();
        Self { room, folder }
    }

    /// Settings of an instance that asks it in place of Google and of GitHub, and connects GitLab without letting in.
    pub(crate) fn connections(&self) -> Value {
        let url = &self.room.url;
        let own = json!({ "enabled": true, "client_id": "frontdesk", "client_secret_file": self.folder.path().join("secret") });
        let with = |more: Value| {
            let mut all = own.clone();
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        json!({ "connections": {
            "oauth_google": with(json!({ "endpoints": { "issuer": url } })),
            "oauth_github": with(json!({ "endpoints": {
                "authorize": format!("{url}/authorize"), "token": format!("{url}/token"), "profile": format!("{url}/user"),
            } })),
            "oauth_custom_acme": with(json!({ "issuer": url, "name": "Acme", "authenticatable": false })),
        } })
    }

    /// The person agrees on the provider's page; answers with where the browser is sent back to.
    pub(crate) fn agree(&self, page: &str, persona: &Persona) -> Url {
        let page = Url::parse(page).unwrap();
        let asked: HashMap<_, _> = page.query_pairs().into_owned().collect();
        assert_eq!(asked["code_challenge_method"], "S256", "sec_03");
        assert!(asked["code_challenge"].len() >= 43 && asked["state"].len() >= 43, "sec_03, sec_05");
        let code = format!("code-{}", self.room.codes.lock().unwrap().len());
        self.room.codes.lock().unwrap().insert(code.clone(), (persona.clone(), asked.get("nonce").cloned()));
        let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
        back.query_pairs_mut().append_pair("state", &asked["state"]).append_pair("code", &code);
        back
    }

    /// What people allow from now on.
    pub(crate) fn allow(&self, scopes: &str) {
        scopes.clone_into(&mut self.room.allowed.lock().unwrap());
    }

    /// Takes a token back, as people do on the provider's own pages.
    pub(crate) fn take_back(&self, token: &str) {
        self.room.revoked.lock().unwrap().push(token.to_owned());
    }

    /// Tokens that are good no longer.
    pub(crate) fn revoked(&self) -> Vec<String> {
        self.room.revoked.lock().unwrap().clone()
    }

    /// Whether it answers nobody who wants a token renewed, or gives one back.
    pub(crate) fn set_busy(&self, busy: bool) {
        *self.room.busy.lock().unwrap() = busy;
    }

    /// How many codes were offered so far.
    pub(crate) fn exchanges(&self) -> u32 {
        *self.room.exchanges.lock().unwrap()
    }

    /// The person says no there.
    pub(crate) fn deny(page: &str) -> Url {
        let page = Url::parse(page).unwrap();
        let asked: HashMap<_, _> = page.query_pairs().into_owned().collect();
        let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
        back.query_pairs_mut().append_pair("state", &asked["state"]).append_pair("error", "access_denied");
        back
    }
}

async fn discovery(State(room): State<Arc<Room>>) -> Json<Value> {
    let url = &room.url;
    Json(json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/jwks"),
        "revocation_endpoint": format!("{url}/revoke"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn keys(State(room): State<Arc<Room>>) -> Json<Value> {
    Json(json!({ "keys": [room.key.public_jwk()] }))
}

async fn token(State(room): State<Arc<Room>>, Form(form): Form<HashMap<String, String>>) -> Response {
    if let Some(token) = form.get("refresh_token") {
        if *room.busy.lock().unwrap() {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        if room.revoked.lock().unwrap().contains(token) {
            let said = json!({ "error": "invalid_grant", "error_description": "Token has been expired or revoked." });
            return (StatusCode::BAD_REQUEST, Json(said)).into_response();
        }
        *room.renewed.lock().unwrap() += 1;
        let number = *room.renewed.lock().unwrap();
        let access = format!("renewed-{number}-of-{token}");
        return Json(json!({ "access_token": access, "token_type": "Bearer", "expires_in": 3600 })).into_response();
    }
    *room.exchanges.lock().unwrap() += 1;
    let Some((persona, nonce)) = form.get("code").and_then(|code| room.codes.lock().unwrap().remove(code)) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    };
    let Persona { subject, email, verified } = persona;
    let access = format!("{subject}|{}|{verified}", email.unwrap_or_default());
    let now = now();
    let claims = json!({
        "iss": room.url, "aud": "frontdesk", "sub": format!("sub-{subject}"), "iat": now, "exp": now + 3600,
        "nonce": nonce, "email": email, "email_verified": verified, "given_name": "Ada", "family_name": "Lovelace",
    });
    let id_token = room.key.sign(&claims).unwrap();
    Json(json!({
        "access_token": URL_SAFE_NO_PAD.encode(access), "token_type": "Bearer", "expires_in": 3600,
        "refresh_token": format!("refresh-{subject}"), "id_token": id_token, "scope": *room.allowed.lock().unwrap(),
    }))
    .into_response()
}

async fn revoke(
    State(room): State<Arc<Room>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> StatusCode {
    if *room.busy.lock().unwrap() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    if !headers.contains_key("authorization") {
        return StatusCode::UNAUTHORIZED;
    }
    room.revoked.lock().unwrap().push(form["token"].clone());
    StatusCode::OK
}

async fn end_grant(State(room): State<Arc<Room>>, Json(told): Json<Value>) -> StatusCode {
    room.revoked.lock().unwrap().push(told["access_token"].as_str().unwrap().to_owned());
    StatusCode::NO_CONTENT
}

/// The moment at which the clocks of the instances stand, in seconds.
fn now() -> i64 {
    1_767_225_600
}

async fn user(headers: HeaderMap) -> Json<Value> {
    let [subject, ..] = said(&headers);
    let id: u64 = subject.parse().unwrap();
    Json(json!({ "id": id, "login": format!("user{id}"), "name": "Ada Lovelace", "email": null, "avatar_url": null }))
}

async fn emails(headers: HeaderMap) -> Json<Value> {
    let [_, email, verified] = said(&headers);
    if email.is_empty() {
        return Json(json!([]));
    }
    Json(json!([{ "email": email, "primary": true, "verified": verified == "true", "visibility": "private" }]))
}

fn said(headers: &HeaderMap) -> [String; 3] {
    let token = headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ").trim_start_matches("bearer ");
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).unwrap()).unwrap();
    let parts: Vec<_> = text.split('|').map(str::to_owned).collect();
    parts.try_into().unwrap()
}
