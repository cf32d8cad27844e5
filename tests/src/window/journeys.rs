//! The ways through the app that many tests begin with.

use anyhow::{Context, Result};

use super::{
    Desktop, Keychain, Role, Tongue, Window,
    refused::{connect, say_who, try_password},
};
use crate::{authenticator::Authenticator, served::Served};

/// Somebody with an account, or about to have one.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// Email address.
    pub address: &'static str,
    /// Password.
    pub password: &'static str,
}

impl Person {
    /// The one most tests are about.
    pub const ADA: Self = Self { address: "ada@example.com", password: "Lantern-on-the-pier-42" };
    /// A second one.
    pub const GRACE: Self = Self { address: "grace@example.com", password: "Harbour-light-at-dusk-7" };
}

/// From Welcome to the account: address, password, the code from the outbox. Answers the code.
///
/// # Errors
/// A step does not come.
pub async fn sign_up(window: &Window, person: Person) -> Result<String> {
    window.press("Create an account").await?;
    begin_sign_up(window, person).await?;
    let code = code_from_outbox(window).await?;
    window.enter("Verification code", &code).await?;
    account_of(window, person).await?;
    Ok(code)
}

/// A window after a start at which there was no keychain any more, where Ada is signed in to a server.
///
/// # Errors
/// A step does not come.
pub async fn unread(tongue: Tongue) -> Result<(Served, Desktop, Window)> {
    let server = Served::start("")?;
    server.add_user(Person::ADA.address, Person::ADA.password).await?;
    let mut desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    connect(&window, &server).await?;
    say_who(&window, Person::ADA).await?;
    try_password(&window, Person::ADA.password).await?;
    account_of(&window, Person::ADA).await?;
    tongue.choose(&window).await?;
    window.quit().await?;
    desktop.set_keychain(Keychain::Absent)?;
    let window = desktop.open().await?;
    window.find(Role::Heading, tongue.say("This account cannot be read")?).await?;
    Ok((server, desktop, window))
}

/// From the sign-up form to the screen that asks for the code.
///
/// # Errors
/// A step does not come.
pub async fn begin_sign_up(window: &Window, person: Person) -> Result<()> {
    window.enter("Email address", person.address).await?;
    window.enter("Password", person.password).await?;
    window.press("Continue").await?;
    window.find(Role::Field, "Verification code").await?;
    Ok(())
}

/// From Welcome to the screen that asks for the password.
///
/// # Errors
/// A step does not come.
pub async fn begin_sign_in(window: &Window, person: Person) -> Result<()> {
    window.press("Sign in").await?;
    window.enter("Email address", person.address).await?;
    window.press("Continue").await?;
    window.find(Role::Heading, "Enter your password").await?;
    Ok(())
}

/// Waits until the account is shown.
///
/// # Errors
/// It is not.
pub async fn account_of(window: &Window, person: Person) -> Result<()> {
    window.find(Role::Part, "Profile").await?;
    window.reads(person.address).await
}

/// From the account to what is shown without it.
///
/// # Errors
/// The account stays.
pub async fn sign_out(window: &Window) -> Result<()> {
    window.press_in("Sign out", "Sign out").await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    Ok(())
}

/// From the screen that asks for a code to the outbox and back. Answers the newest code there.
///
/// # Errors
/// A step does not come.
pub async fn code_from_outbox(window: &Window) -> Result<String> {
    window.press("Outbox").await?;
    window.find(Role::Heading, "Outbox").await?;
    window.until("a message with a code came", async || Ok(newest_code(&window.text().await?).is_some())).await?;
    let code = newest_code(&window.text().await?).context("the code has gone again")?;
    window.press("Back").await?;
    window.find(Role::Field, "Verification code").await?;
    Ok(code)
}

/// On the screen that sets up an authenticator app: reads the key into one.
///
/// # Errors
/// The screen does not come, or shows no key.
pub async fn authenticator_with_key(window: &Window) -> Result<Authenticator> {
    window.find(Role::Heading, "Add an authenticator app").await?;
    window.find(Role::Field, "Verification code").await?;
    let key = window.script("return document.querySelector('.secret-words .mono')?.textContent").await?;
    Authenticator::with_key(key.as_str().context("the key can be read")?)
}

/// The first word of six digits: addresses in other messages may have as many in a row.
fn newest_code(text: &str) -> Option<String> {
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    text.split_whitespace().find(is_code).map(str::to_owned)
}
