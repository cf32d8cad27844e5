//! What has to hold, whatever the network does.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_accounts::{Accounts, InstanceRequest};
use serde_json::Value;

use crate::{
    desk::{Desk, token_request},
    world::World,
};

/// What was seen of the app meanwhile.
#[derive(Default)]
pub(crate) struct Seen {
    /// Every client that the app has had.
    pub(crate) clients: BTreeSet<String>,
    /// Sessions of which the app has said that they are signed out, and in which of its states they were so.
    over: BTreeMap<String, u64>,
    /// Sessions that came back.
    risen: BTreeSet<String>,
}

impl Seen {
    /// The app has said that this session is signed out.
    pub(crate) fn signed_out(&mut self, session: String, revision: u64) {
        self.over.insert(session, revision);
    }

    /// Another process knows only what was written down.
    pub(crate) fn forget_the_rest(&mut self) {
        self.over.clear();
    }
}

/// Meanwhile: looks at every state of the app.
pub(crate) async fn watch(accounts: Accounts, instance: String, seen: Arc<Mutex<Seen>>) {
    let mut snapshots = accounts.snapshots();
    drop(accounts);
    while snapshots.changed().await.is_ok() {
        let snapshot = snapshots.borrow_and_update().clone();
        let client = snapshot.instances.iter().find(|view| view.id == instance).and_then(|view| view.client.as_ref());
        let mut seen = seen.lock().unwrap();
        seen.clients.extend(client.map(|client| client.id.clone()));
        for session in client.iter().flat_map(|client| &client.sessions).filter(|session| session.is_signed_in()) {
            if seen.over.get(&session.id).is_some_and(|revision| snapshot.revision > *revision) {
                seen.risen.insert(session.id.clone());
            }
        }
    }
}

/// A token says that it is of this session.
pub(crate) fn is_of(token: &Value, session: &str) -> Value {
    let payload = token["jwt"].as_str().unwrap().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    assert_eq!(claims["sid"], session, "a token of one account is in another");
    claims
}

/// In the end, over a good network and with everything arrived: app, keychain and server say the same.
pub(crate) async fn in_the_end(world: &World, desk: &Desk) {
    let reload = InstanceRequest::Reload { instance: desk.instance.clone() };
    desk.accounts.instance(reload).await.unwrap();
    // What is late would be older than what is shown by now.
    world.proxy.nothing_is_late().await;
    desk.stop_watching().await;
    let (mut clients, risen) = {
        let seen = desk.seen.lock().unwrap();
        (seen.clients.clone(), seen.risen.clone())
    };
    assert!(risen.is_empty(), "signed out, and there again meanwhile: {risen:?}");
    let client = desk.client();
    let mut shown: Vec<(String, String)> = Vec::new();
    for account in desk.accounts_shown() {
        let claims = is_of(&desk.accounts.session(token_request(&account, true)).await.unwrap(), &account.session);
        shown.push((account.session, claims["sub"].as_str().unwrap().to_owned()));
    }
    shown.sort();
    let kept = desk.kept();
    for token in kept.values() {
        clients.insert(world.client_of(token).await);
    }
    let mut known = Vec::new();
    for id in &clients {
        let sessions = world.sessions_of(id).await;
        if crate::is_alone() {
            println!("  in the end {id}: {sessions:?}");
        }
        known.extend(sessions);
    }
    known.sort();
    assert_eq!(known, shown, "the server and the app tell other accounts of the clients that the app has had");
    for session in client.iter().flat_map(|client| &client.sessions) {
        let Some(user) = session.user.as_ref().filter(|_| session.status == "active") else { continue };
        let known = world.user(&user.id).await;
        assert_eq!(user.first_name.as_deref(), known["first_name"].as_str(), "an older name stands over a newer one");
    }

    assert_eq!(kept.is_empty(), client.is_none(), "the keychain has a client token where there is a client");
    let list: Value = serde_json::from_slice(&fs::read(desk.folder().join("instances.json")).unwrap()).unwrap();
    let listed = list["instances"].as_array().unwrap().iter().find(|it| it["id"] == desk.instance.as_str()).unwrap();
    let slots = listed["slots"].as_array().unwrap().iter().filter(|slot| slot["has_client"] == true);
    let slots: BTreeSet<&str> = slots.map(|slot| slot["id"].as_str().unwrap()).collect();
    assert_eq!(slots, kept.keys().map(String::as_str).collect(), "and the list knows each");
    let doomed = list["doomed"].as_array().unwrap();
    assert!(doomed.is_empty(), "nothing waits to be deleted from a keychain that works: {doomed:?}");
}
