use frontdesk_accounts::{Problem, Reason};

use super::*;
use crate::{confirm::fixture, speech::ENGLISH};

fn told(before: &Snapshot, after: &Snapshot) -> Vec<(String, &'static str)> {
    lost(before, after, &ENGLISH).into_iter().map(|notice| (notice.title, notice.body)).collect()
}

fn end(snapshot: &mut Snapshot, status: &str) {
    let client = snapshot.instances[0].client.as_mut().unwrap();
    status.clone_into(&mut client.sessions[0].status);
}

#[test]
fn each_reason_is_said_in_its_own_words() {
    let before = fixture::shown();
    let mut said = std::collections::BTreeSet::new();
    for status in ["expired", "abandoned", "revoked", "replaced", "ended", "vanished", "lost", "something new"] {
        let mut after = before.clone();
        end(&mut after, status);
        let told = told(&before, &after);
        assert_eq!(told.len(), 1, "{status}");
        assert_eq!(told[0].0, "ada@example.com was signed out");
        said.insert(told[0].1);
    }
    assert_eq!(said.len(), 8);
}

#[test]
fn nothing_is_said_twice_nor_of_who_left_by_themself() {
    let before = fixture::shown();
    assert_eq!(told(&before, &before), []);
    let mut ended = before.clone();
    end(&mut ended, "revoked");
    assert_eq!(told(&ended, &ended), []);
    let mut left = before.clone();
    left.instances[0].client.as_mut().unwrap().sessions.remove(0);
    assert_eq!(told(&before, &left), [], "the instance gives no reason");
    let mut removed = before.clone();
    removed.instances.remove(0);
    assert_eq!(told(&before, &removed), [], "the person removed the instance");
}

#[test]
fn accounts_that_an_instance_forgot_are_told_by_what_it_says() {
    let before = fixture::shown();
    let mut after = before.clone();
    after.instances[0].client = None;
    after.instances[0].problem = Some(Problem::new(Reason::SignedOut, "Nobody is signed in there any more."));
    let told = told(&before, &after);
    assert_eq!(told.len(), 2, "the one that had ended before is not among them");
    assert!(told.iter().all(|(_, why)| why.contains("does not know this session")));
}
