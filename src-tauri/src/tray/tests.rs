use serde_json::json;

use frontdesk_accounts::SessionView;

use super::*;
use crate::{
    confirm::fixture,
    speech::{ENGLISH, GERMAN},
};

fn labels(snapshot: &Snapshot, words: &Words) -> Vec<String> {
    Shown::of(snapshot, words).rows.into_iter().map(|row| row.label).collect()
}

#[test]
fn every_account_is_listed_with_its_state() {
    let mut snapshot = fixture::shown();
    snapshot.instances[1].status = Status::Degraded;
    snapshot.active = Some(fixture::key("one", "sess_2"));
    let shown = Shown::of(&snapshot, &ENGLISH);
    assert_eq!(
        labels(&snapshot, &ENGLISH),
        [
            "● ada@example.com, HarbourWorks…",
            "● grace@example.com, HarbourWorks…",
            "◌ alan@example.com, HarbourWorks… (needs to sign in again)",
            "○ x@example.com…, Two (cannot be reached)",
        ]
    );
    assert_eq!(shown.rows.iter().map(|row| row.active).collect::<Vec<_>>(), [false, true, false, false]);
    assert!(shown.attention);
    assert!(labels(&snapshot, &GERMAN)[2].ends_with("(muss sich neu anmelden)"));
}

#[test]
fn the_dot_goes_when_nobody_needs_to_sign_in_again() {
    let mut snapshot = fixture::shown();
    for client in snapshot.instances.iter_mut().filter_map(|view| view.client.as_mut()) {
        client.sessions.retain(SessionView::is_signed_in);
    }
    assert!(!Shown::of(&snapshot, &ENGLISH).attention);
}

#[test]
fn where_it_leads_is_what_the_page_understands() {
    let account = fixture::key("one", "sess_1");
    assert_eq!(
        serde_json::to_value(Go::Account { account }).unwrap(),
        json!({ "to": "account", "account": { "instance": "one", "session": "sess_1" } })
    );
    assert_eq!(serde_json::to_value(Go::Add).unwrap(), json!({ "to": "add" }));
}
