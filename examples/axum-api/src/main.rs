//! An API that answers signed-in people alone. It checks their tokens by itself, with the published keys of the instance
//! that `CLERK_API_URL` leads to. `AUTHORIZED_PARTIES` may say whose pages it is for.

mod tokens;

use std::{sync::Arc, time::SystemTime};

use anyhow::Context as _;
use axum::{Json, Router, extract::State, routing::get};
use http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use jsonwebtoken::jwk::JwkSet;
use serde_json::{Value, json};
use tokens::{Claims, KeySource, Unavailable, Verifier, Wanted};

/// What a token of the template `report` says in `aud`; tokens of other templates open nothing here.
const AUDIENCE: &str = "report";

/// The published keys of an instance.
struct Published {
    http: reqwest::Client,
    url: String,
}

impl KeySource for Published {
    async fn keys(&self) -> Result<JwkSet, Unavailable> {
        let asked = self.http.get(&self.url).send().await.and_then(reqwest::Response::error_for_status);
        asked.map_err(|_| Unavailable)?.json().await.map_err(|_| Unavailable)
    }
}

type Tokens = State<Arc<Verifier<Published>>>;
type Answer = Result<Json<Value>, (StatusCode, Json<Value>)>;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let issuer = std::env::var("CLERK_API_URL").context("CLERK_API_URL has to say where the instance is")?;
    let parties = std::env::var("AUTHORIZED_PARTIES").unwrap_or_default();
    let parties = parties.split(',').map(str::trim).filter(|origin| !origin.is_empty()).map(str::to_owned).collect();
    let port = std::env::var("PORT").ok().map_or(Ok(3002), |port| port.parse()).context("PORT has to be a number")?;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let published = Published { http, url: format!("{issuer}/.well-known/jwks.json") };
    let routes = Router::new().route("/api/me", get(me)).route("/api/report", get(report));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("The API listens at http://{}", listener.local_addr()?);
    let verifier = Verifier::new(published, issuer, parties);
    Ok(axum::serve(listener, routes.with_state(Arc::new(verifier))).await?)
}

/// `GET /api/me`, with a session token.
async fn me(State(verifier): Tokens, headers: HeaderMap) -> Answer {
    let claims = asked_by(&verifier, &headers, Wanted::Session).await?;
    Ok(Json(json!({ "userId": claims.sub, "sessionId": claims.sid })))
}

/// `GET /api/report`, with a token of the template `report`.
async fn report(State(verifier): Tokens, headers: HeaderMap) -> Answer {
    let claims = asked_by(&verifier, &headers, Wanted::Template { audience: AUDIENCE }).await?;
    Ok(Json(json!({ "userId": claims.sub, "role": claims.own.get("role") })))
}

async fn asked_by(
    verifier: &Verifier<Published>,
    headers: &HeaderMap,
    wanted: Wanted<'_>,
) -> Result<Claims, (StatusCode, Json<Value>)> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let checked = verifier.verify(token, wanted, i64::try_from(now).unwrap_or(i64::MAX)).await;
    checked.map_err(|refused| (refused.status(), Json(json!({ "error": refused.to_string() }))))
}
