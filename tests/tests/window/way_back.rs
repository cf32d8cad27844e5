//! Out to the system's browser and back, in the real window: by a link of the app that runs, by one that starts it, by a
//! port, and by a pasted address. The instance and the browser are stand-ins; the desktop between them is real.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    sync::{Arc, Mutex},
};

use anyhow::{Context as _, Result};
use axum::{
    Form, Json, Router,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use frontdesk_e2e::window::{Desktop, Keychain, Role, Window, identifier};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// An instance whose one provider lets everybody in, as Ada.
#[derive(Default)]
struct Harbour {
    redirect_url: String,
    /// What the browser has proven and nobody has redeemed.
    proven: bool,
    signed_in: usize,
}

type Shared = Arc<Mutex<Harbour>>;
type Fields = std::collections::HashMap<String, String>;

async fn harbour() -> Result<(String, Shared)> {
    let shared = Shared::default();
    let routes = Router::new()
        .route("/v1/environment", get(environment))
        .route("/v1/client", get(async |state, headers: HeaderMap| client(&state, &headers)))
        .route("/v1/client/sign_ins", post(begin))
        .route("/v1/client/sign_ins/{id}", get(look))
        .route("/v1/client/sessions/{id}/touch", post(touch))
        .route("/authorize", get(agree))
        .with_state(shared.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let host = listener.local_addr()?.to_string();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok((host, shared))
}

async fn environment() -> Json<Value> {
    let google = json!({ "enabled": true, "authenticatable": true, "strategy": "oauth_google", "name": "Google" });
    Json(json!({
        "auth_config": { "single_session_mode": false },
        "display_config": { "application_name": "Harbour" },
        "user_settings": { "social": { "oauth_google": google } },
    }))
}

fn client_json(harbour: &Harbour) -> Value {
    let sessions = (1..=harbour.signed_in).map(|number| {
        let address = json!({ "id": "idn_1", "email_address": format!("ada{number}@example.com") });
        let user = json!({ "id": format!("user_{number}"), "first_name": "Ada", "email_addresses": [address] });
        json!({ "id": format!("sess_{number}"), "status": "active", "user": user, "updated_at": 1000 })
    });
    let sessions: Vec<Value> = sessions.collect();
    json!({ "id": "client_1", "sessions": sessions, "updated_at": 1000 + harbour.signed_in })
}

fn token(harbour: &Harbour) -> [(&'static str, String); 1] {
    [("authorization", format!("client-token-{}", harbour.signed_in))]
}

fn client(state: &State<Shared>, headers: &HeaderMap) -> Response {
    let harbour = state.0.lock().unwrap();
    let known = headers.contains_key("authorization");
    let client = if known { client_json(&harbour) } else { Value::Null };
    Json(json!({ "response": client, "client": null })).into_response()
}

fn attempt(harbour: &Harbour, host: &str) -> Value {
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

async fn begin(State(shared): State<Shared>, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    let mut harbour = shared.lock().unwrap();
    harbour.redirect_url = fields.get("redirect_url").cloned().unwrap_or_default();
    harbour.proven = false;
    let host = headers["host"].to_str().unwrap_or_default();
    let body = json!({ "response": attempt(&harbour, host), "client": client_json(&harbour) });
    (token(&harbour), Json(body)).into_response()
}

async fn look(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(_id): Path<String>,
    Query(query): Query<Fields>,
) -> Response {
    let mut harbour = shared.lock().unwrap();
    if let Some(nonce) = query.get("rotating_token_nonce") {
        if nonce != "good" || !harbour.proven {
            let error = json!({ "code": "rotating_token_nonce_invalid", "message": "no", "long_message": "no" });
            return (axum::http::StatusCode::BAD_REQUEST, Json(json!({ "errors": [error] }))).into_response();
        }
        harbour.proven = false;
        harbour.redirect_url.clear();
        harbour.signed_in += 1;
    }
    let host = headers["host"].to_str().unwrap_or_default();
    let body = json!({ "response": attempt(&harbour, host), "client": client_json(&harbour) });
    (token(&harbour), Json(body)).into_response()
}

async fn touch(State(shared): State<Shared>, Path(id): Path<String>) -> Response {
    let harbour = shared.lock().unwrap();
    Json(json!({ "response": { "id": id, "status": "active" }, "client": client_json(&harbour) })).into_response()
}

async fn agree(State(shared): State<Shared>) -> Redirect {
    let mut harbour = shared.lock().unwrap();
    harbour.proven = true;
    Redirect::to(&format!("{}?rotating_token_nonce=good", harbour.redirect_url))
}

/// A browser that agrees to everything, and goes where it is led: to a program by the desktop, to a port by itself. While
/// there is a file of that name in its home, it leaves the last step to somebody else and writes it down.
const BROWSER: &str = r#"#!/bin/sh
next=$(curl -s -o /dev/null -w '%{redirect_url}' "$1")
if [ -e "$HOME/hold" ]; then
    printf %s "$next" > "$HOME/held.new" && mv "$HOME/held.new" "$HOME/held"
    exit
fi
case "$next" in
http*) curl -s -L "$next" > "$HOME/last-page" ;;
*) xdg-open "$next" ;;
esac
"#;

/// Makes it the browser of a desktop.
fn install_browser(desktop: &Desktop) -> Result<()> {
    let home = desktop.home().join("home");
    let program = home.join("browser.sh");
    fs::write(&program, BROWSER)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    let applications = home.join(".local/share/applications");
    fs::create_dir_all(&applications)?;
    let schemes = "x-scheme-handler/http;x-scheme-handler/https";
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName=Browser\nExec={} %u\nMimeType={schemes};\nTerminal=false\n",
        program.display()
    );
    fs::write(applications.join("browser.desktop"), entry)?;
    for scheme in schemes.split(';') {
        let set = desktop.command("xdg-mime").args(["default", "browser.desktop", scheme]).status()?;
        anyhow::ensure!(set.success(), "xdg-mime ended with {set}");
    }
    Ok(())
}

/// Adds the instance and goes to where one signs in.
async fn at_sign_in(window: &Window, host: &str) -> Result<()> {
    let key = format!("pk_test_{}", STANDARD_NO_PAD.encode(format!("{host}$")));
    window.press("Connect to an instance").await?;
    window.enter("Publishable key or address", &key).await?;
    window.press("Continue").await?;
    window.press("Connect").await?;
    window.find(Role::Button, "Continue with Google").await.map(drop)
}

/// Begins another sign-in at the instance.
async fn once_more(window: &Window, host: &str) -> Result<()> {
    window.press("Add an account").await?;
    window.choose(host).await?;
    window.press("Sign in").await?;
    window.press("Continue with Google").await
}

async fn held(desktop: &Desktop, window: &Window) -> Result<String> {
    let file = desktop.home().join("home/held");
    // The instance answers meanwhile.
    window.until("the browser has gone as far as it may", async || Ok(file.exists())).await?;
    let address = fs::read_to_string(&file)?;
    fs::remove_file(&file)?;
    Ok(address)
}

#[tokio::test]
async fn the_browser_leads_back_by_a_link_also_to_an_app_that_was_killed() -> Result<()> {
    let (host, _) = harbour().await?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    install_browser(&desktop)?;
    let window = desktop.open().await?;
    at_sign_in(&window, &host).await?;
    window.press("Continue with Google").await?;
    window.reads("ada1@example.com").await?;

    // The same once more, and nothing comes back before the app is gone.
    fs::write(desktop.home().join("home/hold"), "")?;
    once_more(&window, &host).await?;
    window.find(Role::Heading, "Go on in your browser").await?;
    let address = held(&desktop, &window).await?;
    assert!(address.starts_with(&format!("{}://callback", identifier()?)), "{address}");
    window.kill();
    let window = desktop.open_with(&[&address]).await?;
    window.reads("ada2@example.com").await?;
    // It comes again, and nothing happens.
    desktop.run(&[&address])?;
    window.find(Role::Button, "Add an account").await?;
    window.reads("ada2@example.com").await
}

#[tokio::test]
async fn the_browser_leads_back_by_a_port_or_by_hand() -> Result<()> {
    let (host, _) = harbour().await?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    install_browser(&desktop)?;
    fs::create_dir_all(desktop.data()?)?;
    fs::write(desktop.data()?.join("preferences.json"), r#"{ "by_port": true }"#)?;
    let window = desktop.open().await?;
    at_sign_in(&window, &host).await?;
    window.press("Continue with Google").await?;
    window.reads("ada1@example.com").await?;
    let page = desktop.home().join("home/last-page");
    window.until("the browser has its last page", async || Ok(page.exists())).await?;
    assert!(fs::read_to_string(page)?.contains("You can close this page"));

    fs::write(desktop.home().join("home/hold"), "")?;
    once_more(&window, &host).await?;
    let address = held(&desktop, &window).await?;
    window.press("Paste address").await?;
    window.enter("Address at the end", &format!("http://{host}/authorize")).await?;
    window.press("Go on").await?;
    window.reads("This address does not lead back to Frontdesk.").await?;
    window.enter("Address at the end", &address).await?;
    window.press("Go on").await?;
    window.reads("ada2@example.com").await.context("the pasted address was taken")
}
