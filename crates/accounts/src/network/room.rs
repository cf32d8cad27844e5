//! What the person chooses of the network. It counts at once, for every instance; requests under way end as they began.

use std::sync::Arc;

use frontdesk_vault::Secret;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use super::{
    DesktopProxy, Network,
    authorities::{self, Authority, MOST},
    kept::Kept,
    view::{AuthorityView, NetworkView, ProxyChoice},
    way::by_hand,
};
use crate::{
    core::Core,
    fault::refused,
    intents::IntentError,
    said::{Reason, Said},
};

/// The item of the vault with the password of the proxy.
pub(crate) const PASSWORD_ITEM: &str = "proxy-password";

/// What the vault keeps: a password, and the one proxy that may see it.
#[derive(Serialize, Deserialize)]
struct Item {
    proxy: String,
    password: String,
}

impl Drop for Item {
    fn drop(&mut self) {
        self.password.zeroize();
    }
}

impl Network {
    /// As long as this is held, nothing is chosen.
    pub(crate) async fn hold_still(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.choosing.lock().await
    }

    fn view(&self, now: i64) -> NetworkView {
        let state = self.state();
        NetworkView {
            choice: state.kept.choice.clone(),
            password_kept: state.kept.has_password,
            proxy: state.way.view(),
            script: state.desktop.script.clone().filter(|_| state.kept.choice == ProxyChoice::System),
            authorities: state.kept.authorities.iter().map(|authority| authority.view(now)).collect(),
        }
    }

    fn write(&self, kept: &Kept) -> Result<(), IntentError> {
        kept.write(&self.file).map_err(|error| {
            let file = self.file.display();
            refused(
                Said::from(Reason::PreferencesUnwritable).detail(format!("{file}: {error}")),
                format!(
                    "The settings could not be written to {file}: {error}. The ones before stay. Make room on the disk or \
                     make the file writable, then try again."
                ),
            )
        })
    }
}

impl Core {
    pub(crate) fn network_view(&self) -> NetworkView {
        self.network.view(self.clock.now())
    }

    /// Chooses the proxy. A password is kept for this proxy alone; one that is absent stays, as long as the proxy does.
    pub(crate) async fn set_proxy(&self, choice: ProxyChoice, password: Option<String>) -> Result<(), IntentError> {
        let password = password.map(Zeroizing::new);
        let choice = settled(choice)?;
        let _choosing = self.network.choosing.lock().await;
        let before = self.network.state().kept.clone();
        let place = place(&choice);
        let keeps = password.is_none() && place.is_some() && place == self::place(&before.choice);
        let password = password.filter(|password| place.is_some() && !password.is_empty());
        let has_password = password.is_some() || (keeps && before.has_password);
        // The vault first: if it refuses, nothing has changed.
        if let (Some(password), Some(proxy)) = (&password, &place) {
            self.keep_password(proxy, password).await?;
        }
        let kept = Kept { choice, has_password, ..before.clone() };
        self.network.write(&kept)?;
        if before.has_password && !has_password {
            self.forget_password().await;
        }
        self.choose(|state| {
            state.kept = kept;
            if !keeps {
                state.password = password.map(|password| Secret::new(password.as_bytes().to_vec()));
            }
        });
        Ok(())
    }

    /// Trusts the authorities of a PEM file as well, from now on.
    pub(crate) async fn add_authorities(&self, file: &[u8]) -> Result<(), IntentError> {
        let new = self.read_authorities(file)?;
        self.change_authorities(|kept| {
            for authority in new {
                if !kept.contains(&authority) {
                    kept.push(authority);
                }
            }
        })
        .await
    }

    /// Trusts an authority no longer.
    pub(crate) async fn remove_authority(&self, fingerprint: &str) -> Result<(), IntentError> {
        self.change_authorities(|kept| kept.retain(|authority| authority.fingerprint() != fingerprint)).await
    }

    /// Whom a PEM file names, before anybody of them is trusted.
    pub(crate) fn authorities_of(&self, file: &[u8]) -> Result<Vec<AuthorityView>, IntentError> {
        let now = self.clock.now();
        Ok(self.read_authorities(file)?.iter().map(|authority| authority.view(now)).collect())
    }

    fn read_authorities(&self, file: &[u8]) -> Result<Vec<Authority>, IntentError> {
        Ok(authorities::read(file, self.clock.now())?)
    }

