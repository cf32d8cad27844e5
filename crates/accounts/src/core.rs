//! What all of the room share: the state behind the snapshot, and how it changes.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use frontdesk_vault::{SealKey, State as Vaulted, Status as VaultStatus, Vault};
use frontdesk_wire::{self as wire, PublishableKey};
use tokio::{
    sync::{Mutex as AsyncMutex, watch},
    task::AbortHandle,
};

use crate::{
    fault::{Named, refused},
    files::{Files, List, Listed, Remembered, is_id, random_id},
    gate::{Ticket, Version},
    intents::IntentError,
    link::{Link, When},
    options::{Clock, Options, Pace},
    said::{Reason, Said},
    snapshot::{AccountKey, ClientView, InstanceKind, InstanceView, Problem, Snapshot, Status, VaultState, VaultView},
    tokens::Tokens,
};

/// What people call the instance inside the app.
const LOCAL_NAME: &str = "This computer";

pub(crate) struct Core {
    pub(crate) vault: Vault,
    pub(crate) clock: Clock,
    pub(crate) pace: Pace,
    pub(crate) files: Files,
    pub(crate) tokens: Tokens,
    state: Mutex<State>,
    snapshots: watch::Sender<Arc<Snapshot>>,
    /// The language the window speaks, once it has said so.
    locale: Mutex<Option<String>>,
    seal: Mutex<Option<Arc<SealKey>>>,
    /// The list as it is on disk; held while it is written.
    listed: AsyncMutex<List>,
    /// Held while a file of the cache is written, so that an older state never replaces a newer one.
    caching: AsyncMutex<()>,
}

pub(crate) struct State {
    vault: VaultView,
    pub(crate) entries: Vec<Entry>,
    pub(crate) active: Option<AccountKey>,
    doomed: Vec<String>,
}

/// An instance.
pub(crate) struct Entry {
    pub(crate) view: InstanceView,
    pub(crate) link: Arc<Link>,
    /// Whether the keychain has, or should have, a client token.
    pub(crate) has_client: bool,
    /// Whether it had one when the app was started.
    pub(crate) had_client: bool,
    /// The attempt begun last, also when the client does not show it any more.
    pub(crate) sign_in: Option<String>,
    pub(crate) sign_up: Option<String>,
    /// Why somebody is signed out who did not ask for it; shown while nothing else is the matter.
    pub(crate) reason: Option<Problem>,
    /// Sessions that are being ended from here, whose end is no news.
    pub(crate) leaving: Vec<String>,
    /// The key as the list has it; for the instance inside the app, that of its last run.
    pub(crate) key: Option<String>,
    /// What the sealed cache has.
    pub(crate) remembered: Option<Remembered>,
    pub(crate) keeper: Option<AbortHandle>,
}

impl Core {
    pub(crate) fn new(options: Options) -> Self {
        let Options { data_dir, vault, clock, pace } = options;
        let files = Files::new(Path::new(&data_dir));
        let read = files.read_list();
        let mut list = read.clone();
        list.instances.retain(|listed| is_id(&listed.id));
        if !list.instances.iter().any(|listed| listed.local) {
            let id = random_id().unwrap_or_else(|| "local".to_owned());
            let name = LOCAL_NAME.to_owned();
            let local = Listed { id, local: true, name, publishable_key: None, has_client: false };
            list.instances.insert(0, local);
        }
        list.instances.sort_by_key(|listed| !listed.local);
        let state = State {
            vault: vault_view(&vault.status().borrow()),
            entries: list.instances.iter().map(|listed| Entry::new(listed, &pace)).collect(),
            active: list.active,
            doomed: list.doomed,
        };
        let snapshots = watch::Sender::new(Arc::new(state.snapshot(1)));
        Self {
            vault,
            clock,
            pace,
            files,
            tokens: Tokens::default(),
            state: Mutex::new(state),
            snapshots,
            locale: Mutex::default(),
            seal: Mutex::default(),
            listed: AsyncMutex::new(read),
            caching: AsyncMutex::default(),
        }
    }

