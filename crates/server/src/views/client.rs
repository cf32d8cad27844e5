use frontdesk_identity::{self as identity, Timestamp};
use frontdesk_wire::{Client, Session, SignIn, SignUp};

/// A client. `updated_at` is when anything last changed that it shows.
#[must_use]
pub fn client(
    client: &identity::Client,
    updated_at: Timestamp,
    sessions: Vec<Session>,
    sign_in: Option<SignIn>,
    sign_up: Option<SignUp>,
) -> Client {
    let signed_in = || sessions.iter().filter(|session| matches!(session.status.as_str(), "active" | "pending"));
    let last = client.last_active_session_id.as_ref().map(ToString::to_string);
    Client {
        object: "client".to_owned(),
        id: client.id.to_string(),
        // A session that is over cannot be the one to go on with.
        last_active_session_id: last.filter(|id| signed_in().any(|session| session.id == *id)),
        sessions,
        sign_in,
        sign_up,
        last_authentication_strategy: client.last_strategy.map(|strategy| strategy.as_str().to_owned()),
        created_at: client.created_at.0,
        updated_at: updated_at.0,
        ..Client::default()
    }
}
