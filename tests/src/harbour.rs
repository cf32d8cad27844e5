//! An instance in a few lines, of which a person knows nothing but that its provider lets them in; or that it does not let
//! the app go there.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use axum::{
    Form, Json, Router, extract,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// An instance whose one provider lets everybody in, as Ada.
pub struct Harbour {
    host: String,
    shared: Shared,
}

#[derive(Default)]
struct State {
    redirect_url: String,
    /// What the browser has proven and nobody has redeemed.
    proven: bool,
    signed_in: usize,
    /// Why nobody may go out.
    refusal: Option<&'static str>,
}

type Shared = Arc<Mutex<State>>;
type Fields = std::collections::HashMap<String, String>;

impl Harbour {
    /// Opens it, at a port of this computer.
    ///
    /// # Errors
    /// There is none to be had.
    pub async fn open() -> Result<Self> {
        let shared = Shared::default();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let host = listener.local_addr()?.to_string();
        let routes = routes(&shared);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { host, shared })
    }

    /// Host and port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its publishable key.
    #[must_use]
    pub fn key(&self) -> String {
        format!("pk_test_{}", STANDARD_NO_PAD.encode(format!("{}$", self.host)))
    }

    /// From now on it refuses whoever wants to go out, by this code of the protocol.
    pub fn refuse(&self, code: &'static str) {
        locked(&self.shared).refusal = Some(code);
    }
}

fn locked(shared: &Shared) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn routes(shared: &Shared) -> Router {
    Router::new()
        .route("/v1/environment", get(environment))
        .route(
            "/v1/client",
            get(async |extract::State(shared): extract::State<Shared>, headers: HeaderMap| client(&shared, &headers)),
        )
        .route("/v1/client/sign_ins", post(begin))
        .route("/v1/client/sign_ins/{id}", get(look))
        .route("/v1/client/sessions/{id}/touch", post(touch))
        .route("/authorize", get(agree))
        .with_state(shared.clone())
}

async fn environment() -> Json<Value> {
    let google = json!({ "enabled": true, "authenticatable": true, "strategy": "oauth_google", "name": "Google" });
    Json(json!({
        "auth_config": { "single_session_mode": false },
        "display_config": { "application_name": "Harbour" },
        "user_settings": { "social": { "oauth_google": google } },
    }))
}

fn client_json(harbour: &State) -> Value {
    let sessions = (1..=harbour.signed_in).map(|number| {
        let address = json!({ "id": "idn_1", "email_address": format!("ada{number}@example.com") });
        let user = json!({ "id": format!("user_{number}"), "first_name": "Ada", "email_addresses": [address] });
        json!({ "id": format!("sess_{number}"), "status": "active", "user": user, "updated_at": 1000 })
    });
    let sessions: Vec<Value> = sessions.collect();
    json!({ "id": "client_1", "sessions": sessions, "updated_at": 1000 + harbour.signed_in })
}

fn token(harbour: &State) -> [(&'static str, String); 1] {
    [("authorization", format!("client-token-{}", harbour.signed_in))]
}

fn client(shared: &Shared, headers: &HeaderMap) -> Response {
    let harbour = locked(shared);
    let known = headers.contains_key("authorization");
    let client = if known { client_json(&harbour) } else { Value::Null };
    Json(json!({ "response": client, "client": null })).into_response()
}

fn attempt(harbour: &State, host: &str) -> Value {
    let done = harbour.redirect_url.is_empty();
    json!({
        "id": "sia_1",
        "status": if done { "complete" } else { "needs_identifier" },
        "created_session_id": done.then(|| format!("sess_{}", harbour.signed_in)),
        "first_factor_verification": {
            "status": if done { "verified" } else { "unverified" },
            "strategy": "oauth_google",
            "external_verification_redirect_url": (!done).then(|| format!("http://{host}/authorize?state=s")),
        },
    })
}

async fn begin(
    extract::State(shared): extract::State<Shared>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let mut harbour = locked(&shared);
    if let Some(code) = harbour.refusal {
        return refused(code);
    }
    harbour.redirect_url = fields.get("redirect_url").cloned().unwrap_or_default();
    harbour.proven = false;
    let host = headers["host"].to_str().unwrap_or_default();
    let body = json!({ "response": attempt(&harbour, host), "client": client_json(&harbour) });
    (token(&harbour), Json(body)).into_response()
}

fn refused(code: &str) -> Response {
    let error = json!({ "code": code, "message": "no", "long_message": "no" });
    (StatusCode::BAD_REQUEST, Json(json!({ "errors": [error] }))).into_response()
}

async fn look(
    extract::State(shared): extract::State<Shared>,
    headers: HeaderMap,
    extract::Path(_id): extract::Path<String>,
    extract::Query(query): extract::Query<Fields>,
) -> Response {
    let mut harbour = locked(&shared);
    if let Some(nonce) = query.get("rotating_token_nonce") {
        if nonce != "good" || !harbour.proven {
            return refused("rotating_token_nonce_invalid");
        }
        harbour.proven = false;
        harbour.redirect_url.clear();
        harbour.signed_in += 1;
    }
    let host = headers["host"].to_str().unwrap_or_default();
    let body = json!({ "response": attempt(&harbour, host), "client": client_json(&harbour) });
    (token(&harbour), Json(body)).into_response()
}

async fn touch(extract::State(shared): extract::State<Shared>, extract::Path(id): extract::Path<String>) -> Response {
    let harbour = locked(&shared);
    Json(json!({ "response": { "id": id, "status": "active" }, "client": client_json(&harbour) })).into_response()
}

async fn agree(extract::State(shared): extract::State<Shared>) -> Redirect {
    let mut harbour = locked(&shared);
    harbour.proven = true;
    Redirect::to(&format!("{}?rotating_token_nonce=good", harbour.redirect_url))
}