    pub(crate) fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.subscribe()
    }

    /// The language in which instances write to whoever signs up or in here.
    pub(crate) fn locale(&self) -> Option<String> {
        self.locale.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_locale(&self, locale: String) {
        *self.locale.lock().unwrap_or_else(PoisonError::into_inner) = Some(locale);
    }

    /// Looks at the state.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state())
    }

    /// Changes the state; if anything that is shown changed, everybody is told.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let result = change(&mut state);
        // Sent while the state is held, so that revisions are sent in order.
        self.snapshots.send_if_modified(|shown| {
            let new = state.snapshot(shown.revision);
            let changed = new != **shown;
            if changed {
                *shown = Arc::new(Snapshot { revision: shown.revision + 1, ..new });
            }
            changed
        });
        result
    }

    pub(crate) fn show_vault(&self, status: &VaultStatus) {
        self.change(|state| state.vault = vault_view(status));
    }

    /// The line to an instance.
    pub(crate) fn link(&self, instance: &str) -> Result<Arc<Link>, IntentError> {
        self.look(|state| state.entry(instance).map(|entry| entry.link.clone())).ok_or_else(|| {
            refused(Reason::InstanceUnknown, "The app knows no such instance; it may have been removed meanwhile.")
        })
    }

    /// The line to the instance of an account that is signed in.
    pub(crate) fn account(&self, account: &AccountKey) -> Result<Arc<Link>, IntentError> {
        self.look(|state| {
            let entry = state.entry(&account.instance)?;
            entry.view.client.as_ref()?.signed_in(&account.session)?;
            Some(entry.link.clone())
        })
        .ok_or_else(|| refused(Reason::AccountGone, "This account is not signed in any more. Sign in again."))
    }

    /// What an instance is called in a sentence.
    pub(crate) fn name(&self, link: &Link) -> Named {
        self.look(|state| state.entry(&link.id).map(Entry::named)).unwrap_or_default()
    }

    /// Adds an instance to the list, which is on disk when this returns.
    pub(crate) async fn add(&self, key: &PublishableKey) -> Result<Arc<Link>, IntentError> {
        let known = self.look(|state| {
            let same = |entry: &&Entry| entry.view.publishable_key.as_deref() == Some(&key.to_string());
            state.entries.iter().find(same).map(|entry| entry.link.clone())
        });
        if let Some(link) = known {
            return Ok(link);
        }
        let id = random_id().ok_or_else(|| {
            refused(Reason::SystemUnavailable, "This computer gives no random numbers. Restart it, then try again.")
        })?;
        let listed = Listed {
            id: id.clone(),
            local: false,
            name: key.frontend_api.clone(),
            publishable_key: Some(key.to_string()),
            has_client: false,
        };
        let entry = Entry::new(&listed, &self.pace);
        let link = entry.link.clone();
        self.change(|state| state.entries.push(entry));
        if let Err(error) = self.save_list().await {
            self.change(|state| state.entries.retain(|entry| entry.view.id != id));
            return Err(refused(
                Said::from(Reason::ListUnwritable).detail(&error),
                format!(
                    "The instance could not be added, since the app's folder cannot be written to ({error}). Make room or \
                 change its permissions, then try again."
                ),
            ));
        }
        Ok(link)
    }

    /// Takes an instance off the list.
    pub(crate) async fn remove(&self, link: &Link) {
        self.change(|state| {
            state.entries.retain(|entry| entry.view.id != link.id);
            let gone = state.active.take_if(|active| active.instance == link.id);
            state.fall_back(gone);
        });
        self.save().await;
    }

    pub(crate) fn set_keeper(&self, link: &Link, keeper: AbortHandle) {
        self.change(|state| {
            if let Some(entry) = state.entry_mut(&link.id) {
                entry.keeper = Some(keeper);
            } else {
                keeper.abort();
            }
        });
    }

    /// Shows the client of an answer, unless something newer is shown already.
    pub(crate) async fn take_client(&self, link: &Link, ticket: Ticket, client: wire::Client) {
        let now = self.clock.now();
        self.change(|state| {
            let before = state.active.clone();
            let State { entries, active, .. } = state;
            let Some(entry) = entries.iter_mut().find(|entry| entry.view.id == link.id) else { return };
            let version = Version { client: &client.id, updated_at: client.updated_at };
            if !link.gate().admits(ticket, version) {
                return;
            }
            entry.view.answered_at = Some(now);
            entry.take(ClientView::from(client), active);
            state.fall_back(before);
        });
        self.tokens.retain(&link.id, |session| self.is_signed_in(link, session));
        self.remember(link).await;
        self.save().await;
    }

    /// Forgets the client of an instance: token, cache, what is shown. `reason` says why, where somebody is signed out
    /// who did not ask for it. False when there is a newer token, with which everything stays.
    pub(crate) async fn forget(&self, link: &Link, reason: Option<Problem>, when: When) -> bool {
        let forgotten = link.forget(self, when).await;
        if forgotten == Ok(false) {
            return false;
        }
        self.tokens.retain(&link.id, |_| false);
        {
            let _writing = self.caching.lock().await;
            if let Err(error) = self.files.remove(&link.id) {
                tracing::warn!(%error, "a file of the cache cannot be removed");
            }
            self.change(|state| {
                if forgotten.is_err() {
                    state.doomed.push(link.item());
                }
                let gone = state.active.take_if(|active| active.instance == link.id);
                if let Some(entry) = state.entry_mut(&link.id) {
                    entry.forget_client(reason);
                }
                state.fall_back(gone);
            });
        }
        self.save().await;
        true
    }

    /// The index knows from now on that the keychain has a client token, and that it is wanted there.
    pub(crate) async fn note_client(&self, link: &Link) {
        let item = link.item();
        self.change(|state| {
            state.doomed.retain(|doomed| *doomed != item);
            if let Some(entry) = state.entry_mut(&link.id) {
                entry.has_client = true;
            }
        });
        self.save().await;
    }

    /// Writes the list if it differs from what is on disk.
    pub(crate) async fn save_list(&self) -> io::Result<()> {
        let mut listed = self.listed.lock().await;
        let list = self.look(State::list);
        if *listed != list {
            let (files, new) = (self.files.clone(), list.clone());
            tokio::task::spawn_blocking(move || files.write_list(&new)).await.map_err(io::Error::other)??;
            *listed = list;
        }
        Ok(())
    }

    /// Writes the list where that can fail without harm: what it says is found out again.
    pub(crate) async fn save(&self) {
        if let Err(error) = self.save_list().await {
            tracing::warn!(%error, "the list of instances cannot be written");
        }
    }

    /// Writes what an instance said last into the sealed cache, where there is a key for it.
    pub(crate) async fn remember(&self, link: &Link) {
        let Some(key) = self.seal_key() else { return };
        let _writing = self.caching.lock().await;
        let new = self.look(|state| {
            // What is lacking may be in the cache still, and would be lost there.
            let entry = state.entry(&link.id).filter(|entry| !entry.lacks_something())?;
            let new = entry.to_remember();
            let same = entry
                .remembered
                .as_ref()
                .is_some_and(|old| (&old.environment, &old.client) == (&new.environment, &new.client));
            (!same && new.answered_at.is_some()).then_some(new)
        });
        let Some(new) = new else { return };
        let (files, id, written) = (self.files.clone(), link.id.clone(), new.clone());
        match tokio::task::spawn_blocking(move || files.write(&key, &id, &written)).await {
            Ok(Ok(())) => self.change(|state| {
                if let Some(entry) = state.entry_mut(&link.id) {
                    entry.remembered = Some(new);
                }
            }),
            Ok(Err(error)) => tracing::warn!(%error, "a file of the cache cannot be written"),
            Err(error) => tracing::warn!(%error, "a file of the cache was not written"),
        }
    }

    /// The keychain works: opens the cache, shows what is in it where nothing newer is shown, deletes what should be
    /// gone, and asks every instance again whose token could not be read.
    pub(crate) async fn vault_ready(&self) {
        if self.seal_key().is_none() {
            match self.vault.seal_key().await {
                Ok(key) => *self.seal.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(key)),
                Err(error) => tracing::warn!(%error, "the cache cannot be opened"),
            }
        }
        let links: Vec<_> = self.look(|state| state.entries.iter().map(|entry| entry.link.clone()).collect());
        for link in &links {
            self.recall(link).await;
        }
        for item in self.look(|state| state.doomed.clone()) {
            if self.vault.delete(&item).await.is_ok() {
                self.change(|state| state.doomed.retain(|doomed| *doomed != item));
            }
        }
        for link in &links {
            if link.lacks_token(self).await {
                link.poke.notify_one();
            }
        }
        for link in &links {
            self.remember(link).await;
        }
        self.save().await;
    }

    /// Shows what the sealed cache has of an instance where the instance itself has not said it in this run.
    async fn recall(&self, link: &Link) {
        let lacking = |state: &State| state.entry(&link.id).is_some_and(Entry::lacks_something);
        let Some(key) = self.seal_key().filter(|_| self.look(lacking)) else { return };
        let (files, id) = (self.files.clone(), link.id.clone());
        let read = tokio::task::spawn_blocking(move || files.read(&key, &id)).await;
        let Ok(Some(remembered)) = read else { return };
        self.change(|state| {
            let State { entries, active, .. } = state;
            if let Some(entry) = entries.iter_mut().find(|entry| entry.view.id == link.id) {
                entry.recall(remembered, active);
            }
        });
    }

    fn seal_key(&self) -> Option<Arc<SealKey>> {
        self.seal.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        for entry in &self.state().entries {
            if let Some(keeper) = &entry.keeper {
                keeper.abort();
            }
        }
    }
}