    async fn change_authorities(&self, change: impl FnOnce(&mut Vec<Authority>)) -> Result<(), IntentError> {
        let _choosing = self.network.choosing.lock().await;
        let mut kept = self.network.state().kept.clone();
        change(&mut kept.authorities);
        if kept.authorities.len() > MOST {
            return Err(refused(
                Said::from(Reason::AuthoritiesTooMany).detail(MOST),
                format!("Frontdesk trusts {MOST} authorities of your own at most. Remove one, then try again."),
            ));
        }
        self.network.write(&kept)?;
        self.choose(|state| state.kept = kept);
        Ok(())
    }

    /// The desktop's settings say this from now on.
    pub(crate) fn set_desktop_proxy(&self, desktop: DesktopProxy) {
        self.choose(|state| state.desktop = desktop);
    }

    /// The vault works: the password of the proxy is fetched, if there is one and it is not known yet.
    pub(crate) async fn recall_proxy_password(&self) {
        let _choosing = self.network.choosing.lock().await;
        let wanted = {
            let state = self.network.state();
            place(&state.kept.choice).filter(|_| state.kept.has_password && state.password.is_none())
        };
        let Some(proxy) = wanted else { return };
        match self.vault.get(PASSWORD_ITEM).await {
            Ok(Some(secret)) => match serde_json::from_slice::<Item>(secret.expose()) {
                // A password of another proxy is none of this one's business.
                Ok(item) if item.proxy == proxy => {
                    self.choose(|state| state.password = Some(Secret::new(item.password.as_bytes().to_vec())));
                }
                _ => tracing::warn!("the vault has no password for the proxy that is set"),
            },
            Ok(None) => tracing::warn!("the vault has no password for the proxy that is set"),
            Err(error) => tracing::warn!(%error, "the password of the proxy cannot be read"),
        }
    }

    /// The vault was locked: what it gave is forgotten.
    pub(crate) fn let_go_of_proxy_password(&self) {
        self.choose(|state| state.password = None);
    }

    /// Whether the vault may have an item of this room.
    pub(crate) fn has_proxy_password(&self) -> bool {
        self.network.state().kept.has_password
    }

    async fn keep_password(&self, proxy: &str, password: &str) -> Result<(), IntentError> {
        let item = Item { proxy: proxy.to_owned(), password: password.to_owned() };
        let bytes = serde_json::to_vec(&item).map_err(|error| refused(Reason::AnswerUnusable, error.to_string()))?;
        self.change(|state| state.doomed.retain(|doomed| doomed != PASSWORD_ITEM));
        self.vault.put(PASSWORD_ITEM, Secret::new(bytes)).await?;
        Ok(())
    }

    async fn forget_password(&self) {
        if self.vault.delete(PASSWORD_ITEM).await.is_err() {
            self.change(|state| state.doom(PASSWORD_ITEM.to_owned()));
        }
        self.save().await;
    }

    /// Changes how the app gets out; where that is another way, every instance is asked again on it.
    fn choose(&self, change: impl FnOnce(&mut super::State)) {
        let building = self.network.building();
        if !self.network.change(change) {
            return;
        }
        let way = self.network.way();
        let lines = self.look(|state| {
            let lines = state.entries.iter().filter_map(|entry| Some((entry.line.clone(), entry.usable_key()?)));
            lines.collect::<Vec<_>>()
        });
        for (line, key) in &lines {
            line.set_transport(crate::entry::remote(key, &self.pace, &way));
        }
        drop(building);
        for (line, _) in lines {
            line.poke.notify_one();
        }
    }

    /// The way that transports are built with now.
    pub(crate) fn way(&self) -> Arc<super::Way> {
        self.network.way()
    }
}

/// The choice without what surrounds its texts; refused where it names no proxy.
fn settled(choice: ProxyChoice) -> Result<ProxyChoice, IntentError> {
    let ProxyChoice::Manual { kind, host, port, exceptions, user } = choice else { return Ok(choice) };
    let trimmed = |text: String| text.trim().to_owned();
    let user = trimmed(user);
    let choice = ProxyChoice::Manual { kind, host: trimmed(host), port, exceptions: trimmed(exceptions), user };
    by_hand(&choice, None).map(|_| choice).ok_or_else(|| {
        refused(
            Reason::ProxyInvalid,
            "This names no proxy. Write its host without http://, such as proxy.example.com, and its port as a number from \
             1 to 65535. Nothing was changed.",
        )
    })
}

/// The proxy that a password is for: what it speaks, where it is, and what it knows the person by.
fn place(choice: &ProxyChoice) -> Option<String> {
    let ProxyChoice::Manual { user, .. } = choice else { return None };
    by_hand(choice, None).filter(|_| !user.is_empty()).map(String::from)
}
