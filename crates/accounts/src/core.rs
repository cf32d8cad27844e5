//! What all of the room share: the state behind the snapshot, and how it changes.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicBool},
};

use frontdesk_vault::{Keeper, SealKey, State as Vaulted, Status as VaultStatus, Vault};
use frontdesk_wire::{self as wire, PublishableKey};
use tokio::{
    sync::{Mutex as AsyncMutex, watch},
    task::AbortHandle,
};

use crate::{
    app_lock::{self, AppLock},
    entry::Entry,
    fault::{Named, refused},
    files::{Files, List, Listed, ListedSlot, random_id},
    flows::{Kept, Outside},
    gate::{Ticket, Version},
    intents::IntentError,
    line::Line,
    link::{Link, When},
    network::{Network, PASSWORD_ITEM},
    options::{Clock, Options, Pace},
    passkeys::{self, Passkeys, Shown},
    presence::Presence,
    said::{Reason, Said},
    saved_password,
    slot::Slot,
    snapshot::{AccountKey, ClientView, InstanceView, Problem, Snapshot, Status, VaultKeeper, VaultState, VaultView},
    tokens::{Shelf, Tokens},
};

/// What people call the instance inside the app.
const LOCAL_NAME: &str = "This computer";

pub(crate) struct Core {
    pub(crate) vault: Vault,
    pub(crate) clock: Clock,
    pub(crate) pace: Pace,
    pub(crate) files: Files,
    pub(crate) tokens: Tokens,
    pub(crate) shelf: Shelf,
    pub(crate) presence: Presence,
    pub(crate) network: Network,
    pub(crate) outside: Outside,
    pub(crate) passkeys: Passkeys,
    state: Mutex<State>,
    snapshots: watch::Sender<Arc<Snapshot>>,
    /// What of it may be seen from outside.
    shown: watch::Sender<Arc<Snapshot>>,
    /// Whether somebody is there, whatever the lock of the app says.
    pub(crate) here: AtomicBool,
    /// The language the window speaks, once it has said so.
    locale: Mutex<Option<String>>,
    seal: Mutex<Option<Arc<SealKey>>>,
    /// The list as it is on disk; held while it is written.
    listed: AsyncMutex<List>,
    /// Held while a file of the cache is written, so that an older state never replaces a newer one.
    caching: AsyncMutex<()>,
    /// Held while idle slots are forgotten, so that whoever wants the same meanwhile finds it done.
    tidying: AsyncMutex<()>,
}

pub(crate) struct State {
    vault: VaultView,
    pub(crate) entries: Vec<Entry>,
    pub(crate) active: Option<AccountKey>,
    pub(crate) doomed: Vec<String>,
    pub(crate) lock: AppLock,
    /// What waits for the browser.
    pub(crate) flows: Kept,
    pub(crate) passkeys: Shown,
    /// Where browsers are sent back to, as an owner would list it.
    redirect_url: String,
}

impl Core {
    pub(crate) fn new(options: Options) -> Self {
        let Options { data_dir, vault, clock, pace, environment, here, browser, scheme, gear } = options;
        let files = Files::new(Path::new(&data_dir));
        let shelf = Shelf::new(files.tokens());
        let network = Network::new(&data_dir, environment);
        let way = network.way();
        let read = files.read_list();
        let mut list = read.clone();
        if !list.instances.iter().any(|listed| listed.local) {
            let id = random_id().unwrap_or_else(|| "local".to_owned());
            list.instances.insert(0, Listed { local: true, ..Listed::new(id, LOCAL_NAME.to_owned(), None) });
        }
        let outside = Outside::new(browser, scheme, !files.flows().exists());
        let state = State {
            vault: vault_view(&vault.status().borrow()),
            entries: list.instances.iter().map(|listed| Entry::new(listed, &pace, &way)).collect(),
            active: list.active,
            doomed: list.doomed,
            lock: AppLock::at_start(list.lock),
            flows: Kept::default(),
            passkeys: Shown::default(),
            redirect_url: outside.redirect_url(),
        };
        let whole = Arc::new(state.snapshot(1));
        let shown = watch::Sender::new(app_lock::seen(&whole));
        let snapshots = watch::Sender::new(whole);
        let is_open = state.lock != AppLock::Shut;
        let passkeys = Passkeys::new(&vault, &clock, &gear);
        Self {
            vault,
            clock,
            pace,
            files,
            tokens: Tokens::default(),
            shelf,
            presence: Presence::new(here && is_open),
            here: AtomicBool::new(here),
            network,
            outside,
            passkeys,
            state: Mutex::new(state),
            snapshots,
            shown,
            locale: Mutex::default(),
            seal: Mutex::default(),
            listed: AsyncMutex::new(read),
            caching: AsyncMutex::default(),
            tidying: AsyncMutex::default(),
        }
    }

