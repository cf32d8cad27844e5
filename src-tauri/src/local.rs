//! The instance inside the app: started aside, kept while the app runs, drained when it ends. The one place where the
//! shell meets the server.
//!
//! ```text
//! folder not writable ─────────────────────────────► Failed, until the person tries again
//! keychain has the key, or takes a new one ─────────► Serving from `local/` in the data folder
//! keychain locked, refused, full, damaged, failing ──► Failed, until the keychain works or the person tries again
//! no keychain, no data ─────────────────────────────► Serving from a throw-away folder, with a key in memory;
//!                                                     moved into `local/` when there is a place for the key
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
    loop {
        // Asked for before the attempt, so that a wish in its middle is not missed.
        let wish = again.notified();
        tools.set_lines(None);
        if told.is_none() {
            accounts.set_local(LocalState::Starting);
        }
        let attempt = match unwritable.take() {
            Some(problem) => Err(Obstacle::Lasting(problem)),
            None => start(&places, &vault, &tools).await,
        };
        match attempt {
            Ok(running) => {
                tracing::info!("the instance inside the app serves");
                accounts.set_local_door(Some(running.instance.browsers()));
                tools.set_lines(Some(running.instance.lines()));
                accounts.set_local(LocalState::Serving {
                    socket: running.instance.socket().to_owned(),
                    publishable_key: running.instance.publishable_key(),
                });
                if !running.waits_for_a_keychain() {
                    drop(stopped.wait_for(|stop| *stop).await);
                    return running.stop().await;
                }
                let ended = tokio::select! {
                    () = ready(&mut status) => false,
                    _ = stopped.wait_for(|stop| *stop) => true,
                };
                if ended {
                    return running.stop().await;
                }
                running.settle(&places, &vault).await;
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

/// The instance, and the folder that goes with it where nothing can be kept, with the key of its data.
struct Running {
    instance: LocalInstance,
    throw_away: Option<(ThrowAway, Secret)>,
}

impl Running {
    async fn stop(self) {
        self.instance.stop().await;
        tracing::info!("the instance inside the app has ended");
    }

    /// Whether its data could stay if there were a place for the key.
    fn waits_for_a_keychain(&self) -> bool {
        self.throw_away.is_some()
    }

    /// There is a place for the key now: what has been thrown away at the end so far stays, in the app's folder. The key
    /// first, since data without it would be lost.
    async fn settle(self, places: &Places, vault: &Vault) {
        self.instance.stop().await;
        let Some((folder, key)) = self.throw_away else { return };
        let kept = vault.keep_instance_key(key).await;
        if kept != Ok(Kept::AtRest) {
            return tracing::warn!("the key of the instance inside the app was not kept, so its data is not either");
        }
        match folder.keep(&places.local()) {
            Ok(()) => tracing::info!("the data of the instance inside the app stays from now on"),
            Err(error) => tracing::warn!("the data of the instance inside the app could not be kept: {error}"),
        }
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

async fn start(places: &Places, vault: &Vault, tools: &Tools) -> Result<Running, Obstacle> {
    let data_dir = places.local();
    let (key, data_dir, socket, throw_away) = match vault.instance_key(!has_data(&data_dir)).await {
        Ok(secret) => (key_of(&secret)?, data_dir, places.socket(), None),
        // Nothing may be kept without a keychain: neither the key, nor data that would need it.
        Err(error) if error.state().keeps_nothing() && !has_data(&data_dir) => {
            let folder = ThrowAway::make(places.runtime()).map_err(|error| {
                let folder = places.runtime().display();
                let message = format!(
                    "The instance inside the app needs a folder in {folder} and cannot have it: {error}. Make room or \
                     make the folder writable, then try again."
                );
                lasting(Said::from(Reason::ThrowAwayFolder).detail(format!("{folder}: {error}")), message)
            })?;
            let secret = Secret::random(KEY_LEN).ok_or_else(|| {
                lasting(Reason::SystemUnavailable, "This computer gives no random numbers. Restart it and try again.")
            })?;
            let socket = folder.path().join("instance.sock");
            (key_of(&secret)?, folder.path().to_owned(), socket, Some((folder, secret)))
        }
        Err(error) => return Err(no_key(&error, places)),
    };
    let (clock, tools) = (Arc::new(SystemClock), tools.allowed());
    match LocalInstance::start(LocalOptions { data_dir, key, socket, clock, tools }).await {
        Ok(instance) => Ok(Running { instance, throw_away }),
        Err(error) => Err(not_started(&error, places)),
    }
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
