//! The login manager on the system's bus of a desktop, in a program of the tests' own: one session, which it says is to
//! be locked and unlocked, and a computer that falls asleep and wakes up.
#![allow(
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the interface of the login manager says what its methods take, whether or not it is of use here"
)]

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use anyhow::{Context as _, Result};
use zbus::{Connection, connection, interface, zvariant::ObjectPath};

use super::patience::wait_for_async;

const NAME: &str = "org.freedesktop.login1";
const MANAGER: &str = "/org/freedesktop/login1";
const SESSION: &str = "/org/freedesktop/login1/session/_31";

/// The login manager; dropping it takes it away.
pub struct LoginManager {
    bus: Connection,
    asked: Arc<AtomicBool>,
}

struct Manager(Arc<AtomicBool>);

#[interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    /// Which session it is: there is one.
    fn get_session(&self, _name: &str) -> ObjectPath<'static> {
        self.0.store(true, Ordering::Release);
        ObjectPath::from_static_str_unchecked(SESSION)
    }
}

impl LoginManager {
    pub(super) async fn start(address: &str) -> Result<Self> {
        let asked = Arc::<AtomicBool>::default();
        let bus = connection::Builder::address(address)?
            .serve_at(MANAGER, Manager(asked.clone()))?
            .name(NAME)?
            .build()
            .await
            .context("take the place of the login manager")?;
        Ok(Self { bus, asked })
    }

    /// Waits until a program has asked for the session, which is the last thing before it listens.
    ///
    /// # Errors
    /// None asks.
    pub async fn until_asked(&self) -> Result<()> {
        wait_for_async("a program asked for the session", async || Ok(self.asked.load(Ordering::Acquire).then_some(())))
            .await
    }

    /// Says that the session is to be locked.
    ///
    /// # Errors
    /// The bus is gone.
    pub async fn lock(&self) -> Result<()> {
        self.say(SESSION, "Session", "Lock", &()).await
    }

    /// Says that the session is to be unlocked.
    ///
    /// # Errors
    /// The bus is gone.
    pub async fn unlock(&self) -> Result<()> {
        self.say(SESSION, "Session", "Unlock", &()).await
    }

    /// Says that another person's session is to be locked.
    ///
    /// # Errors
    /// The bus is gone.
    pub async fn lock_another(&self) -> Result<()> {
        self.say("/org/freedesktop/login1/session/_32", "Session", "Lock", &()).await
    }

    /// Says that the computer falls asleep, or has woken up.
    ///
    /// # Errors
    /// The bus is gone.
    pub async fn sleep(&self, asleep: bool) -> Result<()> {
        self.say(MANAGER, "Manager", "PrepareForSleep", &asleep).await
    }

    async fn say<T>(&self, path: &str, interface: &str, signal: &str, value: &T) -> Result<()>
    where
        T: serde::Serialize + zbus::zvariant::DynamicType + Sync,
    {
        Ok(self.bus.emit_signal(None::<&str>, path, format!("{NAME}.{interface}"), signal, value).await?)
    }
}
