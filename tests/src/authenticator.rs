//! The authenticator app of a person, as any of them works (RFC 6238).

use std::{
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result};
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// Seconds for which an app shows a code.
const STEP: u64 = 30;

/// An app with the secret of one account.
pub struct Authenticator {
    app: Totp,
    /// By how much the clock of the device is ahead.
    ahead: Duration,
    /// The step of the newest code that was read off.
    last: u64,
}

impl Authenticator {
    /// Takes the key that a person types, with or without spaces.
    ///
    /// # Errors
    /// It is not one.
    pub fn with_key(key: &str) -> Result<Self> {
        let plain: String = key.split_whitespace().collect();
        let secret = Secret::try_from_base32(&plain).ok().with_context(|| format!("“{key}” is a key in base 32"))?;
        let app = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(0)
            .with_step_duration(STEP)
            .with_secret(secret)
            .build_noncompliant();
        Ok(Self { app, ahead: Duration::ZERO, last: 0 })
    }

    /// From now on its clock is ahead by so much.
    pub fn set_ahead(&mut self, by: Duration) {
        self.ahead = by;
    }

    /// A code that was not read off before. An instance takes each once, and that of the next step already: whoever would
    /// wait for a later one does.
    ///
    /// # Errors
    /// The clock stands before 1970.
    pub fn next_code(&mut self) -> Result<String> {
        let next = self.last + 1;
        while self.step()? + 1 < next {
            thread::sleep(Duration::from_millis(200));
        }
        self.last = self.step()?.max(next);
        Ok(self.app.generate(self.last * STEP).to_string())
    }

    /// Six digits that no code around this moment has.
    ///
    /// # Errors
    /// The clock stands before 1970.
    pub fn wrong_code(&self) -> Result<String> {
        let now = self.step()?;
        let right: Vec<String> = (now - 5..now + 5).map(|step| self.app.generate(step * STEP).to_string()).collect();
        let wrong = (0..=right.len()).map(|number| format!("{number:06}")).find(|code| !right.contains(code));
        wrong.context("there are more codes than steps")
    }

    fn step(&self) -> Result<u64> {
        Ok((SystemTime::now().duration_since(UNIX_EPOCH)? + self.ahead).as_secs() / STEP)
    }
}