impl State {
    pub(crate) fn entry(&self, instance: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.view.id == instance)
    }

    pub(crate) fn entry_mut(&mut self, instance: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.view.id == instance)
    }

    /// Where the account on screen is gone, another one takes its place: of the same client the one used last, else the
    /// first of any instance.
    fn fall_back(&mut self, before: Option<AccountKey>) {
        let Some(gone) = before.filter(|_| self.active.is_none()) else { return };
        let at = |entry: &Entry| {
            let session = entry.view.client.as_ref()?.used_last()?.id.clone();
            Some(AccountKey { instance: entry.view.id.clone(), session })
        };
        self.active = self.entry(&gone.instance).and_then(at).or_else(|| self.entries.iter().find_map(at));
    }

    fn snapshot(&self, revision: u64) -> Snapshot {
        let loading = self.entries.iter().all(|entry| entry.view.status == Status::Loading);
        Snapshot {
            revision,
            status: if loading { Status::Loading } else { Status::Ready },
            vault: self.vault.clone(),
            instances: self.entries.iter().map(|entry| entry.view.clone()).collect(),
            active: self.active.clone(),
        }
    }

    /// What the next start has to know. An account that lasts until quit is nothing to it.
    fn list(&self) -> List {
        let lasts = |entry: &Entry| entry.has_client && (self.vault.state != VaultState::Absent || entry.had_client);
        let instances = self.entries.iter().map(|entry| Listed {
            id: entry.view.id.clone(),
            local: entry.view.kind == InstanceKind::Local,
            name: entry.view.name.clone(),
            publishable_key: entry.key.clone(),
            has_client: lasts(entry),
        });
        let active = self.active.clone().filter(|active| self.entry(&active.instance).is_some_and(lasts));
        List { instances: instances.collect(), active, doomed: self.doomed.clone() }
    }
}

fn vault_view(status: &VaultStatus) -> VaultView {
    let state = match status.state {
        Vaulted::Checking => VaultState::Checking,
        Vaulted::Waiting => VaultState::Waiting,
        Vaulted::Ready => VaultState::Ready,
        Vaulted::Locked => VaultState::Locked,
        Vaulted::Absent => VaultState::Absent,
        Vaulted::Full => VaultState::Full,
        Vaulted::Failed => VaultState::Failed,
    };
    VaultView { state, store: status.store.clone(), detail: status.detail.clone() }
}
