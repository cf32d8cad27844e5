//! The room's face: what the shell starts, asks and is told.

use std::{
    path::PathBuf,
    sync::{Arc, Weak},
};

use frontdesk_vault::{State as VaultState, Status as VaultStatus};
use frontdesk_wire::PublishableKey;
use serde_json::Value;
use tokio::{runtime::Handle, sync::watch};
use zeroize::Zeroizing;

use crate::{
    core::Core,
    entry::local_starting,
    flows, in_use,
    intents::{AccountRequest, InstanceRequest, IntentError, SessionRequest, SignInRequest, SignUpRequest},
    keeper,
    network::{AuthorityView, DesktopProxy, NetworkView, ProxyChoice},
    options::Options,
    passkeys::{AuthenticatorView, TypedPin, VaultItems},
    password::{self, PasswordEstimate},
    said::{Reason, Said},
    snapshot::{Problem, Snapshot},
    transport::Transport,
};

/// Every account at every instance; cheap to clone, all clones are one.
#[derive(Clone)]
pub struct Accounts {
    core: Arc<Core>,
    runtime: Handle,
}

/// How the instance inside the app stands, told by whoever runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalState {
    /// It is on its way.
    Starting,
    /// It answers on this socket.
    Serving {
        /// The socket, which only this person can reach.
        socket: PathBuf,
        /// Its key.
        publishable_key: String,
    },
    /// It does not run.
    Failed(Problem),
}

impl Accounts {
    /// Shows what the list of instances says, then opens the sealed cache and loads every instance, each in its own
    /// time. Waits for neither network nor keychain.
    ///
    /// # Panics
    ///
    /// When called outside a tokio runtime.
    #[must_use]
    pub fn start(options: Options) -> Self {
        let core = Arc::new(Core::new(options));
        let vault = core.vault.clone();
        tokio::spawn(watch_vault(Arc::downgrade(&core), vault.status()));
        tokio::spawn(async move {
            if let Err(error) = vault.recheck().await {
                tracing::warn!(%error, "the keychain does not work");
            }
        });
        tokio::spawn(flows::keep(Arc::downgrade(&core)));
        for line in core.look(|state| state.entries.iter().map(|entry| entry.line.clone()).collect::<Vec<_>>()) {
            keeper::start(&core, &line);
        }
        in_use::start(&core);
        Self { core, runtime: Handle::current() }
    }

