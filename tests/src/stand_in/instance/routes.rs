//! What each request does.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode},
};
use serde_json::{Value, json};

use super::{Attempt, CODE, Client, Fault, Instance, PASSWORD, Seen, Session, State, token};

/// What an operation answers, before faults.
pub(super) enum Answer {
    /// Status 200 with this body.
    Done(Value),
    /// A refusal: status, code, field.
    Refused(u16, &'static str, Option<&'static str>),
}

impl Instance {
    /// Does what was asked and answers, or fails as told. None closes the connection.
    pub(crate) fn handle(&self, request: &Seen) -> Option<Response<Body>> {
        let mut state = self.state();
        state.seen.push(request.clone());
        let answer = self.act(&mut state, request);
        let place = state.faults.iter().position(|(ending, _)| request.path.ends_with(ending.as_str()));
        let fault = place.and_then(|place| state.faults.remove(place)).map(|(_, fault)| fault);
        let (status, body) = match answer {
            Answer::Done(body) => (200, body),
            Answer::Refused(status, code, field) => (status, self.refusal(code, field)),
        };
        let text = body.to_string();
        let (status, kind, body) = match fault {
            None => (status, "application/json; charset=utf-8", Body::from(text)),
            Some(Fault::Drop) => return None,
            Some(Fault::HalfBody) => (200, "application/json", Body::from(text[..text.len() / 2].to_owned())),
            Some(Fault::OtherJson) => (200, "application/json", Body::from("[[\"not what was asked for\"]]")),
            Some(Fault::Gateway) => (502, "text/html", Body::from("<html><body>Bad gateway</body></html>")),
            Some(Fault::EmptyErrors) => (500, "application/json", Body::from("{\"errors\":[]}")),
            Some(Fault::Redirect) => (307, "text/plain", Body::empty()),
            Some(Fault::Endless) => (200, "application/json", Body::from(vec![b' '; 64 << 20])),
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert("content-type", HeaderValue::from_static(kind));
        if fault == Some(Fault::Redirect) {
            headers.insert("location", HeaderValue::from_static("https://127.0.0.2:1/v1/elsewhere"));
        }
        if let Some(client) = &state.client
            && let Ok(value) = HeaderValue::from_str(&token(client.generation))
        {
            headers.insert("authorization", value);
        }
        Some(response)
    }

    fn act(&self, state: &mut State, request: &Seen) -> Answer {
        let brought = request.token();
        if !brought.is_empty() {
            let generation = state.client.as_ref().map(|client| client.generation);
            let good = generation.is_some_and(|now| brought == token(now) || (now > 0 && brought == token(now - 1)));
            if !good {
                state.refused_tokens += 1;
                // Nothing of the client that the caller is not.
                return Answer::Refused(401, "authentication_invalid", None);
            }
        }
        let known = !brought.is_empty();
        let parts: Vec<&str> = request.path.trim_start_matches("/v1/").split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET" | "PATCH", ["environment"]) => Answer::Done(self.environment()),
            ("GET", ["client"]) => Answer::Done(self.client_only(state, known)),
            ("PUT" | "POST", ["client"]) => {
                state.client.get_or_insert_default();
                Answer::Done(self.client_only(state, true))
            }
            ("POST", ["client", "sign_ins"]) => self.create_sign_in(state, request),
            ("POST", ["client", "sign_ups"]) => self.create_sign_up(state, request),
            _ if !known => Answer::Refused(401, "signed_out", None),
            ("DELETE", ["client"] | ["client", "sessions"]) => self.end_all(state, &request.path),
            (verb, ["client", "sign_ins", id, step @ ..]) => self.step_sign_in(state, request, verb, id, step),
            (verb, ["client", "sign_ups", id, step @ ..]) => self.step_sign_up(state, request, verb, id, step),
            (verb, ["client", "sessions", id, step @ ..]) => self.session(state, verb, id, step),
            (verb, ["me", rest @ ..]) => self.me(state, request, verb, rest),
            _ => Answer::Refused(404, "resource_not_found", None),
        }
    }

