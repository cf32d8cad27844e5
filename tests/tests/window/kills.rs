//! `kill -9` in the middle of what a person does in the window.
//!
//! `tests/tests/kills` does it many times without a window; here the page, the tray and the instance inside the app end
//! with it.

use std::time::Duration;

use anyhow::{Context as _, Result};
use frontdesk_e2e::{
    dice::Dice,
    served::Served,
    window::{Desktop, Keychain, Person, Role, Window, account_of, sign_up, until_sound},
};

/// Longest pause between a press and the kill: what is pressed here is done in about that time.
const LONGEST_MS: u64 = 150;

/// Ends the app at an instant after what was pressed last, starts it again, and looks at what it left.
async fn kill(desktop: &Desktop, window: Window, dice: &mut Dice) -> Result<Window> {
    tokio::time::sleep(Duration::from_millis(dice.below(LONGEST_MS))).await;
    window.kill();
    let window = desktop.open().await?;
    account_of(&window, Person::ADA).await?;
    until_sound(desktop)?;
    Ok(window)
}

#[tokio::test]
async fn the_accounts_are_there_after_three_kills_in_the_middle_of_something() -> Result<()> {
    let seed = std::env::var("FRONTDESK_SEED").ok().map_or(Ok(1), |seed| seed.parse()).context("FRONTDESK_SEED")?;
    let mut dice = Dice::new(seed);
    let server = Served::start("")?;
    server.add_user(Person::GRACE.address, Person::GRACE.password).await?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;

    window.press("Edit name").await?;
    window.enter("First name", "Ada").await?;
    window.press("Save").await?;
    let window = kill(&desktop, window, &mut dice).await?;

    window.press("Add an account").await?;
    window.press("Connect to an instance").await?;
    window.enter("Publishable key or address", &server.host()).await?;
    window.press("Continue").await?;
    window.find(Role::Heading, "Is this the right host?").await?;
    window.press("Connect").await?;
    window.enter("Email address", Person::GRACE.address).await?;
    window.press("Continue").await?;
    window.find(Role::Heading, "Enter your password").await?;
    window.enter("Password", Person::GRACE.password).await?;
    window.press("Sign in").await?;
    let window = kill(&desktop, window, &mut dice).await?;

    // She can sign in as if nothing had been; if she is signed in already, she is shown.
    window.press("Add an account").await?;
    window.choose(&server.host()).await?;
    window.press("Sign in").await?;
    window.enter("Email address", Person::GRACE.address).await?;
    window.press("Continue").await?;
    let asked = async || window.has(Role::Heading, "Enter your password").await;
    let shown = async || window.has(Role::Part, "Profile").await;
    window.until("Grace is asked for her password or shown", async || Ok(asked().await? || shown().await?)).await?;
    if asked().await? {
        window.enter("Password", Person::GRACE.password).await?;
        window.press("Sign in").await?;
    }
    account_of(&window, Person::GRACE).await?;

    window.press_in("Sign out", "Sign out").await?;
    tokio::time::sleep(Duration::from_millis(dice.below(LONGEST_MS))).await;
    window.kill();
    let window = desktop.open().await?;
    // Ada, who was left: by choice, or because it is Grace who is still looked at.
    window.press(&ada(&window).await?).await?;
    account_of(&window, Person::ADA).await?;
    until_sound(&desktop)
}

/// The name of Ada's button in the rail; her name may have been saved before the first kill.
async fn ada(window: &Window) -> Result<String> {
    let names = ["Ada", Person::ADA.address].map(|name| format!("{name}, This computer"));
    window
        .until("Ada is in the rail", async || {
            Ok(window.has(Role::Button, &names[0]).await? || window.has(Role::Button, &names[1]).await?)
        })
        .await?;
    let [renamed, plain] = names;
    Ok(if window.has(Role::Button, &renamed).await? { renamed } else { plain })
}