    /// The whole state, for the room itself.
    pub(crate) fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.subscribe()
    }

    /// What may be seen of it from outside.
    pub(crate) fn shown(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.shown.subscribe()
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
                self.shown.send_replace(app_lock::seen(shown));
            }
            changed
        });
        result
    }

    /// Whether the system leads links of the app's scheme here.
    pub(crate) fn set_by_scheme(&self, by_scheme: bool) {
        self.outside.set_by_scheme(by_scheme);
        self.change(|state| state.redirect_url = self.outside.redirect_url());
    }

    pub(crate) fn show_vault(&self, status: &VaultStatus) {
        self.change(|state| state.vault = vault_view(status));
    }

    /// The line to an instance.
    pub(crate) fn line(&self, instance: &str) -> Result<Arc<Line>, IntentError> {
        self.look(|state| state.entry(instance).map(|entry| entry.line.clone())).ok_or_else(unknown)
    }

    /// What speaks for each slot of an instance.
    pub(crate) fn links(&self, instance: &str) -> Vec<Arc<Link>> {
        self.look(|state| {
            let slots = state.entry(instance).map(|entry| entry.slots.as_slice()).unwrap_or_default();
            slots.iter().map(|slot| slot.link.clone()).collect()
        })
    }

    /// What speaks for an account that is signed in.
    pub(crate) fn account(&self, account: &AccountKey) -> Result<Arc<Link>, IntentError> {
        self.look(|state| {
            let slot = state.entry(&account.instance)?.slot_of(&account.session)?;
            slot.session(&account.session).filter(|session| session.is_signed_in())?;
            Some(slot.link.clone())
        })
        .ok_or_else(account_gone)
    }

    /// What an instance is called in a sentence.
    pub(crate) fn name(&self, instance: &str) -> Named {
        self.look(|state| state.entry(instance).map(Entry::named)).unwrap_or_default()
    }

    /// An instance is on the list once, also when its key is spelled in another way.
    pub(crate) fn must_be_new(&self, key: &PublishableKey) -> Result<(), IntentError> {
        let known = self.look(|state| state.entries.iter().find(|entry| entry.is_of(key)).map(Entry::named));
        known.map_or(Ok(()), |name| Err(already(name)))
    }

    /// Adds an instance to the list, which is on disk when this returns.
    pub(crate) async fn add(&self, key: &PublishableKey) -> Result<Arc<Line>, IntentError> {
        let id = random_id().ok_or_else(no_random_numbers)?;
        let listed = Listed::new(id.clone(), key.frontend_api.clone(), Some(key.to_string()));
        let (line, known) = {
            let _building = self.network.building();
            let entry = Entry::new(&listed, &self.pace, &self.way());
            let line = entry.line.clone();
            let known = self.change(|state| {
                let known = state.entries.iter().find(|known| known.is_of(key)).map(Entry::named);
                if known.is_none() {
                    state.entries.push(entry);
                }
                known
            });
            (line, known)
        };
        if let Some(name) = known {
            return Err(already(name));
        }
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
        Ok(line)
    }

    /// Takes an instance off the list.
    pub(crate) async fn remove(&self, line: &Line) {
        self.drop_flows_of_instance(&line.id).await;
        self.change(|state| {
            state.entries.retain(|entry| entry.view.id != line.id);
            state.active.take_if(|active| active.instance == line.id);
        });
        self.save().await;
    }

    pub(crate) fn set_keeper(&self, line: &Line, keeper: AbortHandle) {
        self.change(|state| {
            if let Some(entry) = state.entry_mut(&line.id) {
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
            let State { entries, active, .. } = state;
            let Some(entry) = entries.iter_mut().find(|entry| entry.view.id == link.id) else { return };
            if entry.slot(&link.slot).is_none() {
                return;
            }
            let version = Version { client: &client.id, updated_at: client.updated_at };
            if !link.gate().admits(ticket, version) {
                return;
            }
            entry.view.answered_at = Some(now);
            entry.take(&link.slot, ClientView::from(client), active);
        });
        self.retain_tokens(&link.id);
        self.remember(link).await;
        self.save().await;
    }

    /// Forgets the client of a slot: token, cache, what is shown. `reason` says why, where somebody is signed out who
    /// did not ask for it. False when there is a newer token, with which everything stays.
    pub(crate) async fn forget(&self, link: &Link, reason: Option<Problem>, when: When) -> bool {
        let Some(forgotten) = link.forget(self, when).await else { return false };
        {
            let _writing = self.caching.lock().await;
            if let Err(error) = self.files.remove(&link.id, &link.slot) {
                tracing::warn!(%error, "a file of the cache cannot be removed");
            }
            self.change(|state| {
                if !forgotten.deleted {
                    state.doom(link.item());
                }
                let State { entries, active, .. } = state;
                if let Some(entry) = entries.iter_mut().find(|entry| entry.view.id == link.id) {
                    entry.forget_client(&link.slot, reason, active);
                }
            });
        }
        drop(forgotten);
        self.retain_tokens(&link.id);
        // What comes back for this client now finds nobody who could redeem it.
        self.drop_flows(&link.id, &link.slot, true).await;
        self.save().await;
        true
    }

    /// Forgets the slots that were opened for an attempt of which nothing came.
    pub(crate) async fn forget_idle_slots(&self, instance: &str) {
        if !self.outside.is_known() {
            // One of them may wait for the browser.
            return;
        }
        let _tidying = self.tidying.lock().await;
        let gone = self.change(|state| {
            let State { entries, doomed, flows, .. } = state;
            let entry = entries.iter_mut().find(|entry| entry.view.id == instance);
            let gone = entry.map(|entry| entry.take_idle_slots(&flows.slots(instance))).unwrap_or_default();
            doomed.extend(gone.iter().filter(|slot| slot.has_client).map(|slot| slot.link.item()));
            gone
        });
        if gone.is_empty() {
            return;
        }
        // The index first: nothing in the keychain is without somebody who knows of it.
        self.save().await;
        {
            let _writing = self.caching.lock().await;
            for slot in &gone {
                if let Err(error) = self.files.remove(instance, slot.name()) {
                    tracing::warn!(%error, "a file of the cache cannot be removed");
                }
            }
        }
        self.delete_doomed().await;
        self.save().await;
    }

    /// Deletes the keychain items that are of no use any more, as far as that can be done now.
    pub(crate) async fn delete_doomed(&self) {
        for item in self.look(|state| state.doomed.clone()) {
            // Nobody writes it between the look and the deletion. What was written while the others were deleted is not
            // doomed any more.
            let link = self.all_links().into_iter().find(|link| link.item() == item);
            let _still = match &link {
                Some(link) => Some(link.hold_still().await),
                None if item == PASSWORD_ITEM => Some(self.network.hold_still().await),
                None => None,
            };
            if !self.look(|state| state.doomed.contains(&item)) {
                continue;
            }
            let deleted = match saved_password::instance_of(&item) {
                Some(instance) => self.passkeys.device.forget_password(instance).await.is_ok(),
                None => self.vault.delete(&item).await.is_ok(),
            };
            if deleted {
                self.change(|state| state.doomed.retain(|doomed| *doomed != item));
            }
        }
    }

    /// Tokens of sessions that are not signed in are of no use.
    fn retain_tokens(&self, instance: &str) {
        let signed_in = |session: &str| {
            self.look(|state| {
                let client = state.entry(instance).and_then(|entry| entry.view.client.as_ref());
                client.is_some_and(|client| client.signed_in(session).is_some())
            })
        };
        self.tokens.retain(instance, signed_in);
        self.shelf.retain(instance, signed_in);
    }

    /// The index knows from now on that the keychain has a client token, and that it is wanted there.
    pub(crate) async fn note_client(&self, link: &Link) {
        let item = link.item();
        self.change(|state| {
            state.doomed.retain(|doomed| *doomed != item);
            if let Some(slot) = state.slot_mut(link) {
                slot.has_client = true;
            }
        });
        self.save().await;
    }

    /// Writes the list if it differs from what is on disk.
    pub(crate) async fn save_list(&self) -> io::Result<()> {
        let mut listed = self.listed.lock().await;
        let list = self.look(State::list);
        if *listed != list {
            let (files, before, new) = (self.files.clone(), listed.clone(), list.clone());
            tokio::task::spawn_blocking(move || files.write_list(&before, &new)).await.map_err(io::Error::other)??;
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

    /// Writes what an instance said last to a slot into the sealed cache, where there is a key for it.
    pub(crate) async fn remember(&self, link: &Link) {
        let Some(key) = self.seal_key() else { return };
        let _writing = self.caching.lock().await;
        let new = self.look(|state| {
            // What is lacking may be in the cache still, and would be lost there.
            let entry = state.entry(&link.id)?;
            let slot = entry.slot(&link.slot).filter(|slot| slot.recalled && !entry.lacks_something(slot))?;
            if !entry.is_remembered(slot) {
                return None;
            }
            let new = entry.to_remember(slot);
            let same = slot
                .remembered
                .as_ref()
                .is_some_and(|old| (&old.environment, &old.client) == (&new.environment, &new.client));
            (!same && new.answered_at.is_some()).then_some(new)
        });
        let Some(new) = new else { return };
        let (files, id, slot, written) = (self.files.clone(), link.id.clone(), link.slot.clone(), new.clone());
        match tokio::task::spawn_blocking(move || files.write(&key, (&id, &slot), &written)).await {
            Ok(Ok(())) => self.change(|state| {
                if let Some(slot) = state.slot_mut(link) {
                    slot.remembered = Some(new);
                }
            }),
            Ok(Err(error)) => tracing::warn!(%error, "a file of the cache cannot be written"),
            Err(error) => tracing::warn!(%error, "a file of the cache was not written"),
        }
    }

    /// The keychain works: opens the cache, shows what is in it where nothing newer is shown, deletes what should be
    /// gone, and asks every instance again whose token could not be read.
    pub(crate) async fn vault_ready(self: &Arc<Self>) {
        if self.seal_key().is_none() {
            match self.vault.seal_key().await {
                Ok(key) => *self.seal.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(key)),
                Err(error) => tracing::warn!(%error, "the cache cannot be opened"),
            }
        }
        self.recall_proxy_password().await;
        self.tidy_device(None).await;
        let flows = self.recall_flows().await;
        let links = self.all_links();
        for link in &links {
            self.recall(link).await;
        }
        self.delete_doomed().await;
        for link in &links {
            if link.lacks_token(self).await {
                link.line.poke.notify_one();
            }
        }
        for link in &links {
            self.remember(link).await;
        }
        self.save().await;
        self.look_after_flows(flows);
    }

    /// Shows what the sealed cache has of a slot where the instance itself has not said it in this run, and the accounts of
    /// which the instance says nothing any more.
    async fn recall(&self, link: &Link) {
        let lacking = |state: &State| {
            let entry = state.entry(&link.id);
            let slot =
                |entry: &Entry| entry.slot(&link.slot).is_some_and(|it| !it.recalled || entry.lacks_something(it));
            entry.is_some_and(slot)
        };
        let Some(key) = self.seal_key().filter(|_| self.look(lacking)) else { return };
        let (files, id, slot) = (self.files.clone(), link.id.clone(), link.slot.clone());
        let read = tokio::task::spawn_blocking(move || files.read(&key, &id, &slot)).await;
        let Ok(remembered) = read else { return };
        self.change(|state| {
            if let Some(slot) = state.slot_mut(link) {
                slot.recalled = true;
            }
            let Some(remembered) = remembered else { return };
            let State { entries, active, .. } = state;
            if let Some(entry) = entries.iter_mut().find(|entry| entry.view.id == link.id) {
                entry.recall(&link.slot, remembered, active);
            }
        });
    }

    /// The links of every slot of every instance.
    pub(crate) fn all_links(&self) -> Vec<Arc<Link>> {
        self.look(|state| {
            let slots = state.entries.iter().flat_map(|entry| &entry.slots);
            slots.map(|slot| slot.link.clone()).collect()
        })
    }

    pub(crate) fn drop_seal_key(&self) {
        *self.seal.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(crate) fn seal_key(&self) -> Option<Arc<SealKey>> {
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

    pub(crate) fn slot(&self, link: &Link) -> Option<&Slot> {
        self.entry(&link.id)?.slot(&link.slot)
    }

    pub(crate) fn slot_mut(&mut self, link: &Link) -> Option<&mut Slot> {
        self.entry_mut(&link.id)?.slot_mut(&link.slot)
    }

    /// An item of the keychain is to be deleted when that can be done.
    pub(crate) fn doom(&mut self, item: String) {
        if !self.doomed.contains(&item) {
            self.doomed.push(item);
        }
    }

    fn snapshot(&self, revision: u64) -> Snapshot {
        let passkeys = self.passkeys.view();
        let view = |entry: &Entry| InstanceView {
            passkeys: passkeys::at(entry, &passkeys.keys),
            saved_password: saved_password::at(&entry.view.id, self.passkeys.passwords()),
            ..entry.view.clone()
        };
        let loading = self.entries.iter().all(|entry| entry.view.status == Status::Loading);
        Snapshot {
            revision,
            status: if loading { Status::Loading } else { Status::Ready },
            vault: self.vault.clone(),
            instances: self.entries.iter().map(view).collect(),
            flows: self.flows.views(),
            passkeys,
            redirect_url: self.redirect_url.clone(),
            active: self.active.clone(),
            lock: self.lock,
        }
    }

    /// What the next start has to know. An account that lasts until quit is nothing to it.
    fn list(&self) -> List {
        let lasts = |slot: &&Slot| slot.has_client && (!self.vault.state.keeps_nothing() || slot.had_client);
        let instances = self.entries.iter().map(|entry| Listed {
            slots: {
                let slots = entry.slots.iter().filter(lasts);
                slots.map(|slot| ListedSlot { id: slot.name().to_owned(), has_client: true }).collect()
            },
            ..entry.listed()
        });
        let active = self.active.clone().filter(|active| {
            let entry = self.entry(&active.instance);
            entry.is_some_and(|entry| match entry.slot_of(&active.session) {
                Some(slot) => lasts(&slot),
                None => entry.slots.iter().any(|slot| lasts(&slot)),
            })
        });
        List { instances: instances.collect(), active, doomed: self.doomed.clone(), lock: self.lock.is_on() }
    }
}

pub(crate) fn no_random_numbers() -> IntentError {
    refused(Reason::SystemUnavailable, "This computer gives no random numbers. Restart it, then try again.")
}

fn already(name: Named) -> IntentError {
    let words = format!("{} is on your list already: this is its key or address.", name.first());
    refused(Said::from(Reason::InstanceKnown).of(name.subject), words)
}

pub(crate) fn account_gone() -> IntentError {
    refused(Reason::AccountGone, "This account is not signed in any more. Sign in again.")
}

pub(crate) fn unknown() -> IntentError {
    refused(Reason::InstanceUnknown, "The app knows no such instance; it may have been removed meanwhile.")
}

fn vault_view(status: &VaultStatus) -> VaultView {
    let state = match status.state {
        Vaulted::Checking => VaultState::Checking,
        Vaulted::Waiting => VaultState::Waiting,
        Vaulted::Ready => VaultState::Ready,
        Vaulted::Locked => VaultState::Locked,
        Vaulted::Denied => VaultState::Denied,
        Vaulted::Absent => VaultState::Absent,
        Vaulted::NoCollection => VaultState::NoCollection,
        Vaulted::Broken => VaultState::Broken,
        Vaulted::Full => VaultState::Full,
        Vaulted::Failed => VaultState::Failed,
    };
    let keeper = match status.keeper {
        Keeper::Keychain => VaultKeeper::Keychain,
        Keeper::Passphrase => VaultKeeper::Passphrase,
    };
    VaultView { state, keeper, store: status.store.clone(), detail: status.detail.clone() }
}
