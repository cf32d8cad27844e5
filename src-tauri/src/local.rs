//! The instance inside the app: started aside, kept while the app runs, drained when it ends. The one place where the
//! shell meets the server.
//!
//! ```text
//! folder not writable ─────────────────────────────► Failed, until the person tries again
//! keychain has the key, or takes a new one ─────────► Serving from `local/` in the data folder
//! keychain locked, refused, full, damaged, failing ──► Failed, until the keychain works or the person tries again
//! no keychain, no data ─────────────────────────────► Serving from a throw-away folder, with a key in memory;
//!                                                     moved into `local/` when there is a place for the key, and
//!                                                     served on from where it is while it cannot be moved
//! no keychain while its data is there ───────────────► Failed, until there is one or the person tries again
//! key gone while its data is there, any other fault ► Failed, until the person tries again
//! another process serves the folder ────────────────► Serving by that process, and by this one when that ends
//! ```

mod beside;
mod throw_away;
mod tools;

use std::{path::PathBuf, sync::Arc, time::Duration};

use frontdesk_accounts::{Accounts, LocalState, Reason, Said, snapshot::Problem};
use frontdesk_server::{
    InstanceKey,
    clock::SystemClock,
    local::{LocalInstance, LocalOptions, StartError, has_data},
};
use frontdesk_vault::{Kept, Secret, State, Vault, VaultError};
use tokio::sync::{Notify, watch};

use crate::places::Places;
use beside::Beside;
use throw_away::ThrowAway;
pub(crate) use tools::Tools;

/// How often a folder that another process serves is asked for again.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// Bytes of an instance key.
const KEY_LEN: usize = 32;

/// Keeps the instance running until told to stop, and tells the accounts room how it stands.
///
/// `unwritable` is what was found of the folders at the start; `again` says that the person wants another try.
pub(crate) async fn keep(
    places: Places,
    mut unwritable: Option<Problem>,
    vault: Vault,
    accounts: Accounts,
    again: Arc<Notify>,
    tools: Arc<Tools>,
    mut stopped: watch::Receiver<bool>,
) {
    throw_away::remove_left_over(places.runtime());
    let mut status = vault.status();
    let mut told = None;
    let mut apart = None;
    loop {
        // Asked for before the attempt, so that a wish in its middle is not missed.
        let wish = again.notified();
        tools.set_lines(None);
        if told.is_none() {
            accounts.set_local(LocalState::Starting);
        }
        let attempt = match unwritable.take() {
            Some(problem) => Err(Obstacle::Lasting(problem)),
            None => start(&places, &vault, &tools, &mut apart).await,
        };
        match attempt {
            Ok(instance) => {
                tracing::info!("the instance inside the app serves");
                accounts.set_local_door(Some(instance.browsers()));
                tools.set_lines(Some(instance.lines()));
                accounts.set_local(LocalState::Serving {
                    socket: instance.socket().to_owned(),
                    publishable_key: instance.publishable_key(),
                });
                let Some(held) = &mut apart else {
                    drop(stopped.wait_for(|stop| *stop).await);
                    return stop(instance).await;
                };
                let ended = tokio::select! {
                    () = held.keep_key(&places, &vault, &mut status) => false,
                    _ = stopped.wait_for(|stop| *stop) => true,
                };
                stop(instance).await;
                // At the end once more: there may be room by then.
                if held.keep_data(&places) {
                    apart = None;
                }
                if ended {
                    return;
                }
            }
            Err(Obstacle::Elsewhere { socket, publishable_key }) => {
                if !told.as_ref().is_some_and(|beside: &Beside| beside.is_at(&socket, &publishable_key)) {
                    told = beside(&accounts, socket, publishable_key);
                }
                tokio::select! {
                    () = wish => {}
                    () = tokio::time::sleep(ASK_AGAIN) => {}
                    _ = stopped.wait_for(|stop| *stop) => return,
                }
            }
            Err(Obstacle::Keychain(problem)) => {
                fail(&accounts, problem, &mut told);
                status.mark_unchanged();
                tokio::select! {
                    () = wish => {}
                    () = usable(&mut status) => {}
                    _ = stopped.wait_for(|stop| *stop) => return,
                }
            }
            Err(Obstacle::Lasting(problem)) => {
                fail(&accounts, problem, &mut told);
                tokio::select! {
                    () = wish => {}
                    _ = stopped.wait_for(|stop| *stop) => return,
                }
                unwritable = places.prepare().err();
            }
        }
    }
}

