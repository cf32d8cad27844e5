//! Tools of this computer use the instance inside the app, if its person lets them.

use anyhow::{Context, Result, ensure};
use frontdesk_e2e::window::{Desktop, Keychain, Person, Role, Window, sign_up};
use reqwest::{Client, StatusCode};
use serde_json::Value;

const SWITCH: &str = "Let tools use the instance inside Frontdesk";
const QUESTION: &str = "Let tools use the instance inside Frontdesk?";

/// What is on the clipboard, as a field of the page gets it: in one line.
async fn pasted(desktop: &Desktop, window: &Window) -> Result<String> {
    let name = "Publishable key or address";
    window.find(Role::Field, name).await?.focus().await?;
    desktop.paste()?;
    window.until("something was pasted", async || Ok(!window.value(name).await?.is_empty())).await?;
    window.value(name).await
}

/// The value of a line, up to the name of the next.
fn value<'t>(lines: &'t str, name: &str, next: &str) -> Result<&'t str> {
    let (_, rest) = lines.split_once(&format!("{name}=")).context("the line is there")?;
    rest.split_once(next).map(|(value, _)| value.trim()).context("and the next one")
}

#[tokio::test]
async fn sec_101_a_tool_uses_the_instance_inside_the_app_while_its_person_lets_it() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    window.press("Settings").await?;
    ensure!(!window.has(Role::Button, "Copy lines for .env").await?);
    window.choose(SWITCH).await?;
    desktop.answer_question(QUESTION, false)?;
    window.reads("This was not confirmed, so nothing was done.").await?;
    ensure!(!window.has(Role::Button, "Copy lines for .env").await?);
    window.choose(SWITCH).await?;
    desktop.answer_question(QUESTION, true)?;
    window.press("Copy lines for .env").await?;
    window.reads("Copied").await?;

    window.press("Back").await?;
    window.press("Add an account").await?;
    window.press("Connect to an instance").await?;
    let lines = pasted(&desktop, &window).await?;
    let (key, url) =
        (value(&lines, "CLERK_SECRET_KEY", "CLERK_API_URL")?, value(&lines, "CLERK_API_URL", "CLERK_PROXY")?);
    let client = Client::builder().no_proxy().build()?;
    let users = async || client.get(format!("{url}/v1/users")).bearer_auth(key).send().await;
    let listed: Value = users().await?.error_for_status()?.json().await?;
    ensure!(listed[0]["email_addresses"][0]["email_address"] == Person::ADA.address, "{listed}");
    ensure!(client.get(format!("{url}/v1/environment?_is_native=1")).send().await?.status() == StatusCode::OK);

    // It stays so after a start, until its person takes it back, about which nobody is asked.
    window.quit().await?;
    let window = desktop.open().await?;
    window.press("Settings").await?;
    window.find(Role::Button, "Copy lines for .env").await?;
    window
        .until("tools reach it again", async || Ok(users().await.is_ok_and(|it| it.status() == StatusCode::OK)))
        .await?;
    window.choose(SWITCH).await?;
    window.until("tools are let in no more", async || Ok(users().await?.status() == StatusCode::NOT_FOUND)).await
}
