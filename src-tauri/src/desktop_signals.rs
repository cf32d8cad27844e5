//! What the desktop says of the person: the screen is locked, the computer falls asleep. Who says nothing has a screen
//! that is never locked, and idle time alone speaks.

use futures_util::StreamExt as _;
use zbus::{Connection, MatchRule, MessageStream, Result, message::Type};

use crate::presence::Presence;

const LOGIN: &str = "org.freedesktop.login1";

/// Follows what the desktop says, for as long as it says something.
pub(crate) async fn follow(presence: &Presence) {
    let (screen, sleep) = tokio::join!(follow_screen(presence), follow_sleep(presence));
    for ended in [screen, sleep] {
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

/// The login manager tells on the system's bus before the computer sleeps, and after.
async fn follow_sleep(presence: &Presence) -> Result<()> {
    let bus = Connection::system().await?;
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(LOGIN)?
        .interface("org.freedesktop.login1.Manager")?
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
