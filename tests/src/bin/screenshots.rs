//! Pictures of the real window: `screenshots FOLDER` walks past every screen in each look and writes
//! `FOLDER/<screen>-<look>.png`. `cargo xtask screenshots` runs it. A word behind the folder takes others instead, in both
//! languages: `browser` those of the way out to the browser, `passkeys` those of passkeys, PINs and the lock, `keychain` those
//! of an account whose keychain is gone.

#[cfg(target_os = "linux")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    use std::{env, fs, path::PathBuf};

    use anyhow::{Context, bail};
    use frontdesk_e2e::window::Tongue;

    let folder = PathBuf::from(env::args_os().nth(1).context("name the folder for the pictures")?);
    fs::create_dir_all(&folder)?;
    let Some(only) = env::args().nth(2) else {
        pictures::tours(&folder).await?;
        return pictures::away_in(&folder, Tongue::English, "").await;
    };
    for (tongue, suffix) in [(Tongue::English, ""), (Tongue::German, "-de")] {
        match only.as_str() {
            "browser" => pictures::away_in(&folder, tongue, suffix).await?,
            "passkeys" => pictures::keys_in(&folder, tongue, suffix).await?,
            "keychain" => pictures::unread_in(&folder, tongue, suffix).await?,
            other => bail!(
                "there are no pictures of {other:?}: name browser, passkeys or keychain, or nothing for all screens"
            ),
        }
    }
    Ok(())
}

#[cfg(target_os = "linux")]
mod pictures {
    use std::{fs, path::Path};

    use anyhow::{Context, Result};
    use frontdesk_e2e::window::{
        Desktop, Keychain, Look, Person, Tongue, Window, away, dress, invitation, keys, lock_and_ban, texts, tour,
        unread, waitlist, wear,
    };

    async fn take(folder: &Path, window: &Window, name: &str) -> Result<()> {
        let file = folder.join(format!("{name}.png"));
        let picture = window.picture().await?;
        println!("{} ({} KiB)", file.display(), picture.len() / 1024);
        fs::write(&file, picture).with_context(|| format!("write {}", file.display()))
    }

    /// Every screen of the app itself.
    pub(super) async fn tours(folder: &Path) -> Result<()> {
        for look in [Look::LIGHT, Look::DARK, Look::NARROW] {
            let visit =
                async |window: &Window, screen: &str| take(folder, window, &format!("{screen}-{}", look.name)).await;
            let desktop = Desktop::start(Keychain::Unlocked).await?;
            let window = desktop.open().await?;
            tour(&window, look, async |screen| visit(&window, screen).await).await?;
            drop(window);

            let desktop = Desktop::start(Keychain::Unlocked).await?;
            let window = desktop.open().await?;
            let mut visit = async |screen: &str| visit(&window, screen).await;
            dress(&window, look).await?;
            waitlist(&window, Person::ADA, &mut visit).await?;
            invitation(&window, Person::ADA, &mut visit).await?;
            texts(&window, Person::ADA, &mut visit).await?;
            lock_and_ban(&window, Person::ADA, &mut visit).await?;
        }
        Ok(())
    }

    /// Every state of the way out to the browser and back.
    pub(super) async fn away_in(folder: &Path, tongue: Tongue, suffix: &str) -> Result<()> {
        let desktop = Desktop::start(Keychain::Unlocked).await?;
        let window = desktop.open().await?;
        away(&desktop, &window, tongue, async |screen| {
            for look in [Look::NARROW, Look::DARK, Look::LIGHT] {
                wear(&window, look).await?;
                take(folder, &window, &format!("{screen}{suffix}-{}", look.name)).await?;
            }
            Ok(())
        })
        .await
    }

    /// Passkeys of this device, their PIN, saved passwords and the lock.
    pub(super) async fn keys_in(folder: &Path, tongue: Tongue, suffix: &str) -> Result<()> {
        let desktop = Desktop::start(Keychain::Unlocked).await?;
        let window = desktop.open().await?;
        keys(&window, tongue, &[Look::NARROW, Look::DARK, Look::LIGHT], async |screen, look| {
            take(folder, &window, &format!("{screen}{suffix}-{}", look.name)).await
        })
        .await
    }

    /// An account whose keychain is gone.
    pub(super) async fn unread_in(folder: &Path, tongue: Tongue, suffix: &str) -> Result<()> {
        let (_server, _desktop, window) = unread(tongue).await?;
        for look in [Look::NARROW, Look::DARK, Look::LIGHT] {
            wear(&window, look).await?;
            take(folder, &window, &format!("unread{suffix}-{}", look.name)).await?;
        }
        Ok(())
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("Pictures of the window are taken under Linux only.");
    std::process::exit(1);
}
