//! Whether somebody is there to look: the window is in sight, the screen is not locked, the computer is awake, and the
//! window was used not long ago. The accounts room asks nothing of any instance by itself while nobody is.

use std::time::{Duration, SystemTime};

#[cfg(any(test, not(target_os = "linux")))]
use frontdesk_platform::desktop::Sign;
use tokio::{sync::watch, time::Instant};

/// How long nobody may use the window before nobody is there.
const IDLE: Duration = Duration::from_mins(5);

/// How often it is looked at after how long the lock of the app shuts. A sleep that nobody told of shows at the first look
/// after it.
const LOOK: Duration = Duration::from_mins(1);

/// How much later than it was meant to be a look is where the computer has slept meanwhile.
const LATE: Duration = Duration::from_secs(20);

/// What is known of the person, for many to follow.
pub(crate) struct Presence(watch::Sender<Signs>);

/// What speaks for somebody being there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signs {
    in_sight: bool,
    lock: Lock,
    asleep: bool,
    used: Instant,
}

/// What speaks for the screen being locked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Lock {
    /// A screen saver is in front of everything.
    shut: bool,
    /// The session was told to lock the screen. Nobody says whether anything did.
    told: bool,
}

/// Whether somebody is there, or what speaks against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attention {
    Here,
    OutOfSight,
    Locked,
    Asleep,
    Idle,
}

impl Attention {
    /// The word for it in a report.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Here => "in use",
            Self::OutOfSight => "out of sight",
            Self::Locked => "behind a locked screen",
            Self::Asleep => "asleep",
            Self::Idle => "not used for a while",
        }
    }
}

impl Signs {
    fn attention(&self, now: Instant) -> Attention {
        if self.asleep {
            Attention::Asleep
        } else if self.lock.shut || self.lock.told {
            Attention::Locked
        } else if !self.in_sight {
            Attention::OutOfSight
        } else if now.saturating_duration_since(self.used) >= IDLE {
            Attention::Idle
        } else {
            Attention::Here
        }
    }
}

impl Signs {
    /// How long it takes until the lock of the app shuts, if nothing changes.
    fn until_shut(&self, now: Instant, after: Duration) -> Duration {
        if self.asleep || self.lock.shut || self.lock.told {
            return Duration::ZERO;
        }
        after.saturating_sub(now.saturating_duration_since(self.used))
    }
}

impl Presence {
    pub(crate) fn new(in_sight: bool) -> Self {
        Self(watch::Sender::new(Signs { in_sight, lock: Lock::default(), asleep: false, used: Instant::now() }))
    }

    /// The window came in sight or is used there, or went out of sight.
    pub(crate) fn in_sight(&self, in_sight: bool) {
        self.0.send_modify(|signs| {
            signs.in_sight = in_sight;
            if in_sight {
                signs.used = Instant::now();
                // Where nothing locks when it is told to, no word to unlock follows either.
                signs.lock.told = false;
            }
        });
    }

    /// The screen was locked or unlocked; who unlocks it is there.
    pub(crate) fn locked(&self, locked: bool) {
        self.0.send_modify(|signs| {
            signs.lock.shut = locked;
            if !locked {
                // Whoever lets the person in again does not tell the session so.
                signs.lock.told = false;
                signs.used = Instant::now();
            }
        });
    }

    /// The session was told to lock the screen, or to unlock it.
    #[cfg_attr(
        not(target_os = "linux"),
        allow(dead_code, reason = "elsewhere the screen itself says that it is locked")
    )]
    pub(crate) fn told_to_lock(&self, lock: bool) {
        self.0.send_modify(|signs| {
            signs.lock.told = lock;
            if !lock {
                signs.used = Instant::now();
            }
        });
    }

    /// The computer falls asleep, or has woken up.
    pub(crate) fn asleep(&self, asleep: bool) {
        self.0.send_modify(|signs| signs.asleep = asleep);
    }

    /// The desktop says something, where one interface says it all.
    #[cfg(any(test, not(target_os = "linux")))]
    pub(crate) fn heard(&self, sign: Sign) {
        match sign {
            Sign::Locked => self.locked(true),
            Sign::Unlocked => self.locked(false),
            Sign::Asleep => self.asleep(true),
            Sign::Awake => self.asleep(false),
        }
    }

    pub(crate) fn attention(&self) -> Attention {
        self.0.borrow().attention(Instant::now())
    }

    pub(crate) fn follow(&self) -> watch::Receiver<Signs> {
        self.0.subscribe()
    }
}

