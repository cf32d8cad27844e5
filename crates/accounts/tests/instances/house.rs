//! An instance to test against: a client with sessions and a token that changes at each sign-in, or clients with one
//! session each, and whatever can go wrong between it and the app.

mod elsewhere;
mod keys;

use std::{
    collections::{HashMap, VecDeque},
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Response, StatusCode},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_wire::{KeyKind, PublishableKey};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, UnixListener},
    sync::{oneshot, watch},
    task::JoinHandle,
};

pub(crate) use elsewhere::Then;

/// The instance, running; dropping it stops it.
pub(crate) struct House {
    inner: Arc<Inner>,
    host: String,
    task: JoinHandle<()>,
}

struct Inner {
    state: Mutex<Rooms>,
    arrivals: watch::Sender<usize>,
}

/// What the instance knows, and how it behaves.
#[derive(Default)]
struct Rooms {
    name: String,
    /// Whether a client has one session at a time, and each caller without a token gets a client of its own.
    single: bool,
    /// Whether each caller without a token gets a client of its own, however many sessions a client has.
    apart: bool,
    /// There is one at most unless `single` or `apart`.
    clients: Vec<Client>,
    /// Of whom the request speaks that is being answered.
    at: usize,
    /// How many clients there were.
    made: usize,
    /// Rises with every change.
    changes: i64,
    seen: Vec<Seen>,
    plans: VecDeque<(String, Plan)>,
    /// Paths of requests that are heard when told.
    slow: VecDeque<(String, oneshot::Receiver<()>)>,
    outbox: Vec<Value>,
    /// The file of everybody's picture.
    picture: Option<Vec<u8>>,
    /// The key that it gives to whoever knows its address.
    key: Option<String>,
    /// Seconds that session tokens last.
    lifetime: i64,
    minted: usize,
    /// How many sessions were made.
    sessions: usize,
    /// Other devices of the user.
    devices: Vec<String>,
    /// What time it is there, in milliseconds.
    clock: Arc<AtomicI64>,
    /// When sessions end by that clock, and by the one that it speaks of.
    expire_at: Option<(i64, i64)>,
    /// How long after they were used last, which it does not say.
    unused: Option<i64>,
    /// When each was.
    used: HashMap<String, i64>,
    /// Sessions that are another one's user's.
    alike: Vec<(String, String)>,
    /// What is out in browsers.
    out: Vec<elsewhere::Out>,
    /// Its passkeys, where it has them.
    keys: Option<keys::Party>,
    /// The page that it names for the browser.
    page: Option<String>,
}

