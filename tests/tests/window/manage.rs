//! Managing an account: addresses, password, and its end.

use anyhow::Result;
use frontdesk_e2e::window::{
    Desktop, Keychain, Person, Role, Window, account_of, begin_sign_in, code_from_outbox, sign_out, sign_up,
};

/// What Ada chooses instead.
const NEW: &str = "Copper-kettle-by-the-window-9";
/// Her other address.
const OTHER: &str = "countess@example.com";

async fn managing() -> Result<(Desktop, Window)> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    window.press("Manage account").await?;
    window.find(Role::Part, "Email addresses").await?;
    Ok((desktop, window))
}

#[tokio::test]
async fn another_address_is_added_by_its_code_made_the_primary_one_and_the_old_one_removed() -> Result<()> {
    let (_desktop, window) = managing().await?;
    window.press("Add an address").await?;
    window.enter("Email address", OTHER).await?;
    window.press("Send code").await?;
    window.find(Role::Heading, "Verify countess@example.com").await?;
    let code = code_from_outbox(&window).await?;
    window.enter("Verification code", &code).await?;
    window.reads("countess@example.com is yours now.").await?;
    window.press("Make primary: countess@example.com").await?;
    window.reads("countess@example.com is the primary address now.").await?;
    window.press("Remove ada@example.com").await?;
    window.find(Role::Dialog, "Remove ada@example.com?").await?;
    window.press("Remove").await?;
    window.reads("ada@example.com was removed.").await?;
    window.press("Back").await?;
    sign_out(&window).await?;

    let countess = Person { address: OTHER, ..Person::ADA };
    begin_sign_in(&window, countess).await?;
    window.enter("Password", countess.password).await?;
    window.press("Sign in").await?;
    account_of(&window, countess).await
}

#[tokio::test]
async fn a_changed_password_is_the_one_that_counts() -> Result<()> {
    let (_desktop, window) = managing().await?;
    window.press("Change password").await?;
    window.enter("Current password", "not the password at all").await?;
    window.enter("New password", NEW).await?;
    window.press("Save").await?;
    window.reads("This is not the current password. Try again.").await?;
    window.enter("Current password", Person::ADA.password).await?;
    window.press("Save").await?;
    window.reads("The password was changed.").await?;
    window.press("Back").await?;
    sign_out(&window).await?;
    begin_sign_in(&window, Person::ADA).await?;
    window.enter("Password", NEW).await?;
    window.press("Sign in").await?;
    account_of(&window, Person::ADA).await
}

#[tokio::test]
async fn a_deleted_account_is_gone_and_its_keychain_item_with_it() -> Result<()> {
    let (desktop, window) = managing().await?;
    window.press("Delete this account").await?;
    window.enter("To confirm, type ada@example.com", "ada@example.org").await?;
    window.press("Delete for good").await?;
    window.reads("This is not the address of the account.").await?;
    window.enter("To confirm, type ada@example.com", Person::ADA.address).await?;
    window.press("Delete for good").await?;
    desktop.answer_question("Delete the account ada@example.com?", true)?;
    window.find(Role::Heading, "Welcome to Frontdesk").await?;
    let clients = || -> Result<usize> {
        Ok(desktop.keychain_items()?.iter().filter(|item| item.name.starts_with("client/")).count())
    };
    window.until("the keychain let go of the item", async || Ok(clients()? == 0)).await?;
    window.press("Sign in").await?;
    window.enter("Email address", Person::ADA.address).await?;
    window.press("Continue").await?;
    window.reads("There is no account for ada@example.com at this instance.").await
}
