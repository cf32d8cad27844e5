//! A walk past every screen, in the order in which a newcomer could meet them.

use anyhow::Result;

use super::{
    Person, Role, Window,
    journeys::{account_of, authenticator_with_key, begin_sign_in, begin_sign_up, code_from_outbox, sign_out},
};

/// A way for the window to look.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Short name.
    pub name: &'static str,
    /// The choice in Settings.
    pub theme: &'static str,
    /// Width and height.
    pub size: (u32, u32),
}

impl Look {
    /// The first look of the app by day.
    pub const LIGHT: Self = Self { name: "light", theme: "Light", size: (980, 680) };
    /// By night.
    pub const DARK: Self = Self { name: "dark", theme: "Dark", size: (980, 680) };
    /// As narrow as it gets.
    pub const NARROW: Self = Self { name: "narrow", theme: "Light", size: (360, 640) };
}

/// Gives the window this look, from Welcome and back to it.
///
/// # Errors
/// Settings do not come.
pub async fn dress(window: &Window, look: Look) -> Result<()> {
    window.resize(look.size.0, look.size.1).await?;
    window.press("Settings").await?;
    window.choose(look.theme).await?;
    window.press("Back").await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await.map(drop)
}

/// Gives the window this look wherever it is, as the choice in Settings and somebody who drags its corner do.
///
/// # Errors
/// The window cannot be resized.
pub async fn wear(window: &Window, look: Look) -> Result<()> {
    window.script(&format!("document.documentElement.dataset.theme = '{}'", look.theme.to_lowercase())).await?;
    window.resize(look.size.0, look.size.1).await?;
    // Drawn as well, before anybody takes a picture.
    let drawn = "return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))";
    window.script(drawn).await.map(drop)
}

/// Goes past every screen in this look, from a first start to the screens of a known person, and calls at each one with
/// its name.
///
/// # Errors
/// A screen does not come, or the visitor fails.
pub async fn tour(window: &Window, look: Look, mut visit: impl AsyncFnMut(&str) -> Result<()>) -> Result<()> {
    window.resize(look.size.0, look.size.1).await?;
    window.press("Settings").await?;
    window.choose(look.theme).await?;
    window.find(Role::Button, "Copy diagnostics").await?;
    window.reads("Your keychain works").await?;
    visit("settings").await?;
    window.press("Back").await?;
    window.find(Role::Button, "Create an account").await?;
    visit("welcome").await?;
    window.press("Connect to an instance").await?;
    window.find(Role::Field, "Publishable key or address").await?;
    visit("connect").await?;
    window.press("Back").await?;

    window.press("Create an account").await?;
    window.find(Role::Field, "Password").await?;
    visit("sign-up").await?;
    window.press("Continue").await?;
    window.reads("Enter your email address.").await?;
    visit("sign-up-unfilled").await?;
    begin_sign_up(window, Person::ADA).await?;
    visit("verify").await?;
    window.press("Outbox").await?;
    window.find(Role::Button, "Copy code").await?;
    visit("outbox").await?;
    window.press("Back").await?;
    let code = code_from_outbox(window).await?;
    window.enter("Verification code", &code).await?;
    account_of(window, Person::ADA).await?;
    window.press("Edit name").await?;
    window.enter("First name", "Ada").await?;
    window.enter("Last name", "Lovelace").await?;
    window.press("Save").await?;
    window.find(Role::Heading, "Ada Lovelace").await?;
    window.find(Role::Button, "Edit name").await?;
    window.reads("This device").await?;
    visit("account").await?;
    window.press("Manage account").await?;
    window.find(Role::Part, "Delete account").await?;
    window.reads("This device").await?;
    visit("manage").await?;
    window.press("Change password").await?;
    window.find(Role::Field, "Current password").await?;
    visit("manage-password").await?;
    window.press("Cancel").await?;
    window.press("Add an authenticator app").await?;
    let mut app = authenticator_with_key(window).await?;
    visit("authenticator").await?;
    window.enter("Verification code", &app.next_code()?).await?;
    window.find(Role::Heading, "Keep your backup codes").await?;
    visit("backup-codes").await?;
    window.press("I have kept them").await?;
    window.find(Role::Button, "Remove the authenticator app").await?;
    visit("manage-two-step").await?;
    window.press("Remove the authenticator app").await?;
    window.find(Role::Dialog, "Remove the authenticator app?").await?;
    visit("manage-remove-authenticator").await?;
    window.press("Cancel").await?;
    passkey_and_lock(window, &mut visit).await?;
    window.press("Back").await?;
    sign_out(window).await?;

    begin_sign_in(window, Person::ADA).await?;
    visit("password").await?;
    window.enter("Password", "not the password at all").await?;
    window.press("Sign in").await?;
    window.reads("This password is not right.").await?;
    visit("password-wrong").await?;
    window.press("Forgot your password?").await?;
    window.find(Role::Heading, "Reset your password").await?;
    visit("reset-code").await?;
    let code = code_from_outbox(window).await?;
    window.enter("Verification code", &code).await?;
    window.find(Role::Field, "New password").await?;
    visit("new-password").await?;
    window.press("Back").await?;
    window.find(Role::Field, "Email address").await?;
    visit("sign-in").await?;
    window.press("Continue").await?;
    window.enter("Password", Person::ADA.password).await?;
    window.press("Sign in").await?;
    window.find(Role::Heading, "Two-step verification").await?;
    visit("second-step").await?;
    window.enter("Verification code", &app.wrong_code()?).await?;
    window.reads("This code is not right, or was used already.").await?;
    visit("second-step-wrong").await?;
    window.press("Use another way").await?;
    window.find(Role::Button, "Use a backup code").await?;
    visit("second-step-ways").await?;
    window.press("Use a backup code").await?;
    window.find(Role::Field, "Backup code").await?;
    visit("second-step-backup").await
}

