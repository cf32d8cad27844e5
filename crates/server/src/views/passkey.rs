use frontdesk_identity::{self as identity, Strategy, Timestamp};
use frontdesk_store::PasskeyCeremony;
use frontdesk_wire::{Passkey, Verification};

use super::verification;

/// Kind of the object.
const PASSKEY: &str = "passkey";

/// A passkey.
#[must_use]
pub fn passkey(passkey: &identity::Passkey) -> Passkey {
    Passkey {
        object: PASSKEY.to_owned(),
        id: passkey.id.to_string(),
        name: passkey.name.clone(),
        last_used_at: passkey.last_used_at.map(|at| at.0),
        verification: Some(verification::verified(Strategy::Passkey)),
        created_at: passkey.created_at.0,
        updated_at: passkey.updated_at.0,
    }
}

/// A passkey whose device has yet to answer.
#[must_use]
pub fn asked_passkey(ceremony: &PasskeyCeremony, now: Timestamp) -> Passkey {
    let asked = verification::passkey(&ceremony.options, ceremony.expire_at, now);
    let failed = ceremony.taken_at.is_some();
    let failure = Verification { status: "failed".to_owned(), nonce: Some(String::new()), ..asked.clone() };
    Passkey {
        object: PASSKEY.to_owned(),
        id: ceremony.good_for.added().map(ToString::to_string).unwrap_or_default(),
        verification: Some(if failed { failure } else { asked }),
        created_at: ceremony.created_at.0,
        updated_at: ceremony.created_at.0,
        ..Passkey::default()
    }
}
