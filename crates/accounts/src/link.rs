//! What speaks for one slot of an instance: the client token, and the order of answers.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use frontdesk_vault::{Secret, VaultError};
use tokio::sync::{Mutex as AsyncMutex, MutexGuard as AsyncMutexGuard};

use crate::{
    core::Core,
    fault::Fault,
    gate::{Gate, Ticket},
    line::Line,
    transport::{Answer, Request, TokenHeader, Transport},
};

pub(crate) struct Link {
    /// The random id the app gave the instance.
    pub(crate) id: String,
    /// Which of the instance's slots this is.
    pub(crate) slot: String,
    pub(crate) line: Arc<Line>,
    gate: Mutex<Gate>,
    held: Mutex<Held>,
    /// Held while the token is read, written or deleted, so that these happen one at a time.
    keychain: AsyncMutex<()>,
    /// Held by a change that is made without a token, and by every step of an attempt: their answers bring tokens, and
    /// of two at once one could be lost.
    alone: AsyncMutex<()>,
    removed: AtomicBool,
    /// How many steps of attempts are under way.
    busy: AtomicUsize,
}

/// A step of an attempt is under way; its slot stays.
pub(crate) struct Busy(Arc<Link>);

impl Busy {
    pub(crate) fn new(link: &Arc<Link>) -> Self {
        link.busy.fetch_add(1, Ordering::AcqRel);
        Self(link.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The client token as far as this run knows.
#[derive(Clone)]
enum Held {
    /// In the keychain perhaps.
    Unread,
    /// There should be one, and the keychain did not give it: one that is not there yet, or does not work, may later.
    Unfound,
    /// None, or none that anybody could use.
    None,
    Token(Secret),
}

/// A token that was forgotten. As long as this is held no other one is taken, so that nothing that is forgotten with it
/// can be of whoever signs in next.
pub(crate) struct Forgotten<'a> {
    /// Whether the keychain has forgotten it as well.
    pub(crate) deleted: bool,
    _keychain: AsyncMutexGuard<'a, ()>,
}

/// When a token is forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Now, and no other is taken ever again.
    Removed,
    /// Now; another one is taken of what is asked from then on.
    Now,
    /// Unless it came after this request had been sent with another one, or somebody is about to sign in with it: the
    /// answer to that would be lost with the token.
    UnlessNewer(Ticket),
    /// Unless there is one: what is forgotten is that there was one.
    UnlessHeld,
}

/// Where an instance says what it knows of this app.
const CLIENT: &str = "/v1/client";

impl Link {
    pub(crate) fn new(line: Arc<Line>, slot: String, has_client: bool) -> Self {
        let mut gate = Gate::default();
        if has_client {
            // The run before may have ended in the middle of anything.
            gate.lost();
        }
        Self {
            id: line.id.clone(),
            slot,
            line,
            gate: Mutex::new(gate),
            held: Mutex::new(if has_client { Held::Unread } else { Held::None }),
            keychain: AsyncMutex::default(),
            alone: AsyncMutex::default(),
            removed: AtomicBool::new(false),
            busy: AtomicUsize::new(0),
        }
    }

    fn transport(&self) -> Result<Arc<Transport>, Fault> {
        if self.is_removed() {
            return Err(Fault::Removed);
        }
        self.line.transport()
    }

    pub(crate) fn gate(&self) -> MutexGuard<'_, Gate> {
        lock(&self.gate)
    }