/// Another process serves it. None where that ends just now: then it is looked for again.
fn beside(accounts: &Accounts, socket: PathBuf, publishable_key: String) -> Option<Beside> {
    let found = Beside::find(socket.clone(), publishable_key.clone());
    let found = found.inspect_err(|error| tracing::warn!("nobody serves the instance inside the app: {error}")).ok()?;
    tracing::info!("another process serves the instance inside the app");
    accounts.set_local_door(None);
    accounts.set_local(LocalState::Serving { socket, publishable_key });
    Some(found)
}

fn fail(accounts: &Accounts, problem: Problem, told: &mut Option<Beside>) {
    tracing::warn!(code = problem.code, "the instance inside the app does not serve");
    accounts.set_local(LocalState::Failed(problem));
    *told = None;
}

/// Returns when the keychain has changed into one that keys can be had from, or that is not there at all.
async fn usable(status: &mut watch::Receiver<frontdesk_vault::Status>) {
    while status.changed().await.is_ok() {
        let state = status.borrow_and_update().state;
        if state == State::Ready || state.keeps_nothing() {
            return;
        }
    }
    // The vault is gone, and so is the app.
    std::future::pending::<()>().await;
}

/// Returns when secrets can be kept.
async fn ready(status: &mut watch::Receiver<frontdesk_vault::Status>) {
    if status.wait_for(|status| status.state == State::Ready).await.is_err() {
        // The vault is gone, and so is the app.
        std::future::pending::<()>().await;
    }
}

async fn stop(instance: LocalInstance) {
    instance.stop().await;
    tracing::info!("the instance inside the app has ended");
}

/// Where the data of the instance lies while nothing can be kept, and its key: what is thrown away at the end, unless
/// there is a place for both before.
struct Apart {
    folder: ThrowAway,
    key: Secret,
    /// Whether the key was brought to the keychain before.
    tried: bool,
    /// Whether the keychain has it.
    at_rest: bool,
}

impl Apart {
    fn make(places: &Places) -> Result<Self, Obstacle> {
        let folder = ThrowAway::make(places.runtime()).map_err(|error| {
            let folder = places.runtime().display();
            let message = format!(
                "The instance inside the app needs a folder in {folder} and cannot have it: {error}. Make room or make \
                 the folder writable, then try again."
            );
            lasting(Said::from(Reason::ThrowAwayFolder).detail(format!("{folder}: {error}")), message)
        })?;
        let key = Secret::random(KEY_LEN).ok_or_else(|| {
            lasting(Reason::SystemUnavailable, "This computer gives no random numbers. Restart it and try again.")
        })?;
        Ok(Self { folder, key, tried: false, at_rest: false })
    }

    async fn serve(&self, places: &Places, tools: &Tools) -> Result<LocalInstance, Obstacle> {
        let folder = self.folder.path();
        serve(places, tools, folder.to_owned(), &self.key, folder.join("instance.sock")).await
    }

    /// Returns when the key is at rest: the key first, since data without it would be lost. While it is refused, the
    /// instance serves on. The first time this is tried as soon as the keychain works, after that whenever it works anew.
    async fn keep_key(
        &mut self,
        places: &Places,
        vault: &Vault,
        status: &mut watch::Receiver<frontdesk_vault::Status>,
    ) {
        loop {
            if self.tried && status.changed().await.is_err() {
                // The vault is gone, and so is the app.
                std::future::pending::<()>().await;
            }
            ready(status).await;
            self.tried = true;
            if has_data(&places.local()) {
                // Its key is not to be replaced.
                tracing::warn!(
                    "another process has made data for the instance inside the app, so this one's stays apart"
                );
                continue;
            }
            match vault.keep_instance_key(self.key.clone()).await {
                Ok(Kept::AtRest) => {
                    self.at_rest = true;
                    return;
                }
                Ok(Kept::InMemory) => {}
                Err(error) => tracing::warn!(%error, "the key of the instance inside the app cannot be kept yet"),
            }
        }
    }

    /// Moves the data to where it stays, in the app's folder, if its key is at rest. False when it is still here.
    fn keep_data(&self, places: &Places) -> bool {
        if !self.at_rest || has_data(&places.local()) {
            return false;
        }
        let kept = self.folder.keep(&places.local());
        match &kept {
            Ok(()) => tracing::info!("the data of the instance inside the app stays from now on"),
            Err(error) => tracing::warn!("the data of the instance inside the app cannot be kept yet: {error}"),
        }
        kept.is_ok()
    }
}

