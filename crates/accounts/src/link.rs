//! The line to one instance: where it is, the client token, and the order of answers.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use frontdesk_vault::{Secret, VaultError};
use tokio::sync::{Mutex as AsyncMutex, Notify};

use crate::{
    core::Core,
    fault::Fault,
    gate::{Gate, Ticket},
    snapshot::Problem,
    transport::{Answer, Request, TokenHeader, Transport},
};

/// The one slot that an instance has in the keychain.
const SLOT: &str = "1";

pub(crate) struct Link {
    /// The random id the app gave the instance.
    pub(crate) id: String,
    /// Whether the instance is the one inside the app.
    pub(crate) local: bool,
    /// Asks the keeper of this line to load again.
    pub(crate) poke: Notify,
    transport: Mutex<Result<Arc<Transport>, Problem>>,
    gate: Mutex<Gate>,
    held: Mutex<Held>,
    /// Held while the token is read, written or deleted, so that these happen one at a time.
    slot: AsyncMutex<()>,
    /// Held by a change that is made without a token: its answer brings one, and two at once would bring two.
    first: AsyncMutex<()>,
    removed: AtomicBool,
}

/// The client token as far as this run knows.
#[derive(Clone)]
enum Held {
    /// In the keychain perhaps.
    Unread,
    None,
    Token(Secret),
}

/// When a token is forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Now, and no other is taken ever again.
    Removed,
    /// Unless an answer to a younger request than this one brought it.
    UnlessNewer(Ticket),
    /// Unless there is one: what is forgotten is that there was one.
    UnlessHeld,
}

impl Link {
    pub(crate) fn new(id: String, local: bool, transport: Result<Transport, Problem>, has_client: bool) -> Self {
        Self {
            id,
            local,
            poke: Notify::new(),
            transport: Mutex::new(transport.map(Arc::new)),
            gate: Mutex::default(),
            held: Mutex::new(if has_client { Held::Unread } else { Held::None }),
            slot: AsyncMutex::default(),
            first: AsyncMutex::default(),
            removed: AtomicBool::new(false),
        }
    }

    /// The instance is elsewhere from now on, or cannot be asked at all.
    pub(crate) fn set_transport(&self, transport: Result<Transport, Problem>) {
        *lock(&self.transport) = transport.map(Arc::new);
    }

    /// Whether the instance can be asked at all; the fault says why not.
    pub(crate) fn ready(&self) -> Result<(), Fault> {
        self.transport().map(drop)
    }

    fn transport(&self) -> Result<Arc<Transport>, Fault> {
        if self.is_removed() {
            return Err(Fault::Removed);
        }
        lock(&self.transport).clone().map_err(Fault::NotServing)
    }

