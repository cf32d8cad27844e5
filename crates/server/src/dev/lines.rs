//! The lines of a `.env` file by which Clerk's SDKs find a development instance.

use std::fmt::Write as _;

use secrecy::{ExposeSecret as _, SecretString};

use crate::{instance::Instance, packages::Packages};

/// Lines of a `.env` file. One of them holds the secret key.
#[derive(Debug)]
pub struct Lines {
    text: SecretString,
    names: Vec<String>,
}

impl Lines {
    /// What applications need for an instance.
    ///
    /// SDKs reach an instance by https, at the host in the publishable key, unless they are given a proxy URL: an instance
    /// of this computer is reached by it. The same holds for their scripts. Pages are told the name under which developers
    /// open them, since browsers keep no cookies between `localhost` and `127.0.0.1`.
    #[must_use]
    pub fn of(instance: &Instance, packages: Option<&Packages>) -> Self {
        let url = instance.public_url();
        let key = url.publishable_key(instance.kind());
        let secret_key = instance.secret_key();
        let for_pages = url.origin().replace("//127.0.0.1:", "//localhost:");
        let mut lines = vec![
            ("CLERK_PUBLISHABLE_KEY", key.clone()),
            ("CLERK_SECRET_KEY", secret_key.expose_secret().to_owned()),
            ("CLERK_API_URL", url.origin().to_owned()),
            ("CLERK_PROXY_URL", for_pages.clone()),
            ("CLERK_TELEMETRY_DISABLED", "1".to_owned()),
            ("VITE_CLERK_PUBLISHABLE_KEY", key.clone()),
            ("VITE_CLERK_PROXY_URL", for_pages.clone()),
            ("NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", key),
            ("NEXT_PUBLIC_CLERK_PROXY_URL", for_pages.clone()),
            ("NEXT_PUBLIC_CLERK_TELEMETRY_DISABLED", "1".to_owned()),
        ];
        let script = |name| Some(format!("{for_pages}{}", packages?.entry(name)?));
        if let Some(script) = script("clerk-js") {
            lines.extend(
                ["CLERK_JS_URL", "VITE_CLERK_JS_URL", "NEXT_PUBLIC_CLERK_JS_URL"].map(|name| (name, script.clone())),
            );
        }
        if let Some(script) = script("ui") {
            lines.extend(
                ["CLERK_UI_URL", "VITE_CLERK_UI_URL", "NEXT_PUBLIC_CLERK_UI_URL"].map(|name| (name, script.clone())),
            );
        }
        Self::made(lines)
    }

    /// The lines, the one with the secret key included.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.text.expose_secret()
    }

    /// The names that they give values to.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn made<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let (mut text, mut names) = (String::new(), Vec::new());
        for (name, value) in pairs {
            let _ = writeln!(text, "{name}={value}");
            names.push(name.to_owned());
        }
        Self { text: text.into(), names }
    }
}