    /// What the window shows, and every change of it.
    #[must_use]
    pub fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.core.shown()
    }

    /// The window speaks this language from now on (a tag such as `de-AT`). Instances are told with every sign-up and
    /// sign-in, so that they write in it.
    pub fn set_locale(&self, locale: String) {
        self.core.set_locale(locale);
    }

    /// Whether somebody is there to look: the window is in sight, the screen is not locked, and keys or mouse were used
    /// not long ago. While nobody is, nothing is asked of any instance but what somebody asks for; whoever comes back
    /// finds what is shown loaded anew.
    pub fn set_presence(&self, here: bool) {
        self.core.set_presence(here);
    }

    /// Whether the system leads links of the app's scheme here. While it does not, browsers are sent back to a port of
    /// this computer.
    pub fn set_by_scheme(&self, by_scheme: bool) {
        self.core.set_by_scheme(by_scheme);
    }

    /// A link of the app's scheme that the system has led here, in this run or as what the app was started with. It ends
    /// a flow that waits, and does nothing else.
    pub fn come_home(&self, address: String) {
        let core = self.core.clone();
        self.runtime.spawn(async move { core.come_home(Zeroizing::new(address)).await });
    }

    /// The address of the page of a flow that waits, for the clipboard. It holds the flow's state.
    #[must_use]
    pub fn flow_link(&self, flow: &str) -> Option<Zeroizing<String>> {
        self.core.must_be_open().ok()?;
        self.core.flow(flow).map(|flow| Zeroizing::new(flow.outgoing.as_str().to_owned()))
    }

    /// A step of a sign-in.
    pub async fn sign_in(&self, request: SignInRequest) -> Result<Value, IntentError> {
        self.core.must_be_open()?;
        Box::pin(self.core.sign_in(request)).await
    }

    /// A step of a sign-up.
    pub async fn sign_up(&self, request: SignUpRequest) -> Result<Value, IntentError> {
        self.core.must_be_open()?;
        Box::pin(self.core.sign_up(request)).await
    }

    /// Something done with one session.
    pub async fn session(&self, request: SessionRequest) -> Result<Value, IntentError> {
        self.core.must_be_open()?;
        Box::pin(self.core.session(request)).await
    }

    /// Something done with accounts and users.
    pub async fn account(&self, request: AccountRequest) -> Result<Value, IntentError> {
        self.core.must_be_open()?;
        Box::pin(self.core.account_room(request)).await
    }

    /// Something done with instances.
    pub async fn instance(&self, request: InstanceRequest) -> Result<Value, IntentError> {
        self.core.must_be_open()?;
        Box::pin(self.core.instance(request)).await
    }

    /// Whether browsers of this computer come to the instance inside the app; they are not sent there while they do not.
    pub fn set_local_door(&self, open: Option<watch::Receiver<bool>>) {
        self.core.outside.set_local_door(open);
    }

    /// The instance inside the app stands so from now on.
    pub fn set_local(&self, local: LocalState) {
        let line =
            self.core.look(|state| state.entries.iter().find(|entry| entry.line.local).map(|entry| entry.line.clone()));
        let Some(line) = line else { return };
        let served = match local {
            LocalState::Starting => Err(local_starting()),
            LocalState::Failed(problem) => Err(problem),
            LocalState::Serving { socket, publishable_key } => PublishableKey::parse(&publishable_key)
                .map_err(|error| error.to_string())
                .and_then(|key| Transport::local(&key, socket, &self.core.pace).map(|transport| (key, transport)))
                .map_err(|reason| {
                    let words =
                        format!("The instance on this computer cannot be spoken to: {reason}. Restart the app.");
                    Problem::new(Said::from(Reason::LocalUnusable).detail(reason), words)
                }),
        };
        let serving = served.is_ok();
        self.core.change(|state| {
            let Some(entry) = state.entry_mut(&line.id) else { return };
            match served {
                Ok((key, transport)) => {
                    entry.view.host.clone_from(&key.frontend_api);
                    entry.view.publishable_key = Some(key.to_string());
                    entry.key.clone_from(&entry.view.publishable_key);
                    line.set_transport(Ok(transport));
                }
                Err(problem) => {
                    line.set_transport(Err(problem.clone()));
                    entry.cannot_be_asked(problem);
                }
            }
        });
        if serving {
            line.poke.notify_one();
            let core = self.core.clone();
            self.runtime.spawn(async move { core.save().await });
        }
    }

    /// Refuses what the lock of the app keeps from happening while it is shut.
    ///
    /// # Errors
    /// It is.
    pub fn must_be_open(&self) -> Result<(), IntentError> {
        self.core.must_be_open()
    }

    /// Turns the lock of the app on, for who can open it: they choose a PIN if there is none yet.
    ///
    /// # Errors
    /// They cannot, or turned back.
    pub async fn turn_lock_on(&self) -> Result<(), IntentError> {
        Box::pin(self.core.turn_lock_on()).await
    }

    /// Turns the lock off, for who can open it.
    ///
    /// # Errors
    /// They cannot, or turned back.
    pub async fn turn_lock_off(&self) -> Result<(), IntentError> {
        Box::pin(self.core.turn_lock_off()).await
    }

    /// Shuts the lock where there is one: from now on nothing of any account is shown, done or handed out.
    pub fn shut_lock(&self) {
        self.core.shut_lock();
    }

    /// Opens the lock; what the person has to do stands in [`crate::PasskeysView::ceremony`].
    ///
    /// # Errors
    /// They cannot, or turned back. Where the PIN was wrong too often everybody has been signed out.
    pub async fn unlock(&self) -> Result<(), IntentError> {
        Box::pin(self.core.unlock()).await
    }

    /// Signs every account out on this computer and removes its passkeys and the lock, as for who has forgotten the PIN.
    ///
    /// # Errors
    /// The keychain does not forget.
    pub async fn leave_locked(&self) -> Result<(), IntentError> {
        Box::pin(self.core.leave_locked()).await
    }

    /// How the app gets out, and whom it trusts.
    #[must_use]
    pub fn network(&self) -> NetworkView {
        self.core.network_view()
    }

    /// Chooses the proxy. An absent password leaves the one that is kept for this very proxy; an empty one forgets it.
    pub async fn set_proxy(&self, choice: ProxyChoice, password: Option<String>) -> Result<(), IntentError> {
        self.core.set_proxy(choice, password).await
    }

    /// The authorities that a PEM file names, before anybody trusts them.
    pub fn authorities_of(&self, file: &[u8]) -> Result<Vec<AuthorityView>, IntentError> {
        self.core.authorities_of(file)
    }

    /// Trusts the authorities of a PEM file besides those of the system.
    pub async fn add_authorities(&self, file: &[u8]) -> Result<(), IntentError> {
        self.core.add_authorities(file).await
    }

    /// Trusts an authority no longer that was added here.
    pub async fn remove_authority(&self, fingerprint: &str) -> Result<(), IntentError> {
        self.core.remove_authority(fingerprint).await
    }

    /// The desktop's settings of the proxy are these from now on.
    pub fn set_desktop_proxy(&self, desktop: DesktopProxy) {
        self.core.set_desktop_proxy(desktop);
    }

    /// Asks the keychain again; where it works, everything that waited for it goes on. What it answered is shown when
    /// this returns.
    pub async fn recheck_vault(&self) {
        let usable = self.core.vault.recheck().await.is_ok();
        let status = self.core.vault.status().borrow().clone();
        self.core.show_vault(&status);
        if usable {
            self.core.vault_ready().await;
        }
    }

    /// Names of the items of the vault that may hold something of this room. A ceremony that goes on is ended, and none
    /// goes on until they are dropped.
    pub async fn vault_items(&self) -> Result<VaultItems, IntentError> {
        self.core.vault_items().await
    }

    /// The authenticators of this computer, and why not for those that cannot be used now.
    pub async fn authenticators(&self) -> Vec<AuthenticatorView> {
        self.core.authenticators().await
    }

    /// The PIN that a ceremony has asked for. An answer to a question that was answered already, or of a ceremony that is
    /// over, changes nothing.
    pub fn answer_passkey_pin(&self, ceremony: &str, question: u32, pin: TypedPin) {
        self.core.answer_passkey_pin(ceremony, question, pin);
    }

    /// The account that a ceremony has asked for, by its place in the list.
    pub fn choose_passkey_account(&self, ceremony: &str, question: u32, account: usize) {
        self.core.choose_passkey_account(ceremony, question, account);
    }

    /// Ends a ceremony; without a name the one that goes on, as when the window goes away.
    pub fn cancel_passkey(&self, ceremony: Option<&str>) {
        self.core.cancel_passkey(ceremony);
    }

    /// Replaces the PIN of the passkeys of this device, which the person is asked for.
    pub async fn change_passkey_pin(&self) -> Result<(), IntentError> {
        Box::pin(self.core.change_passkey_pin()).await
    }

    /// Removes the passkeys of this device and their PIN.
    pub async fn forget_device_passkeys(&self) -> Result<(), IntentError> {
        self.core.forget_device_passkeys().await
    }

    /// Forgets what was read from the vault, which has been locked by the person.
    pub async fn let_go(&self) {
        self.core.let_go().await;
    }

    /// A text about keychain and instances for a report; it holds neither secrets nor names of people.
    #[must_use]
    pub fn diagnostics(&self) -> String {
        self.core.diagnostics()
    }

    /// How hard a password is to guess; `inputs` are words a guesser would try first.
    #[must_use]
    pub fn estimate_password(password: &str, inputs: &[String]) -> PasswordEstimate {
        password::estimate(password, inputs)
    }
}

/// Shows how the keychain stands, and goes on with what waited for it when it works.
async fn watch_vault(core: Weak<Core>, mut status: watch::Receiver<VaultStatus>) {
    let mut usable = false;
    loop {
        let now = status.borrow_and_update().clone();
        {
            let Some(core) = core.upgrade() else { return };
            core.show_vault(&now);
            // A full keychain still reads and deletes.
            let usable_now = match now.state {
                VaultState::Ready | VaultState::Full => true,
                VaultState::Checking | VaultState::Waiting => usable,
                VaultState::Locked
                | VaultState::Denied
                | VaultState::Absent
                | VaultState::NoCollection
                | VaultState::Broken
                | VaultState::Failed => false,
            };
            if usable_now && !usable {
                // Apart, so that what the keychain does meanwhile is shown.
                tokio::spawn(async move { core.vault_ready().await });
            }
            usable = usable_now;
        }
        if status.changed().await.is_err() {
            return;
        }
    }
}
