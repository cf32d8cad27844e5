//! Coming back: password, code, and what happens when either is wrong.

use anyhow::Result;
use frontdesk_e2e::window::{
    Desktop, Keychain, Person, Role, Window, account_of, begin_sign_in, begin_sign_up, code_from_outbox, sign_out,
    sign_up,
};
use thirtyfour::Key;

/// A desktop on which somebody has an account and is not signed in.
async fn known_person() -> Result<(Desktop, Window)> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    sign_out(&window).await?;
    Ok((desktop, window))
}

/// A code of six digits that is not this one.
fn other_than(code: &str) -> &'static str {
    if code == "111111" { "222222" } else { "111111" }
}

#[tokio::test]
async fn by_password_after_a_wrong_one() -> Result<()> {
    let (_desktop, window) = known_person().await?;
    begin_sign_in(&window, Person::ADA).await?;
    window.enter("Password", "not the password at all").await?;
    window.press("Sign in").await?;
    window.reads("This password is not right. Try again, or sign in another way.").await?;
    assert_eq!(window.value("Password").await?, "not the password at all", "what was typed stays");
    window.enter("Password", Person::ADA.password).await?;
    window.press("Sign in").await?;
    account_of(&window, Person::ADA).await
}

#[tokio::test]
async fn by_code_after_a_wrong_one() -> Result<()> {
    let (_desktop, window) = known_person().await?;
    begin_sign_in(&window, Person::ADA).await?;
    window.press("Email a code to a**@e***.com").await?;
    window.find(Role::Field, "Verification code").await?;
    let code = code_from_outbox(&window).await?;
    window.enter("Verification code", other_than(&code)).await?;
    window.reads("This code is not right. Check the newest message and try again.").await?;
    assert_eq!(window.value("Verification code").await?, "", "a wrong code is cleared");
    window.enter("Verification code", &code).await?;
    account_of(&window, Person::ADA).await
}

#[tokio::test]
async fn an_unknown_address_is_said_and_kept() -> Result<()> {
    let (_desktop, window) = known_person().await?;
    window.press("Sign in").await?;
    window.enter("Email address", "nobody@example.com").await?;
    window.press("Continue").await?;
    window.reads("There is no account for nobody@example.com at this instance.").await?;
    window.press("Create an account").await?;
    window.find(Role::Field, "Password").await?;
    assert_eq!(window.value("Email address").await?, "nobody@example.com");
    Ok(())
}

#[tokio::test]
async fn going_back_keeps_what_was_typed() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    window.press("Create an account").await?;
    begin_sign_up(&window, Person::ADA).await?;
    window.press("Back").await?;
    assert_eq!(window.value("Email address").await?, Person::ADA.address);
    assert_eq!(window.value("Password").await?, Person::ADA.password);
    // Forward again with nothing changed asks for no second code.
    window.press("Continue").await?;
    let code = code_from_outbox(&window).await?;
    assert_eq!(messages(&window).await?, 1);
    window.enter("Verification code", &code).await?;
    account_of(&window, Person::ADA).await
}

#[tokio::test]
async fn a_double_click_sends_once() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    window.press("Create an account").await?;
    window.enter("Email address", Person::ADA.address).await?;
    window.enter("Password", Person::ADA.password).await?;
    window.press_twice("Continue").await?;
    let code = code_from_outbox(&window).await?;
    assert_eq!(messages(&window).await?, 1);
    window.enter("Verification code", &code).await?;
    account_of(&window, Person::ADA).await
}

/// How many messages the outbox holds, seen from the screen that asks for a code.
async fn messages(window: &Window) -> Result<usize> {
    window.press("Outbox").await?;
    window.find(Role::Button, "Copy code").await?;
    let count = window.text().await?.matches("To ada@example.com").count();
    window.press("Back").await?;
    Ok(count)
}

#[tokio::test]
async fn with_the_keyboard_alone() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    tab_to(&window, "Create an account").await?;
    window.keys(Key::Enter).await?;
    window.find(Role::Field, "Password").await?;
    // The first field has the focus, and Enter sends.
    window.keys(Person::ADA.address).await?;
    window.keys(Key::Tab).await?;
    window.keys(Person::ADA.password).await?;
    window.keys(Key::Enter).await?;
    window.find(Role::Field, "Verification code").await?;
    tab_to(&window, "Outbox").await?;
    window.keys(Key::Enter).await?;
    window.find(Role::Button, "Copy code").await?;
    let text = window.text().await?;
    let code = text.split_whitespace().find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
    // Escape goes back, and the focus is where it was needed.
    window.keys(Key::Escape).await?;
    window.find(Role::Field, "Verification code").await?;
    tab_to(&window, "Verification code").await?;
    window.keys(code.unwrap_or_default()).await?;
    account_of(&window, Person::ADA).await?;
    window.keys(Key::Control + ",").await?;
    window.find(Role::Heading, "Settings").await?;
    window.keys(Key::Escape).await?;
    account_of(&window, Person::ADA).await
}

/// Presses Tab until the focus is on the thing with this name.
async fn tab_to(window: &Window, name: &str) -> Result<()> {
    for _ in 0..40 {
        if window.focus().await? == name {
            return Ok(());
        }
        window.keys(Key::Tab).await?;
    }
    anyhow::bail!("Tab does not lead to “{name}”; the focus is on “{}”", window.focus().await?)
}

#[tokio::test]
async fn two_people_at_one_instance() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    window.press("Add an account").await?;
    sign_up(&window, Person::GRACE).await?;
    let clients = || -> Result<usize> {
        Ok(desktop.keychain_items()?.iter().filter(|item| item.name.starts_with("client/")).count())
    };
    assert_eq!(clients()?, 1, "one client holds both sessions");
    window.keys(Key::Control + "1").await?;
    account_of(&window, Person::ADA).await?;
    window.press_in("Sign out", "Sign out").await?;
    window.find(Role::Heading, "Choose an account").await?;
    window.keys(Key::Control + "1").await?;
    account_of(&window, Person::GRACE).await?;
    assert_eq!(clients()?, 1, "Grace is still signed in");
    window.kill();
    let window = desktop.open().await?;
    account_of(&window, Person::GRACE).await?;
    assert!(!window.text().await?.contains(Person::ADA.address));
    Ok(())
}
