//! The network of an organization: a proxy that wants a password, and an authority that only it trusts.

use std::fs;

use anyhow::Result;
use frontdesk_e2e::{
    served::Served,
    ways::{Authority, Front, Proxy, Speaks},
    window::{Desktop, Keychain, Person, Role, account_of},
};

const ALAN: Person = Person { address: "alan@harbour.example", password: "Lantern-on-the-pier-42" };
const HOST: &str = "auth.harbour.test";

/// A person finds no way to the server, sets the proxy, then its password, then the authority, and signs in; all of it
/// without starting anything again.
#[tokio::test]
async fn through_a_proxy_to_a_server_with_a_private_authority_a_person_signs_in() -> Result<()> {
    let server = Served::start(&format!("public_url = \"https://{HOST}\"\n"))?;
    server.add_user(ALAN.address, ALAN.password).await?;
    let authority = Authority::named("Harbour Works Root")?;
    let front = Front::start(&authority, HOST, server.host().parse()?).await?;
    let (user, password) = ("alan", "pier 42");
    let proxy = Proxy::start(Speaks::Http, Some((user, password)), &format!("{HOST}:443"), front.address).await?;

    let desktop = Desktop::start(Keychain::Unlocked).await?;
    let window = desktop.open().await?;
    window.press("Connect to an instance").await?;
    window.enter("Publishable key or address", HOST).await?;
    window.press("Continue").await?;
    window.reads("No computer of the name of auth.harbour.test is found").await?;

    window.press("Settings").await?;
    window.reads("No proxy is in use.").await?;
    window.choose("A proxy of your own").await?;
    window.enter("Host", &proxy.address.ip().to_string()).await?;
    window.enter("Port", &proxy.address.port().to_string()).await?;
    window.enter("Your name at the proxy", user).await?;
    window.enter("Password at the proxy", password).await?;
    assert_eq!(window.accessibility_faults().await?, [""; 0]);
    window.press("Use this proxy").await?;
    window.reads(&format!("In use: http://{}", proxy.address)).await?;
    let settings = fs::read_to_string(desktop.data()?.join("network.json"))?;
    assert!(!settings.contains(password), "the password is in the keychain alone");

    window.press("Back").await?;
    window.press("Continue").await?;
    window.reads("showed a certificate issued by Harbour Works Root").await?;

    window.press("Settings").await?;
    let file = desktop.home().join("authority.pem");
    fs::write(&file, authority.pem())?;
    window.press("Add a CA file").await?;
    desktop.pick_file("Choose a CA file", &file)?;
    desktop.answer_question("Trust Harbour Works Root?", true)?;
    window.find(Role::Button, "Trust Harbour Works Root no longer").await?;

    window.press("Back").await?;
    window.press("Continue").await?;
    window.find(Role::Heading, "Is this the right host?").await?;
    window.press("Connect").await?;
    window.enter("Email address", ALAN.address).await?;
    window.press("Continue").await?;
    window.find(Role::Heading, "Enter your password").await?;
    window.enter("Password", ALAN.password).await?;
    window.press("Sign in").await?;
    account_of(&window, ALAN).await?;
    assert!(proxy.asked().iter().all(|place| *place == format!("{HOST}:443")), "{:?}", proxy.asked());

    // Where the proxy is gone, trying says so.
    drop(proxy);
    window.press("Settings").await?;
    window.press(&format!("Reach {HOST}")).await?;
    window.reads(&format!("The proxy on the way to {HOST} cannot be reached")).await
}
