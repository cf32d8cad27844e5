//! The types of the wire against answers generated from a published description: every shape must be readable, and
//! nothing that matters may be lost in the reading.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt::Debug;

use frontdesk_e2e::stand_in::{Description, Shape, descriptions};
use frontdesk_wire::{
    ActiveSession, ApiErrors, Client, Envelope, Environment, Health, Session, SignIn, SignUp, Token, User,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Runs a check for every description and shape, or says that there is no description.
fn each(check: impl Fn(&Description, Shape)) {
    let descriptions = descriptions().unwrap();
    if descriptions.is_empty() {
        println!("SKIPPED: no OpenAPI description of the Frontend API (set FRONTDESK_OPENAPI_DIR)");
    }
    for description in &descriptions {
        for shape in Shape::all() {
            check(description, shape);
        }
    }
}

fn read<T: DeserializeOwned + Debug>(
    description: &Description,
    what: &str,
    shape: Shape,
    schema: &Value,
) -> (Value, T) {
    let value = description.generate(schema, shape);
    match serde_json::from_value(value.clone()) {
        Ok(read) => (value, read),
        Err(error) => panic!("{} {what} in {shape:?} is not readable: {error}\n{value}", description.name),
    }
}

fn answer<T: DeserializeOwned + Debug>(
    description: &Description,
    shape: Shape,
    method: &str,
    path: &str,
) -> (Value, T) {
    read(description, &format!("{method} {path}"), shape, description.answer(method, path, 200).unwrap())
}

#[test]
fn environment() {
    each(|description, shape| {
        for method in ["GET", "PATCH"] {
            let (value, environment): (_, Environment) = answer(description, shape, method, "/v1/environment");
            let written = serde_json::to_value(&environment).unwrap();
            let kind = |value: &Value| value["display_config"]["instance_environment_type"].clone();
            if kind(&value).is_string() {
                assert_eq!(kind(&written), kind(&value));
            }
        }
    });
}

#[test]
fn client_and_its_parts() {
    each(|description, shape| {
        for method in ["GET", "PUT", "POST"] {
            answer::<Envelope<Option<Client>>>(description, shape, method, "/v1/client");
        }
        let (value, client): (_, Client) =
            read(description, "client", shape, description.schema("Client.Client").unwrap());
        assert_eq!(client.id, value["id"]);
        assert_eq!(client.updated_at, value["updated_at"]);
        assert_eq!(client.sessions.len(), value["sessions"].as_array().unwrap().len());
        assert_eq!(client.sign_in.is_some(), value["sign_in"].is_object());
        assert_eq!(client.sign_up.is_some(), value["sign_up"].is_object());
        for (session, value) in client.sessions.iter().zip(value["sessions"].as_array().unwrap()) {
            assert_eq!(session.id, value["id"]);
            assert_eq!(session.status, value["status"]);
            assert_eq!(session.user.is_some(), value["user"].is_object());
            assert_eq!(session.last_active_token.is_some(), value["last_active_token"].is_object());
        }
        let (value, user): (_, User) = read(description, "user", shape, description.schema("Client.User").unwrap());
        assert_eq!(user.id, value["id"]);
        assert_eq!(user.email_addresses.len(), value["email_addresses"].as_array().map_or(0, Vec::len));
    });
}

#[test]
fn attempts() {
    each(|description, shape| {
        let sign_in = "/v1/client/sign_ins";
        for (method, path) in [
            ("POST", sign_in.to_owned()),
            ("GET", format!("{sign_in}/{{sign_in_id}}")),
            ("POST", format!("{sign_in}/{{sign_in_id}}/prepare_first_factor")),
            ("POST", format!("{sign_in}/{{sign_in_id}}/attempt_first_factor")),
        ] {
            let (value, envelope): (Value, Envelope<SignIn>) = answer(description, shape, method, &path);
            let value = &value["response"];
            assert_eq!(envelope.response.status, value["status"]);
            let factors = value["supported_first_factors"].as_array();
            assert_eq!(envelope.response.supported_first_factors.as_ref().map(Vec::len), factors.map(Vec::len));
            let verification = envelope.response.first_factor_verification.is_some();
            assert_eq!(verification, value["first_factor_verification"].is_object());
        }
        let sign_up = "/v1/client/sign_ups";
        for (method, path) in [
            ("POST", sign_up.to_owned()),
            ("GET", format!("{sign_up}/{{sign_up_id}}")),
            ("PATCH", format!("{sign_up}/{{sign_up_id}}")),
            ("POST", format!("{sign_up}/{{sign_up_id}}/prepare_verification")),
            ("POST", format!("{sign_up}/{{sign_up_id}}/attempt_verification")),
        ] {
            let (value, envelope): (Value, Envelope<SignUp>) = answer(description, shape, method, &path);
            let value = &value["response"];
            assert_eq!(envelope.response.status, value["status"]);
            assert_eq!(envelope.response.missing_fields.len(), value["missing_fields"].as_array().map_or(0, Vec::len));
        }
    });
}

#[test]
fn sessions_tokens_and_the_user() {
    each(|description, shape| {
        let session = "/v1/client/sessions/{session_id}";
        for (method, step) in [("GET", ""), ("POST", "/touch"), ("POST", "/end"), ("POST", "/remove")] {
            answer::<Envelope<Session>>(description, shape, method, &format!("{session}{step}"));
        }
        for path in ["/v1/client/sessions", "/v1/client"] {
            // `client` is described as an object of no known fields; only null is ever sent.
            let (_, mut value): (Value, Value) = answer(description, shape, "DELETE", path);
            value["client"] = Value::Null;
            serde_json::from_value::<Envelope<Option<Client>>>(value).unwrap();
        }
        for method in ["GET", "PATCH"] {
            answer::<Envelope<User>>(description, shape, method, "/v1/me");
        }
        answer::<Vec<ActiveSession>>(description, shape, "GET", "/v1/me/sessions/active");
        read::<ActiveSession>(
            description,
            "active session",
            shape,
            description.schema("Client.ActiveSession").unwrap(),
        );
        // The description forgets to say that the token is always there.
        let (_, token): (Value, Value) = answer(description, shape, "POST", &format!("{session}/tokens"));
        if token["jwt"].is_string() {
            serde_json::from_value::<Token>(token).unwrap();
        }
        answer::<Health>(description, shape, "GET", "/v1/health");
    });
}

#[test]
fn errors() {
    each(|description, shape| {
        let (value, errors): (Value, ApiErrors) =
            read(description, "errors", shape, description.schema("ClerkErrors").unwrap());
        assert_eq!(errors.errors.len(), value["errors"].as_array().unwrap().len());
        assert_eq!(errors.clerk_trace_id.is_some(), value["clerk_trace_id"].is_string());
    });
}
