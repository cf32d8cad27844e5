//! Pictures of the real window: `screenshots FOLDER` walks past every screen in each look and writes
//! `FOLDER/<screen>-<look>.png`. `cargo xtask screenshots` runs it.

#[cfg(target_os = "linux")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    use std::{env, fs, path::PathBuf};

    use anyhow::Context;
    use frontdesk_e2e::window::{
        Desktop, Keychain, Look, Person, Tongue, Window, away, dress, invitation, lock_and_ban, texts, tour, waitlist,
        wear,
    };

    let folder = PathBuf::from(env::args_os().nth(1).context("name the folder for the pictures")?);
    fs::create_dir_all(&folder)?;
    for look in [Look::LIGHT, Look::DARK, Look::NARROW] {
        let take = async |window: &Window, screen: &str| {
            let file = folder.join(format!("{screen}-{}.png", look.name));
            let picture = window.picture().await?;
            println!("{} ({} KiB)", file.display(), picture.len() / 1024);
            fs::write(&file, picture).with_context(|| format!("write {}", file.display()))
        };
        let desktop = Desktop::start(Keychain::Unlocked).await?;
        let window = desktop.open().await?;
        tour(&window, look, async |screen| take(&window, screen).await).await?;
        drop(window);

        let desktop = Desktop::start(Keychain::Unlocked).await?;
        let window = desktop.open().await?;
        let mut visit = async |screen: &str| take(&window, screen).await;
        dress(&window, look).await?;
        waitlist(&window, Person::ADA, &mut visit).await?;
        invitation(&window, Person::ADA, &mut visit).await?;
        texts(&window, Person::ADA, &mut visit).await?;
        lock_and_ban(&window, Person::ADA, &mut visit).await?;
    }

    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    away(&desktop, &window, Tongue::English, async |screen| {
        for look in [Look::NARROW, Look::DARK, Look::LIGHT] {
            wear(&window, look).await?;
            let file = folder.join(format!("{screen}-{}.png", look.name));
            fs::write(&file, window.picture().await?).with_context(|| format!("write {}", file.display()))?;
            println!("{}", file.display());
        }
        Ok(())
    })
    .await
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("Pictures of the window are taken under Linux only.");
    std::process::exit(1);
}