    pub(crate) fn gate(&self) -> MutexGuard<'_, Gate> {
        lock(&self.gate)
    }

    fn is_removed(&self) -> bool {
        self.removed.load(Ordering::Relaxed)
    }

    /// Name of the keychain item.
    pub(crate) fn item(&self) -> String {
        format!("client/{}/{SLOT}", self.id)
    }

    /// Sends a request with the current token. A token that the answer brings is in the keychain when this returns, so
    /// nothing can be shown of an answer whose token could still be lost. True when the answer says that there is no
    /// token any more.
    pub(crate) async fn exchange(&self, core: &Core, request: &Request) -> Result<(Answer, Ticket, bool), Fault> {
        let mut token = self.token(core).await.map_err(Fault::Vault)?;
        let mut first = None;
        if token.is_none() && !request.only_reads() {
            let guard = self.first.lock().await;
            token = self.token(core).await.map_err(Fault::Vault)?;
            first = token.is_none().then_some(guard);
        }
        let mut again = true;
        loop {
            let transport = self.transport()?;
            let ticket = self.gate().begin();
            let mut answer = transport.exchange(request, token.as_ref()).await?;
            let header = std::mem::replace(&mut answer.token, TokenHeader::Absent);
            let cleared = self.take_token(core, ticket, token.as_ref(), header, answer.status).await;
            if answer.status == 401 && again {
                // Another answer may have brought a newer token while this request was on its way with the old one.
                again = false;
                let now = self.token(core).await.map_err(Fault::Vault)?;
                if now.is_some() && !same(now.as_ref(), token.as_ref()) {
                    token = now;
                    continue;
                }
            }
            drop(first);
            return Ok((answer, ticket, cleared));
        }
    }

    /// Sends a request without a token, and takes none: for what the instance tells everybody.
    pub(crate) async fn exchange_as_nobody(&self, request: &Request) -> Result<Answer, Fault> {
        self.transport()?.exchange(request, None).await
    }

    /// The current token, read from the keychain at the first use.
    pub(crate) async fn token(&self, core: &Core) -> Result<Option<Secret>, VaultError> {
        let known = |held: &Held| match held {
            Held::Unread => None,
            Held::None => Some(None),
            Held::Token(token) => Some(Some(token.clone())),
        };
        if let Some(token) = known(&lock(&self.held)) {
            return Ok(token);
        }
        let _reading = self.slot.lock().await;
        if let Some(token) = known(&lock(&self.held)) {
            return Ok(token);
        }
        let token = match core.vault.get(&self.item()).await {
            Ok(token) => token,
            // Without a keychain there is nothing in this run; a damaged item is left where it is.
            Err(VaultError::Absent(_) | VaultError::Damaged(_)) => None,
            Err(error) => return Err(error),
        };
        *lock(&self.held) = token.clone().map_or(Held::None, Held::Token);
        Ok(token)
    }

    /// Whether there should be a token that is not known. If so, the keychain is asked anew at the next request: it may
    /// have been locked, or without what it has now.
    pub(crate) async fn lacks_token(&self, core: &Core) -> bool {
        // A token that is being read or written is not lacking.
        let _done = self.slot.lock().await;
        let expected = core.look(|state| state.entry(&self.id).is_some_and(|entry| entry.has_client));
        let lacks = expected && !self.holds_token();
        if lacks {
            *lock(&self.held) = Held::Unread;
        }
        lacks
    }

    fn holds_token(&self) -> bool {
        matches!(*lock(&self.held), Held::Token(_))
    }

    /// Looks into the keychain once more for a token that was not found. True when it is certainly not there: the
    /// keychain works, and has none.
    pub(crate) async fn look_again(&self, core: &Core) -> Result<bool, VaultError> {
        let _reading = self.slot.lock().await;
        if !matches!(*lock(&self.held), Held::None) {
            return Ok(false);
        }
        core.vault.recheck().await?;
        Ok(core.vault.get(&self.item()).await?.is_none())
    }

    /// Forgets the token, here and in the keychain, and refuses every answer to what was asked before. False when it
    /// stays; an error means that the keychain still has it.
    pub(crate) async fn forget(&self, core: &Core, when: When) -> Result<bool, VaultError> {
        let _writing = self.slot.lock().await;
        let stays = match when {
            When::Removed => {
                self.removed.store(true, Ordering::Relaxed);
                false
            }
            When::UnlessNewer(ticket) => !self.gate().is_news_of_the_token(ticket),
            When::UnlessHeld => self.holds_token(),
        };
        if stays {
            return Ok(false);
        }
        self.gate().shut();
        *lock(&self.held) = Held::None;
        core.vault.delete(&self.item()).await.map(|()| true)
    }

    /// Takes the token of an answer: into the keychain first, then into use. True when there is none any more.
    async fn take_token(
        &self,
        core: &Core,
        ticket: Ticket,
        brought: Option<&Secret>,
        header: TokenHeader,
        status: u16,
    ) -> bool {
        if matches!(header, TokenHeader::Absent) || status >= 500 {
            return false;
        }
        let _writing = self.slot.lock().await;
        let current = match &*lock(&self.held) {
            Held::Token(token) => Some(token.clone()),
            Held::Unread | Held::None => None,
        };
        let TokenHeader::New(token) = header else {
            return current.is_some() && same(current.as_ref(), brought) && self.gate().is_open(ticket);
        };
        if same(current.as_ref(), Some(&token))
            || self.is_removed()
            || !self.gate().admits_token(ticket, same(current.as_ref(), brought))
        {
            return false;
        }
        // The index first: an item that the index does not know would stay in the keychain for ever.
        core.note_client(self).await;
        if let Err(error) = core.vault.put(&self.item(), token.clone()).await {
            // The vault holds it in memory and writes it when it can; its state says so on the screen.
            tracing::warn!(%error, "a client token is not at rest");
        }
        *lock(&self.held) = Held::Token(token);
        false
    }
}

fn same(one: Option<&Secret>, other: Option<&Secret>) -> bool {
    one.map(Secret::expose) == other.map(Secret::expose)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