/// Tells whoever wants to know at each change, for as long as there are changes.
pub(crate) async fn tell(mut signs: watch::Receiver<Signs>, told: impl Fn(bool)) {
    loop {
        let now = *signs.borrow_and_update();
        let here = now.attention(Instant::now()) == Attention::Here;
        told(here);
        tokio::select! {
            changed = signs.changed() => if changed.is_err() { return },
            () = tokio::time::sleep_until(now.used + IDLE), if here => {}
        }
    }
}

/// Shuts the lock of the app when nobody has used the window for so long, when the screen is locked, and before the computer
/// sleeps, for as long as there are changes. Where nobody says that it falls asleep, the time of day (`now`) tells that it
/// has slept.
pub(crate) async fn shut(
    mut signs: watch::Receiver<Signs>,
    after: impl Fn() -> Duration,
    now: impl Fn() -> SystemTime,
    shut: impl Fn(),
) {
    loop {
        let seen = *signs.borrow_and_update();
        let rest = seen.until_shut(Instant::now(), after());
        if rest.is_zero() {
            shut();
            if signs.changed().await.is_err() {
                return;
            }
            continue;
        }
        // Sooner than that, since another time may be chosen meanwhile.
        let (begun, look) = (now(), rest.min(LOOK));
        tokio::select! {
            changed = signs.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(look) => {}
        }
        // A clock that was set forward looks the same; then somebody types their PIN once more.
        if now().duration_since(begun).is_ok_and(|passed| passed >= look + LATE) {
            shut();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    /// A window that was used just now.
    fn seen(now: Instant) -> Signs {
        Signs { in_sight: true, lock: Lock::default(), asleep: false, used: now }
    }

    #[test]
    fn somebody_is_there_while_the_window_is_seen_and_used() {
        let now = Instant::now();
        let signs = seen(now);
        assert_eq!(signs.attention(now), Attention::Here);
        assert_eq!(signs.attention(now + 4 * MINUTE), Attention::Here);
        assert_eq!(signs.attention(now + 5 * MINUTE), Attention::Idle);
        assert_eq!(signs.attention(now + 600 * MINUTE), Attention::Idle);
        let used_again = Signs { used: now + 7 * MINUTE, ..signs };
        assert_eq!(used_again.attention(now + 8 * MINUTE), Attention::Here);
    }

    #[test]
    fn nobody_is_there_behind_a_locked_screen_out_of_sight_or_asleep() {
        let now = Instant::now();
        let signs = seen(now);
        assert_eq!(Signs { in_sight: false, ..signs }.attention(now), Attention::OutOfSight);
        assert_eq!(Signs { lock: Lock { shut: true, told: false }, ..signs }.attention(now), Attention::Locked);
        assert_eq!(Signs { lock: Lock { shut: false, told: true }, ..signs }.attention(now), Attention::Locked);
        assert_eq!(Signs { asleep: true, ..signs }.attention(now), Attention::Asleep);
    }

    #[test]
    fn a_window_that_is_used_is_not_locked_whatever_the_session_was_told() {
        let presence = Presence::new(true);
        presence.told_to_lock(true);
        assert_eq!(presence.attention(), Attention::Locked);
        presence.in_sight(true);
        assert_eq!(presence.attention(), Attention::Here);
        presence.told_to_lock(true);
        presence.locked(true);
        presence.locked(false);
        assert_eq!(presence.attention(), Attention::Here, "the screen saver let them in");
        // A screen saver knows that it is in front of everything.
        presence.locked(true);
        presence.in_sight(true);
        assert_eq!(presence.attention(), Attention::Locked);
    }

    #[test]
    fn what_windows_and_macos_say_counts_as_what_a_desktop_of_linux_says() {
        let presence = Presence::new(true);
        let after = |sign| {
            presence.heard(sign);
            presence.attention()
        };
        assert_eq!(after(Sign::Locked), Attention::Locked);
        // Most computers lock the screen before they sleep, and are locked when they wake up.
        assert_eq!(after(Sign::Asleep), Attention::Asleep);
        assert_eq!(after(Sign::Awake), Attention::Locked);
        assert_eq!(after(Sign::Unlocked), Attention::Here);
    }

    #[test]
    fn the_lock_shuts_when_nobody_uses_the_window_and_at_once_behind_a_locked_screen_or_asleep() {
        let now = Instant::now();
        let signs = seen(now);
        assert_eq!(signs.until_shut(now + MINUTE, 5 * MINUTE), 4 * MINUTE);
        assert_eq!(signs.until_shut(now + 5 * MINUTE, 5 * MINUTE), Duration::ZERO);
        assert_eq!(Signs { in_sight: false, ..signs }.until_shut(now + MINUTE, 5 * MINUTE), 4 * MINUTE);
        assert_eq!(Signs { lock: Lock { shut: true, told: false }, ..signs }.until_shut(now, MINUTE), Duration::ZERO);
        assert_eq!(Signs { lock: Lock { shut: false, told: true }, ..signs }.until_shut(now, MINUTE), Duration::ZERO);
        assert_eq!(Signs { asleep: true, ..signs }.until_shut(now, MINUTE), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn the_lock_shuts_once_nobody_has_used_the_window_for_so_long() {
        let presence = Presence::new(true);
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let begun = Instant::now();
        let watching = tokio::spawn(shut(
            presence.follow(),
            || 5 * MINUTE,
            || SystemTime::UNIX_EPOCH,
            move || {
                let _nobody_listens = told.send(Instant::now());
            },
        ));
        tokio::time::sleep(3 * MINUTE).await;
        presence.in_sight(true);
        let at = heard.recv().await.map(|at| at.duration_since(begun));
        assert!(at.is_some_and(|at| (8 * MINUTE..9 * MINUTE).contains(&at)), "{at:?}");
        presence.locked(true);
        assert!(heard.recv().await.is_some());
        drop(presence);
        assert!(watching.await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_computer_that_says_nothing_of_its_sleep_finds_the_lock_shut_when_it_wakes() {
        let presence = Presence::new(true);
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let (begun, slept) = (Instant::now(), Arc::new(AtomicU64::default()));
        let away = slept.clone();
        // What counts the time that has passed stands still in a sleep, and the time of day does not.
        let day = move || SystemTime::UNIX_EPOCH + begun.elapsed() + Duration::from_secs(away.load(Ordering::Relaxed));
        let watching = tokio::spawn(shut(
            presence.follow(),
            || 60 * MINUTE,
            day,
            move || {
                let _nobody_listens = told.send(Instant::now());
            },
        ));
        tokio::time::sleep(5 * MINUTE).await;
        presence.in_sight(true);
        tokio::time::sleep(5 * MINUTE).await;
        assert!(heard.try_recv().is_err(), "nobody has slept");
        slept.store(90, Ordering::Relaxed);
        let woke = Instant::now();
        let at = heard.recv().await.map(|at| at.duration_since(woke));
        assert!(at.is_some_and(|at| at <= LOOK), "{at:?}");
        // Whoever comes back first is no sooner than that.
        slept.fetch_add(3_600, Ordering::Relaxed);
        presence.in_sight(true);
        assert!(heard.recv().await.is_some());
        drop(presence);
        assert!(watching.await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_use_the_window_for_five_minutes_is_gone_until_they_use_it_again() {
        let presence = Presence::new(true);
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let begun = Instant::now();
        let telling = tokio::spawn(tell(presence.follow(), move |here| {
            let _nobody_listens = told.send((here, begun.elapsed()));
        }));
        let mut next = async || tokio::time::timeout(60 * MINUTE, heard.recv()).await.ok().flatten();
        assert_eq!(next().await, Some((true, Duration::ZERO)));
        tokio::time::sleep(3 * MINUTE).await;
        presence.in_sight(true);
        assert_eq!(next().await, Some((true, 3 * MINUTE)));
        assert_eq!(next().await, Some((false, 8 * MINUTE)), "five minutes after the last use");
        assert_eq!(next().await, None, "which is told once");
        presence.in_sight(true);
        assert_eq!(next().await.map(|(here, _)| here), Some(true));
        drop(presence);
        assert!(telling.await.is_ok());
    }

    #[tokio::test]
    async fn every_change_is_told() {
        let presence = Presence::new(false);
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let telling = tokio::spawn(tell(presence.follow(), move |here| {
            let _nobody_listens = told.send(here);
        }));
        assert_eq!(heard.recv().await, Some(false));
        presence.in_sight(true);
        assert_eq!(heard.recv().await, Some(true));
        presence.locked(true);
        assert_eq!(heard.recv().await, Some(false));
        presence.locked(false);
        assert_eq!(heard.recv().await, Some(true));
        presence.told_to_lock(true);
        assert_eq!(heard.recv().await, Some(false));
        presence.told_to_lock(false);
        assert_eq!(heard.recv().await, Some(true));
        presence.asleep(true);
        assert_eq!(heard.recv().await, Some(false));
        drop(presence);
        assert!(telling.await.is_ok());
    }
}
