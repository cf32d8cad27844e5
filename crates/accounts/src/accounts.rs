//! The room's face: what the shell starts, asks and is told.

use std::{
    path::PathBuf,
    sync::{Arc, Weak},
};

use frontdesk_vault::{State as VaultState, Status as VaultStatus};
use frontdesk_wire::PublishableKey;
use serde_json::Value;
use tokio::{runtime::Handle, sync::watch};

use crate::{
    core::Core,
    entry::local_starting,
    intents::{AccountRequest, InstanceRequest, IntentError, SessionRequest, SignInRequest, SignUpRequest},
    keeper,
    options::Options,
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
        for line in core.look(|state| state.entries.iter().map(|entry| entry.line.clone()).collect::<Vec<_>>()) {
            keeper::start(&core, &line);
        }
        Self { core, runtime: Handle::current() }
    }

    /// What the window shows, and every change of it.
    #[must_use]
    pub fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.core.snapshots()
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
        self.core.presence.set(here);
    }

    /// A step of a sign-in.
    pub async fn sign_in(&self, request: SignInRequest) -> Result<Value, IntentError> {
        Box::pin(self.core.sign_in(request)).await
    }

    /// A step of a sign-up.
    pub async fn sign_up(&self, request: SignUpRequest) -> Result<Value, IntentError> {
        Box::pin(self.core.sign_up(request)).await
    }

    /// Something done with one session.
    pub async fn session(&self, request: SessionRequest) -> Result<Value, IntentError> {
        Box::pin(self.core.session(request)).await
    }

    /// Something done with accounts and users.
    pub async fn account(&self, request: AccountRequest) -> Result<Value, IntentError> {
        Box::pin(self.core.account_room(request)).await
    }

    /// Something done with instances.
    pub async fn instance(&self, request: InstanceRequest) -> Result<Value, IntentError> {
        Box::pin(self.core.instance(request)).await
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

    /// Asks the keychain again; where it works, everything that waited for it goes on.
    pub async fn recheck_vault(&self) {
        if self.core.vault.recheck().await.is_ok() {
            self.core.vault_ready().await;
        }
    }

    /// Names of the items of the vault that may hold something of this room.
    #[must_use]
    pub fn vault_items(&self) -> Vec<String> {
        self.core.items()
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
