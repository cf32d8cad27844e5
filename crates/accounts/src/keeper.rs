//! One task per instance: loads it, tries again while the network fails, and keeps what is shown fresh.
//!
//! Nothing is asked by itself while nobody is there, and of the instances only the one that is looked at is asked again
//! and again. Where a session is due to end, its instance is asked once whether it has.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use frontdesk_vault::VaultError;
use frontdesk_wire as wire;
use futures_util::future::join_all;
use tokio::{sync::watch, time::Instant};

use crate::{
    core::Core,
    fault::Fault,
    line::Line,
    link::{Link, When},
    options::{Clock, Pace},
    presence::Seen,
    said::{Reason, Said},
    snapshot::{InstanceView, Problem, Snapshot},
    transport::{Answer, Request},
};

const ENVIRONMENT: &str = "/v1/environment";
/// Difference between two clocks that says nothing, in milliseconds: dates of answers have whole seconds, and nobody knows
/// which half of the way took longer.
const UNCERTAIN: i64 = 5_000;
/// Longest way there and back of an answer whose date says anything, in milliseconds.
const TELLING: i64 = 10_000;

/// How long after a session was due to end its instance is asked, in milliseconds: its clock and this one may differ a
/// little.
const GRACE: i64 = 2_000;

/// Begins to keep an instance.
pub(crate) fn start(core: &Arc<Core>, line: &Arc<Line>) {
    let watch = Watch { seen: core.presence.subscribe(), shown: core.snapshots() };
    let keeper = tokio::spawn(keep(Arc::downgrade(core), line.clone(), watch));
    core.set_keeper(line, keeper.abort_handle());
}

/// What a keeper looks at while it rests.
struct Watch {
    /// Whether somebody is there.
    seen: watch::Receiver<Seen>,
    /// What is shown.
    shown: watch::Receiver<Arc<Snapshot>>,
}

/// The room itself is held only while there is something to do, so that it can end.
async fn keep(core: Weak<Core>, line: Arc<Line>, mut watch: Watch) {
    let mut failures = 0;
    // Whoever starts the app out of sight has it load when they look, whatever pokes before that.
    while !watch.seen.borrow().here && !line.is_removed() {
        tokio::select! {
            () = line.poke.notified() => {}
            changed = watch.seen.changed() => if changed.is_err() { return },
        }
    }
    loop {
        let Some(strong) = core.upgrade() else { return };
        let returns = watch.seen.borrow().returns;
        let loaded = Box::pin(strong.load(&line)).await;
        let alone = loaded.as_ref().err().and_then(Fault::wait);
        let pause = match loaded {
            Err(Fault::Removed) => return,
            Err(fault) if fault.is_network() => {
                failures += 1;
                back_off(&strong.pace, failures)
            }
            _ => {
                failures = 0;
                strong.pace.refresh
            }
        };
        let clock = strong.clock.clone();
        let answered = clock.now();
        drop(strong);
        if let Some(wait) = alone {
            leave_alone(&line, wait).await;
        }
        let pause = if alone.is_some() { Duration::ZERO } else { pause };
        let failing = failures > 0 || alone.is_some();
        let rest = Rest { begun: Instant::now(), pause, failing, returns, answered, clock };
        if !watch.rest(&line, rest).await {
            failures = 0;
        }
    }
}

/// Asks an instance nothing for as long as it wants, whoever pokes.
async fn leave_alone(line: &Line, wait: Duration) {
    let over = tokio::time::sleep(wait);
    tokio::pin!(over);
    while !line.is_removed() {
        tokio::select! {
            () = &mut over => return,
            () = line.poke.notified() => {}
        }
    }
}

/// A rest after an instance was asked.
struct Rest {
    begun: Instant,
    /// The usual length.
    pause: Duration,
    failing: bool,
    /// How often somebody had come back when it was asked.
    returns: u64,
    /// What the clock showed when it answered.
    answered: i64,
    clock: Clock,
}

impl Watch {
    /// Returns when the instance is to be loaded again; true when only time has passed.
    async fn rest(&mut self, line: &Line, rest: Rest) -> bool {
        let Rest { begun, pause, failing, returns, answered, clock } = rest;
        loop {
            let seen = *self.seen.borrow_and_update();
            let (looked_at, due) = {
                let shown = self.shown.borrow_and_update();
                let view = shown.instances.iter().find(|view| view.id == line.id);
                (is_looked_at(&shown, &line.id), view.and_then(|view| due(view, answered, clock.now())))
            };
            let wanted = seen.here && (looked_at || failing);
            if wanted && seen.returns != returns {
                return false;
            }
            // By the clock of the day: timers stand still while the computer sleeps, and sessions end all the same.
            let due = due.and_then(|left| Instant::now().checked_add(left));
            let again = begun.checked_add(pause).filter(|_| wanted);
            tokio::select! {
                () = line.poke.notified() => return false,
                () = sleep_until(due.into_iter().chain(again).min()) => return true,
                // Nobody tells of changes any more where the room has ended.
                changed = self.seen.changed() => if changed.is_err() { return true },
                changed = self.shown.changed() => if changed.is_err() { return true },
            }
        }
    }
}

