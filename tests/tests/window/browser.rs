//! Out to the system browser and back, in a real Chromium: over the development provider of an instance, and over
//! `oidc-provider`, in the place of Google and as a company's own.

use std::net::TcpListener;

use anyhow::{Context as _, Result};
use frontdesk_e2e::{
    openid::OpenIdProviders,
    served::Served,
    window::{
        Browser, BrowserPage, Desktop, Keychain, Person, Role, Window, account_of, identifier, is_running, sign_out,
    },
};
use url::Url;

const GOOGLE: &str = "Continue with Google";
const WAITING: &str = "Go on in your browser";
/// What the development provider asks, and the one of other people's making.
const WHO: &str = "Who signs in?";
const ADDRESS: &str = "Your address";

/// Somebody says at the development provider who they are.
async fn agree(page: &BrowserPage, person: Person) -> Result<()> {
    if page.has(Role::Choice, "Somebody else").await? {
        page.choose("Somebody else").await?;
    }
    page.enter("Email address", person.address).await?;
    page.enter("First name", "Ada").await?;
    page.press("Agree").await
}

/// Somebody says at the other one who they are.
async fn agree_there(browser: &Browser<'_>, address: &str) -> Result<()> {
    let page = browser.page(ADDRESS).await?;
    page.enter(ADDRESS, address).await?;
    page.enter("Given name", "Ada").await?;
    page.press("Yes, that is me").await
}

/// Adds an instance, up to its sign-in screen.
async fn connect(window: &Window, server: &Served) -> Result<()> {
    window.press("Connect to an instance").await?;
    window.enter("Publishable key or address", &server.host()).await?;
    window.press("Continue").await?;
    window.press("Connect").await?;
    window.find(Role::Button, GOOGLE).await?;
    Ok(())
}

/// To the sign-in screen of an instance that is known.
async fn one_more_at(window: &Window, instance: &str) -> Result<()> {
    window.press("Add an account").await?;
    window.choose(instance).await?;
    window.press("Sign in").await
}

/// The newest code of the outbox, which stays open.
async fn code_of_outbox(window: &Window) -> Result<String> {
    window.press("Outbox").await?;
    window.find(Role::Button, "Copy code").await?;
    let text = window.text().await?;
    let mut runs = text.split(|character: char| !character.is_ascii_digit());
    runs.find(|run| run.len() == 6).map(str::to_owned).context("there is a code")
}

#[tokio::test]
async fn a_newcomer_signs_up_without_any_set_up_and_comes_back() -> Result<()> {
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let browser = desktop.browser(&[])?;
    let window = desktop.open().await?;
    window.press("Create an account").await?;
    // A double click is one, also for somebody who has changed their mind at once.
    window.press_twice(GOOGLE).await?;
    window.press("Cancel").await?;
    let left = browser.page(WHO).await?;
    assert_eq!(browser.tabs().await?, 1);
    window.find(Role::Field, "Email address").await?;
    assert!(!window.has(Role::Heading, WAITING).await?, "who stopped waiting is left alone");

    window.press(GOOGLE).await?;
    window.find(Role::Heading, WAITING).await?;
    let page = browser.page(WHO).await?;
    assert_eq!(window.accessibility_faults().await?, [""; 0]);
    assert_eq!(page.accessibility_faults().await?, [""; 0]);
    page.press("Deny").await?;
    window.reads("You, or the provider, did not agree.").await?;
    window.press(GOOGLE).await?;
    let page = browser.page(WHO).await?;
    // What is agreed to where nobody waits any more is nothing to the one that waits.
    agree(&left, Person::GRACE).await?;
    agree(&page, Person::ADA).await?;
    account_of(&window, Person::ADA).await?;
    sign_out(&window).await?;

    window.press("Sign in").await?;
    window.reads("Last used").await?;
    window.press(GOOGLE).await?;
    let page = browser.page(WHO).await?;
    page.press("Agree").await?;
    page.find(Role::Field, "Code of six digits").await?;
    let code = code_of_outbox(&window).await?;
    page.enter("Code of six digits", &code).await?;
    let door = Url::parse(&page.address().await?)?;
    page.press("Continue").await?;
    account_of(&window, Person::ADA).await?;

    // Browsers come to the instance inside the app by one port, which never changes.
    window.quit().await?;
    let _other = TcpListener::bind(door.socket_addrs(|| None)?.as_slice())?;
    let window = desktop.open().await?;
    account_of(&window, Person::ADA).await?;
    window.press("Add an account").await?;
    window.press("Sign in").await?;
    window.press(GOOGLE).await?;
    window.reads("Another program uses the port of this computer").await
}

