//! What the desktop says of the person: the screen is locked, the computer falls asleep. Who says nothing has a screen
//! that is never locked, and idle time alone speaks.

use std::env;

use futures_util::StreamExt as _;
use zbus::{Connection, MatchRule, MessageStream, Result, message::Type, zvariant::OwnedObjectPath};

use crate::presence::Presence;

const LOGIN: &str = "org.freedesktop.login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "org.freedesktop.login1.Session";

/// Follows what the desktop says, for as long as it says something.
pub(crate) async fn follow(presence: &Presence) {
    let all = tokio::join!(follow_screen(presence), follow_session(presence), follow_sleep(presence));
    for ended in [all.0, all.1, all.2] {
        if let Err(error) = ended {
            tracing::info!("the desktop does not say when the screen is locked or the computer sleeps: {error}");
        }
    }
}

/// The screen saver of the session, by whichever name: each tells on the session bus.
async fn follow_screen(presence: &Presence) -> Result<()> {
    let bus = Connection::session().await?;
    let rule = MatchRule::builder().msg_type(Type::Signal).member("ActiveChanged")?.build();
    let mut signals = MessageStream::for_match_rule(rule, &bus, None).await?;
    while let Some(signal) = signals.next().await {
        let signal = signal?;
        let of_a_screen_saver = signal.header().interface().is_some_and(|name| name.ends_with(".ScreenSaver"));
        if let (true, Ok(active)) = (of_a_screen_saver, signal.body().deserialize::<bool>()) {
            presence.locked(active);
        }
    }
    Ok(())
}

/// The login manager tells on the system's bus when a session is to be locked and unlocked. Where no screen saver has a
/// name on the session's bus, as beside many window managers, nobody else does.
async fn follow_session(presence: &Presence) -> Result<()> {
    let bus = Connection::system().await?;
    // One that was started beside the session, such as by a service of the person's, has its name from nobody.
    let name = env::var("XDG_SESSION_ID").unwrap_or_else(|_| "auto".to_owned());
    let found = bus.call_method(Some(LOGIN), "/org/freedesktop/login1", Some(MANAGER), "GetSession", &name).await?;
    let session: OwnedObjectPath = found.body().deserialize()?;
    let rule = MatchRule::builder().msg_type(Type::Signal).sender(LOGIN)?.interface(SESSION)?.path(&session)?.build();
    let mut signals = MessageStream::for_match_rule(rule, &bus, None).await?;
    while let Some(signal) = signals.next().await {
        let signal = signal?;
        let header = signal.header();
        let Some(member) = header.member() else { continue };
        match member.as_str() {
            "Lock" => presence.told_to_lock(true),
            "Unlock" => presence.told_to_lock(false),
            _ => {}
        }
    }
    Ok(())
}

/// The login manager tells on the system's bus before the computer sleeps, and after.
async fn follow_sleep(presence: &Presence) -> Result<()> {
    let bus = Connection::system().await?;
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(LOGIN)?
        .interface(MANAGER)?
        .member("PrepareForSleep")?
        .build();
    let mut signals = MessageStream::for_match_rule(rule, &bus, None).await?;
    while let Some(signal) = signals.next().await {
        if let Ok(asleep) = signal?.body().deserialize::<bool>() {
            presence.asleep(asleep);
        }
    }
    Ok(())
}