async fn sleep_until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Whether what the window shows is of this instance. Where no account is shown, any of them may be chosen.
fn is_looked_at(shown: &Snapshot, instance: &str) -> bool {
    shown.active.as_ref().is_none_or(|active| active.instance == instance)
}

/// How long until the first session of those that are signed in should have ended, by the times that its instance has
/// said. One that should have when the instance answered was looked at by that.
fn due(view: &InstanceView, answered: i64, now: i64) -> Option<Duration> {
    // Its sessions end by the instance's own clock.
    let there = |here: i64| here.saturating_add(view.clock_ahead);
    let sessions = view.client.iter().flat_map(|client| &client.sessions).filter(|session| session.is_signed_in());
    let ends = sessions.flat_map(|session| [session.expire_at, session.abandon_at]);
    let end = ends.filter(|end| *end > there(answered)).min()?;
    let left = end.saturating_add(GRACE).saturating_sub(there(now));
    Some(Duration::from_millis(u64::try_from(left).unwrap_or_default()))
}

/// The pause after so many failures in a row.
fn back_off(pace: &Pace, failures: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
    pace.reconnect.saturating_mul(doubled).min(pace.reconnect_longest)
}

/// How far the clock of an answer is ahead of this computer's, from when it was asked for and when it came.
fn clock_ahead(date: i64, asked: i64, answered: i64) -> Option<i64> {
    let way = answered.checked_sub(asked).filter(|way| (0..=TELLING).contains(way))?;
    // The middle of the second that the date names, and of the way.
    let ahead = date.checked_add(500)?.checked_sub(asked.checked_add(way / 2)?)?;
    Some(if ahead.abs() < UNCERTAIN { 0 } else { ahead })
}

impl Core {
    /// Asks an instance for its settings and its clients, and shows how that went.
    pub(crate) async fn load(&self, line: &Line) -> Result<(), Fault> {
        let loaded = self.try_load(line).await;
        self.change(|state| {
            let Some(entry) = state.entry_mut(&line.id) else { return };
            match &loaded {
                Ok(()) => entry.loaded(),
                Err(fault) => entry.failed(fault),
            }
        });
        self.forget_idle_slots(&line.id).await;
        for link in self.links(&line.id) {
            self.remember(&link).await;
        }
        loaded
    }

    async fn try_load(&self, line: &Line) -> Result<(), Fault> {
        line.ready()?;
        let links = self.links(&line.id);
        let clients = links.iter().map(|link| async {
            self.miss_client(link).await?;
            self.read_client(link).await
        });
        let (environment, clients) = tokio::join!(self.read_environment(line), join_all(clients));
        clients.into_iter().fold(environment, Result::and)
    }

    /// The settings are for everybody, so they are asked for without a token.
    async fn read_environment(&self, line: &Line) -> Result<(), Fault> {
        let (place, asked) = (line.ask_for_settings(), self.clock.now());
        let answer = line.exchange_as_nobody(&Request::get(ENVIRONMENT)).await?;
        let now = self.clock.now();
        let ahead = answer.date.and_then(|date| clock_ahead(date, asked, now));
        let environment = Answer::parse::<wire::Environment>(answer)?;
        self.change(|state| {
            if let Some(entry) = state.entry_mut(&line.id).filter(|_| line.admits_settings(place)) {
                entry.view.environment = Some(environment);
                entry.view.answered_at = Some(now);
                if let Some(ahead) = ahead.filter(|ahead| (ahead - entry.view.clock_ahead).abs() >= UNCERTAIN) {
                    entry.view.clock_ahead = ahead;
                }
            }
        });
        Ok(())
    }

