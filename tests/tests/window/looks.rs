//! Every screen, light and dark, wide and narrow: axe-core finds nothing, and nothing sticks out.

use anyhow::Result;
use frontdesk_e2e::window::{Desktop, Keychain, Look, Tongue, Window, away, keys, tour, wear};

/// True when something is wider than the window.
const STICKS_OUT: &str = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";

/// What is wrong on the screen that is shown.
pub(crate) async fn faults(window: &Window, screen: &str) -> Result<Vec<String>> {
    let found = window.accessibility_faults().await?;
    let mut faults: Vec<String> = found.into_iter().map(|fault| format!("{screen}: {fault}")).collect();
    if window.script(STICKS_OUT).await? == true {
        faults.push(format!("{screen}: something is wider than the window"));
    }
    Ok(faults)
}

/// Fails with everything that is wrong on any screen.
async fn all_well(look: Look) -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    let mut wrong = Vec::new();
    tour(&window, look, async |screen| {
        wrong.extend(faults(&window, screen).await?);
        Ok(())
    })
    .await?;
    assert!(wrong.is_empty(), "{}:\n{}", look.name, wrong.join("\n"));
    Ok(())
}

#[tokio::test]
async fn light() -> Result<()> {
    all_well(Look::LIGHT).await
}

#[tokio::test]
async fn dark() -> Result<()> {
    all_well(Look::DARK).await
}

#[tokio::test]
async fn narrow() -> Result<()> {
    all_well(Look::NARROW).await
}

#[tokio::test]
async fn without_a_keychain() -> Result<()> {
    let desktop = Desktop::start(Keychain::Absent).await?;
    let window = desktop.open().await?;
    window.reads("This computer has no keychain").await?;
    let wrong = faults(&window, "welcome").await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// Fails with everything that is wrong in any look of any state of the way out to the browser and back.
async fn all_well_away(tongue: Tongue) -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    let mut wrong = Vec::new();
    away(&desktop, &window, tongue, async |state| {
        for look in [Look::NARROW, Look::DARK, Look::LIGHT] {
            wear(&window, look).await?;
            wrong.extend(faults(&window, &format!("{state} ({})", look.name)).await?);
        }
        Ok(())
    })
    .await?;
    assert!(wrong.is_empty(), "{tongue:?}:\n{}", wrong.join("\n"));
    Ok(())
}

#[tokio::test]
async fn out_to_the_browser_and_back() -> Result<()> {
    all_well_away(Tongue::English).await
}

#[tokio::test]
async fn out_to_the_browser_and_back_in_german() -> Result<()> {
    all_well_away(Tongue::German).await
}

#[tokio::test]
async fn passkeys_pins_and_the_lock_in_german() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    let mut wrong = Vec::new();
    keys(&window, Tongue::German, &[Look::NARROW, Look::DARK], async |state, look| {
        wrong.extend(faults(&window, &format!("{state} ({})", look.name)).await?);
        Ok(())
    })
    .await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
