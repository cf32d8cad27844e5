//! A walk past what is asked and said about passkeys of this device, their PIN, saved passwords and the lock.

use anyhow::Result;

use super::{Look, Person, Role, Tongue, Window, journeys::sign_up, tongue::Spoken, tour::wear};

const PIN: &str = "pier-42";
const WRONG: &str = "pier-43";
const SIMPLE: &str = "111111";

/// Who walks, and who watches.
struct Walk<'w, V> {
    shown: Spoken<'w>,
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
    let mut walk = Walk { shown: Spoken { window, tongue }, looks, visit };
    walk.first_passkey().await?;
    walk.settings().await?;
    walk.sign_in().await
}

impl<V: AsyncFnMut(&str, Look) -> Result<()>> Walk<'_, V> {
    /// Shows the visitor a screen, with this in the middle of it.
    async fn show(&mut self, screen: &str, role: Role, name: &'static str) -> Result<()> {
        let name = self.shown.tongue.say(name)?;
        for look in self.looks {
            self.shown.window.find(role, name).await?;
            wear(self.shown.window, *look).await?;
            self.shown.window.find(role, name).await?.scroll_into_view().await?;
            (self.visit)(screen, *look).await?;
        }
        Ok(())
    }

    /// Presses a way out until it was taken: right after a question has come it takes no press.
    async fn leave(&self, by: &'static str) -> Result<()> {
        self.shown
            .window
            .until("the question is gone", async || {
                let asked = self.is_asked().await?;
                if asked {
                    self.shown.press(by).await?;
                }
                Ok(!asked)
            })
            .await
    }

    async fn is_asked(&self) -> Result<bool> {
        Ok(self.shown.window.script("return document.querySelector('dialog[open]') !== null").await? == true)
    }

    async fn choose_pin(&self, pin: &str) -> Result<()> {
        self.shown.enter("New PIN", pin).await?;
        self.shown.enter("New PIN once more", pin).await?;
        self.shown.press("Set PIN").await
    }

    async fn type_pin(&self, pin: &str) -> Result<()> {
        self.shown.enter("PIN", pin).await?;
        self.shown.press("Continue").await
    }

    /// The account's own pages: the first passkey, with the PIN that comes with it.
    async fn first_passkey(&mut self) -> Result<()> {
        self.shown.press("Manage account").await?;
        self.show("passkeys-none", Role::Button, "Add a passkey").await?;
        self.shown.press("Add a passkey").await?;
        self.show("passkey-places", Role::Button, "This device").await?;
        self.shown.press("This device").await?;
        self.show("passkey-new-pin", Role::Field, "New PIN once more").await?;
        self.choose_pin(SIMPLE).await?;
        self.shown.reads("is easy to guess").await?;
        self.show("passkey-new-pin-simple", Role::Field, "New PIN once more").await?;
        self.choose_pin(PIN).await?;
        self.shown.reads("The passkey Passkey was added.").await?;
        self.show("manage-passkeys", Role::Button, "Rename Passkey").await?;
        self.shown.press("Rename Passkey").await?;
        self.show("passkey-name", Role::Field, "Name of the passkey").await?;
        self.shown.press("Cancel").await?;
        self.shown.press("Back").await
    }

    /// Settings: the passkeys of this device, another PIN, and the lock, shut and opened.
    async fn settings(&mut self) -> Result<()> {
        self.shown.press("Settings").await?;
        self.show("settings-passkeys", Role::Button, "Change PIN").await?;
        self.shown.press("Change PIN").await?;
        self.show("passkey-change-pin", Role::Field, "PIN").await?;
        self.leave("Cancel").await?;
        self.shown.window.choose(self.shown.tongue.say("Ask for a PIN before anything is shown")?).await?;
        self.type_pin(PIN).await?;
        self.show("settings-lock", Role::Button, "Lock now").await?;
        self.shown.press("Lock now").await?;
        self.show("lock", Role::Field, "PIN").await?;
        self.type_pin(WRONG).await?;
        self.shown.reads("This PIN is not right.").await?;
        self.show("lock-wrong", Role::Field, "PIN").await?;
        self.leave("Cancel").await?;
        self.show("locked", Role::Button, "Unlock").await?;
        self.shown.press("Unlock").await?;
        self.type_pin(PIN).await?;
        self.shown.press("Back").await?;
        self.shown.find(Role::Part, "Profile").await
    }

    /// Signed out and in again: by the passkey, and by a password that is saved.
    async fn sign_in(&mut self) -> Result<()> {
        let out = self.shown.tongue.say("Sign out")?;
        self.shown.window.press_in(out, out).await?;
        self.shown.press("Sign in").await?;
        self.show("sign-in-passkey", Role::Button, "Sign in with a passkey").await?;
        self.shown.press("Sign in with a passkey").await?;
        self.show("sign-in-passkey-places", Role::Button, "This device").await?;
        self.shown.press("This device").await?;
        self.show("sign-in-pin", Role::Field, "PIN").await?;
        self.type_pin(WRONG).await?;
        self.shown.reads("This PIN is not right.").await?;
        self.show("sign-in-pin-wrong", Role::Field, "PIN").await?;
        self.leave("Try another way").await?;

        self.shown.enter("Email address", Person::ADA.address).await?;
        self.shown.press("Continue").await?;
        self.shown.find(Role::Heading, "Enter your password").await?;
        self.shown.window.choose(self.shown.tongue.say("Save this password on this device")?).await?;
        self.show("password-save", Role::Choice, "Save this password on this device").await?;
        self.shown.enter("Password", Person::ADA.password).await?;
        self.shown.press("Sign in").await?;
        self.show("password-save-pin", Role::Field, "PIN").await?;
        self.type_pin(PIN).await?;
        self.shown.find(Role::Part, "Profile").await?;
        self.shown.window.press_in(out, out).await?;
        self.shown.press("Sign in").await?;
        self.show("sign-in-saved", Role::Button, "Use your saved password").await
    }
}
