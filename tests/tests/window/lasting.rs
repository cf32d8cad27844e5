//! How long people stay signed in: until their instance says otherwise, and says why; never because of a network.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use frontdesk_e2e::{
    served::Served,
    ways::{Hostile, Lie},
    window::{Desktop, Keychain, Person, Role, Window, account_of, sign_up},
};

use crate::{
    manners::{attention, count, counted},
    many::{ALAN, connect, connect_to, sign_in},
    tray::{choose, sight},
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

/// Lets the outbox become due several times, by the clock of the page: out of sight it may go slower than others.
const PASS: &str = "window.passed = 0; \
    const pass = () => setTimeout(() => { window.passed += 1; if (window.passed < 4) pass(); }, 1500); \
    pass(); \
    return null";

async fn let_time_pass(window: &Window) -> Result<()> {
    window.script(PASS).await?;
    window.until("some time passed", async || Ok(window.script("return window.passed").await? == 4)).await
}

#[tokio::test]
async fn sec_35_a_hidden_window_reads_no_outbox() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    window.press("Outbox").await?;
    window.find(Role::Heading, "Outbox").await?;
    count(&window, "\"outbox\"").await?;
    window.until("the outbox was read again", async || Ok(counted(&window).await? > 0)).await?;

    desktop.hide()?;
    attention(&window, "out of sight").await?;
    let before = counted(&window).await?;
    let_time_pass(&window).await?;
    assert_eq!(counted(&window).await?, before);
    desktop.show()?;
    window.until("the outbox was read again", async || Ok(counted(&window).await? > before)).await
}

#[tokio::test]
async fn sec_35_a_hidden_window_asks_no_instance_for_anything() -> Result<()> {
    let mut front = Hostile::at_port()?;
    let server = Served::start(&format!("public_url = \"http://{}\"\n", front.address))?;
    server.add_user(ALAN.address, ALAN.password).await?;
    front.stand_before(server.host().parse()?)?;
    // It says the truth, and counts how often it was asked in a place.
    let count = |place: &'static str| front.lie([(place, Lie::Changed(Arc::new(|_| {})))]);
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let shell = desktop.shell().await?;
    let window = desktop.open().await?;
    connect_to(&window, &front.address.to_string()).await?;
    sign_in(&window, ALAN).await?;

    desktop.hide()?;
    attention(&window, "out of sight").await?;
    count("/");
    let_time_pass(&window).await?;
    assert_eq!(front.told(), 0);
    desktop.show()?;
    window.until("the instance was asked", async || Ok(front.told() > 0)).await?;
    window.quit().await?;

    count("/");
    let window = desktop.open_with(&["--hidden"]).await?;
    // A page that was never shown has no text yet.
    window.find(Role::Part, "Devices").await?;
    let_time_pass(&window).await?;
    assert_eq!(front.told(), 0);
    choose(&shell, "Open Frontdesk").await?;
    sight(&desktop, &window, true).await?;
    window.until("the instance was asked", async || Ok(front.told() > 0)).await
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