    fn create_sign_in(&self, state: &mut State, request: &Seen) -> Answer {
        state.changes += 1;
        let number = state.changes;
        let client = state.client.get_or_insert_default();
        let identifier = request.field("identifier").filter(|text| !text.is_empty()).map(str::to_owned);
        let status = if identifier.is_some() { "needs_first_factor" } else { "needs_identifier" };
        client.sign_in = Some(Attempt { identifier, ..Attempt::new(format!("sia_{number}"), status) });
        match request.field("password").filter(|text| !text.is_empty()) {
            Some(PASSWORD) => self.complete_sign_in(state),
            Some(_) => Answer::Refused(422, "form_password_incorrect", Some("password")),
            None => Answer::Done(self.sign_in(state, None)),
        }
    }

    fn step_sign_in(&self, state: &mut State, request: &Seen, verb: &str, id: &str, step: &[&str]) -> Answer {
        let Some(attempt) =
            state.client.as_mut().and_then(|client| client.sign_in.as_mut()).filter(|attempt| attempt.id == id)
        else {
            return Answer::Refused(404, "resource_not_found", None);
        };
        match (verb, step) {
            ("GET", []) => Answer::Done(self.sign_in(state, None)),
            ("POST", ["prepare_first_factor"]) => {
                attempt.prepared = true;
                state.changes += 1;
                Answer::Done(self.sign_in(state, None))
            }
            ("POST", ["attempt_first_factor"]) => match (request.field("password"), request.field("code")) {
                (Some(PASSWORD), _) => self.complete_sign_in(state),
                (None, Some(CODE)) if attempt.prepared => self.complete_sign_in(state),
                (Some(_), _) => Answer::Refused(422, "form_password_incorrect", Some("password")),
                (None, Some(_)) if !attempt.prepared => Answer::Refused(400, "verification_missing", None),
                _ => Answer::Refused(422, "form_code_incorrect", Some("code")),
            },
            _ => Answer::Refused(404, "resource_not_found", None),
        }
    }

    fn complete_sign_in(&self, state: &mut State) -> Answer {
        let Some(mut attempt) = state.client.as_mut().and_then(|client| client.sign_in.take()) else {
            return Answer::Refused(404, "resource_not_found", None);
        };
        let (session, user) = add_session(state, None);
        attempt.status = "complete";
        attempt.created_session = Some(session);
        attempt.created_user = Some(user);
        Answer::Done(self.sign_in(state, Some(&attempt)))
    }

    fn create_sign_up(&self, state: &mut State, request: &Seen) -> Answer {
        state.changes += 1;
        let number = state.changes;
        let client = state.client.get_or_insert_default();
        client.sign_up = Some(Attempt::new(format!("sua_{number}"), "missing_requirements"));
        self.fill_sign_up(state, request)
    }

    fn fill_sign_up(&self, state: &mut State, request: &Seen) -> Answer {
        state.changes += 1;
        if let Some(attempt) = state.client.as_mut().and_then(|client| client.sign_up.as_mut()) {
            if let Some(address) = request.field("email_address") {
                attempt.identifier = Some(address.to_owned());
            }
            attempt.has_password |= request.field("password").is_some();
        }
        Answer::Done(self.sign_up(state, None))
    }

    fn step_sign_up(&self, state: &mut State, request: &Seen, verb: &str, id: &str, step: &[&str]) -> Answer {
        let Some(attempt) =
            state.client.as_mut().and_then(|client| client.sign_up.as_mut()).filter(|attempt| attempt.id == id)
        else {
            return Answer::Refused(404, "resource_not_found", None);
        };
        match (verb, step) {
            ("GET", []) => Answer::Done(self.sign_up(state, None)),
            ("PATCH", []) => self.fill_sign_up(state, request),
            ("POST", ["prepare_verification"]) => {
                attempt.prepared = true;
                state.changes += 1;
                Answer::Done(self.sign_up(state, None))
            }
            ("POST", ["attempt_verification"]) if !attempt.prepared => {
                Answer::Refused(400, "verification_missing", None)
            }
            ("POST", ["attempt_verification"]) if request.field("code") != Some(CODE) => {
                Answer::Refused(422, "form_code_incorrect", Some("code"))
            }
            ("POST", ["attempt_verification"]) => {
                let mut attempt = attempt.clone();
                if let Some(client) = state.client.as_mut() {
                    client.sign_up = None;
                }
                let (session, user) = add_session(state, None);
                attempt.status = "complete";
                attempt.created_session = Some(session);
                attempt.created_user = Some(user);
                Answer::Done(self.sign_up(state, Some(&attempt)))
            }
            _ => Answer::Refused(404, "resource_not_found", None),
        }
    }