#[derive(Clone, Default)]
struct Client {
    number: usize,
    generation: u64,
    sessions: Vec<(String, &'static str)>,
    sign_in: Option<String>,
}

/// What becomes of an answer. What was asked for has happened by then.
pub(crate) enum Plan {
    /// The connection closes without an answer.
    Drop,
    /// The connection closes in the middle of the answer.
    Cut,
    /// A body that goes on for ever.
    Endless,
    /// Another answer: status, headers, body.
    Instead(u16, Vec<(&'static str, String)>, String),
    /// The answer with other headers.
    Headers(Vec<(&'static str, String)>),
    /// The answer leaves when told.
    Wait(oneshot::Receiver<()>),
    /// Another answer leaves when told: status, body.
    WaitInstead(oneshot::Receiver<()>, u16, String),
}

/// An answer that is held back.
pub(crate) struct Held {
    inner: Arc<Inner>,
    path: String,
    before: usize,
    release: oneshot::Sender<()>,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) form: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Seen {
    pub(crate) fn token(&self) -> Option<&str> {
        self.headers.get("authorization").map(|value| value.to_str().unwrap())
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl House {
    /// On a port of this computer.
    pub(crate) async fn at_port() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let inner = Inner::new();
        let app = Router::new().fallback(answer).with_state(inner.clone());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { inner, host, task }
    }

    /// At a Unix socket, as the instance inside the app.
    pub(crate) fn at_socket(socket: PathBuf) -> Self {
        let listener = UnixListener::bind(socket).unwrap();
        let inner = Inner::new();
        let app = Router::new().fallback(answer).with_state(inner.clone());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { inner, host: "127.0.0.1:4599".to_owned(), task }
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn key(&self) -> String {
        PublishableKey { kind: KeyKind::Development, frontend_api: self.host.clone() }.to_string()
    }

    /// The next answer to a path that ends so goes as planned. Plans for one path happen in the order they were made.
    pub(crate) fn plan(&self, path: &str, plan: Plan) {
        self.inner.rooms().plans.push_back((path.to_owned(), plan));
    }

    /// Holds back the next answer to a path that ends so.
    pub(crate) fn hold(&self, path: &str) -> Held {
        let (release, wait) = oneshot::channel();
        let before = self.count(path);
        self.plan(path, Plan::Wait(wait));
        Held { inner: self.inner.clone(), path: path.to_owned(), before, release }
    }

    /// What the next request to a path that ends so asks for happens when told, after what others asked for meanwhile.
    pub(crate) fn slow_down(&self, path: &str) -> Held {
        let (release, wait) = oneshot::channel();
        let before = self.count(path);
        self.inner.rooms().slow.push_back((path.to_owned(), wait));
        Held { inner: self.inner.clone(), path: path.to_owned(), before, release }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.inner.rooms().seen.clone()
    }

    /// How many requests to paths that end so have arrived.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.inner.rooms().count(path)
    }

    /// Returns when so many requests to paths that end so have arrived.
    pub(crate) async fn arrived(&self, path: &str, count: usize) {
        self.inner.arrived(path, count).await;
    }

    /// The current token of the first client.
    pub(crate) fn token(&self) -> Option<String> {
        self.tokens().into_iter().next()
    }

    /// The current tokens of all clients.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.inner.rooms().clients.iter().map(Client::token).collect()
    }

    /// Lets one session into a client from now on, or more than one.
    pub(crate) fn set_single(&self, single: bool) {
        self.inner.rooms().single = single;
    }

    /// Takes whoever brings no token for a new client from now on.
    pub(crate) fn set_apart(&self) {
        self.inner.rooms().apart = true;
    }

    /// Gives this key to whoever knows its address alone.
    pub(crate) fn introduce(&self, key: &str) {
        self.inner.rooms().key = Some(key.to_owned());
    }

    pub(crate) fn set_name(&self, name: &str) {
        name.clone_into(&mut self.inner.rooms().name);
    }

    pub(crate) fn post(&self, message: Value) {
        self.inner.rooms().outbox.insert(0, message);
    }

    /// Everybody has this picture from now on.
    pub(crate) fn hang(&self, picture: Vec<u8>) {
        self.inner.rooms().picture = Some(picture);
    }

    /// Ends a session as another device would.
    pub(crate) fn revoke(&self, session: &str) {
        let mut rooms = self.inner.rooms();
        rooms.changes += 1;
        for (id, status) in rooms.clients.iter_mut().flat_map(|client| &mut client.sessions) {
            if id == session {
                *status = "revoked";
            }
        }
    }

    /// Knows nothing of a session any more, as when its user is deleted.
    pub(crate) fn erase(&self, session: &str) {
        let mut rooms = self.inner.rooms();
        rooms.changes += 1;
        for client in &mut rooms.clients {
            client.sessions.retain(|(id, _)| id != session);
        }
    }

    /// Sessions end at this time of a clock, of which the instance's own is ahead by so much.
    pub(crate) fn expire_at(&self, clock: &Arc<AtomicI64>, at: i64, ahead: i64) {
        let mut rooms = self.inner.rooms();
        rooms.clock = clock.clone();
        rooms.expire_at = Some((at, at + ahead));
    }

    /// Sessions end that have not been used for so many milliseconds.
    pub(crate) fn end_unused(&self, clock: &Arc<AtomicI64>, limit: i64) {
        let mut rooms = self.inner.rooms();
        rooms.clock = clock.clone();
        rooms.unused = Some(limit);
    }

    /// The user is signed in by these sessions too.
    pub(crate) fn set_devices(&self, sessions: &[&str]) {
        self.inner.rooms().devices = sessions.iter().map(|&session| session.to_owned()).collect();
    }

    /// The session that is made next is of the user of another one.
    pub(crate) fn next_is_like(&self, session: &str) {
        let mut rooms = self.inner.rooms();
        let next = format!("sess_{}", rooms.sessions + 1);
        rooms.alike.push((next, session.to_owned()));
    }

    /// Forgets the client.
    pub(crate) fn forget(&self) {
        self.inner.rooms().clients.clear();
    }

    /// Forgets the client that holds a session, as when it was let go of on the way.
    pub(crate) fn forget_client_of(&self, session: &str) {
        let mut rooms = self.inner.rooms();
        rooms.clients.retain(|client| client.sessions.iter().all(|(id, _)| id != session));
        rooms.at = 0;
    }

    /// Signs somebody in without the app's doing: session and token change.
    pub(crate) fn rotate(&self) {
        let mut rooms = self.inner.rooms();
        rooms.at = 0;
        rooms.add_session();
    }

    /// The client as the instance would describe it now.
    pub(crate) fn client(&self) -> Value {
        let mut rooms = self.inner.rooms();
        rooms.at = 0;
        rooms.client_json()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Held {
    /// Returns when the request whose answer is held back has arrived.
    pub(crate) async fn arrived(&self) {
        self.inner.arrived(&self.path, self.before + 1).await;
    }

    pub(crate) fn release(self) {
        let _asker_gone = self.release.send(());
    }
}

impl Inner {
    fn new() -> Arc<Self> {
        let rooms = Rooms { name: "House".to_owned(), lifetime: 60, ..Rooms::default() };
        Arc::new(Self { state: Mutex::new(rooms), arrivals: watch::Sender::new(0) })
    }

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns at once, as a rule; where a request is slowed down, when it is told. True for such a one, which has been
    /// seen by then.
    async fn wait_for_turn(&self, request: &Seen) -> bool {
        let slow = {
            let mut rooms = self.rooms();
            let place = rooms.slow.iter().position(|(ending, _)| request.path.ends_with(ending.as_str()));
            let slow = place.and_then(|place| rooms.slow.remove(place));
            rooms.seen.extend(slow.is_some().then(|| request.clone()));
            slow
        };
        let Some((_, wait)) = slow else { return false };
        self.arrivals.send_modify(|count| *count += 1);
        // Where the holder is gone there is nobody to wait for.
        let _told = wait.await;
        true
    }

    async fn arrived(&self, path: &str, count: usize) {
        let mut arrivals = self.arrivals.subscribe();
        arrivals.wait_for(|_| self.rooms().count(path) >= count).await.unwrap();
    }
}

impl Client {
    fn token(&self) -> String {
        token_of(self.number, self.generation)
    }

    fn knows(&self, brought: &str) -> bool {
        let before = self.generation.checked_sub(1).map(|before| token_of(self.number, before));
        brought == self.token() || before.is_some_and(|before| brought == before)
    }

    fn is_full(&self) -> bool {
        self.sessions.iter().any(|(_, status)| *status == "active")
    }
}

impl Rooms {
    fn count(&self, path: &str) -> usize {
        self.seen.iter().filter(|seen| seen.path.ends_with(path)).count()
    }

    fn client(&self) -> Option<&Client> {
        self.clients.get(self.at)
    }

    fn client_mut(&mut self) -> Option<&mut Client> {
        self.clients.get_mut(self.at)
    }

    fn client_or_new(&mut self) -> &mut Client {
        if self.at >= self.clients.len() {
            self.made += 1;
            self.at = self.clients.len();
            self.clients.push(Client { number: self.made, ..Client::default() });
        }
        &mut self.clients[self.at]
    }

    fn add_session(&mut self) -> String {
        self.changes += 1;
        self.sessions += 1;
        let id = format!("sess_{}", self.sessions);
        self.note_use(&id);
        let client = self.client_or_new();
        client.generation += 1;
        client.sessions.push((id.clone(), "active"));
        client.sign_in = None;
        id
    }

    fn note_use(&mut self, session: &str) {
        self.used.insert(session.to_owned(), self.clock.load(Ordering::Relaxed));
    }

    /// Ends the sessions whose time is over.
    fn end_what_is_over(&mut self) {
        let Self { clients, changes, clock, expire_at, unused, used, .. } = self;
        let now = clock.load(Ordering::Relaxed);
        for (id, status) in clients.iter_mut().flat_map(|client| &mut client.sessions) {
            let idle = unused.zip(used.get(id)).is_some_and(|(limit, used)| now >= used + limit);
            if *status == "active" && (idle || expire_at.is_some_and(|(at, _)| now >= at)) {
                *status = "expired";
                *changes += 1;
            }
        }
    }

    /// Finds the client of a token: the current one, or the one before, which is current until its successor has been
    /// used. Who brings none is the one client, if there is to be one.
    fn find(&mut self, brought: Option<&str>) -> bool {
        let Some(brought) = brought else {
            self.at = if self.single || self.apart { self.clients.len() } else { 0 };
            return true;
        };
        let found = self.clients.iter().position(|client| client.knows(brought));
        self.at = found.unwrap_or(self.clients.len());
        found.is_some()
    }

    fn client_json(&self) -> Value {
        let Some(client) = self.client() else { return Value::Null };
        let sessions = client.sessions.iter().map(|(id, status)| self.session_json(id, status));
        json!({
            "id": format!("client_{}", client.number),
            "sessions": sessions.collect::<Vec<_>>(),
            "sign_in": match &client.sign_in {
                Some(id) => Some(json!({ "id": id, "status": "needs_first_factor" })),
                None => self.attempt_of(client.number, false),
            },
            "sign_up": self.attempt_of(client.number, true),
            "last_active_session_id": client.sessions.last().map(|(id, _)| id),
            "updated_at": 1000 + self.changes,
        })
    }

    fn session_json(&self, id: &str, status: &str) -> Value {
        json!({
            "id": id,
            "status": status,
            "expire_at": self.expire_at.map_or(0, |(_, said)| said),
            "last_active_token": { "jwt": jwt(id, self.lifetime, "client") },
            "user": self.user(id),
            "updated_at": 1000 + self.changes,
        })
    }

    fn act(&mut self, request: &Seen) -> (u16, Value) {
        self.end_what_is_over();
        let brought = request.token().map(|value| value.trim_start_matches("Bearer ").to_owned());
        if !self.find(brought.as_deref()) {
            return refusal(401, "authentication_invalid");
        }
        let known = brought.is_some();
        let parts: Vec<&str> = request.path.trim_start_matches("/v1/").split('/').collect();
        let full = self.single && self.client().is_some_and(Client::is_full);
        if let Some(answer) = self.by_key(request, &parts) {
            return answer;
        }
        if !(full && matches!(parts.as_slice(), ["client", "sign_ins" | "sign_ups"]))
            && let Some(answer) = self.elsewhere(request, &parts, known)
        {
            return answer;
        }
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["environment"]) => {
                let display = json!({ "application_name": self.name });
                let auth = json!({ "single_session_mode": self.single });
                let users = self.user_settings();
                (200, json!({ "display_config": display, "auth_config": auth, "user_settings": users }))
            }
            ("GET", ["client"]) => {
                let client = if known { self.client_json() } else { Value::Null };
                (200, json!({ "response": client, "client": null }))
            }
            ("GET", ["", ".well-known", "frontdesk.json"]) => match &self.key {
                Some(key) => (200, json!({ "publishable_key": key })),
                None => refusal(404, "resource_not_found"),
            },
            ("GET", ["", "frontdesk", "outbox"]) => (200, json!(self.outbox)),
            ("POST", ["client", "sign_ins" | "sign_ups"]) if full => refusal(400, "session_exists"),
            ("POST", ["client", "sign_ins"]) if request.field("password") == Some("right") => {
                let session = self.add_session();
                let attempt = json!({ "id": "sia_1", "status": "complete", "created_session_id": session });
                (200, self.envelope(&attempt))
            }
            ("POST", ["client", "sign_ins"]) if request.field("password").is_some() => {
                self.client_or_new();
                let (status, mut body) = refusal(422, "form_password_incorrect");
                body["meta"] = json!({ "client": self.client_json() });
                (status, body)
            }
            ("POST", ["client", "sign_ins"]) => {
                self.changes += 1;
                let id = format!("sia_{}", self.changes);
                self.client_or_new().sign_in = Some(id.clone());
                (200, self.envelope(&json!({ "id": id, "status": "needs_first_factor" })))
            }
            _ if !known => refusal(401, "signed_out"),
            ("DELETE", ["client", "sessions"]) => {
                self.changes += 1;
                if let Some(client) = self.client_mut() {
                    client.sessions.clear();
                }
                (200, json!({ "response": self.client_json(), "client": null }))
            }
            (_, ["client", "sessions", id, "tokens", template]) => {
                let template = (*template).to_owned();
                self.mint(id, Some(&template), request.field("organization_id"))
            }
            (_, ["client", "sessions", id, "tokens"]) => self.mint(id, None, request.field("organization_id")),
            (_, ["client", "sessions", id, step]) => self.session(id, step),
            ("GET", ["me", "sessions", "active"]) => {
                let all = ["sess_1"].into_iter().chain(self.devices.iter().map(String::as_str));
                (200, all.map(|id| json!({ "id": id, "status": "active" })).collect())
            }
            ("POST", ["me", "sessions", id, "revoke"]) => {
                (200, self.envelope(&json!({ "id": id, "status": "revoked" })))
            }
            ("DELETE", ["me"]) if !self.is_active(request) => refusal(401, "authentication_invalid"),
            ("DELETE", ["me"]) => {
                self.changes += 1;
                if let Some(client) = self.client_mut() {
                    client.sessions.retain(|(id, _)| !request.query.contains(id.as_str()));
                }
                (200, self.envelope(&json!({ "object": "user", "id": "user_1", "deleted": true })))
            }
            ("POST", ["me", "profile_image"]) => {
                self.changes += 1;
                (200, self.envelope(&json!({ "object": "image", "id": "img_1", "name": null, "public_url": null })))
            }
            ("DELETE", ["me", "profile_image"]) => {
                self.changes += 1;
                (200, self.envelope(&json!({ "object": "image", "id": "img_1", "deleted": true })))
            }
            ("PATCH", ["me"]) => {
                self.changes += 1;
                (200, self.envelope(&self.user("sess_1")))
            }
            _ => refusal(404, "resource_not_found"),
        }
    }

    /// Whether the session that a request names is signed in.
    fn is_active(&self, request: &Seen) -> bool {
        let mut sessions = self.client().into_iter().flat_map(|client| &client.sessions);
        sessions.any(|(id, status)| *status == "active" && request.query.contains(id.as_str()))
    }

    fn user(&self, session: &str) -> Value {
        let alike = self.alike.iter().find(|(own, _)| own == session).map_or(session, |(_, other)| other);
        let mut user = user(alike);
        user["external_accounts"] = json!(self.externals(session));
        user["passkeys"] = json!(self.passkeys());
        user
    }

    fn mint(&mut self, id: &str, template: Option<&str>, organization: Option<&str>) -> (u16, Value) {
        let Some(client) = self.client() else { return refusal(401, "signed_out") };
        let Some((_, status)) = client.sessions.iter().find(|(session, _)| session == id) else {
            return refusal(404, "resource_not_found");
        };
        if *status != "active" {
            return refusal(401, "authentication_invalid");
        }
        if template == Some("unknown") {
            return refusal(404, "resource_not_found");
        }
        self.note_use(id);
        self.minted += 1;
        let mut note = format!("minted {}", self.minted);
        for (word, value) in [(" from ", template), (" for ", organization)] {
            note.extend(value.map(|value| format!("{word}{value}")));
        }
        // Those of templates last as long as the template says.
        let lifetime = if template.is_some() { 3_600 } else { self.lifetime };
        (200, json!({ "object": "token", "jwt": jwt(id, lifetime, &note) }))
    }

    fn session(&mut self, id: &str, step: &str) -> (u16, Value) {
        let Some(client) = self.clients.get_mut(self.at) else { return refusal(401, "signed_out") };
        let Some(place) = client.sessions.iter().position(|(session, _)| session == id) else {
            return refusal(404, "resource_not_found");
        };
        match (step, client.sessions[place].1) {
            ("touch", status) if status != "active" => return refusal(401, "authentication_invalid"),
            ("touch", _) => self.note_use(id),
            ("end", _) => client.sessions[place].1 = "ended",
            ("remove", _) => drop(client.sessions.remove(place)),
            _ => return refusal(404, "resource_not_found"),
        }
        self.changes += 1;
        (200, self.envelope(&json!({ "id": id, "status": "active" })))
    }

    fn envelope(&self, response: &Value) -> Value {
        json!({ "response": response, "client": self.client_json() })
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 16 << 20).await.unwrap();
    let seen = Seen {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        form: url::form_urlencoded::parse(&body).into_owned().collect(),
        body,
    };
    let was_slow = inner.wait_for_turn(&seen).await;
    let (status, body, current, plan) = {
        let mut rooms = inner.rooms();
        let picture = rooms.picture.clone().filter(|_| seen.path.starts_with("/v1/images/"));
        let (status, body) = if let Some(picture) = picture {
            (200, picture)
        } else {
            let (status, body) = rooms.act(&seen);
            (status, body.to_string().into_bytes())
        };
        let place = rooms.plans.iter().position(|(ending, _)| seen.path.ends_with(ending.as_str()));
        let plan = place.and_then(|place| rooms.plans.remove(place)).map(|(_, plan)| plan);
        let brought = seen.token().is_some() || seen.method != "GET";
        let current = rooms.client().filter(|_| brought).map(Client::token);
        if !was_slow {
            rooms.seen.push(seen);
        }
        (status, body, current, plan)
    };
    inner.arrivals.send_modify(|count| *count += 1);
    let mut headers: Vec<(&'static str, String)> = vec![("content-type", "application/json".to_owned())];
    headers.extend(current.map(|token| ("authorization", token)));
    match plan {
        None => respond(status, headers, Body::from(body)),
        Some(Plan::Drop) => respond(status, headers, failing(None)),
        Some(Plan::Cut) => respond(status, headers, failing(Some(body))),
        Some(Plan::Endless) => {
            let spaces = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 1 << 16])));
            respond(status, headers, Body::from_stream(spaces))
        }
        Some(Plan::Instead(status, headers, body)) => respond(status, headers, Body::from(body)),
        Some(Plan::Headers(headers)) => respond(status, headers, Body::from(body)),
        Some(Plan::WaitInstead(wait, status, body)) => {
            let _told = wait.await;
            respond(status, vec![], Body::from(body))
        }
        Some(Plan::Wait(wait)) => {
            // Where the holder is gone there is nobody to wait for.
            let _held = wait.await;
            respond(status, headers, Body::from(body))
        }
    }
}

/// A body that fails after its first half, or before anything.
fn failing(body: Option<Vec<u8>>) -> Body {
    let half = body.map(|body| Ok(Bytes::from(body[..body.len() / 2].to_vec())));
    let end = async {
        // What is before it leaves first.
        tokio::task::yield_now().await;
        Err(std::io::Error::other("dropped"))
    };
    Body::from_stream(stream::iter(half).chain(stream::once(end)))
}

fn respond(status: u16, headers: Vec<(&'static str, String)>, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        response.headers_mut().append(name, HeaderValue::from_str(&value).unwrap());
    }
    response
}

pub(crate) fn refusal(status: u16, code: &str) -> (u16, Value) {
    let error = json!({ "code": code, "message": "refused", "long_message": format!("The house says {code}.") });
    (status, json!({ "errors": [error], "clerk_trace_id": "0123456789abcdef0123456789abcdef" }))
}

/// The token of the first client.
pub(crate) fn token(generation: u64) -> String {
    token_of(1, generation)
}

/// The token of a client and a generation: not what it is made of, but as long as the real ones, so that it is found.
fn token_of(client: usize, generation: u64) -> String {
    format!("client-token-of-the-house-{client:02}-generation-{generation:04}-secret")
}

fn user(session: &str) -> Value {
    json!({
        "id": format!("user_of_{session}"),
        "email_addresses": [{ "id": "idn_1", "email_address": format!("{session}@example.com") }],
    })
}

/// A session token of some seconds. Its times are the instance's, which may be others than the app's.
fn jwt(session: &str, lifetime: i64, note: &str) -> String {
    let claims = json!({ "sid": session, "iat": 5_000_000, "exp": 5_000_000 + lifetime, "note": note });
    format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode("{}"), URL_SAFE_NO_PAD.encode(claims.to_string()))
}