#[tokio::test]
async fn sec_22_a_killed_app_is_started_by_its_link_which_does_nothing_the_second_time() -> Result<()> {
    let harbour = Served::start("")?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let browser = desktop.browser(&[])?;
    let window = desktop.open().await?;
    connect(&window, &harbour).await?;
    window.press(GOOGLE).await?;
    let page = browser.page(WHO).await?;
    window.kill();
    agree(&page, Person::ADA).await?;
    desktop.until("the browser started the app", || !desktop.apps().is_empty())?;
    let app = desktop.apps()[0];
    let arguments = desktop.arguments(app);
    let [_, link] = arguments.as_slice() else { anyhow::bail!("it was started with {arguments:?}") };
    assert!(link.starts_with(&format!("{}://callback?", identifier()?)), "{link}");
    let waiting = desktop.data()?.join("flows.sealed");
    desktop.until("the sign-in was finished", || !waiting.exists())?;
    // Nobody drives the window of an app that the browser has started.
    desktop.kill(app);

    let window = desktop.open().await?;
    account_of(&window, Person::ADA).await?;
    let shown = window.text().await?;
    let made_up = format!("{}://callback?rotating_token_nonce=made-up", identifier()?);
    for link in [link, &made_up] {
        assert!(desktop.run(&[link])?.status.success());
        window.press("Settings").await?;
        window.press("Back").await?;
        account_of(&window, Person::ADA).await?;
        assert_eq!(window.text().await?, shown);
    }
    assert_eq!(harbour.revoke_sessions(&harbour.find_user(Person::ADA.address).await?).await?, 1);
    Ok(())
}

#[tokio::test]
async fn the_browser_comes_back_by_a_port_or_by_the_address_that_it_shows() -> Result<()> {
    let harbour = Served::start("")?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let browser = desktop.browser(&[])?;
    let window = desktop.open().await?;
    window.press("Settings").await?;
    window.choose("Let the browser come back by a port of this computer").await?;
    window.press("Back").await?;
    connect(&window, &harbour).await?;
    window.press(GOOGLE).await?;
    let page = browser.page(WHO).await?;
    agree(&page, Person::ADA).await?;
    page.reads("You can close this page").await?;
    assert_eq!(page.accessibility_faults().await?, [""; 0]);
    account_of(&window, Person::ADA).await?;

    // The port is gone with the app that has opened it.
    one_more_at(&window, &harbour.host()).await?;
    window.press(GOOGLE).await?;
    let page = browser.page(WHO).await?;
    window.kill();
    let window = desktop.open().await?;
    window.find(Role::Heading, WAITING).await?;
    agree(&page, Person::GRACE).await?;
    let led_back = async || Ok(page.address().await?.contains("/callback?"));
    page.until("the browser was led back", led_back).await?;
    window.press("Paste address").await?;
    window.enter("Address at the end", &format!("http://{}/", harbour.host())).await?;
    window.press("Go on").await?;
    window.reads("This address does not lead back to Frontdesk.").await?;
    window.enter("Address at the end", &page.address().await?).await?;
    window.press("Go on").await?;
    account_of(&window, Person::GRACE).await
}

#[tokio::test]
async fn two_instances_wait_for_the_browser_at_once() -> Result<()> {
    let harbour = Served::start("")?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let browser = desktop.browser(&[format!("http://{}", harbour.host())])?;
    let window = desktop.open().await?;
    window.press("Sign in").await?;
    window.press(GOOGLE).await?;
    let here = browser.page(WHO).await?;
    window.press("Add an account").await?;
    connect(&window, &harbour).await?;
    window.press(GOOGLE).await?;
    let there = browser.page(WHO).await?;
    // Each is cancelled alone.
    window.press("Cancel").await?;
    window.find(Role::Field, "Email address").await?;
    agree(&there, Person::ADA).await?;
    agree(&here, Person::GRACE).await?;
    account_of(&window, Person::GRACE).await?;
    assert!(!window.has(Role::Button, &format!("Ada, {}", harbour.host())).await?);

    // Each is finished alone.
    one_more_at(&window, &harbour.host()).await?;
    window.press(GOOGLE).await?;
    let there = browser.page(WHO).await?;
    one_more_at(&window, "This computer").await?;
    window.press(GOOGLE).await?;
    let here = browser.page(WHO).await?;
    agree(&there, Person::ADA).await?;
    account_of(&window, Person::ADA).await?;
    window.reads(&harbour.host()).await?;
    here.press("Deny").await?;
    window.reads("You, or the provider, did not agree.").await
}

