//! Asking an instance for a token, if no other process of this folder has just been given it.
//!
//! ```text
//! not reached, 5xx, 429   asked again a few times; then a token that still lasts, else the error. Nobody is signed out
//! 401, 404                the instance is asked what it knows of this app (see `calls`); then the error
//! any other refusal       the error, at once
//! ```

use std::{sync::Arc, time::Duration};

use frontdesk_vault::Secret;
use frontdesk_wire as wire;
use http::Method;
use serde_json::{Value, json};

use super::{Begin, Found, Outcome, Place, TokenKind, Want, claims_of};
use crate::{
    core::Core, fault::Fault, intents::IntentError, link::Link, sessions::session_path, snapshot::AccountKey,
    transport::Request,
};

/// Longest that is waited because the instance says so; who asks is told of longer times.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

impl Core {
    /// A token that is good for a while.
    pub(crate) async fn session_token(
        self: &Arc<Self>,
        account: &AccountKey,
        kind: TokenKind,
        want: Want,
    ) -> Result<Secret, IntentError> {
        let link = self.account(account)?;
        let place = Place { account: account.clone(), kind };
        let token = self.find_token(&link, &place, want).await;
        token.map_err(|fault| self.words_to(&link, &account.session, &fault))
    }

    async fn find_token(self: &Arc<Self>, link: &Arc<Link>, place: &Place, want: Want) -> Outcome {
        let Found { token, flight, begin } = self.tokens.find(place, self.clock.moment(), want);
        if let Some(begin) = begin {
            // Apart, so that it goes on for the others when one of them no longer waits.
            tokio::spawn(Self::mint(self.clone(), link.clone(), place.clone(), begin));
        }
        if let Some(token) = token {
            return Ok(token);
        }
        let Some(mut flight) = flight else { return Err(Fault::Removed) };
        let landed = flight.wait_for(Option::is_some).await.map_err(|_| Fault::Removed)?.clone();
        match landed.unwrap_or(Err(Fault::Removed)) {
            Err(fault) if fault.is_temporary() => {
                self.tokens.last_resort(place, self.clock.moment(), want).ok_or(fault)
            }
            outcome => outcome,
        }
    }

    async fn mint(self: Arc<Self>, link: Arc<Link>, place: Place, begin: Begin) {
        let want = begin.want;
        let turn = match self.seal_key() {
            Some(key) if want.fresh => Some(self.shelf.turn_at_once(&place, key)),
            Some(key) => Some(self.shelf.turn(&place, key, self.pace.answer).await),
            None => None,
        };
        let asked_at = self.clock.moment();
        let handed = turn.as_ref().filter(|_| !want.fresh).and_then(|turn| turn.handed(asked_at, want));
        let (outcome, asked_at) = if let Some((token, then)) = handed {
            (Ok(token), then)
        } else {
            let outcome = self.ask_for_token(&link, &place, want.fresh).await;
            if let (Some(turn), Ok(token)) = (turn, &outcome) {
                turn.hand_on(token, asked_at);
            }
            (outcome, asked_at)
        };
        let claims = outcome.as_ref().ok().and_then(claims_of).map(Value::Object);
        if self.tokens.land(&place, begin, asked_at, outcome) && claims.is_some() && place.kind.is_plain() {
            self.change(|state| {
                if let Some(entry) = state.entry_mut(&place.account.instance) {
                    entry.set_claims(&place.account.session, claims);
                }
            });
        }
    }

    /// Twice is the same as once: every token is as good as the other.
    async fn ask_for_token(&self, link: &Link, place: &Place, fresh: bool) -> Outcome {
        let request = request(place, fresh);
        let mut pauses = self.pace.token_retries.iter();
        loop {
            let outcome = self.bare::<wire::Token>(link, &request).await.and_then(|token| usable(token, place));
            let Err(fault) = outcome else { return outcome };
            let may_pass = fault.is_passing() || (fault.is_temporary() && !fault.is_network());
            let wait = fault.wait().unwrap_or_default();
            let Some(pause) = pauses.next().filter(|_| may_pass && wait <= LONGEST_WAIT) else {
                return Err(fault);
            };
            tracing::info!(code = fault.word(), "a session token is asked for again");
            tokio::time::sleep(wait.max(*pause)).await;
        }
    }
}

fn request(place: &Place, fresh: bool) -> Request {
    let TokenKind { template, organization } = &place.kind;
    let step = template.as_ref().map_or_else(|| "tokens".to_owned(), |name| format!("tokens/{name}"));
    let request = Request::send(Method::POST, session_path(&place.account.session, &step)).skip_cache(fresh);
    match organization {
        Some(organization) => request.form(&json!({ "organization_id": organization })),
        None => request,
    }
}

/// A token that says it is of another session is handed to nobody, and neither is an empty one.
fn usable(token: wire::Token, place: &Place) -> Outcome {
    let foreign = |reason: &str| Fault::Foreign { status: 200, reason: reason.to_owned() };
    if token.jwt.is_empty() {
        return Err(foreign("the token is empty"));
    }
    let token = Secret::new(token.jwt.into_bytes());
    let named = claims_of(&token).and_then(|claims| claims.get("sid")?.as_str().map(str::to_owned));
    if place.kind.template.is_none() && named.is_some_and(|session| session != place.account.session) {
        return Err(foreign("the token is of another session"));
    }
    Ok(token)
}