/// From the account's own pages past a passkey of this device, and from there to Settings past the lock of the app.
async fn passkey_and_lock(window: &Window, visit: &mut impl AsyncFnMut(&str) -> Result<()>) -> Result<()> {
    const PIN: &str = "pier-42";
    window.press("Add a passkey").await?;
    window.find(Role::Button, "This device").await?;
    visit("passkey-places").await?;
    window.press("This device").await?;
    window.find(Role::Field, "New PIN once more").await?;
    visit("passkey-new-pin").await?;
    window.enter("New PIN", PIN).await?;
    window.enter("New PIN once more", PIN).await?;
    window.press("Set PIN").await?;
    window.reads("The passkey Passkey was added.").await?;
    window.find(Role::Button, "Rename Passkey").await?;
    visit("manage-passkeys").await?;
    window.press("Back").await?;

    window.press("Settings").await?;
    window.choose("Ask for a PIN before anything is shown").await?;
    window.enter("PIN", PIN).await?;
    window.press("Continue").await?;
    window.find(Role::Button, "Lock now").await?;
    answered(window).await?;
    visit("settings-lock").await?;
    window.press("Lock now").await?;
    window.find(Role::Heading, "Unlock Frontdesk").await?;
    window.find(Role::Field, "PIN").await?;
    visit("lock").await?;
    window.enter("PIN", "pier-43").await?;
    window.press("Continue").await?;
    window.reads("This PIN is not right.").await?;
    window.find(Role::Field, "PIN").await?;
    visit("lock-wrong").await?;
    window.enter("PIN", PIN).await?;
    window.press("Continue").await?;
    answered(window).await
}

/// Waits until no question is over the screen.
async fn answered(window: &Window) -> Result<()> {
    window
        .until("no question is in sight", async || {
            Ok(window.script("return document.querySelector('dialog[open]') === null").await? == true)
        })
        .await
}
