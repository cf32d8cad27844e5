//! Accounts elsewhere at the stand-in: pages that are named for the browser, what people do there, and what it makes of
//! attempts and users once it is redeemed.

use std::sync::atomic::{AtomicUsize, Ordering};

use frontdesk_accounts::Outgoing;
use serde_json::{Value, json};

use super::{House, Rooms, Seen, refusal};

/// Something that is out in the browser.
pub(super) struct Out {
    id: String,
    /// Of whom it is: only they can redeem it.
    client: usize,
    kind: Kind,
    strategy: String,
    redirect_url: String,
    state: String,
    /// What the person did there, and the nonce that redeems it.
    proven: Option<(String, Then)>,
    stands: Then,
    session: Option<String>,
    /// Whether an attempt of the other kind was made from it.
    used: bool,
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    SignIn,
    SignUp,
    /// Of the user of a session.
    External(String),
}

/// What comes of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing yet.
    Waits,
    /// It is done: signed in, or connected.
    Done,
    /// Nobody is known by that account elsewhere, or somebody is: the other kind of attempt goes on.
    Transfers,
    /// As above, and the sign-up lacks something then.
    TransfersAndLacks,
    /// The sign-up lacks something.
    Lacks,
    /// The address has to be proven first.
    EmailFirst,
    /// A second factor, or a new password.
    Needs(&'static str),
    /// It failed.
    Failed(&'static str),
}

impl House {
    /// Names this page in place of its own from now on.
    pub(crate) fn point_to(&self, page: &str) {
        self.inner.rooms().page = Some(page.to_owned());
    }

    /// The person finishes at a page that was opened. Answers with the address that the browser is sent to.
    pub(crate) fn finish(&self, page: &Outgoing, then: Then) -> String {
        /// No two instances give the same one.
        static GIVEN: AtomicUsize = AtomicUsize::new(0);
        let nonce = format!("nonce_{}", GIVEN.fetch_add(1, Ordering::Relaxed));
        let mut rooms = self.inner.rooms();
        let out = rooms.out_of(page);
        out.proven = Some((nonce.clone(), then));
        format!("{}?rotating_token_nonce={nonce}", out.redirect_url)
    }

    /// The same at an instance that gives no nonces: what was done counts at once.
    pub(crate) fn finish_openly(&self, page: &Outgoing, then: Then) -> String {
        let mut rooms = self.inner.rooms();
        let place = rooms.place_of(page);
        rooms.settle(place, then);
        rooms.out[place].redirect_url.clone()
    }

    /// Knows nothing any more of what is out.
    pub(crate) fn forget_attempts(&self) {
        self.inner.rooms().out.clear();
    }
}

impl Rooms {
    fn place_of(&self, page: &Outgoing) -> usize {
        let state = page.as_str().rsplit("state=").next().unwrap();
        self.out.iter().position(|out| out.state == state).unwrap()
    }

    fn out_of(&mut self, page: &Outgoing) -> &mut Out {
        let place = self.place_of(page);
        &mut self.out[place]
    }

    /// Answers what is asked about accounts elsewhere; none where it is about something else.
    pub(super) fn elsewhere(&mut self, request: &Seen, parts: &[&str], known: bool) -> Option<(u16, Value)> {
        let elsewhere = request.field("strategy").is_some_and(|strategy| strategy.starts_with("oauth_"));
        let transfer = request.field("transfer") == Some("true");
        let session = request.query.split('&').find_map(|pair| pair.strip_prefix("_clerk_session_id=")).unwrap_or("");
        Some(match (request.method.as_str(), parts) {
            ("POST", ["client", "sign_ins"]) if elsewhere => self.go_out(request, Kind::SignIn, "sia"),
            ("POST", ["client", "sign_ups"]) if elsewhere => self.go_out(request, Kind::SignUp, "sua"),
            ("POST", ["client", "sign_ins"]) if transfer => self.transfer(&Kind::SignUp, Kind::SignIn, "sia"),
            ("POST", ["client", "sign_ups"]) if transfer => self.transfer(&Kind::SignIn, Kind::SignUp, "sua"),
            ("GET", ["client", "sign_ins" | "sign_ups", id]) if known => self.look(request, id),
            ("GET", ["me"]) if known => {
                if let Some(refused) = self.redeem_external(request) {
                    return Some(refused);
                }
                (200, json!({ "response": self.user(session), "client": null }))
            }
            ("POST", ["me", "external_accounts"]) if known => {
                self.go_out(request, Kind::External(session.to_owned()), "eac")
            }
            ("PATCH", ["me", "external_accounts", id, "reauthorize"]) if known => self.go_out_again(request, id),
            ("DELETE", ["me", "external_accounts", id]) if known => {
                self.changes += 1;
                self.out.retain(|out| out.id != *id);
                (200, self.envelope(&json!({ "object": "external_account", "id": id, "deleted": true })))
            }
            _ => return None,
        })
    }

    fn go_out(&mut self, request: &Seen, kind: Kind, prefix: &str) -> (u16, Value) {
        self.changes += 1;
        let (id, state) = (format!("{prefix}_{}", self.changes), format!("state_{}", self.changes));
        let client = self.client_or_new().number;
        let place = self.out.len();
        self.out.push(Out {
            id: id.clone(),
            client,
            kind,
            strategy: request.field("strategy").unwrap().to_owned(),
            redirect_url: request.field("redirect_url").unwrap().to_owned(),
            state,
            proven: None,
            stands: Then::Waits,
            session: None,
            used: false,
        });
        (200, self.envelope(&self.out_json(place)))
    }

    fn go_out_again(&mut self, request: &Seen, id: &str) -> (u16, Value) {
        self.changes += 1;
        let changes = self.changes;
        let Some(place) = self.out.iter().position(|out| out.id == id) else {
            return refusal(404, "resource_not_found");
        };
        let out = &mut self.out[place];
        out.state = format!("state_{changes}");
        out.stands = Then::Waits;
        request.field("redirect_url").unwrap().clone_into(&mut out.redirect_url);
        (200, self.envelope(&self.out_json(place)))
    }

    fn transfer(&mut self, from: &Kind, to: Kind, prefix: &str) -> (u16, Value) {
        let client = self.client_or_new().number;
        let transfers = |out: &&Out| {
            let ready = matches!(out.stands, Then::Transfers | Then::TransfersAndLacks);
            out.client == client && out.kind == *from && ready && !out.used
        };
        let Some(before) = self.out.iter().position(|out| transfers(&out)) else {
            return refusal(400, "account_transfer_invalid");
        };
        let (strategy, then) = (self.out[before].strategy.clone(), self.out[before].stands);
        self.out[before].used = true;
        self.changes += 1;
        let place = self.out.len();
        self.out.push(Out {
            id: format!("{prefix}_{}", self.changes),
            client,
            kind: to,
            strategy,
            redirect_url: String::new(),
            state: String::new(),
            proven: None,
            stands: Then::Waits,
            session: None,
            used: false,
        });
        self.settle(place, if then == Then::TransfersAndLacks { Then::Lacks } else { Then::Done });
        (200, self.envelope(&self.out_json(place)))
    }

    /// An attempt as it stands, once a nonce has been redeemed by whoever began it.
    fn look(&mut self, request: &Seen, id: &str) -> (u16, Value) {
        let client = self.client_or_new().number;
        let Some(place) = self.out.iter().position(|out| out.id == id && out.client == client) else {
            return refusal(404, "resource_not_found");
        };
        if let Some(nonce) = nonce(request) {
            match self.out[place].proven.take_if(|(expected, _)| *expected == nonce) {
                Some((_, then)) => self.settle(place, then),
                None => return refusal(400, "rotating_token_nonce_invalid"),
            }
        }
        let body = self.envelope(&self.out_json(place));
        (200, body)
    }

    fn redeem_external(&mut self, request: &Seen) -> Option<(u16, Value)> {
        let nonce = nonce(request)?;
        let client = self.client_or_new().number;
        let redeems = |out: &Out| out.client == client && out.proven.as_ref().is_some_and(|(it, _)| *it == nonce);
        let Some(place) = self.out.iter().position(redeems) else {
            return Some(refusal(400, "rotating_token_nonce_invalid"));
        };
        let (_, then) = self.out[place].proven.take()?;
        self.settle(place, then);
        None
    }

    fn settle(&mut self, place: usize, then: Then) {
        self.changes += 1;
        self.out[place].stands = then;
        if then == Then::Done && !matches!(self.out[place].kind, Kind::External(_)) {
            let client = self.out[place].client;
            self.at = self.clients.iter().position(|it| it.number == client).unwrap();
            self.out[place].session = Some(self.add_session());
        }
    }

    fn out_json(&self, place: usize) -> Value {
        let out = &self.out[place];
        let page = self.page.as_deref().unwrap_or("https://accounts.google.com/authorize?client_id=house");
        let page = if page.contains('?') { format!("{page}&state={}", out.state) } else { page.to_owned() };
        let error =
            |code: &str| json!({ "code": code, "message": "no", "long_message": format!("The house says {code}.") });
        let (status, error) = match out.stands {
            Then::Waits => ("unverified", Value::Null),
            Then::Done | Then::Lacks | Then::EmailFirst | Then::Needs(_) => ("verified", Value::Null),
            Then::Transfers | Then::TransfersAndLacks if out.kind == Kind::SignIn => {
                ("transferable", error("external_account_not_found"))
            }
            Then::Transfers | Then::TransfersAndLacks => ("transferable", error("external_account_exists")),
            Then::Failed(code) => ("failed", error(code)),
        };
        let waits = out.stands == Then::Waits;
        let proof = json!({
            "status": status,
            "strategy": out.strategy,
            "error": error,
            "external_verification_redirect_url": waits.then_some(page),
        });
        let done = out.stands == Then::Done;
        match &out.kind {
            Kind::SignIn => {
                let status = match out.stands {
                    Then::Done => "complete",
                    Then::EmailFirst => "needs_first_factor",
                    Then::Needs(status) => status,
                    _ => "needs_identifier",
                };
                let factors = json!([{ "strategy": "email_code", "email_address_id": "idn_1" }]);
                json!({
                    "id": out.id,
                    "status": status,
                    "first_factor_verification": proof,
                    "supported_first_factors": if out.stands == Then::EmailFirst { factors } else { Value::Null },
                    "created_session_id": out.session,
                })
            }
            Kind::SignUp => json!({
                "id": out.id,
                "status": if done { "complete" } else { "missing_requirements" },
                "missing_fields": if out.stands == Then::Lacks { json!(["first_name"]) } else { json!([]) },
                "verifications": { "external_account": proof },
                "created_session_id": out.session,
            }),
            Kind::External(_) => json!({ "id": out.id, "provider": out.strategy, "verification": proof }),
        }
    }

    /// The accounts elsewhere of the user of a session.
    pub(super) fn externals(&self, session: &str) -> Vec<Value> {
        let of = |out: &Out| matches!(&out.kind, Kind::External(owner) if owner == session);
        (0..self.out.len()).filter(|place| of(&self.out[*place])).map(|place| self.out_json(place)).collect()
    }

    /// What of a client's is out, as the client shows it.
    pub(super) fn attempt_of(&self, client: usize, sign_up: bool) -> Option<Value> {
        let kind = if sign_up { Kind::SignUp } else { Kind::SignIn };
        let place = self.out.iter().rposition(|out| out.client == client && out.kind == kind)?;
        (self.out[place].stands != Then::Done).then(|| self.out_json(place))
    }
}

fn nonce(request: &Seen) -> Option<String> {
    let nonce = request.query.split('&').find_map(|pair| pair.strip_prefix("rotating_token_nonce="));
    nonce.map(str::to_owned)
}
