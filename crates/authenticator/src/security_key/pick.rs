//! Which of the keys that are plugged in is used.

use futures_util::{
    StreamExt as _,
    stream::{BoxStream, FuturesUnordered},
};
use webauthn_authenticator_rs::transport::{Token, TokenEvent};

use crate::{
    Cancel, Fault, Sign,
    ctap::{LETTING_GO, Picked, Screen, spoken_to},
};

/// The only key that is plugged in, the one of several that is touched, or the next one that comes.
pub(super) async fn pick<'a, T: Token>(
    mut seen: BoxStream<'_, TokenEvent<T>>,
    cancel: &Cancel,
    screen: &'a Screen,
) -> Result<Picked<'a, T>, Fault> {
    let mut found = Vec::new();
    let mut ended = false;
    loop {
        match seen.next().await {
            Some(TokenEvent::Added(token)) => found.extend(spoken_to(token, cancel, screen).await),
            Some(TokenEvent::Removed(_)) => {}
            Some(TokenEvent::EnumerationComplete) => break,
            None => {
                ended = true;
                break;
            }
        }
    }
    if found.len() > 1 {
        screen.show(Sign::TouchOne);
        return touched(found, cancel).await;
    }
    if let Some(only) = found.pop() {
        return Ok(only);
    }
    screen.show(Sign::PlugIn);
    while !ended {
        let event = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(Fault::Cancelled),
            event = seen.next() => event,
        };
        match event {
            Some(TokenEvent::Added(token)) => {
                if let Some(new) = spoken_to(token, cancel, screen).await {
                    return Ok(new);
                }
            }
            Some(_) => {}
            None => ended = true,
        }
    }
    Err(Fault::Device("the USB ports are not seen any more".to_owned()))
}

/// The first one that is touched; the others stop blinking.
async fn touched<'a, T: Token>(found: Vec<Picked<'a, T>>, cancel: &Cancel) -> Result<Picked<'a, T>, Fault> {
    let stops: Vec<Cancel> = found.iter().map(|one| one.stop.clone()).collect();
    let mut waiting: FuturesUnordered<_> = found
        .into_iter()
        .enumerate()
        .map(|(place, mut one)| async move {
            let touched = one.key.selection().await;
            (place, one, touched)
        })
        .collect();
    while let Some((place, one, touched)) = waiting.next().await {
        if let Err(error) = touched {
            tracing::info!(%error, "a security key was not chosen");
            continue;
        }
        for (_, stop) in stops.iter().enumerate().filter(|(other, _)| *other != place) {
            stop.cancel();
        }
        let letting_go = async { while waiting.next().await.is_some() {} };
        // One that does not let go is left alone.
        tokio::time::timeout(LETTING_GO, letting_go).await.ok();
        return Ok(one);
    }
    Err(if cancel.is_cancelled() { Fault::Cancelled } else { Fault::TimedOut })
}
