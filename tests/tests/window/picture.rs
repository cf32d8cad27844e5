//! The picture of an account: chosen, seen, still there after a restart, removed.

use std::path::Path;

use anyhow::Result;
use frontdesk_e2e::window::{Desktop, Keychain, Person, Role, Window, sign_up};
use serde_json::Value;

/// The colour in the middle of the picture in the rail: red, green, blue, opacity. Null where letters stand.
async fn middle(window: &Window) -> Result<Value> {
    let colour = "const canvas = document.querySelector('.rail-accounts canvas'); if (!canvas) return null; \
        return [...canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data];";
    window.script(colour).await
}

/// Waits until the rail shows a picture, and says what colour it has in its middle.
async fn hanging(window: &Window) -> Result<Value> {
    window
        .until("the picture hung in the rail", async || {
            Ok(middle(window).await?.get(3).and_then(Value::as_u64) == Some(255))
        })
        .await?;
    middle(window).await
}

#[tokio::test]
async fn a_picture_is_set_seen_in_the_rail_kept_over_a_restart_and_removed() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    window.press("Manage account").await?;
    window.find(Role::Button, "Choose a picture").await?;
    assert_eq!(middle(&window).await?, Value::Null);

    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    window.give_file("Choose a picture", &folder.join("README.md")).await?;
    window.reads("This file is no picture in PNG, JPEG or WebP.").await?;
    window.give_file("Choose a picture", &folder.join("icons/128x128.png")).await?;
    window.reads("The picture was changed.").await?;
    let colour = hanging(&window).await?;
    assert_eq!(window.accessibility_faults().await?, [""; 0]);
    window.quit().await?;

    let window = desktop.open().await?;
    window.find(Role::Part, "Profile").await?;
    assert_eq!(hanging(&window).await?, colour);
    window.press("Manage account").await?;
    window.press("Remove picture").await?;
    window.reads("The picture was removed.").await?;
    window.until("letters stood there again", async || Ok(middle(&window).await?.is_null())).await
}
