//! A walk past every state of the way out to the browser and back, with a real Chromium.

use anyhow::Result;

use super::{Browser, BrowserPage, Desktop, Person, Role, Tongue, Window, identifier};
use crate::{harbour::Harbour, served::Served};

/// Where the provider is that nobody knows; nothing is ever opened there.
const STRANGER: &str = "127.0.0.1:9";
/// What the development provider asks.
const WHO: &str = "Who signs in?";

/// Who walks, and where.
struct Walk<'w> {
    desktop: &'w Desktop,
    browser: Browser<'w>,
    window: &'w Window,
    tongue: Tongue,
}

impl Walk<'_> {
    async fn press(&self, name: &'static str) -> Result<()> {
        self.window.press(self.tongue.say(name)?).await
    }

    async fn reads(&self, text: &'static str) -> Result<()> {
        self.window.reads(self.tongue.say(text)?).await
    }

    async fn find(&self, role: Role, name: &'static str) -> Result<()> {
        self.window.find(role, self.tongue.say(name)?).await.map(drop)
    }

    async fn enter(&self, name: &'static str, text: &str) -> Result<()> {
        self.window.enter(self.tongue.say(name)?, text).await
    }

    /// From Welcome to the sign-in screen of an instance.
    async fn connect(&self, key: &str) -> Result<()> {
        self.press("Connect to an instance").await?;
        self.enter("Publishable key or address", key).await?;
        self.press("Continue").await?;
        self.press("Connect").await?;
        self.find(Role::Button, "Continue with Google").await
    }

    /// Out to the development provider; answers with its page.
    async fn out(&self) -> Result<BrowserPage> {
        self.press("Continue with Google").await?;
        self.find(Role::Heading, "Go on in your browser").await?;
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
    let walk = Walk { desktop, browser: desktop.browser(&[])?, window, tongue };
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
        walk.press("Continue with Google").await?;
        walk.reads("does not let this app in yet").await?;
        walk.window.reads(helps).await?;
        visit(screen).await?;
    }
    walk.press("Back").await
}

/// What is asked, waited for, pasted, refused, put off, and lacking at the end.
async fn out_and_back(
    walk: &Walk<'_>,
    server: &mut Served,
    visit: &mut impl AsyncFnMut(&str) -> Result<()>,
) -> Result<()> {
    visit("browser-providers").await?;
    walk.press("Continue with GitHub").await?;
    walk.window.find(Role::Heading, &walk.tongue.open(STRANGER)).await?;
    visit("browser-asking").await?;
    walk.press("Cancel").await?;
    let page = walk.out().await?;
    visit("browser-waiting").await?;
    walk.press("Copy link").await?;
    walk.reads("Copied. The link").await?;
    visit("browser-link-copied").await?;
    walk.press("Paste address").await?;
    walk.find(Role::Field, "Address at the end").await?;
    visit("browser-paste").await?;
    walk.enter("Address at the end", &format!("http://{}/", server.host())).await?;
    walk.press("Go on").await?;
    walk.reads("This address does not lead back").await?;
    visit("browser-paste-wrong").await?;
    page.press("Deny").await?;
    walk.reads("You, or the provider, did not agree.").await?;
    visit("browser-denied").await?;

    let page = walk.out().await?;
    server.cut_off();
    walk.desktop.open_link(&format!("{}://callback?rotating_token_nonce=made-up", identifier()?))?;
    walk.find(Role::Heading, "Finishing").await?;
    walk.reads("This is tried again by itself.").await?;
    visit("browser-returning").await?;
    server.restore()?;
    // What came back was none of this.
    walk.find(Role::Heading, "Go on in your browser").await?;
    page.enter("Email address", Person::ADA.address).await?;
    page.press("Agree").await?;
    walk.find(Role::Field, "First name").await?;
    visit("browser-lacking").await?;
    walk.enter("First name", "Ada").await?;
    walk.press("Continue").await?;
    walk.find(Role::Part, "Profile").await
}

/// The accounts elsewhere of who has come in, and the way in that was used last.
async fn accounts_elsewhere(
    walk: &Walk<'_>,
    server: &Served,
    visit: &mut impl AsyncFnMut(&str) -> Result<()>,
) -> Result<()> {
    walk.press("Manage account").await?;
    walk.find(Role::Part, "Connected accounts").await?;
    visit("connections").await?;
    walk.press("Connect GitHub").await?;
    walk.window.find(Role::Heading, &walk.tongue.open(STRANGER)).await?;
    visit("connections-asking").await?;
    walk.press("Cancel").await?;
    walk.find(Role::Button, "Connect GitHub").await?;
    walk.press("Back").await?;
    walk.press("Add an account").await?;
    walk.window.choose(&server.host()).await?;
    walk.press("Sign in").await?;
    walk.reads("Last used").await?;
    visit("browser-last-used").await
}
