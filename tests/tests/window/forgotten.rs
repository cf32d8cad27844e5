//! A forgotten password: a code by mail, a new one, and in.

use anyhow::Result;
use frontdesk_e2e::window::{
    Desktop, Keychain, Person, Role, Window, account_of, begin_sign_in, code_from_outbox, sign_out, sign_up,
};

/// What Ada chooses instead.
const NEW: &str = "Copper-kettle-by-the-window-9";

/// The screen that asks for the code, and what the code is.
async fn asked_for_the_code(window: &Window) -> Result<String> {
    sign_up(window, Person::ADA).await?;
    sign_out(window).await?;
    begin_sign_in(window, Person::ADA).await?;
    window.press("Forgot your password?").await?;
    window.find(Role::Heading, "Reset your password").await?;
    code_from_outbox(window).await
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_and_the_old_one_is_worth_nothing() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    let code = asked_for_the_code(&window).await?;
    window.enter("Verification code", &code).await?;
    window.find(Role::Heading, "Choose a new password").await?;
    window.enter("New password", "short").await?;
    window.press("Set password and sign in").await?;
    window.reads("Use at least 8 characters.").await?;
    window.enter("New password", NEW).await?;
    window.press("Set password and sign in").await?;
    account_of(&window, Person::ADA).await?;

    sign_out(&window).await?;
    begin_sign_in(&window, Person::ADA).await?;
    window.enter("Password", Person::ADA.password).await?;
    window.press("Sign in").await?;
    window.reads("This password is not right.").await?;
    window.enter("Password", NEW).await?;
    window.press("Sign in").await?;
    account_of(&window, Person::ADA).await
}

#[tokio::test]
async fn a_wrong_code_is_said_and_back_leads_to_the_password() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    let code = asked_for_the_code(&window).await?;
    window.enter("Verification code", if code == "111111" { "222222" } else { "111111" }).await?;
    window.reads("This code is not right. Check the newest message and try again.").await?;
    window.press("Back").await?;
    window.find(Role::Heading, "Enter your password").await?;
    window.enter("Password", Person::ADA.password).await?;
    window.press("Sign in").await?;
    account_of(&window, Person::ADA).await
}