    /// Looks whether the client token that the index knows of is in the keychain. Where the keychain works and has
    /// none, nobody is signed in any more; where it cannot be asked, nothing is known and nothing is lost.
    async fn miss_client(&self, link: &Link) -> Result<(), Fault> {
        let expected = self.look(|state| state.slot(link).is_some_and(|slot| slot.has_client));
        if !expected || link.token(self).await.map_err(Fault::Vault)?.is_some() {
            return Ok(());
        }
        let reason = match link.look_again(self).await {
            Ok(true) => {
                let name = self.name(&link.id);
                let gone =
                    format!("Your keychain no longer has what kept you signed in at {name}. Sign in again to go on.");
                let said = Said::from(Reason::VaultItemMissing).of(name.subject);
                self.forget(link, Some(Problem::new(said, gone)), When::UnlessHeld).await;
                return Ok(());
            }
            Err(error @ VaultError::Damaged(_)) => Problem::new(&error, error.to_string()),
            Ok(false) | Err(_) => return Ok(()),
        };
        self.change(|state| {
            if let Some(entry) = state.entry_mut(&link.id) {
                entry.reason = Some(reason);
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        entry::local_starting,
        passkeys::{InstancePasskeys, PasskeysView},
        saved_password::SavedPassword,
        snapshot::{AccountKey, ClientView, InstanceKind, SessionView, Status, VaultKeeper, VaultState, VaultView},
    };

    fn session(id: &str, status: &str, expire_at: i64, abandon_at: i64) -> SessionView {
        SessionView {
            id: id.to_owned(),
            status: status.to_owned(),
            expire_at,
            abandon_at,
            last_active_at: 0,
            user: None,
            factor_verification_age: Vec::new(),
            claims: None,
            created_at: 0,
            updated_at: 0,
        }
    }

    fn instance(sessions: Vec<SessionView>) -> InstanceView {
        let client = ClientView {
            id: "client_1".to_owned(),
            sessions,
            sign_in: None,
            sign_up: None,
            last_active_session_id: None,
            created_at: 0,
            updated_at: 0,
        };
        InstanceView {
            id: "one".to_owned(),
            kind: InstanceKind::Remote,
            name: "One".to_owned(),
            own_name: false,
            host: "one.example".to_owned(),
            publishable_key: None,
            status: Status::Ready,
            problem: Some(local_starting()),
            environment: None,
            client: Some(client),
            answered_at: None,
            clock_ahead: 0,
            last_strategy: None,
            passkeys: InstancePasskeys::unknown(),
            saved_password: SavedPassword::Unknown,
        }
    }

    #[test]
    fn an_instance_is_due_when_its_first_session_should_have_ended() {
        let both = session("sess_1", "active", 90_000, 40_000);
        let sooner = session("sess_2", "pending", 30_000, 80_000);
        let over = session("sess_3", "expired", 20_000, 20_000);
        let silent = session("sess_4", "active", 0, 0);
        let view = instance(vec![both, sooner, over, silent]);
        let after = |seconds: u64| Some(Duration::from_secs(seconds + 2));
        assert_eq!(due(&view, 10_000, 10_000), after(20));
        assert_eq!(due(&view, 30_000, 30_000), after(10), "one that is due is asked for once");
        assert_eq!(due(&view, 90_000, 90_000), None);
        assert_eq!(due(&view, 10_000, 25_000), after(5), "less is left of it");
        assert_eq!(due(&view, 10_000, 500_000), Some(Duration::ZERO), "the computer has slept meanwhile");
        let ahead = InstanceView { clock_ahead: 5_000, ..view };
        assert_eq!(due(&ahead, 10_000, 10_000), after(15), "its own clock decides");
        assert_eq!(due(&instance(Vec::new()), 0, 0), None);
    }

    #[test]
    fn of_the_instances_the_one_of_the_account_on_screen_is_looked_at() {
        let vault =
            VaultView { state: VaultState::Ready, keeper: VaultKeeper::Keychain, store: String::new(), detail: None };
        let at = |instance: &str| Some(AccountKey { instance: instance.to_owned(), session: "sess_1".to_owned() });
        let shown = |active| Snapshot {
            lock: crate::AppLock::Off,
            revision: 1,
            status: Status::Ready,
            vault: vault.clone(),
            instances: vec![],
            flows: vec![],
            passkeys: PasskeysView::default(),
            redirect_url: String::new(),
            active,
        };
        assert!(is_looked_at(&shown(at("one")), "one"));
        assert!(!is_looked_at(&shown(at("two")), "one"));
        assert!(is_looked_at(&shown(None), "one"), "it may be chosen next");
    }

    #[tokio::test]
    async fn whoever_pokes_an_instance_that_wants_to_be_left_alone_is_not_heard() {
        let unused = Problem::new(Reason::LocalStarting, "");
        let line = Line::new("instance".to_owned(), false, Err(unused));
        let mut alone = std::pin::pin!(leave_alone(&line, Duration::from_hours(1)));
        for _ in 0..3 {
            line.poke.notify_one();
            assert!(futures_util::poll!(&mut alone).is_pending());
        }
        // But one that was removed is let go of.
        line.remove();
        line.poke.notify_one();
        alone.await;
    }

    #[test]
    fn the_clock_of_an_answer_is_told_from_its_date_and_the_way_it_took() {
        // Asked at 100 s and answered at 102 s: the date was made at 101 s of this computer's time, more or less.
        assert_eq!(clock_ahead(101_000, 100_000, 102_000), Some(0));
        assert_eq!(clock_ahead(400_000, 100_000, 102_000), Some(299_500));
        assert_eq!(clock_ahead(0, 100_000, 102_000), Some(-100_500));
        // What is less than can be told.
        assert_eq!(clock_ahead(105_000, 100_000, 102_000), Some(0));
        // A way that took too long, and a clock that was set meanwhile, say nothing.
        assert_eq!(clock_ahead(101_000, 100_000, 111_000), None);
        assert_eq!(clock_ahead(101_000, 100_000, 90_000), None);
        assert_eq!(clock_ahead(i64::MAX, 0, 0), None);
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let pace =
            Pace { reconnect: Duration::from_secs(1), reconnect_longest: Duration::from_mins(1), ..Pace::default() };
        let pauses: Vec<u64> = [1, 2, 3, 6, 7, 8, 400].map(|failures| back_off(&pace, failures).as_secs()).to_vec();
        assert_eq!(pauses, [1, 2, 4, 32, 60, 60, 60]);
    }
}
