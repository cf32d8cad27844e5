//! Keeps the account on screen in use while somebody is there, as pages do with the SDKs of the web: its instance is asked
//! for a session token, which then lies ready for whoever wants one.
//!
//! Nothing is asked for any other account, and nothing while nobody is there: what is not used has to be able to end where
//! its instance wants that.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::sync::watch;

use crate::{
    core::Core,
    options::Moment,
    presence::Seen,
    snapshot::{AccountKey, Snapshot, Status},
    tokens::{TokenKind, Want},
};

/// What the instance of the account on screen was told.
struct Told {
    account: Option<AccountKey>,
    /// None where it has to be told now.
    at: Option<Moment>,
    /// For how long that is enough.
    lasts: Duration,
}

/// Begins to say that the account on screen is in use.
pub(crate) fn start(core: &Arc<Core>) {
    let (seen, shown) = (core.presence.subscribe(), core.snapshots());
    // Who starts the app uses what they find on screen.
    let told = Told { account: shown.borrow().active.clone(), at: None, lasts: core.pace.in_use };
    tokio::spawn(keep(Arc::downgrade(core), told, seen, shown));
}

/// The room itself is held only while there is something to do, so that it can end.
async fn keep(
    core: Weak<Core>,
    mut told: Told,
    mut seen: watch::Receiver<Seen>,
    mut shown: watch::Receiver<Arc<Snapshot>>,
) {
    loop {
        let Some(strong) = core.upgrade() else { return };
        let here = seen.borrow_and_update().here;
        let snapshot = shown.borrow_and_update().clone();
        let now = strong.clock.moment();
        if told.account != snapshot.active {
            // Whoever switches has told the instance so.
            told = Told { account: snapshot.active.clone(), at: Some(now), lasts: strong.pace.in_use };
        }
        let account = told.account.clone().filter(|account| can_be_told(&snapshot, account));
        if account.is_none() {
            told.at = None;
        }
        let account = account.filter(|_| here);
        let left = told.left(now);
        if let Some(account) = account.as_ref().filter(|_| left.is_zero()) {
            told.at = Some(now);
            told.lasts = Box::pin(strong.tell(account)).await;
            continue;
        }
        drop(strong);
        tokio::select! {
            () = tokio::time::sleep(left), if account.is_some() => {}
            // Nobody tells of changes any more where the room has ended.
            changed = seen.changed() => if changed.is_err() { return },
            changed = shown.changed() => if changed.is_err() { return },
        }
    }
}

/// Whether an account is signed in, at an instance that answers.
fn can_be_told(shown: &Snapshot, account: &AccountKey) -> bool {
    let view = shown.instances.iter().find(|view| view.id == account.instance && view.status == Status::Ready);
    let client = view.and_then(|view| view.client.as_ref());
    client.is_some_and(|client| client.signed_in(&account.session).is_some())
}

impl Told {
    fn left(&self, now: Moment) -> Duration {
        let passed = self.at.map(|at| Duration::from_millis(now.since(at).unsigned_abs()));
        passed.map_or(Duration::ZERO, |passed| self.lasts.saturating_sub(passed))
    }
}

impl Core {
    /// Has the instance know that an account is in use, and answers with how long that is enough. Where it does not come to
    /// know it, nobody is bothered: it is told the next time.
    async fn tell(self: &Arc<Self>, account: &AccountKey) -> Duration {
        let pause = self.pace.in_use;
        // Where the keychain does not have what keeps it signed in, or not now, there is nothing to ask with.
        let Ok(link) = self.account(account) else { return pause };
        if !matches!(link.token(self).await, Ok(Some(_))) {
            return pause;
        }
        let Err(error) = self.session_token(account, TokenKind::default(), Want::default()).await else { return pause };
        tracing::debug!(kind = ?error.kind, "an instance was not told that an account is in use");
        let wait = error.retry_after_seconds.map(|seconds| Duration::from_secs(seconds.into()));
        wait.map_or(pause, |wait| wait.max(pause))
    }
}