/// Why the instance does not serve from this process.
enum Obstacle {
    /// Another process does.
    Elsewhere { socket: PathBuf, publishable_key: String },
    /// The keychain does not give the key for now.
    Keychain(Problem),
    /// Something that only a person can mend.
    Lasting(Problem),
}

/// Starts it where its data is: `apart`, while that is there.
async fn start(
    places: &Places,
    vault: &Vault,
    tools: &Tools,
    apart: &mut Option<Apart>,
) -> Result<LocalInstance, Obstacle> {
    if let Some(apart) = apart {
        return apart.serve(places, tools).await;
    }
    let data_dir = places.local();
    match vault.instance_key(!has_data(&data_dir)).await {
        Ok(key) => serve(places, tools, data_dir, &key, places.socket()).await,
        // Nothing may be kept without a keychain: neither the key, nor data that would need it.
        Err(error) if error.state().keeps_nothing() && !has_data(&data_dir) => {
            let made = Apart::make(places)?;
            let instance = made.serve(places, tools).await?;
            *apart = Some(made);
            Ok(instance)
        }
        Err(error) => Err(no_key(&error, places)),
    }
}

async fn serve(
    places: &Places,
    tools: &Tools,
    data_dir: PathBuf,
    key: &Secret,
    socket: PathBuf,
) -> Result<LocalInstance, Obstacle> {
    let (key, clock, tools) = (key_of(key)?, Arc::new(SystemClock), tools.allowed());
    let options = LocalOptions { data_dir, key, socket, clock, tools };
    LocalInstance::start(options).await.map_err(|error| not_started(&error, places))
}

fn key_of(secret: &Secret) -> Result<InstanceKey, Obstacle> {
    secret.expose().try_into().map(InstanceKey::new).map_err(|_| {
        lasting(Reason::InstanceKeyDamaged, "The key of the instance inside the app is damaged. Restore your keychain.")
    })
}

fn no_key(error: &VaultError, places: &Places) -> Obstacle {
    match error {
        VaultError::Locked(_) => Obstacle::Keychain(Problem::new(
            Reason::VaultLocked,
            "Your keychain is locked, and the instance inside the app needs its key from there. Unlock the keychain, then \
             check again.",
        )),
        VaultError::Denied(_) => Obstacle::Keychain(Problem::new(
            Reason::VaultDenied,
            "Your keychain is refused to Frontdesk, and the instance inside the app needs its key from there. Allow it \
             there, then check again.",
        )),
        VaultError::Missing(_) => Obstacle::Lasting(key_is_gone(places)),
        // It may come later than the app. What is signed in to an instance that is thrown away would take its place.
        VaultError::Absent(_) | VaultError::NoCollection(_) => Obstacle::Keychain(key_is_gone(places)),
        VaultError::Damaged(_) => lasting(Reason::InstanceKeyDamaged, error.to_string()),
        _ => Obstacle::Keychain(Problem::new(error, error.to_string())),
    }
}

fn key_is_gone(places: &Places) -> Problem {
    let folder = places.local().display().to_string();
    let message = format!(
        "The key of the instance inside the app is no longer in your keychain, so its data cannot be read. Restore the \
         keychain and try again; or move the folder {folder} away to begin with an empty instance."
    );
    Problem::new(Said::from(Reason::InstanceKeyMissing).detail(folder), message)
}

fn not_started(error: &StartError, places: &Places) -> Obstacle {
    if let StartError::AlreadyServed(served) = error {
        let Some(socket) = &served.socket else {
            let folder = places.local().display().to_string();
            let message = format!(
                "Another program uses the data of the instance inside the app ({folder}). Stop it, then try again."
            );
            return lasting(Said::from(Reason::AlreadyServed).detail(folder), message);
        };
        return Obstacle::Elsewhere { socket: socket.clone(), publishable_key: served.publishable_key.clone() };
    }
    let said = if error.is_newer_data() {
        Reason::DatabaseNewer.into()
    } else if error.is_foreign_key() {
        Reason::InstanceKeyMismatch.into()
    } else {
        Said::from(Reason::LocalInstance).detail(error)
    };
    lasting(said, format!("The instance inside the app did not start. {error}"))
}

fn lasting(said: impl Into<Said>, message: impl Into<String>) -> Obstacle {
    Obstacle::Lasting(Problem::new(said, message))
}

#[cfg(all(test, unix))]
mod tests;
