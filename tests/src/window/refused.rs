//! Walks past what an instance elsewhere may say at its door: not by yourself, not yet, not any more.
//!
//! Each begins at Welcome and calls at every screen with its name.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::{
    Person, Role, Window,
    journeys::{account_of, sign_out},
};
use crate::served::Served;

/// Whom people may write to.
const SUPPORT: &str = "support_email = \"desk@harbour.example\"\n";
/// Nobody signs up by themselves.
const RESTRICTED: &str = "[settings.policy.restrictions]\nsign_up_mode = \"restricted\"\n";
/// The same, and people may ask.
const WAITLIST: &str = "[settings.policy.restrictions]\nsign_up_mode = \"waitlist\"\n";
/// Numbers are taken besides.
const NUMBERS: &str = "[settings.policy.phone_number]\nrequirement = \"optional\"\n";
/// The same, and the number of [`NUMBER`] is of a country that is off.
const NUMBERS_OFF: &str = "[settings.policy.phone_number]\nrequirement = \"optional\"\n\
    [settings.policy.texts]\nblocked_countries = [\"CH\"]\n";
const NUMBER: &str = "+41791234567";
const SPOKEN: &str = "+41 79 123 45 67";
/// Of a country that is off everywhere.
const FAR: &str = "+2348021234567";

const INVITATION: &str = "Link or code of the invitation";

fn settings(more: &str) -> String {
    format!("[settings]\n{SUPPORT}{more}")
}

/// From Welcome to the sign-in screen of a server.
pub(super) async fn connect(window: &Window, server: &Served) -> Result<()> {
    window.press("Connect to an instance").await?;
    window.enter("Publishable key or address", &server.host()).await?;
    window.press("Continue").await?;
    window.find(Role::Heading, "Is this the right host?").await?;
    window.press("Connect").await?;
    window.find(Role::Button, "Continue").await?;
    window.find(Role::Heading, "Sign in").await.map(drop)
}

/// From a sign-in screen to the password.
pub(super) async fn say_who(window: &Window, person: Person) -> Result<()> {
    window.enter("Email address", person.address).await?;
    window.press("Continue").await?;
    window.find(Role::Heading, "Enter your password").await.map(drop)
}

pub(super) async fn try_password(window: &Window, password: &str) -> Result<()> {
    window.enter("Password", password).await?;
    window.press("Sign in").await
}

/// A waitlist: asked, approved by the owner, and in by the link of the mail.
///
/// # Errors
/// A screen does not come, or the visitor fails.
pub async fn waitlist(window: &Window, person: Person, visit: &mut impl AsyncFnMut(&str) -> Result<()>) -> Result<()> {
    let server = Served::start(&settings(WAITLIST))?;
    connect(window, &server).await?;
    window.press("Join the waiting list").await?;
    window.find(Role::Heading, "There is a waiting list").await?;
    window.reads("desk@harbour.example").await?;
    visit("waitlist").await?;
    window.enter("Email address", person.address).await?;
    window.press("Join the waiting list").await?;
    window.find(Role::Heading, "You are on the list").await?;
    window.reads(&format!("A message is on its way to {}", person.address)).await?;
    visit("waitlist-joined").await?;
    let link = server.approve(person.address).await?;
    window.press("I have an invitation").await?;
    window.find(Role::Heading, "Your invitation").await?;
    visit("invitation").await?;
    accept(window, person, &link).await?;
    visit_account(window, person).await
}

/// By invitation only: what lets nobody in, and a link that does.
///
/// # Errors
/// A screen does not come, or the visitor fails.
pub async fn invitation(
    window: &Window,
    person: Person,
    visit: &mut impl AsyncFnMut(&str) -> Result<()>,
) -> Result<()> {
    let server = Served::start(&settings(RESTRICTED))?;
    let (first, revoked) = server.invite(person.address).await?;
    server.revoke_invitation(&first).await?;
    connect(window, &server).await?;
    window.press("I have an invitation").await?;
    window.find(Role::Heading, "By invitation only").await?;
    visit("invitation-only").await?;
    window.enter(INVITATION, "my invitation").await?;
    window.press("Accept the invitation").await?;
    window.reads("There is no invitation in this.").await?;
    window.enter(INVITATION, &revoked).await?;
    window.press("Accept the invitation").await?;
    window.reads("This invitation was taken back.").await?;
    visit("invitation-revoked").await?;
    let (_, link) = server.invite(person.address).await?;
    window.enter(INVITATION, &link).await?;
    window.press("Accept the invitation").await?;
    window.reads(&format!("Your invitation is for {}.", person.address)).await?;
    visit("invited").await?;
    enter_password(window, person).await?;
    visit_account(window, person).await?;
    // A link is good once.
    window.choose(&server.host()).await?;
    window.press("I have an invitation").await?;
    window.enter(INVITATION, &link).await?;
    window.press("Accept the invitation").await?;
    window.reads("This invitation was used already.").await?;
    window.press("Back").await?;
    window.find(Role::Heading, "Welcome to Frontdesk").await.map(drop)
}

/// Signs up by the link of an invitation.
async fn accept(window: &Window, person: Person, link: &str) -> Result<()> {
    window.enter(INVITATION, link).await?;
    window.press("Accept the invitation").await?;
    enter_password(window, person).await
}

