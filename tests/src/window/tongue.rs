//! The language of the window, and what is pressed and read there.

use anyhow::{Context as _, Result};

use super::{Role, Window};

/// The language of the window that is walked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// As it comes.
    English,
    /// As it can be chosen in Settings.
    German,
}

/// What is pressed and read on the way, in both languages.
const WORDS: &[(&str, &str)] = &[
    ("Add a passkey", "Passkey hinzufügen"),
    ("Add an account", "Konto hinzufügen"),
    ("Address at the end", "Adresse am Ende"),
    ("Ask for a PIN before anything is shown", "Nach einer PIN fragen, bevor etwas gezeigt wird"),
    ("Back", "Zurück"),
    ("Cancel", "Abbrechen"),
    ("Change PIN", "PIN ändern"),
    ("Connect GitHub", "GitHub verbinden"),
    ("Connect to an instance", "Mit einer Instanz verbinden"),
    ("Connect", "Verbinden"),
    ("Connected accounts", "Verbundene Konten"),
    ("Continue with GitHub", "Weiter mit GitHub"),
    ("Continue with Google", "Weiter mit Google"),
    ("Continue", "Weiter"),
    ("Copied. The link", "Kopiert. Nach einer Minute"),
    ("Copy link", "Link kopieren"),
    ("Email address", "E-Mail-Adresse"),
    ("Enter your password", "Gib dein Passwort ein"),
    ("Finishing", "Gleich fertig"),
    ("First name", "Vorname"),
    ("Go on in your browser", "Mach im Browser weiter"),
    ("Go on", "Weitermachen"),
    ("Last used", "Zuletzt benutzt"),
    ("Lock now", "Jetzt sperren"),
    ("Manage account", "Konto verwalten"),
    ("Name of the passkey", "Name des Passkeys"),
    ("New PIN once more", "Neue PIN noch einmal"),
    ("New PIN", "Neue PIN"),
    ("PIN", "PIN"),
    ("Password", "Passwort"),
    ("Paste address", "Adresse einfügen"),
    ("Profile", "Profil"),
    ("Publishable key or address", "Veröffentlichbarer Schlüssel oder Adresse"),
    ("Rename Passkey", "Passkey umbenennen"),
    ("Save this password on this device", "Dieses Passwort auf diesem Gerät speichern"),
    ("Set PIN", "PIN festlegen"),
    ("Settings", "Einstellungen"),
    ("Sign in with a passkey", "Mit einem Passkey anmelden"),
    ("Sign in", "Anmelden"),
    ("Sign out", "Abmelden"),
    ("The passkey Passkey was added.", "Der Passkey Passkey wurde hinzugefügt."),
    ("This PIN is not right.", "Diese PIN stimmt nicht."),
    ("This account cannot be read", "Dieses Konto ist nicht zu lesen"),
    ("This address does not lead back", "Diese Adresse führt nicht zu Frontdesk zurück"),
    ("This device", "Dieses Gerät"),
    ("This is tried again by itself.", "Das wird von selbst noch einmal versucht."),
    ("Try another way", "Anderen Weg nehmen"),
    ("Unlock", "Entsperren"),
    ("Use your saved password", "Gespeichertes Passwort verwenden"),
    ("You, or the provider, did not agree.", "Du oder der Anbieter habt nicht zugestimmt."),
    ("does not let this app in yet", "lässt diese App noch nicht herein"),
    ("is easy to guess", "ist leicht zu erraten"),
];

impl Tongue {
    /// The same in this language.
    pub(super) fn say(self, english: &'static str) -> Result<&'static str> {
        let (_, german) = WORDS.iter().find(|(known, _)| *known == english).with_context(|| english.to_owned())?;
        Ok(if self == Self::German { german } else { english })
    }

    /// Chosen in Settings, in a window that is still as it came.
    pub(super) async fn choose(self, window: &Window) -> Result<()> {
        if self == Self::German {
            window.press("Settings").await?;
            window.choose("Deutsch").await?;
            window.press("Zurück").await?;
        }
        Ok(())
    }

    /// The heading of the question whether a page may be opened.
    pub(super) fn open(self, host: &str) -> String {
        if self == Self::German { format!("{host} öffnen?") } else { format!("Open {host}?") }
    }
}

/// A window that is walked through in a language: what is pressed and read is named in English here.
pub(super) struct Spoken<'w> {
    pub(super) window: &'w Window,
    pub(super) tongue: Tongue,
}

impl Spoken<'_> {
    pub(super) async fn press(&self, name: &'static str) -> Result<()> {
        self.window.press(self.tongue.say(name)?).await
    }

    pub(super) async fn reads(&self, text: &'static str) -> Result<()> {
        self.window.reads(self.tongue.say(text)?).await
    }

    pub(super) async fn find(&self, role: Role, name: &'static str) -> Result<()> {
        self.window.find(role, self.tongue.say(name)?).await.map(drop)
    }

    pub(super) async fn enter(&self, name: &'static str, text: &str) -> Result<()> {
        self.window.enter(self.tongue.say(name)?, text).await
    }
}