    /// The slot is no more: nothing is asked for it, and no token taken.
    pub(crate) fn retire(&self) {
        self.removed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Acquire) > 0
    }

    fn is_removed(&self) -> bool {
        self.removed.load(Ordering::Relaxed) || self.line.is_removed()
    }

    /// Name of the keychain item.
    pub(crate) fn item(&self) -> String {
        item(&self.id, &self.slot)
    }

    /// Sends a request with the current token. A token that the answer brings is in the keychain when this returns, so
    /// nothing can be shown of an answer whose token could still be lost. True when the answer says that there is no
    /// token any more.
    pub(crate) async fn exchange(&self, core: &Core, request: &Request) -> Result<(Answer, Ticket, bool), Fault> {
        let mut token = self.token(core).await.map_err(Fault::Vault)?;
        let mut alone = None;
        if request.may_sign_in() || (token.is_none() && !request.only_reads()) {
            let guard = self.alone.lock().await;
            if request.may_sign_in() {
                self.catch_up(core).await?;
            }
            token = self.token(core).await.map_err(Fault::Vault)?;
            alone = (request.may_sign_in() || token.is_none()).then_some(guard);
        }
        let sent = self.send(core, request, token).await;
        if request.may_sign_in() && sent.as_ref().map_or_else(Fault::is_network, |(answer, ..)| answer.is_lost()) {
            self.gate().lost();
        }
        drop(alone);
        sent
    }

    /// Where the answer to a step of an attempt was lost, the instance may be a token ahead. It goes on taking this one
    /// until the next session begins, so it is asked for its own before that.
    async fn catch_up(&self, core: &Core) -> Result<(), Fault> {
        let token = self.token(core).await.map_err(Fault::Vault)?;
        if token.is_some() && self.gate().is_in_doubt() {
            self.send(core, &Request::get(CLIENT), token).await.map_err(Fault::before_anything)?;
        }
        Ok(())
    }

    async fn send(
        &self,
        core: &Core,
        request: &Request,
        mut token: Option<Secret>,
    ) -> Result<(Answer, Ticket, bool), Fault> {
        let mut again = true;
        loop {
            let transport = self.transport()?;
            let Some(ticket) = self.begin(token.as_ref()) else {
                token = self.token(core).await.map_err(Fault::Vault)?;
                continue;
            };
            let mut answer = transport.exchange(request, token.as_ref()).await?;
            let header = std::mem::replace(&mut answer.token, TokenHeader::Absent);
            let cleared = self.take_token(core, ticket, token.as_ref(), header, answer.status).await;
            if answer.status == 401 && again {
                // Another answer may have brought a newer token while this request was on its way with the old one, or
                // another process one into the keychain.
                again = false;
                let now = self.token_anew(core, token.as_ref()).await.map_err(Fault::Vault)?;
                if now.is_some() && !same(now.as_ref(), token.as_ref()) {
                    token = now;
                    continue;
                }
            }
            if token.is_some() && answer.status < 500 {
                self.gate().caught_up(ticket);
            }
            return Ok((answer, ticket, cleared));
        }
    }

    /// A ticket for a request that carries this token. None where that is not the current one any more.
    fn begin(&self, token: Option<&Secret>) -> Option<Ticket> {
        let held = lock(&self.held);
        let current = match &*held {
            Held::Token(current) => Some(current),
            Held::Unread | Held::Unfound | Held::None => None,
        };
        same(current, token).then(|| self.gate().begin())
    }

    /// Requests carry this token from now on.
    fn hold(&self, held: &mut Held, token: Secret) {
        *held = Held::Token(token);
        // While nobody can draw a ticket for a request with the one before.
        self.gate().token_came();
    }

    /// Nothing is asked with the current token from now on, and no answer taken to what was asked with it.
    fn drop_token(&self, instead: Held) {
        let mut held = lock(&self.held);
        self.gate().shut();
        *held = instead;
    }

    /// The current token, read from the keychain at the first use.
    pub(crate) async fn token(&self, core: &Core) -> Result<Option<Secret>, VaultError> {
        let known = |held: &Held| match held {
            Held::Unread => None,
            Held::Unfound | Held::None => Some(None),
            Held::Token(token) => Some(Some(token.clone())),
        };
        if let Some(token) = known(&lock(&self.held)) {
            return Ok(token);
        }
        let _reading = self.keychain.lock().await;
        if let Some(token) = known(&lock(&self.held)) {
            return Ok(token);
        }
        let held = match core.vault.get(&self.item()).await {
            Ok(Some(token)) => Held::Token(token),
            Ok(None) => Held::Unfound,
            Err(error) if error.state().keeps_nothing() => Held::Unfound,
            // It is left where it is until another one replaces it.
            Err(VaultError::Damaged(_)) => Held::None,
            Err(error) => return Err(error),
        };
        *lock(&self.held) = held.clone();
        Ok(known(&held).flatten())
    }

    /// The token as the keychain has it, where what is known here is what was refused.
    async fn token_anew(&self, core: &Core, refused: Option<&Secret>) -> Result<Option<Secret>, VaultError> {
        let known = self.token(core).await?;
        if known.is_none() || !same(known.as_ref(), refused) {
            return Ok(known);
        }
        let _reading = self.keychain.lock().await;
        // A keychain that cannot be read says nothing against what is known.
        let kept = core.vault.get(&self.item()).await.ok().flatten();
        let mut held = lock(&self.held);
        if let (Held::Token(current), Some(kept)) = (&*held, kept)
            && same(Some(current), refused)
            && !same(Some(&kept), refused)
        {
            self.hold(&mut held, kept);
        }
        Ok(match &*held {
            Held::Token(token) => Some(token.clone()),
            Held::Unread | Held::Unfound | Held::None => None,
        })
    }

    /// Whether there should be a token that is not known. If so, the keychain is asked anew at the next request: it may
    /// have been locked, or without what it has now.
    pub(crate) async fn lacks_token(&self, core: &Core) -> bool {
        // A token that is being read or written is not lacking.
        let _done = self.keychain.lock().await;
        let expected = core.look(|state| state.slot(self).is_some_and(|slot| slot.has_client));
        let lacks = expected && !self.holds_token();
        if lacks {
            *lock(&self.held) = Held::Unread;
        }
        lacks
    }

    /// Whether a token was looked for that may still be in a keychain: whoever signed in without it would take its place
    /// there.
    pub(crate) fn has_unfound_token(&self) -> bool {
        matches!(*lock(&self.held), Held::Unfound)
    }

    /// As long as this is held, no token is read, written or deleted.
    pub(crate) async fn hold_still(&self) -> AsyncMutexGuard<'_, ()> {
        self.keychain.lock().await
    }

    /// Forgets the token here; it is read from the keychain when it is needed again.
    pub(crate) async fn let_go(&self) {
        // One that is being written is at rest, or owed to the keychain, when this goes on.
        let _done = self.keychain.lock().await;
        if self.holds_token() {
            self.drop_token(Held::Unread);
        }
    }

    fn holds_token(&self) -> bool {
        matches!(*lock(&self.held), Held::Token(_))
    }

    /// Looks into the keychain once more for a token that was not found. True when it is certainly not there: the
    /// keychain works, and has none.
    pub(crate) async fn look_again(&self, core: &Core) -> Result<bool, VaultError> {
        let _reading = self.keychain.lock().await;
        if !matches!(*lock(&self.held), Held::Unfound | Held::None) {
            return Ok(false);
        }
        core.vault.recheck().await?;
        Ok(core.vault.get(&self.item()).await?.is_none())
    }

    /// Forgets the token, here and in the keychain, and refuses every answer to what was asked before. None when it
    /// stays.
    pub(crate) async fn forget(&self, core: &Core, when: When) -> Option<Forgotten<'_>> {
        let keychain = self.keychain.lock().await;
        let stays = match when {
            When::Removed => {
                self.retire();
                false
            }
            When::Now => false,
            When::UnlessNewer(ticket) => !self.gate().is_news_of_the_token(ticket) || self.alone.try_lock().is_err(),
            When::UnlessHeld => self.holds_token(),
        };
        if stays {
            return None;
        }
        self.drop_token(Held::None);
        let deleted = core.vault.delete(&self.item()).await.is_ok();
        Some(Forgotten { deleted, _keychain: keychain })
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
        let _writing = self.keychain.lock().await;
        let current = match &*lock(&self.held) {
            Held::Token(token) => Some(token.clone()),
            // Another one would take its place in the keychain.
            Held::Unfound => return false,
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
        self.hold(&mut lock(&self.held), token);
        false
    }
}

/// Name of the keychain item of a slot.
pub(crate) fn item(instance: &str, slot: &str) -> String {
    format!("client/{instance}/{slot}")
}

fn same(one: Option<&Secret>, other: Option<&Secret>) -> bool {
    one.map(Secret::expose) == other.map(Secret::expose)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
