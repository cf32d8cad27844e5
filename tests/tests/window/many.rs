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

/// Shows everybody of these, by the keys of their places.
async fn show(window: &Window, everybody: &[(usize, Person)]) -> Result<()> {
    for (place, person) in everybody {
        switch(window, *place).await?;
        account_of(window, *person).await?;
    }
    Ok(())
}

#[tokio::test]
async fn five_accounts_over_three_servers_three_of_them_where_one_is_allowed() -> Result<()> {
    let (harbour, mut house) = (Served::start("")?, Served::start(SINGLE)?);
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
    turn_back(&window, &house).await?;
    let clients = || -> Result<usize> {
        Ok(desktop.keychain_items()?.iter().filter(|item| item.name.starts_with("client/")).count())
    };
    window.until("the client of the attempt was forgotten", async || Ok(clients()? == 5)).await?;

    let everybody = [(1, Person::ADA), (2, ALAN), (3, HOUSE[0]), (4, HOUSE[1]), (5, HOUSE[2])];
    show(&window, &everybody).await?;

    // The owner of the house shows one of the three out; who is looked at stays.
    assert_eq!(house.revoke_sessions(&users[1]).await?, 1);
    show(&window, &everybody[..1]).await?;
    window.quit().await?;
    let window = desktop.open().await?;
    account_of(&window, Person::ADA).await?;
    let revoked = format!("{}, {}, needs to sign in again", HOUSE[1].address, house.host());
    window.find(Role::Button, &revoked).await?;
    show(&window, &[&everybody[..3], &everybody[4..]].concat()).await?;
    // The way back in has the address filled in, and ends in a place of its own.
    window.press(&revoked).await?;
    window.find(Role::Heading, "Sign in again").await?;
    window.reads("The session was ended by those who run the instance, or from another device").await?;
    window.press("Sign in").await?;
    window.find(Role::Field, "Email address").await?;
    assert_eq!(window.value("Email address").await?, HOUSE[1].address);

    // Meanwhile the keychain is locked, so that the new token cannot be written down.
    desktop.lock_keychain()?;
    window.press("Continue").await?;
    window.enter("Password", HOUSE[1].password).await?;
    window.press("Sign in").await?;
    desktop.dismiss_unlock_prompt()?;
    account_of(&window, HOUSE[1]).await?;
    window.reads("Your keychain is locked").await?;
    lose(&window, &mut house, &everybody).await?;
    window.find(Role::Button, &format!("{}, {}", ALAN.address, harbour.host())).await?;
    window.press("Try again").await?;
    desktop.answer_unlock_prompt()?;
    window.until("the notice went", async || Ok(!window.text().await?.contains("Your keychain is locked"))).await?;
    window.kill();

    let window = desktop.open().await?;
    account_of(&window, HOUSE[2]).await?;
    show(&window, &everybody).await?;
    assert_eq!(clients()?, 5);
    assert_eq!(window.accessibility_faults().await?, Vec::<String>::new());
    Ok(())
}

/// Somebody who begins to sign in and turns back leaves nothing behind.
async fn turn_back(window: &Window, house: &Served) -> Result<()> {
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
    account_of(window, HOUSE[2]).await
}

/// The house is cut off, which takes nobody off the screen, and comes back by itself.
async fn lose(window: &Window, house: &mut Served, everybody: &[(usize, Person)]) -> Result<()> {
    let known = format!("{}, {}", HOUSE[0].address, house.host());
    house.cut_off();
    show(window, everybody).await?;
    window.find(Role::Button, &format!("{known}, cannot be reached")).await?;
    house.restore()?;
    window.find(Role::Button, &known).await?;
    show(window, everybody).await
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
