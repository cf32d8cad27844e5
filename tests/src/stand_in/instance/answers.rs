//! Generated values with what the conversation needs written into them: ids, statuses, tokens.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Attempt, Instance, Session, State};
use crate::stand_in::generate::Fill;

/// Milliseconds since the epoch of the instance's first change.
const BEGINNING: i64 = 1_764_000_000_000;

impl Instance {
    pub(super) fn environment(&self) -> Value {
        self.answer("GET", "/v1/environment")
    }

    pub(super) fn client_only(&self, state: &State, known: bool) -> Value {
        let mut body = self.answer("GET", "/v1/client");
        body["response"] = if known { self.client(state) } else { Value::Null };
        body["client"] = Value::Null;
        body
    }

    pub(super) fn sign_in(&self, state: &State, finished: Option<&Attempt>) -> Value {
        let mut body = self.answer("POST", "/v1/client/sign_ins");
        let attempt = finished.or(state.client.as_ref().and_then(|client| client.sign_in.as_ref()));
        if let Some(attempt) = attempt {
            self.describe_sign_in(&mut body["response"], attempt);
        }
        body["client"] = self.client(state);
        body
    }

    pub(super) fn sign_up(&self, state: &State, finished: Option<&Attempt>) -> Value {
        let mut body = self.answer("POST", "/v1/client/sign_ups");
        let attempt = finished.or(state.client.as_ref().and_then(|client| client.sign_up.as_ref()));
        if let Some(attempt) = attempt {
            describe_sign_up(&mut body["response"], attempt);
        }
        body["client"] = self.client(state);
        body
    }

    pub(super) fn one_session(&self, state: &State, session: &Session) -> Value {
        let mut body = self.answer("POST", "/v1/client/sessions/{session_id}/touch");
        self.describe_session(state, &mut body["response"], session);
        body["client"] = self.client(state);
        body
    }

    pub(super) fn session_token(&self, session: &Session) -> Value {
        let mut body = self.answer("POST", "/v1/client/sessions/{session_id}/tokens");
        body["jwt"] = json!(jwt(session));
        body
    }

    pub(super) fn signed_out(&self, state: &State, path: &str) -> Value {
        let mut body = self.answer("DELETE", path);
        body["response"] = if self.shape.fill == Fill::Full { self.client(state) } else { Value::Null };
        body["client"] = Value::Null;
        body
    }

    pub(super) fn user_answer(&self, state: &State, session: &Session, verb: &str) -> Value {
        let mut body = self.answer(verb, "/v1/me");
        describe_user(state, &mut body["response"], session);
        body["client"] = self.client(state);
        body
    }

    pub(super) fn active_list(&self, session: &Session) -> Value {
        let mut item = self.schema("Client.ActiveSession");
        item["id"] = json!(session.id);
        item["status"] = json!(session.status);
        json!([item])
    }

    /// A generated value of a named schema.
    pub(super) fn schema(&self, name: &str) -> Value {
        let schema = self.description.schema(name).expect("the description has the schemas of the protocol");
        self.description.generate(schema, self.shape)
    }

    fn answer(&self, method: &str, path: &str) -> Value {
        let schema =
            self.description.answer(method, path, 200).expect("the description has the operations of the protocol");
        let mut body = self.description.generate(schema, self.shape);
        if body.get("response") == Some(&Value::Null) {
            body["response"] = json!({});
        }
        body
    }

    fn client(&self, state: &State) -> Value {
        let Some(client) = &state.client else { return Value::Null };
        let mut value = self.schema("Client.Client");
        value["id"] = json!("client_stand_in");
        value["sessions"] = client
            .sessions
            .iter()
            .map(|session| {
                let mut value = self.schema("Client.Session");
                self.describe_session(state, &mut value, session);
                value
            })
            .collect();
        value["sign_in"] = client.sign_in.as_ref().map_or(Value::Null, |attempt| {
            let mut value = self.schema("Client.SignIn");
            self.describe_sign_in(&mut value, attempt);
            value
        });
        value["sign_up"] = client.sign_up.as_ref().map_or(Value::Null, |attempt| {
            let mut value = self.schema("Client.SignUp");
            describe_sign_up(&mut value, attempt);
            value
        });
        value["last_active_session_id"] = json!(client.last_active);
        value["created_at"] = json!(BEGINNING);
        value["updated_at"] = json!(BEGINNING + state.changes);
        value
    }

    fn describe_session(&self, state: &State, value: &mut Value, session: &Session) {
        value["id"] = json!(session.id);
        value["status"] = json!(session.status);
        value["expire_at"] = json!(BEGINNING + 4_000_000_000_000);
        value["abandon_at"] = json!(BEGINNING + 4_000_000_000_000);
        value["updated_at"] = json!(BEGINNING + state.changes);
        if let Some(user) = value.get_mut("user").filter(|user| user.is_object()) {
            describe_user(state, user, session);
        }
        // An alternative run leaves the generated text in the token's place: it is not a token, and must not hurt.
        if self.shape.alternative < 2
            && let Some(token) = value.get_mut("last_active_token").filter(|token| token.is_object())
        {
            token["jwt"] = json!(jwt(session));
        }
    }

    fn describe_sign_in(&self, value: &mut Value, attempt: &Attempt) {
        value["id"] = json!(attempt.id);
        value["status"] = json!(attempt.status);
        value["identifier"] = json!(attempt.identifier);
        value["created_session_id"] = json!(attempt.created_session);
        if self.shape.fill == Fill::Full && attempt.identifier.is_some() {
            let mut known = value["supported_first_factors"].as_array().cloned().unwrap_or_default();
            known.push(json!({ "strategy": "password" }));
            known.push(
                json!({ "strategy": "email_code", "email_address_id": "idn_1", "safe_identifier": "s***@example.com" }),
            );
            value["supported_first_factors"] = json!(known);
        }
    }
}

fn describe_user(state: &State, value: &mut Value, session: &Session) {
    value["id"] = json!(session.user);
    value["updated_at"] = json!(BEGINNING + state.changes);
    if session.first_name.is_some() {
        value["first_name"] = json!(session.first_name);
    }
}

/// A session token of one minute. Nobody here verifies it: apps only look inside.
fn jwt(session: &Session) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let claims = json!({ "sub": session.user, "sid": session.id, "iat": now, "nbf": now, "exp": now + 60, "v": 2 });
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT","kid":"ins_stand_in"}"#);
    format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()), URL_SAFE_NO_PAD.encode("signature"))
}

fn describe_sign_up(value: &mut Value, attempt: &Attempt) {
    value["id"] = json!(attempt.id);
    value["status"] = json!(attempt.status);
    value["email_address"] = json!(attempt.identifier);
    value["created_session_id"] = json!(attempt.created_session);
    value["created_user_id"] = json!(attempt.created_user);
    let done = attempt.status == "complete";
    value["missing_fields"] = if attempt.has_password || done { json!([]) } else { json!(["password"]) };
    value["unverified_fields"] = if done { json!([]) } else { json!(["email_address"]) };
}
