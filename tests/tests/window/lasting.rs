//! How long people stay signed in: until their instance says otherwise, and says why; never because of a network.

use std::time::Duration;

use anyhow::Result;
use frontdesk_e2e::{
    served::Served,
    window::{Desktop, Keychain, Person, Role, account_of},
};

use crate::{
    manners::attention,
    many::{ALAN, connect, sign_in},
};

const EDSGER: Person = Person { address: "edsger@house.example", password: "Lantern-on-the-pier-42" };

/// Whoever does not use an account for so long is signed out there.
const IDLE: &str = "[settings.policy.sessions]\ninactivity_ms = 600000\n";

#[tokio::test]
async fn sec_35_a_hidden_window_keeps_nobody_signed_in_and_says_why_they_are_not() -> Result<()> {
    let (idle, longest) = (Served::start(IDLE)?, Served::start("")?);
    idle.add_user(ALAN.address, ALAN.password).await?;
    longest.add_user(EDSGER.address, EDSGER.password).await?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    connect(&window, &longest).await?;
    sign_in(&window, EDSGER).await?;
    connect(&window, &idle).await?;
    sign_in(&window, ALAN).await?;

    for (server, person, ahead, why) in [
        (&idle, ALAN, Duration::from_mins(11), "or it was not used for too long"),
        (&longest, EDSGER, Duration::from_hours(7 * 24), "The time that a sign-in lasts here is over"),
    ] {
        window.press(&format!("{}, {}", person.address, server.host())).await?;
        account_of(&window, person).await?;
        desktop.hide()?;
        attention(&window, "out of sight").await?;
        server.set_ahead(ahead)?;
        desktop.show()?;
        // Whoever comes back finds out at once.
        window.find(Role::Heading, "Sign in again").await?;
        window.reads(why).await?;
        window.find(Role::Button, &format!("{}, {}, needs to sign in again", person.address, server.host())).await?;
        // The way back in has the address filled in.
        window.press("Sign in").await?;
        window.find(Role::Field, "Email address").await?;
        assert_eq!(window.value("Email address").await?, person.address);
        sign_in(&window, person).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_lost_network_signs_nobody_out_and_comes_back_by_itself() -> Result<()> {
    let mut server = Served::start("")?;
    server.add_user(ALAN.address, ALAN.password).await?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    connect(&window, &server).await?;
    sign_in(&window, ALAN).await?;
    let before = desktop.keychain_items()?;

    server.cut_off();
    // What is written says that it cannot be; what is known stays.
    window.press("Edit name").await?;
    window.enter("First name", "Alan").await?;
    window.press("Save").await?;
    window.reads("cannot be reached, so nothing changed").await?;
    window.find(Role::Button, &format!("{}, {}, cannot be reached", ALAN.address, server.host())).await?;
    window.quit().await?;
    let window = desktop.open().await?;
    account_of(&window, ALAN).await?;
    window.reads(&format!("{} cannot be reached", server.host())).await?;

    server.restore()?;
    window.until("the instance came back", async || Ok(!window.text().await?.contains("cannot be reached"))).await?;
    window.find(Role::Button, &format!("{}, {}", ALAN.address, server.host())).await?;
    assert_eq!(desktop.keychain_items()?, before, "nobody was signed out");
    Ok(())
}
