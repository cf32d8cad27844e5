//! Out to the system browser and back: the development provider of the instance inside the app, in a real Chromium.

use anyhow::Result;
use frontdesk_e2e::window::{Desktop, Keychain, Person, Role, account_of};

#[tokio::test]
async fn a_newcomer_signs_up_without_any_set_up() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let browser = desktop.browser(&[])?;
    let window = desktop.open().await?;
    window.press("Create an account").await?;
    window.press("Continue with Google").await?;
    window.find(Role::Heading, "Go on in your browser").await?;
    let page = browser.page("Who signs in?").await?;
    assert_eq!(window.accessibility_faults().await?, Vec::<String>::new());
    assert_eq!(page.accessibility_faults().await?, Vec::<String>::new());
    page.enter("Email address", Person::ADA.address).await?;
    page.enter("First name", "Ada").await?;
    page.press("Agree").await?;
    account_of(&window, Person::ADA).await
}
