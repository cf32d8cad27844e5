//! A walk past what is asked and said about passkeys of this device, their PIN, saved passwords and the lock.

use anyhow::Result;

use super::{Look, Person, Role, Tongue, Window, journeys::sign_up, tour::wear};

const PIN: &str = "pier-42";
const WRONG: &str = "pier-43";
const SIMPLE: &str = "111111";

/// Who walks, and who watches.
struct Walk<'w, V> {
    window: &'w Window,
    tongue: Tongue,
    looks: &'w [Look],
    visit: V,
}

/// Goes past every state in each of these looks and in that language, from Welcome in a window that is still as it came,
/// and calls at each with its name.
///
/// # Errors
/// A state does not come, or the visitor fails.
pub async fn keys(
    window: &Window,
    tongue: Tongue,
    looks: &[Look],
    visit: impl AsyncFnMut(&str, Look) -> Result<()>,
) -> Result<()> {
    sign_up(window, Person::ADA).await?;
    tongue.choose(window).await?;
    let mut walk = Walk { window, tongue, looks, visit };
    walk.first_passkey().await?;
    walk.settings().await?;
    walk.sign_in().await
}

impl<V: AsyncFnMut(&str, Look) -> Result<()>> Walk<'_, V> {
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

    /// Shows the visitor a screen, with this in the middle of it.
    async fn show(&mut self, screen: &str, role: Role, name: &'static str) -> Result<()> {
        let name = self.tongue.say(name)?;
        for look in self.looks {
            self.window.find(role, name).await?;
            wear(self.window, *look).await?;
            self.window.find(role, name).await?.scroll_into_view().await?;
            (self.visit)(screen, *look).await?;
        }
        Ok(())
    }

    /// Presses a way out until it was taken: right after a question has come it takes no press.
    async fn leave(&self, by: &'static str) -> Result<()> {
        self.window
            .until("the question is gone", async || {
                let asked = self.is_asked().await?;
                if asked {
                    self.press(by).await?;
                }
                Ok(!asked)
            })
            .await
    }

    async fn is_asked(&self) -> Result<bool> {
        Ok(self.window.script("return document.querySelector('dialog[open]') !== null").await? == true)
    }

    async fn choose_pin(&self, pin: &str) -> Result<()> {
        self.enter("New PIN", pin).await?;
        self.enter("New PIN once more", pin).await?;
        self.press("Set PIN").await
    }

    async fn type_pin(&self, pin: &str) -> Result<()> {
        self.enter("PIN", pin).await?;
        self.press("Continue").await
    }

    /// The account's own pages: the first passkey, with the PIN that comes with it.
    async fn first_passkey(&mut self) -> Result<()> {
        self.press("Manage account").await?;
        self.show("passkeys-none", Role::Button, "Add a passkey").await?;
        self.press("Add a passkey").await?;
        self.show("passkey-places", Role::Button, "This device").await?;
        self.press("This device").await?;
        self.show("passkey-new-pin", Role::Field, "New PIN once more").await?;
        self.choose_pin(SIMPLE).await?;
        self.reads("is easy to guess").await?;
        self.show("passkey-new-pin-simple", Role::Field, "New PIN once more").await?;
        self.choose_pin(PIN).await?;
        self.reads("The passkey Passkey was added.").await?;
        self.show("manage-passkeys", Role::Button, "Rename Passkey").await?;
        self.press("Rename Passkey").await?;
        self.show("passkey-name", Role::Field, "Name of the passkey").await?;
        self.press("Cancel").await?;
        self.press("Back").await
    }

    /// Settings: the passkeys of this device, another PIN, and the lock, shut and opened.
    async fn settings(&mut self) -> Result<()> {
        self.press("Settings").await?;
        self.show("settings-passkeys", Role::Button, "Change PIN").await?;
        self.press("Change PIN").await?;
        self.show("passkey-change-pin", Role::Field, "PIN").await?;
        self.leave("Cancel").await?;
        self.window.choose(self.tongue.say("Ask for a PIN before anything is shown")?).await?;
        self.type_pin(PIN).await?;
        self.show("settings-lock", Role::Button, "Lock now").await?;
        self.press("Lock now").await?;
        self.show("lock", Role::Field, "PIN").await?;
        self.type_pin(WRONG).await?;
        self.reads("This PIN is not right.").await?;
        self.show("lock-wrong", Role::Field, "PIN").await?;
        self.leave("Cancel").await?;
        self.show("locked", Role::Button, "Unlock").await?;
        self.press("Unlock").await?;
        self.type_pin(PIN).await?;
        self.press("Back").await?;
        self.find(Role::Part, "Profile").await
    }

    /// Signed out and in again: by the passkey, and by a password that is saved.
    async fn sign_in(&mut self) -> Result<()> {
        let out = self.tongue.say("Sign out")?;
        self.window.press_in(out, out).await?;
        self.press("Sign in").await?;
        self.show("sign-in-passkey", Role::Button, "Sign in with a passkey").await?;
        self.press("Sign in with a passkey").await?;
        self.show("sign-in-passkey-places", Role::Button, "This device").await?;
        self.press("This device").await?;
        self.show("sign-in-pin", Role::Field, "PIN").await?;
        self.type_pin(WRONG).await?;
        self.reads("This PIN is not right.").await?;
        self.show("sign-in-pin-wrong", Role::Field, "PIN").await?;
        self.leave("Try another way").await?;

        self.enter("Email address", Person::ADA.address).await?;
        self.press("Continue").await?;
        self.find(Role::Heading, "Enter your password").await?;
        self.window.choose(self.tongue.say("Save this password on this device")?).await?;
        self.show("password-save", Role::Choice, "Save this password on this device").await?;
        self.enter("Password", Person::ADA.password).await?;
        self.press("Sign in").await?;
        self.show("password-save-pin", Role::Field, "PIN").await?;
        self.type_pin(PIN).await?;
        self.find(Role::Part, "Profile").await?;
        self.window.press_in(out, out).await?;
        self.press("Sign in").await?;
        self.show("sign-in-saved", Role::Button, "Use your saved password").await
    }
}