#[tokio::test]
async fn people_come_in_by_other_peoples_providers_and_connect_more_of_them() -> Result<()> {
    const COUNTESS: &str = "countess@example.com";
    let mut providers = OpenIdProviders::plan()?;
    let more = "[settings.connections.oauth_github]\nenabled = true\n\
                [settings.policy.email_address]\nsign_in_by_code = false\n";
    let harbour = Served::start(&format!("{}{more}", providers.settings()))?;
    let site = format!("http://{}", harbour.host());
    providers.serve(&site)?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let origins = ["oauth_google", "oauth_custom_acme"].map(|strategy| providers.origin(strategy).to_owned());
    let browser = desktop.browser(&[origins[0].clone(), origins[1].clone(), site])?;
    let window = desktop.open().await?;
    connect(&window, &harbour).await?;
    let ways = [("Continue with Acme", &origins[1], Person::GRACE), (GOOGLE, &origins[0], Person::ADA)];
    for (button, origin, person) in ways {
        window.press(button).await?;
        // It is neither the instance's host nor one that everybody knows.
        window.find(Role::Heading, &format!("Open {}?", origin.trim_start_matches("http://"))).await?;
        assert_eq!(window.accessibility_faults().await?, [""; 0]);
        window.press("Open in the browser").await?;
        agree_there(&browser, person.address).await?;
        account_of(&window, person).await?;
        sign_out(&window).await?;
        window.choose(&harbour.host()).await?;
        window.press("Sign in").await?;
        window.reads("Last used").await?;
        window.press(button).await?;
        agree_there(&browser, person.address).await?;
        account_of(&window, person).await?;
        if person.address == Person::GRACE.address {
            sign_out(&window).await?;
            window.choose(&harbour.host()).await?;
            window.press("Sign in").await?;
        }
    }

    window.press("Manage account").await?;
    window.find(Role::Part, "Connected accounts").await?;
    window.press("Connect GitHub").await?;
    let page = browser.page(WHO).await?;
    window.press("Connect Acme").await?;
    window.press_in("GitHub", "Cancel").await?;
    window.find(Role::Button, "Connect GitHub").await?;
    agree_there(&browser, COUNTESS).await?;
    window.reads("Acme is connected.").await?;
    assert_eq!(window.accessibility_faults().await?, [""; 0]);
    agree(&page, Person::ADA).await?;

    window.press(&format!("Disconnect Acme, {COUNTESS}")).await?;
    desktop.answer_question(&format!("Disconnect Acme ({COUNTESS})?"), true)?;
    window.reads("Acme was disconnected.").await?;
    window.find(Role::Button, "Connect GitHub").await?;
    window.press(&format!("Disconnect Google, {}", Person::ADA.address)).await?;
    desktop.answer_question(&format!("Disconnect Google ({})?", Person::ADA.address), true)?;
    window.reads("This is the last way in").await?;
    window.find(Role::Button, &format!("Disconnect Google, {}", Person::ADA.address)).await?;
    Ok(())
}

#[tokio::test]
async fn what_was_opened_ends_with_its_desktop() -> Result<()> {
    let harbour = Served::start("")?;
    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let browser = desktop.browser(&[])?;
    // Where there is no desktop environment, it waits for the browser.
    let mut opener = desktop.command("xdg-open").arg(format!("http://{}/frontdesk/outbox", harbour.host())).spawn()?;
    browser.tabs().await?;
    let started = desktop.started();
    let of_chromium = started.iter().filter(|process| desktop.arguments(**process).concat().contains("chromium"));
    assert!(of_chromium.count() > 2, "it is a tree of processes");
    drop(desktop);
    opener.wait()?;
    let left: Vec<_> = started.into_iter().filter(|process| is_running(*process)).collect();
    assert!(left.is_empty(), "{left:?} are left");
    Ok(())
}