    fn session(&self, state: &mut State, verb: &str, id: &str, step: &[&str]) -> Answer {
        let Some(client) = state.client.as_mut() else { return Answer::Refused(401, "signed_out", None) };
        let Some(place) = client.sessions.iter().position(|session| session.id == id) else {
            return Answer::Refused(404, "resource_not_found", None);
        };
        let mut found = client.sessions[place].clone();
        match (verb, step) {
            ("GET", []) => return Answer::Done(self.one_session(state, &found)),
            ("POST", ["tokens"]) if found.status == "active" => return Answer::Done(self.session_token(&found)),
            ("POST", ["tokens" | "touch"]) if found.status != "active" => {
                return Answer::Refused(401, "authentication_invalid", None);
            }
            ("POST", ["touch"]) => client.last_active = Some(found.id.clone()),
            ("POST", ["end"]) => {
                client.sessions[place].status = "ended";
                found.status = "ended";
                client.left(id);
            }
            ("POST", ["remove"]) => {
                client.sessions.remove(place);
                found.status = "removed";
                client.left(id);
            }
            _ => return Answer::Refused(404, "resource_not_found", None),
        }
        state.changes += 1;
        Answer::Done(self.one_session(state, &found))
    }

    fn end_all(&self, state: &mut State, path: &str) -> Answer {
        state.changes += 1;
        if let Some(client) = state.client.as_mut() {
            client.sessions.clear();
            client.last_active = None;
            client.sign_in = None;
            client.sign_up = None;
        }
        let answer = self.signed_out(state, path);
        if path == "/v1/client" {
            state.client = None;
        }
        Answer::Done(answer)
    }

    fn me(&self, state: &mut State, request: &Seen, verb: &str, rest: &[&str]) -> Answer {
        let acting = request.parameter("_clerk_session_id").unwrap_or_default();
        let found = state.client.as_mut().and_then(|client| {
            client.sessions.iter_mut().find(|session| session.id == acting && session.status == "active")
        });
        let Some(session) = found else { return Answer::Refused(401, "signed_out", None) };
        if let ("PATCH", []) = (verb, rest) {
            if let Some(name) = request.field("first_name") {
                session.first_name = Some(name.to_owned());
            }
            state.changes += 1;
        }
        let Some(session) =
            state.client.as_ref().and_then(|client| client.sessions.iter().find(|session| session.id == acting))
        else {
            return Answer::Refused(401, "signed_out", None);
        };
        match (verb, rest) {
            ("GET" | "PATCH", []) => Answer::Done(self.user_answer(state, session, verb)),
            ("GET", ["sessions", "active"]) => Answer::Done(self.active_list(session)),
            _ => Answer::Refused(404, "resource_not_found", None),
        }
    }

    fn refusal(&self, code: &str, field: Option<&str>) -> Value {
        let mut body = self.schema("ClerkErrors");
        let mut error = self.schema("ClerkError");
        error["code"] = json!(code);
        error["message"] = json!("refused");
        error["long_message"] = json!("The stand-in refuses this.");
        match field {
            Some(field) => error["meta"] = json!({ "param_name": field }),
            None => drop(error.as_object_mut().and_then(|error| error.remove("meta"))),
        }
        body["errors"] = json!([error]);
        // `meta.client` is how an error carries the client; an object of another kind must not be taken for one.
        body
    }
}

impl Client {
    /// A session left: another becomes the one used last.
    fn left(&mut self, id: &str) {
        if self.last_active.as_deref() == Some(id) {
            self.last_active =
                self.sessions.iter().rev().find(|session| session.status == "active").map(|session| session.id.clone());
        }
    }
}

impl Attempt {
    fn new(id: String, status: &'static str) -> Self {
        Self {
            id,
            status,
            identifier: None,
            has_password: false,
            prepared: false,
            created_session: None,
            created_user: None,
        }
    }
}

/// Adds a session and raises the token's generation.
fn add_session(state: &mut State, first_name: Option<String>) -> (String, String) {
    state.changes += 1;
    let number = state.changes;
    let client = state.client.get_or_insert_default();
    client.generation += 1;
    let session =
        Session { id: format!("sess_{number}"), status: "active", user: format!("user_{number}"), first_name };
    let ids = (session.id.clone(), session.user.clone());
    client.last_active = Some(session.id.clone());
    client.sessions.push(session);
    ids
}
