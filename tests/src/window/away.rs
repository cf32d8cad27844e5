//! A walk past every state of the way out to the browser and back, with a real Chromium.

use anyhow::Result;

use super::{Browser, BrowserPage, Desktop, Person, Role, Tongue, Window, identifier, tongue::Spoken};
use crate::{harbour::Harbour, served::Served};

/// Where the provider is that nobody knows; nothing is ever opened there.
const STRANGER: &str = "127.0.0.1:9";
/// What the development provider asks.
const WHO: &str = "Who signs in?";

/// Who walks, and where.
struct Walk<'w> {
    desktop: &'w Desktop,
    browser: Browser<'w>,
    shown: Spoken<'w>,
}

impl Walk<'_> {
    /// From Welcome to the sign-in screen of an instance.
    async fn connect(&self, key: &str) -> Result<()> {
        self.shown.press("Connect to an instance").await?;
        self.shown.enter("Publishable key or address", key).await?;
        self.shown.press("Continue").await?;
        self.shown.press("Connect").await?;
        self.shown.find(Role::Button, "Continue with Google").await
    }

    /// Out to the development provider; answers with its page.
    async fn out(&self) -> Result<BrowserPage> {
        self.shown.press("Continue with Google").await?;
        self.shown.find(Role::Heading, "Go on in your browser").await?;
        self.browser.page(WHO).await
    }
}

/// Goes past every state, from Welcome on in that language, and calls at each with its name.
///
/// # Errors
/// A state does not come, or the visitor fails.
pub async fn away(
    desktop: &Desktop,
    window: &Window,
    tongue: Tongue,
    mut visit: impl AsyncFnMut(&str) -> Result<()>,
) -> Result<()> {
    tongue.choose(window).await?;
    let walk = Walk { desktop, browser: desktop.browser(&[])?, shown: Spoken { window, tongue } };
    not_let_in(&walk, &mut visit).await?;
    let mut server = serve()?;
    walk.connect(&server.host()).await?;
    out_and_back(&walk, &mut server, &mut visit).await?;
    accounts_elsewhere(&walk, &server, &mut visit).await
}

/// A server that asks for a first name, and connects accounts of GitHub at a place that nobody knows.
fn serve() -> Result<Served> {
    let place = format!("http://{STRANGER}");
    let settings = format!(
        "[settings.policy]\nfirst_name = \"required\"\n\
         [settings.connections.oauth_github]\nenabled = true\nclient_id = \"frontdesk\"\nclient_secret_file = \"github\"\n\
         [settings.connections.oauth_github.endpoints]\n\
         authorize = \"{place}/authorize\"\ntoken = \"{place}/token\"\nprofile = \"{place}/user\"\n"
    );
    let server = Served::start(&settings)?;
    std::fs::write(server.folder().join("data/github"), "the client secret\n")?;
    Ok(server)
}

/// An instance where only the owner can help.
async fn not_let_in(walk: &Walk<'_>, visit: &mut impl AsyncFnMut(&str) -> Result<()>) -> Result<()> {
    let harbour = Harbour::open().await?;
    walk.connect(&harbour.key()).await?;
    let by_link = format!("{}://callback", identifier()?);
    for (code, helps, screen) in [
        ("resource_missmatch", by_link.as_str(), "browser-not-listed"),
        ("native_api_disabled", harbour.host(), "browser-native-off"),
    ] {
        harbour.refuse(code);
        walk.shown.press("Continue with Google").await?;
        walk.shown.reads("does not let this app in yet").await?;
        walk.shown.window.reads(helps).await?;
        visit(screen).await?;
    }
    walk.shown.press("Back").await
}

/// What is asked, waited for, pasted, refused, put off, and lacking at the end.
async fn out_and_back(
    walk: &Walk<'_>,
    server: &mut Served,
    visit: &mut impl AsyncFnMut(&str) -> Result<()>,
) -> Result<()> {
    visit("browser-providers").await?;
    walk.shown.press("Continue with GitHub").await?;
    walk.shown.window.find(Role::Heading, &walk.shown.tongue.open(STRANGER)).await?;
    visit("browser-asking").await?;
    walk.shown.press("Cancel").await?;
    let page = walk.out().await?;
    visit("browser-waiting").await?;
    walk.shown.press("Copy link").await?;
    walk.shown.reads("Copied. The link").await?;
    visit("browser-link-copied").await?;
    walk.shown.press("Paste address").await?;
    walk.shown.find(Role::Field, "Address at the end").await?;
    visit("browser-paste").await?;
    walk.shown.enter("Address at the end", &format!("http://{}/", server.host())).await?;
    walk.shown.press("Go on").await?;
    walk.shown.reads("This address does not lead back").await?;
    visit("browser-paste-wrong").await?;
    page.press("Deny").await?;
    walk.shown.reads("You, or the provider, did not agree.").await?;
    visit("browser-denied").await?;

    let page = walk.out().await?;
    server.cut_off();
    walk.desktop.open_link(&format!("{}://callback?rotating_token_nonce=made-up", identifier()?))?;
    walk.shown.find(Role::Heading, "Finishing").await?;
    walk.shown.reads("This is tried again by itself.").await?;
    visit("browser-returning").await?;
    server.restore()?;
    // What came back was none of this.
    walk.shown.find(Role::Heading, "Go on in your browser").await?;
    page.enter("Email address", Person::ADA.address).await?;
    page.press("Agree").await?;
    walk.shown.find(Role::Field, "First name").await?;
    visit("browser-lacking").await?;
    walk.shown.enter("First name", "Ada").await?;
    walk.shown.press("Continue").await?;
    walk.shown.find(Role::Part, "Profile").await
}

/// The accounts elsewhere of who has come in, and the way in that was used last.
async fn accounts_elsewhere(
    walk: &Walk<'_>,
    server: &Served,
    visit: &mut impl AsyncFnMut(&str) -> Result<()>,
) -> Result<()> {
    walk.shown.press("Manage account").await?;
    walk.shown.find(Role::Part, "Connected accounts").await?;
    visit("connections").await?;
    walk.shown.press("Connect GitHub").await?;
    walk.shown.window.find(Role::Heading, &walk.shown.tongue.open(STRANGER)).await?;
    visit("connections-asking").await?;
    walk.shown.press("Cancel").await?;
    walk.shown.find(Role::Button, "Connect GitHub").await?;
    walk.shown.press("Back").await?;
    walk.shown.press("Add an account").await?;
    walk.shown.window.choose(&server.host()).await?;
    walk.shown.press("Sign in").await?;
    walk.shown.reads("Last used").await?;
    visit("browser-last-used").await
}
