//! A state of the app to ask, list and tell about.

use frontdesk_accounts::{
    AccountKey, AppLock, InstanceKind, InstancePasskeys, InstanceView, PasskeysView, SavedPassword, Snapshot, Status,
    VaultKeeper, VaultState, VaultView,
};
use serde_json::json;

/// Two instances: two accounts and one that has ended at the first, one account at the second.
pub(crate) fn shown() -> Snapshot {
    let session = |id: &str, status: &str, address: &str| {
        json!({
            "id": id, "status": status, "expire_at": 0, "abandon_at": 0, "last_active_at": 0,
            "factor_verification_age": [], "claims": null, "created_at": 0, "updated_at": 0,
            "user": { "id": "user", "email_addresses": [{ "id": "idn", "email_address": address }] },
        })
    };
    let client = |sessions: serde_json::Value| {
        serde_json::from_value(json!({
            "id": "client", "sessions": sessions, "sign_in": null, "sign_up": null, "last_active_session_id": null,
            "created_at": 0, "updated_at": 0,
        }))
        .unwrap()
    };
    let instance = |id: &str, name: &str, client| InstanceView {
        id: id.to_owned(),
        kind: InstanceKind::Remote,
        name: name.to_owned(),
        own_name: false,
        host: "example.com".to_owned(),
        publishable_key: None,
        status: Status::Ready,
        problem: None,
        environment: None,
        client: Some(client),
        answered_at: None,
        clock_ahead: 0,
        last_strategy: None,
        passkeys: InstancePasskeys::unknown(),
        saved_password: SavedPassword::Unknown,
    };
    let vault =
        VaultView { keeper: VaultKeeper::Keychain, state: VaultState::Ready, store: String::new(), detail: None };
    let first = client(json!([
        session("sess_1", "active", "ada@example.com"),
        session("sess_2", "pending", "grace@example.com"),
        session("sess_3", "ended", "alan@example.com"),
    ]));
    let second = client(json!([session("sess_1", "active", "x\u{7}@example.com")]));
    Snapshot {
        lock: AppLock::Off,
        revision: 1,
        status: Status::Ready,
        vault,
        instances: vec![instance("one", "Harbour\nWorks", first), instance("two", "Two", second), {
            let mut empty = instance("three", "Three", client(json!([])));
            empty.client = None;
            empty
        }],
        flows: vec![],
        passkeys: PasskeysView::default(),
        redirect_url: String::new(),
        active: None,
    }
}

/// The place of an account.
pub(crate) fn key(instance: &str, session: &str) -> AccountKey {
    AccountKey { instance: instance.to_owned(), session: session.to_owned() }
}
