//! Passkeys at the stand-in, verified by the library that the server verifies them with.

use std::collections::HashMap;

use serde_json::{Value, json};
use url::Url;
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyAuthentication, PasskeyRegistration, Uuid},
};

use super::{House, Rooms, Seen, refusal};

/// What the stand-in knows of passkeys.
pub(super) struct Party {
    verifier: Webauthn,
    /// Those whose device has yet to answer, by their ids.
    begun: HashMap<String, PasskeyRegistration>,
    kept: Vec<Kept>,
    asked: HashMap<String, Asked>,
    made: usize,
    /// What devices know its user by.
    handle: u128,
    /// Takes no key.
    refuses: bool,
}

struct Kept {
    id: String,
    name: String,
    key: Passkey,
}

enum Asked {
    Any(DiscoverableAuthentication),
    Named(PasskeyAuthentication),
}

impl House {
    /// Has passkeys from now on.
    pub(crate) fn has_passkeys(&self) {
        let port = self.host.rsplit(':').next().unwrap();
        let origin = Url::parse(&format!("http://localhost:{port}")).unwrap();
        let verifier = WebauthnBuilder::new("localhost", &origin).unwrap().build().unwrap();
        self.inner.rooms().keys = Some(Party {
            verifier,
            begun: HashMap::new(),
            kept: Vec::new(),
            asked: HashMap::new(),
            made: 0,
            handle: 7,
            refuses: false,
        });
    }

    /// Devices know its user by this from now on.
    pub(crate) fn next_handle(&self, handle: u128) {
        self.inner.rooms().keys.as_mut().unwrap().handle = handle;
    }

    /// Takes no key from now on, or takes them again.
    pub(crate) fn refuse_keys(&self, refuses: bool) {
        self.inner.rooms().keys.as_mut().unwrap().refuses = refuses;
    }

    /// Ids of the passkeys that count.
    pub(crate) fn passkeys(&self) -> Vec<String> {
        self.inner.rooms().keys.iter().flat_map(|party| &party.kept).map(|kept| kept.id.clone()).collect()
    }

    /// How many devices have yet to answer.
    pub(crate) fn begun_passkeys(&self) -> usize {
        self.inner.rooms().keys.as_ref().unwrap().begun.len()
    }
}

impl Rooms {
    /// The settings of users.
    pub(super) fn user_settings(&self) -> Value {
        let has = self.keys.is_some();
        json!({
            "attributes": { "passkey": { "enabled": has } },
            "passkey_settings": { "show_sign_in_button": has, "allow_autofill": false },
        })
    }

    /// The passkeys of everybody: there is one user.
    pub(super) fn passkeys(&self) -> Vec<Value> {
        self.keys.iter().flat_map(|party| &party.kept).map(|kept| shown(&kept.id, &kept.name, None)).collect()
    }

    /// Answers what is asked about passkeys; none where it is about something else.
    pub(super) fn by_key(&mut self, request: &Seen, parts: &[&str]) -> Option<(u16, Value)> {
        self.keys.as_ref()?;
        let by_key = request.field("strategy") == Some("passkey");
        let answer = request.field("public_key_credential").unwrap_or_default().to_owned();
        Some(match (request.method.as_str(), parts) {
            ("POST", ["me", "passkeys"]) => self.begin_key(),
            ("POST", ["me", "passkeys", id, "attempt_verification"]) => self.take_key(id, &answer),
            ("PATCH", ["me", "passkeys", id]) => self.name_key(id, request.field("name").unwrap_or_default()),
            ("DELETE", ["me", "passkeys", id]) => self.drop_key(id),
            ("POST", ["client", "sign_ins"]) if by_key => self.ask_any(),
            ("POST", ["client", "sign_ins", id, "prepare_first_factor"]) if by_key => self.ask_named(id),
            ("POST", ["client", "sign_ins", id, "attempt_first_factor"]) if by_key => self.take_answer(id, &answer),
            ("POST", ["client", "sessions", id, "verify", "prepare_first_factor"]) if by_key => self.ask_anew(id),
            ("POST", ["client", "sessions", id, "verify", "attempt_first_factor"]) if by_key => {
                self.take_anew(id, &answer)
            }
            _ => return None,
        })
    }

    fn party(&mut self) -> &mut Party {
        self.keys.as_mut().unwrap()
    }

    fn begin_key(&mut self) -> (u16, Value) {
        let party = self.party();
        party.made += 1;
        let id = format!("idn_k{}", party.made);
        let known = party.kept.iter().map(|kept| kept.key.cred_id().clone()).collect();
        let (user, name) = (Uuid::from_u128(party.handle), if party.handle == 7 { "Ada" } else { "Grace" });
        let begun = party.verifier.start_passkey_registration(user, "ada@example.com", name, Some(known));
        let (challenge, state) = begun.unwrap();
        let mut options = serde_json::to_value(&challenge.public_key).unwrap();
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        party.begun.insert(id.clone(), state);
        (200, json!({ "response": shown(&id, "", Some(&options.to_string())), "client": null }))
    }

