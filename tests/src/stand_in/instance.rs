//! What makes generated answers a conversation: one client with its token, sessions and attempts.

mod answers;
mod routes;

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::http::{HeaderMap, Method};

use super::{description::Description, generate::Shape};

/// The code every prepared strategy takes.
pub const CODE: &str = "135790";
/// The password of every account.
pub const PASSWORD: &str = "Lantern-on-the-pier-42";

/// One instance at which one client may sign in.
pub struct Instance {
    description: Description,
    shape: Shape,
    state: Mutex<State>,
}

/// Something that goes wrong with the next answer to a matching request. What was asked for has happened by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection closes without an answer.
    Drop,
    /// Status 200 and the right headers over half a body.
    HalfBody,
    /// Status 200 and the right headers over a body that is JSON of another kind.
    OtherJson,
    /// A gateway's page: 502 in HTML.
    Gateway,
    /// 500 with an error envelope whose list is empty.
    EmptyErrors,
    /// A redirect to another host.
    Redirect,
    /// A body that does not end within reason.
    Endless,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The verb that was meant: `_method` where it was given.
    pub method: String,
    /// Path without query.
    pub path: String,
    /// Query parameters in order.
    pub query: Vec<(String, String)>,
    /// Headers.
    pub headers: HeaderMap,
    /// Fields of the form.
    pub form: Vec<(String, String)>,
}

impl Seen {
    /// A field of the form.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        find(&self.form, name)
    }

    /// A query parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// The client token it brought; empty when there was none.
    #[must_use]
    pub fn token(&self) -> &str {
        let value = self.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.strip_prefix("Bearer").unwrap_or(value).trim()
    }

    pub(super) fn new(method: &Method, path: &str, query: &str, headers: HeaderMap, body: &[u8]) -> Self {
        let pairs = |text: &[u8]| url::form_urlencoded::parse(text).into_owned().collect::<Vec<_>>();
        let query = pairs(query.as_bytes());
        let method = match find(&query, "_method") {
            Some(meant) if *method == Method::POST => meant.to_uppercase(),
            _ => method.to_string(),
        };
        let path = path.trim_end_matches('/').to_owned();
        Self { method, path, query, headers, form: pairs(body) }
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

#[derive(Default)]
struct State {
    /// Counts every change; times in answers grow with it.
    changes: i64,
    client: Option<Client>,
    seen: Vec<Seen>,
    faults: VecDeque<(String, Fault)>,
    refused_tokens: usize,
}

#[derive(Clone, Default)]
struct Client {
    generation: u64,
    sessions: Vec<Session>,
    last_active: Option<String>,
    sign_in: Option<Attempt>,
    sign_up: Option<Attempt>,
}

#[derive(Clone)]
struct Session {
    id: String,
    status: &'static str,
    user: String,
    first_name: Option<String>,
}

#[derive(Clone)]
struct Attempt {
    id: String,
    status: &'static str,
    identifier: Option<String>,
    has_password: bool,
    prepared: bool,
    created_session: Option<String>,
    created_user: Option<String>,
}

impl Instance {
    /// An instance without a client.
    #[must_use]
    pub fn new(description: Description, shape: Shape) -> Self {
        Self { description, shape, state: Mutex::default() }
    }

    /// The next answer to a path that ends so goes wrong. Faults for the same path happen in the order they were given.
    pub fn fail_next(&self, path_ending: &str, fault: Fault) {
        self.state().faults.push_back((path_ending.to_owned(), fault));
    }

    /// Every request so far.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.state().seen.clone()
    }

    /// The client token that is current; none before the first change.
    #[must_use]
    pub fn current_token(&self) -> Option<String> {
        self.state().client.as_ref().map(|client| token(client.generation))
    }

    /// How often a token was refused: unknown, or older than the one before the current.
    #[must_use]
    pub fn refused_tokens(&self) -> usize {
        self.state().refused_tokens
    }

    /// Ids of the sessions that are active.
    #[must_use]
    pub fn active_sessions(&self) -> Vec<String> {
        let state = self.state();
        let sessions = state.client.iter().flat_map(|client| &client.sessions);
        sessions.filter(|session| session.status == "active").map(|session| session.id.clone()).collect()
    }

    /// Ends a session as another device would.
    pub fn revoke(&self, session: &str) {
        let mut state = self.state();
        state.changes += 1;
        for found in state.client.iter_mut().flat_map(|client| &mut client.sessions) {
            if found.id == session {
                found.status = "revoked";
            }
        }
    }

    /// Forgets the client, as an operator who wipes the instance would.
    pub fn forget_client(&self) {
        self.state().client = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The client token of a generation. Its parts are those of a JWT, since that is what instances elsewhere hand out.
fn token(generation: u64) -> String {
    format!("eyJhbGciOiJSUzI1NiJ9.c3RhbmQtaW4tY2xpZW50LXRva2Vu{generation:08}.c2lnbmF0dXJl")
}
