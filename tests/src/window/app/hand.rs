//! What a person does on a page, and waits for.

use std::path::Path;

use anyhow::{Context, Result};
use thirtyfour::{By, WebElement, extensions::query::ElementQueryable};

use super::page::{Page, Role, unless_gone, unless_out_of_reach};
use crate::window::patience::wait_for_async;

impl Page {
    /// Waits for the thing with this role and name.
    ///
    /// # Errors
    /// It does not come; the error says what is there instead.
    pub async fn find(&self, role: Role, name: &str) -> Result<WebElement> {
        let what = format!("a {role:?} “{name}” came");
        let found = wait_for_async(&what, async || Ok(self.all(role, name).await?.into_iter().next())).await;
        self.explained(found).await
    }

    /// Whether the thing with this role and name is there now.
    ///
    /// # Errors
    /// The page cannot be asked.
    pub async fn has(&self, role: Role, name: &str) -> Result<bool> {
        Ok(!self.all(role, name).await?.is_empty())
    }

    /// Waits until a text can be read.
    ///
    /// # Errors
    /// It does not come; the error says what is there instead.
    pub async fn reads(&self, text: &str) -> Result<()> {
        self.until(&format!("the text “{text}” came"), async || Ok(self.text().await?.contains(text))).await
    }

    /// Waits until something holds.
    ///
    /// # Errors
    /// It does not; the error says what is there instead.
    pub async fn until(&self, what: &str, holds: impl AsyncFn() -> Result<bool>) -> Result<()> {
        let outcome = wait_for_async(what, async || Ok(holds().await?.then_some(()))).await;
        self.explained(outcome).await
    }

    /// Presses the button with this name, once it is there.
    ///
    /// # Errors
    /// It does not come or cannot be pressed.
    pub async fn press(&self, name: &str) -> Result<()> {
        let what = format!("“{name}” could be pressed");
        let pressed = wait_for_async(&what, async || {
            let button = self.find(Role::Button, name).await?;
            Ok(unless_out_of_reach(button.click().await)?)
        });
        pressed.await.with_context(|| format!("press “{name}”"))
    }

    /// Presses the button with this name that lies in the part of the page or the dialog with that name, once it is there.
    ///
    /// # Errors
    /// It does not come or cannot be pressed.
    pub async fn press_in(&self, part: &str, name: &str) -> Result<()> {
        let what = format!("a button “{name}” came in “{part}”");
        let found = wait_for_async(&what, async || {
            let parts = [self.all(Role::Part, part).await?, self.all(Role::Dialog, part).await?];
            for part in parts.into_iter().flatten() {
                let buttons = unless_gone(part.query(By::Css("button, a")).all_from_selector().await)?;
                for button in buttons.unwrap_or_default() {
                    if unless_gone(button.text().await)?.is_some_and(|text| text.trim() == name) {
                        return Ok(Some(button));
                    }
                }
            }
            Ok(None)
        });
        let button = self.explained(found.await).await?;
        button.click().await.with_context(|| format!("press “{name}”"))
    }

    /// Chooses the choice with this name, once it is there.
    ///
    /// # Errors
    /// It does not come or cannot be chosen.
    pub async fn choose(&self, name: &str) -> Result<()> {
        let choice = self.find(Role::Choice, name).await?;
        choice.click().await.with_context(|| format!("choose “{name}”"))
    }

    /// Presses the button with this name twice, as fast as a double click.
    ///
    /// # Errors
    /// It does not come or cannot be pressed.
    pub async fn press_twice(&self, name: &str) -> Result<()> {
        let button = self.find(Role::Button, name).await?;
        self.driver
            .action_chain()
            .double_click_element(&button)
            .perform()
            .await
            .with_context(|| format!("press “{name}”"))
    }

    /// Replaces what is in the field with this name, key by key.
    ///
    /// # Errors
    /// It does not come or takes no keys.
    pub async fn enter(&self, name: &str, text: &str) -> Result<()> {
        let field = self.find(Role::Field, name).await?;
        field.click().await?;
        if !self.value(name).await?.is_empty() {
            field.send_keys(thirtyfour::Key::Control + "a").await?;
        }
        field.send_keys(text).await.with_context(|| format!("type into “{name}”"))
    }

    /// Gives a file to whatever takes one under this name, as the system's dialog does once a file is chosen.
    ///
    /// # Errors
    /// Nothing takes it.
    pub async fn give_file(&self, name: &str, file: &Path) -> Result<()> {
        let input = self.driver.query(By::Css(format!("input[type='file'][aria-label='{name}']"))).first().await?;
        input.send_keys(file.display().to_string()).await.with_context(|| format!("give a file to “{name}”"))
    }

    /// What is in the field with this name.
    ///
    /// # Errors
    /// It does not come.
    pub async fn value(&self, name: &str) -> Result<String> {
        let field = self.find(Role::Field, name).await?;
        Ok(field.prop("value").await?.unwrap_or_default())
    }

    /// Presses keys where the focus is.
    ///
    /// # Errors
    /// Nothing takes them.
    pub async fn keys(&self, keys: impl Into<thirtyfour::TypingData> + Send) -> Result<()> {
        let keys = keys.into().to_string();
        // What has the focus may be drawn anew between finding it and typing.
        wait_for_async("something took the keys", async || {
            let focused = self.driver.active_element().await?;
            Ok(unless_gone(focused.send_keys(keys.clone()).await)?)
        })
        .await
    }

    /// Makes the window this large.
    ///
    /// # Errors
    /// It cannot be resized.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.driver.set_window_rect(0, 0, width, height).await?;
        let wanted = i64::from(width);
        self.until("the window took its size", async || {
            let inner = self.driver.execute("return window.innerWidth", vec![]).await?;
            Ok(inner.json().as_i64() == Some(wanted))
        })
        .await
    }

    /// A picture of the page, as PNG.
    ///
    /// # Errors
    /// None can be taken.
    pub async fn picture(&self) -> Result<Vec<u8>> {
        self.settled().await?;
        Ok(self.driver.screenshot_as_png().await?)
    }

    /// The window's title.
    ///
    /// # Errors
    /// The page cannot be asked.
    pub async fn title(&self) -> Result<String> {
        Ok(self.driver.title().await?)
    }

    /// Runs a script in the page and answers what it returns.
    ///
    /// # Errors
    /// The script throws.
    pub async fn script(&self, body: &str) -> Result<serde_json::Value> {
        Ok(self.driver.execute(body, vec![]).await?.json().clone())
    }

    /// Adds what is on the page to an error.
    async fn explained<T>(&self, outcome: Result<T>) -> Result<T> {
        match outcome {
            Ok(value) => Ok(value),
            Err(error) => {
                let outline = self.outline().await.unwrap_or_else(|error| error.to_string());
                Err(error.context(format!("the page holds:\n{outline}\n")))
            }
        }
    }
}