async fn enter_password(window: &Window, person: Person) -> Result<()> {
    window.find(Role::Heading, "One thing more").await?;
    ensure!(!window.has(Role::Field, "Email address").await?, "the invitation says it");
    window.enter("Password", person.password).await?;
    window.press("Continue").await
}

/// The account is there, and is signed out of.
async fn visit_account(window: &Window, person: Person) -> Result<()> {
    account_of(window, person).await?;
    sign_out(window).await
}

/// Ten wrong tries lock an account for an hour; a ban shuts it out, signed in or not.
///
/// # Errors
/// A screen does not come, or the visitor fails.
pub async fn lock_and_ban(
    window: &Window,
    person: Person,
    visit: &mut impl AsyncFnMut(&str) -> Result<()>,
) -> Result<()> {
    let server = Served::start(&settings(""))?;
    let user = server.add_user(person.address, person.password).await?;
    connect(window, &server).await?;
    say_who(window, person).await?;
    for _ in 0..7 {
        let said = server.try_password(person.address, "not it").await?;
        ensure!(said == ["form_password_incorrect"], "{said:?}");
    }
    try_password(window, "not the password").await?;
    window.reads("A few more wrong tries lock this account for a while.").await?;
    visit("nearly-locked").await?;
    let warned = server.try_password(person.address, "not it").await?;
    ensure!(warned == ["form_password_incorrect", "account_lockout_warning"], "{warned:?}");
    try_password(window, "not the password either").await?;
    window.find(Role::Heading, "This account is locked for now").await?;
    window.reads("You can try again from").await?;
    window.reads("desk@harbour.example").await?;
    visit("locked").await?;
    // No other way is open, and the right password is none.
    window.press("Start again").await?;
    window.press("Continue").await?;
    window.find(Role::Heading, "Enter your password").await?;
    window.press("Email a code to a**@e***.com").await?;
    window.find(Role::Heading, "This account is locked for now").await?;
    server.set_ahead(Duration::from_mins(61))?;
    window.press("Start again").await?;
    window.press("Continue").await?;
    try_password(window, person.password).await?;
    account_of(window, person).await?;

    server.ban(&user).await?;
    window.press("Edit name").await?;
    window.enter("First name", "Alan").await?;
    window.press("Save").await?;
    window.find(Role::Heading, "Sign in again").await?;
    visit("ended-by-ban").await?;
    window.press("Sign in").await?;
    window.press("Continue").await?;
    try_password(window, person.password).await?;
    window.find(Role::Heading, "This account is banned").await?;
    window.reads("desk@harbour.example").await?;
    visit("banned").await?;
    window.press("Start again").await?;
    window.press("Back").await.map(drop)
}

/// A code by text as the second factor, and countries that get none.
///
/// # Errors
/// A screen does not come, or the visitor fails.
pub async fn texts(window: &Window, person: Person, visit: &mut impl AsyncFnMut(&str) -> Result<()>) -> Result<()> {
    let mut server = Served::start(&settings(NUMBERS))?;
    let user = server.add_user(person.address, person.password).await?;
    server.add_number(&user, NUMBER).await?;
    connect(window, &server).await?;
    window.enter("Email address or phone number", person.address).await?;
    window.press("Continue").await?;
    try_password(window, person.password).await?;
    account_of(window, person).await?;
    window.press("Manage account").await?;
    window.press("Add a number").await?;
    window.enter("Phone number", FAR).await?;
    window.press("Send code").await?;
    window.reads("This instance takes no phone numbers of this country. Use another number.").await?;
    visit("number-of-a-country-that-is-off").await?;
    window.press("Cancel").await?;
    window.press(&format!("Use {SPOKEN}")).await?;
    window.find(Role::Heading, "Keep your backup codes").await?;
    let shown = window.script("return document.querySelector('.backup-codes li').textContent").await?;
    let backup = shown.as_str().unwrap_or_default().to_owned();
    window.press("I have kept them").await?;
    window.reads(&format!("Codes to {SPOKEN} are a second step now.")).await?;
    visit("manage-texts").await?;
    window.press("Back").await?;
    sign_out(window).await?;

    window.choose(&server.host()).await?;
    window.press("Sign in").await?;
    window.enter("Email address or phone number", person.address).await?;
    window.press("Continue").await?;
    try_password(window, person.password).await?;
    window.find(Role::Heading, "Check your phone").await?;
    let code = server.code_for(NUMBER, "").await?;
    visit("second-step-text").await?;
    window.enter("Verification code", if code == "111111" { "222222" } else { "111111" }).await?;
    window.reads("This code is not right. Check the newest message and try again.").await?;
    window.enter("Verification code", &code).await?;
    account_of(window, person).await?;
    sign_out(window).await?;

    // Its country is turned off: nothing goes there, so that it is not offered, and the backup codes are the way on.
    server.set_settings(&settings(NUMBERS_OFF))?;
    window.choose(&server.host()).await?;
    window.press("Sign in").await?;
    window.enter("Email address or phone number", person.address).await?;
    window.press("Continue").await?;
    try_password(window, person.password).await?;
    window.find(Role::Heading, "Use a backup code").await?;
    visit("second-step-country-off").await?;
    window.press("Do you not have it at hand?").await?;
    window.find(Role::Button, "Use a backup code").await?;
    ensure!(!window.text().await?.contains("Text a code to"), "no way that leads nowhere");
    window.press("Use a backup code").await?;
    window.enter("Backup code", &backup).await?;
    window.press("Verify").await?;
    visit_account(window, person).await
}