    fn take_key(&mut self, id: &str, answer: &str) -> (u16, Value) {
        let party = self.party();
        let Some(state) = party.begun.remove(id) else { return refusal(404, "passkey_not_registered") };
        let key = party.verifier.finish_passkey_registration(&serde_json::from_str(answer).unwrap(), &state);
        let Some(key) = key.ok().filter(|_| !party.refuses) else {
            return refusal(400, "passkey_registration_failure");
        };
        party.kept.push(Kept { id: id.to_owned(), name: "Passkey".to_owned(), key });
        self.changes += 1;
        (200, self.envelope(&shown(id, "Passkey", None)))
    }

    fn name_key(&mut self, id: &str, name: &str) -> (u16, Value) {
        let Some(kept) = self.party().kept.iter_mut().find(|kept| kept.id == id) else {
            return refusal(404, "passkey_not_registered");
        };
        name.clone_into(&mut kept.name);
        self.changes += 1;
        (200, self.envelope(&shown(id, name, None)))
    }

    fn drop_key(&mut self, id: &str) -> (u16, Value) {
        let party = self.party();
        let begun = party.begun.remove(id).is_some();
        let before = party.kept.len();
        party.kept.retain(|kept| kept.id != id);
        if !begun && party.kept.len() == before {
            return refusal(404, "passkey_not_registered");
        }
        self.changes += 1;
        (200, self.envelope(&json!({ "object": "passkey", "id": id, "deleted": true })))
    }

    fn ask_any(&mut self) -> (u16, Value) {
        self.changes += 1;
        let id = format!("sia_{}", self.changes);
        let (challenge, state) = self.party().verifier.start_discoverable_authentication().unwrap();
        self.party().asked.insert(id.clone(), Asked::Any(state));
        self.client_or_new().sign_in = Some(id.clone());
        let options = serde_json::to_string(&challenge.public_key).unwrap();
        (200, self.envelope(&asked(&id, "needs_identifier", &options)))
    }

    fn ask_named(&mut self, id: &str) -> (u16, Value) {
        let party = self.party();
        let keys: Vec<Passkey> = party.kept.iter().map(|kept| kept.key.clone()).collect();
        if keys.is_empty() {
            return refusal(400, "no_passkeys_found_for_user");
        }
        let (challenge, state) = party.verifier.start_passkey_authentication(&keys).unwrap();
        party.asked.insert(id.to_owned(), Asked::Named(state));
        let options = serde_json::to_string(&challenge.public_key).unwrap();
        (200, self.envelope(&asked(id, "needs_first_factor", &options)))
    }

    fn take_answer(&mut self, id: &str, answer: &str) -> (u16, Value) {
        let party = self.party();
        let answer = serde_json::from_str(answer).unwrap();
        let right = match party.asked.remove(id) {
            None => return refusal(400, "passkey_invalid_verification"),
            Some(Asked::Named(state)) => party.verifier.finish_passkey_authentication(&answer, &state),
            Some(Asked::Any(state)) => {
                let (_, credential) = party.verifier.identify_discoverable_authentication(&answer).unwrap();
                let Some(kept) = party.kept.iter().find(|kept| kept.key.cred_id().as_slice() == credential) else {
                    return refusal(404, "passkey_not_registered");
                };
                let key = DiscoverableKey::from(&kept.key);
                party.verifier.finish_discoverable_authentication_v2(&answer, state, key)
            }
        };
        if !right.is_ok_and(|right| right.user_verified()) {
            return refusal(400, "passkey_authentication_failure");
        }
        let session = self.add_session();
        let proof = json!({ "status": "verified", "strategy": "passkey" });
        let attempt = json!({
            "id": id, "status": "complete", "created_session_id": session, "first_factor_verification": proof,
        });
        (200, self.envelope(&attempt))
    }
}

impl Rooms {
    /// Asks for a passkey to prove anew who is signed in by a session.
    fn ask_anew(&mut self, session: &str) -> (u16, Value) {
        let (status, mut asked) = self.ask_named(session);
        if status == 200 {
            let proof = asked["response"]["first_factor_verification"].take();
            let stands = json!({
                "level": "first_factor", "status": "needs_first_factor", "first_factor_verification": proof,
            });
            asked["response"] = stands;
        }
        (status, asked)
    }

    fn take_anew(&mut self, session: &str, answer: &str) -> (u16, Value) {
        let party = self.party();
        let Some(Asked::Named(state)) = party.asked.remove(session) else {
            return refusal(400, "passkey_invalid_verification");
        };
        let answer = serde_json::from_str(answer).unwrap();
        let right = party.verifier.finish_passkey_authentication(&answer, &state);
        if !right.is_ok_and(|right| right.user_verified()) {
            return refusal(400, "passkey_authentication_failure");
        }
        let proof = json!({ "status": "verified", "strategy": "passkey", "nonce": "" });
        let stands = json!({ "level": "first_factor", "status": "complete", "first_factor_verification": proof });
        (200, self.envelope(&stands))
    }
}

fn shown(id: &str, name: &str, options: Option<&str>) -> Value {
    let status = if options.is_some() { "unverified" } else { "verified" };
    json!({
        "object": "passkey", "id": id, "name": name,
        "verification": { "status": status, "strategy": "passkey", "nonce": options },
    })
}

fn asked(id: &str, status: &str, options: &str) -> Value {
    json!({
        "id": id, "status": status,
        "first_factor_verification": { "status": "unverified", "strategy": "passkey", "nonce": options },
    })
}
