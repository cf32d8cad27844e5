//! What is on the page. Roles and names are those that axe-core computes, by the rules that screen readers follow.

use std::{path::Path, sync::Arc};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use thirtyfour::{
    WebDriver, WebElement,
    error::{WebDriverErrorInner, WebDriverResult},
};

/// Finds by role and name. Needs axe-core.
const FIND: &str = include_str!("find.js");
/// The name of what has the focus. Needs axe-core.
const FOCUSED: &str = "axe.setup(document.documentElement); \
    try { return axe.commons.text.accessibleText(document.activeElement).trim(); } finally { axe.teardown(); }";
/// Answers when every animation that has an end is at its end.
const SETTLED: &str = "const done = arguments[arguments.length - 1]; \
    const ends = (animation) => animation.effect?.getComputedTiming().iterations !== Infinity; \
    Promise.allSettled(document.getAnimations().filter(ends).map(({ finished }) => finished)).then(() => done());";
/// Rules that are checked: WCAG 2.2 at levels A and AA, and what axe calls best practice.
const RULES: &[&str] = &["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/// A page that is shown, of the app or in a browser.
pub struct Page {
    pub(super) driver: WebDriver,
    axe: Arc<str>,
}

/// What something is, to a person and to a screen reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A button, or a link that acts.
    Button,
    /// The title of something.
    Heading,
    /// Takes text.
    Field,
    /// One of several choices, or something that may be so or not.
    Choice,
    /// A dialog.
    Dialog,
    /// A message that is read aloud when it comes.
    Message,
    /// A part of the page with a title of its own.
    Part,
}

impl Role {
    /// The roles of ARIA that count as this.
    fn roles(self) -> &'static [&'static str] {
        match self {
            Self::Button => &["button", "link", "tab"],
            Self::Heading => &["heading"],
            // A password field has no role of its own.
            Self::Field => &["textbox", "searchbox", "password"],
            Self::Choice => &["radio", "menuitemradio", "option", "checkbox"],
            Self::Dialog => &["dialog", "alertdialog"],
            Self::Message => &["alert", "status"],
            Self::Part => &["region"],
        }
    }
}

/// None where what was asked about has left the page meanwhile.
pub(super) fn unless_gone<T>(outcome: WebDriverResult<T>) -> WebDriverResult<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.as_inner(), WebDriverErrorInner::StaleElementReference(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// None where what was to be pressed is on its way to where it can be.
pub(super) fn unless_out_of_reach<T>(outcome: WebDriverResult<T>) -> WebDriverResult<Option<T>> {
    match unless_gone(outcome) {
        Err(error) if matches!(error.as_inner(), WebDriverErrorInner::ElementNotInteractable(_)) => Ok(None),
        outcome => outcome,
    }
}

impl Page {
    /// The page that a driver shows.
    pub(super) fn of(driver: WebDriver) -> Result<Self> {
        Ok(Self { driver, axe: axe()? })
    }

    /// Turns to a tab that shows a text and is none of these. Answers what it is called, if there is one now.
    pub(in crate::window) async fn look_for_tab(&self, text: &str, but: &[String]) -> Result<Option<String>> {
        for tab in self.driver.windows().await? {
            let name = tab.to_string();
            // One that was closed meanwhile shows nothing.
            if !but.contains(&name)
                && self.driver.switch_to_window(tab).await.is_ok()
                && self.text().await.is_ok_and(|it| it.contains(text))
            {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// Address and text of every tab.
    pub(in crate::window) async fn tabs(&self) -> Result<Vec<String>> {
        let mut tabs = Vec::new();
        for tab in self.driver.windows().await? {
            if self.driver.switch_to_window(tab).await.is_ok() {
                tabs.push(format!("{}\n{}", self.address().await?, self.text().await?));
            }
        }
        Ok(tabs)
    }

    /// The page's address.
    ///
    /// # Errors
    /// The page cannot be asked.
    pub async fn address(&self) -> Result<String> {
        Ok(self.driver.current_url().await?.into())
    }

    /// Everything with this role and name that is there now.
    pub(super) async fn all(&self, role: Role, name: &str) -> Result<Vec<WebElement>> {
        self.bring_axe().await?;
        let found = self.driver.execute(FIND, vec![json!(role.roles()), json!(name)]).await;
        let found = unless_gone(found).context("look for something on the page")?;
        Ok(found.map(thirtyfour::prelude::ScriptRet::elements).transpose()?.unwrap_or_default())
    }

    /// What can be read.
    ///
    /// # Errors
    /// The page cannot be asked.
    pub async fn text(&self) -> Result<String> {
        let text = self.driver.execute("return document.body ? document.body.innerText : ''", vec![]).await?;
        Ok(text.json().as_str().unwrap_or_default().to_owned())
    }

    /// Everything that has a role and a name, and all text: what a failed test says.
    pub(super) async fn outline(&self) -> Result<String> {
        self.bring_axe().await?;
        let found = self.driver.execute(FIND, vec![Value::Null, Value::Null]).await?;
        let things: Vec<String> = found.convert().unwrap_or_default();
        Ok(format!("{}\nand the text:\n{}", things.join("\n"), self.text().await?))
    }

    /// Waits until nothing moves on the page, but for what moves as long as it is there.
    ///
    /// # Errors
    /// The page cannot be asked.
    pub async fn settled(&self) -> Result<()> {
        self.driver.execute_async(SETTLED, vec![]).await.context("wait until nothing moves")?;
        Ok(())
    }

    /// What axe-core finds wrong on the page, one line for each place.
    ///
    /// # Errors
    /// It cannot run.
    pub async fn accessibility_faults(&self) -> Result<Vec<String>> {
        self.settled().await?;
        self.bring_axe().await?;
        let found = self.driver.execute_async(include_str!("axe.js"), vec![json!(RULES)]).await;
        Ok(found.context("check accessibility")?.convert()?)
    }

    /// The name of what has the focus.
    ///
    /// # Errors
    /// The page cannot be asked.
    pub async fn focus(&self) -> Result<String> {
        self.bring_axe().await?;
        let name = self.driver.execute(FOCUSED, vec![]).await.context("ask for the focus")?;
        Ok(name.json().as_str().unwrap_or_default().to_owned())
    }

    /// Loads axe-core into the page unless it is there.
    async fn bring_axe(&self) -> Result<()> {
        let there = self.driver.execute("return typeof window.axe === 'object'", vec![]).await?;
        if there.json() != &Value::Bool(true) {
            self.driver.execute(self.axe.as_ref(), vec![]).await.context("load axe-core into the page")?;
        }
        Ok(())
    }
}

/// The checker of accessibility, as npm delivered it to the interface.
fn axe() -> Result<Arc<str>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
    let text = std::fs::read_to_string(&file);
    Ok(text.with_context(|| format!("read {}; `npm ci` in ui brings it", file.display()))?.into())
}
