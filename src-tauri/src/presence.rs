//! Whether somebody is there to look: the window is in sight, the screen is not locked, the computer is awake, and the
//! window was used not long ago. The accounts room asks nothing of any instance by itself while nobody is.

use std::time::Duration;

use tokio::{sync::watch, time::Instant};

/// How long nobody may use the window before nobody is there.
const IDLE: Duration = Duration::from_mins(5);

/// What is known of the person, for many to follow.
pub(crate) struct Presence(watch::Sender<Signs>);

/// What speaks for somebody being there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signs {
    in_sight: bool,
    locked: bool,
    asleep: bool,
    used: Instant,
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
        } else if self.locked {
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

impl Presence {
    pub(crate) fn new(in_sight: bool) -> Self {
        Self(watch::Sender::new(Signs { in_sight, locked: false, asleep: false, used: Instant::now() }))
    }

    /// The window came in sight or is used there, or went out of sight.
    pub(crate) fn in_sight(&self, in_sight: bool) {
        self.0.send_modify(|signs| {
            signs.in_sight = in_sight;
            if in_sight {
                signs.used = Instant::now();
            }
        });
    }

    /// The screen was locked or unlocked; who unlocks it is there.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only Linux is listened to so far"))]
    pub(crate) fn locked(&self, locked: bool) {
        self.0.send_modify(|signs| {
            signs.locked = locked;
            if !locked {
                signs.used = Instant::now();
            }
        });
    }

    /// The computer falls asleep, or has woken up.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only Linux is listened to so far"))]
    pub(crate) fn asleep(&self, asleep: bool) {
        self.0.send_modify(|signs| signs.asleep = asleep);
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

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn somebody_is_there_while_the_window_is_seen_and_used() {
        let now = Instant::now();
        let signs = Signs { in_sight: true, locked: false, asleep: false, used: now };
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
        let signs = Signs { in_sight: true, locked: false, asleep: false, used: now };
        assert_eq!(Signs { in_sight: false, ..signs }.attention(now), Attention::OutOfSight);
        assert_eq!(Signs { locked: true, ..signs }.attention(now), Attention::Locked);
        assert_eq!(Signs { asleep: true, ..signs }.attention(now), Attention::Asleep);
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
        presence.asleep(true);
        assert_eq!(heard.recv().await, Some(false));
        drop(presence);
        assert!(telling.await.is_ok());
    }
}
