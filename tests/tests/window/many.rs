//! Many accounts at several instances, three of them where a client has one session at a time.

use anyhow::Result;
use frontdesk_e2e::{
    served::Served,
    window::{Desktop, Keychain, Person, Role, Window, account_of, sign_up},
};
use thirtyfour::Key;

const SINGLE: &str = "[settings.policy.sessions]\nsingle_session = true\n";
const PASSWORD: &str = "Lantern-on-the-pier-42";

pub(crate) const ALAN: Person = Person { address: "alan@harbour.example", password: PASSWORD };
const HOUSE: [Person; 3] = [
    Person { address: "edsger@house.example", password: PASSWORD },
    Person { address: "barbara@house.example", password: PASSWORD },
    Person { address: "donald@house.example", password: PASSWORD },
];

/// Connects to a server by its address, up to its sign-in screen.
pub(crate) async fn connect(window: &Window, server: &Served) -> Result<()> {
    connect_to(window, &server.host()).await
}

/// The same, by host and port.
pub(crate) async fn connect_to(window: &Window, host: &str) -> Result<()> {
    window.press("Add an account").await?;
    window.press("Connect to an instance").await?;
    window.enter("Publishable key or address", host).await?;
    window.press("Continue").await?;
    window.find(Role::Heading, "Is this the right host?").await?;
    window.reads(host).await?;
    window.press("Connect").await?;
    window.find(Role::Field, "Email address").await?;
    Ok(())
}

/// From the sign-in screen to the account.
pub(crate) async fn sign_in(window: &Window, person: Person) -> Result<()> {
    window.enter("Email address", person.address).await?;
    window.press("Continue").await?;
    window.find(Role::Heading, "Enter your password").await?;
    window.enter("Password", person.password).await?;
    window.press("Sign in").await?;
    account_of(window, person).await
}

/// Switches to the account at a place of the rail.
async fn switch(window: &Window, place: usize) -> Result<()> {
    window.keys(Key::Control + place.to_string()).await
}

#[tokio::test]
async fn five_accounts_over_three_servers_three_of_them_where_one_is_allowed() -> Result<()> {
    let (harbour, house) = (Served::start("")?, Served::start(SINGLE)?);
    harbour.add_user(ALAN.address, ALAN.password).await?;
    let mut users = Vec::new();
    for person in HOUSE {
        users.push(house.add_user(person.address, person.password).await?);
    }
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    connect(&window, &harbour).await?;
    sign_in(&window, ALAN).await?;
    connect(&window, &house).await?;
    sign_in(&window, HOUSE[0]).await?;
    for person in &HOUSE[1..] {
        window.press("Add an account").await?;
        window.choose(&house.host()).await?;
        window.press("Sign in").await?;
        sign_in(&window, *person).await?;
    }
    // Somebody who turns back leaves nothing behind.
    window.press("Add an account").await?;
    window.choose(&house.host()).await?;
    window.press("Sign in").await?;
    window.enter("Email address", HOUSE[0].address).await?;
    window.press("Continue").await?;
    window.find(Role::Heading, "Enter your password").await?;
    window.keys(Key::Escape).await?;
    window.find(Role::Field, "Email address").await?;
    window.keys(Key::Escape).await?;
    window.keys(Key::Escape).await?;
    account_of(&window, HOUSE[2]).await?;
    let clients = || -> Result<usize> {
        Ok(desktop.keychain_items()?.iter().filter(|item| item.name.starts_with("client/")).count())
    };
    window.until("the client of the attempt was forgotten", async || Ok(clients()? == 5)).await?;

    let everybody = [Person::ADA, ALAN, HOUSE[0], HOUSE[1], HOUSE[2]];
    for (place, person) in everybody.iter().enumerate() {
        switch(&window, place + 1).await?;
        account_of(&window, *person).await?;
    }

    // The owner of the house shows one of the three out; who is looked at stays.
    assert_eq!(house.revoke_sessions(&users[1]).await?, 1);
    switch(&window, 1).await?;
    account_of(&window, Person::ADA).await?;
    window.quit().await?;
    let window = desktop.open().await?;
    account_of(&window, Person::ADA).await?;
    let revoked = format!("{}, {}, needs to sign in again", HOUSE[1].address, house.host());
    window.find(Role::Button, &revoked).await?;
    for (place, person) in everybody.iter().enumerate().filter(|(place, _)| *place != 3) {
        switch(&window, place + 1).await?;
        account_of(&window, *person).await?;
    }
    // The way back in has the address filled in, and ends in a place of its own.
    window.press(&revoked).await?;
    window.find(Role::Heading, "Sign in again").await?;
    window.reads("The session was ended by those who run the instance, or from another device").await?;
    window.press("Sign in").await?;
    window.find(Role::Field, "Email address").await?;
    assert_eq!(window.value("Email address").await?, HOUSE[1].address);
    sign_in(&window, HOUSE[1]).await?;
    assert_eq!(clients()?, 5);
    assert_eq!(window.accessibility_faults().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn who_was_deleted_says_so_and_can_be_taken_off_the_list() -> Result<()> {
    let harbour = Served::start("")?;
    let user = harbour.add_user(ALAN.address, ALAN.password).await?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    sign_up(&window, Person::ADA).await?;
    connect(&window, &harbour).await?;
    sign_in(&window, ALAN).await?;
    harbour.delete_user(&user).await?;
    // Whoever comes back to the window has the instance asked anew.
    switch(&window, 1).await?;
    account_of(&window, Person::ADA).await?;
    switch(&window, 2).await?;
    window.find(Role::Heading, "Sign in again").await?;
    window
        .reads("The account was deleted or signed out elsewhere, or the instance has lost what it knew of it")
        .await?;
    window.reads(ALAN.address).await?;
    assert_eq!(window.accessibility_faults().await?, Vec::<String>::new());
    window.press("Remove from the list").await?;
    window.until("the account left the list", async || Ok(!window.text().await?.contains(ALAN.address))).await?;
    switch(&window, 1).await?;
    account_of(&window, Person::ADA).await
}
