use super::{
    fixture::{key, shown},
    *,
};
use crate::speech::{ENGLISH, GERMAN};
use frontdesk_accounts::DeviceKey;

fn title(request: &AccountRequest) -> Option<String> {
    of_account(request, &shown(), &ENGLISH).map(|question| question.title)
}

#[test]
fn sec_97_what_cannot_be_taken_back_is_asked_by_the_system_with_the_name_of_the_account() {
    let delete = AccountRequest::Delete { account: key("one", "sess_2") };
    assert_eq!(title(&delete).as_deref(), Some("Delete the account grace@example.com?"));
    let everywhere = AccountRequest::SignOutEverywhere { account: key("two", "sess_1") };
    assert_eq!(title(&everywhere).as_deref(), Some("Sign x@example.com… out everywhere?"));
    assert_eq!(title(&AccountRequest::SignOutAll).as_deref(), Some("Sign 3 accounts out?"));
    let at = |instance: &str| AccountRequest::SignOut { instance: instance.to_owned(), session: None };
    assert_eq!(title(&at("one")).as_deref(), Some("Sign 2 accounts out?"));
}

#[test]
fn an_account_elsewhere_is_not_disconnected_without_a_question() {
    let mut shown = shown();
    let user = shown.instances[0].client.as_mut().unwrap().sessions[0].user.as_mut().unwrap();
    user.external_accounts =
        vec![external("eac_1", "oauth_github", "ada\n@example.com"), external("eac_2", "oauth_x", "")];
    let title = |id: &str| {
        let request = AccountRequest::DestroyExternalAccount {
            account: key("one", "sess_1"),
            external_account_id: id.to_owned(),
        };
        of_account(&request, &shown, &ENGLISH).unwrap().title
    };
    assert_eq!(title("eac_1"), "Disconnect github (ada@example.com…)?");
    assert_eq!(title("eac_2"), "Disconnect x?");
    assert_eq!(title("unknown"), "Disconnect unknown?");
}

#[test]
fn a_passkey_is_not_deleted_without_a_question() {
    let mut shown = shown();
    let user = shown.instances[0].client.as_mut().unwrap().sessions[0].user.as_mut().unwrap();
    user.passkeys = vec![passkey_called("idn_1", "Pier\n5"), passkey_called("idn_2", "")];
    let title = |id: &str| {
        let request = AccountRequest::DeletePasskey { account: key("one", "sess_1"), passkey_id: id.to_owned() };
        of_account(&request, &shown, &ENGLISH).unwrap().title
    };
    assert_eq!(title("idn_1"), "Delete the passkey Pier5…?");
    assert_eq!(title("idn_2"), "Delete the passkey idn_2?");
    assert_eq!(title("unknown"), "Delete the passkey unknown?");
    assert_eq!(
        of_device_passkeys(&shown, &ENGLISH).title,
        "Remove what verifies you on this device, and all that it protects?"
    );
}

#[test]
fn saved_passwords_are_named_with_the_passkeys_that_they_go_with() {
    let mut shown = shown();
    let asked = |shown: &Snapshot| of_device_passkeys(shown, &ENGLISH).title;
    let kept = || SavedPassword::Kept { identifier: "ada@example.com".to_owned() };
    shown.instances[0].saved_password = kept();
    assert_eq!(asked(&shown), "Remove the password that is kept on this device?");
    shown.instances[1].saved_password = kept();
    assert_eq!(asked(&shown), "Remove 2 passwords that are kept on this device?");
    let text = |text: &str| text.to_owned();
    let (id, rp_id, name) = (text("key"), text("example.com"), text("ada@example.com"));
    shown.passkeys.keys.push(DeviceKey { id, rp_id, name, display_name: text("Ada"), made_at: 0 });
    assert_eq!(asked(&shown), "Remove the passkeys and passwords of this device?");
}

#[test]
fn what_concerns_one_account_here_is_not_asked() {
    let one = AccountRequest::SignOut { instance: "one".to_owned(), session: Some("sess_1".to_owned()) };
    let last = AccountRequest::SignOut { instance: "two".to_owned(), session: None };
    for request in [one, last, AccountRequest::SetActive { account: None }] {
        assert_eq!(title(&request), None);
    }
}

#[test]
fn an_instance_with_accounts_is_not_removed_without_a_question() {
    let remove = |instance: &str| {
        of_instance(&InstanceRequest::Remove { instance: instance.to_owned() }, &shown(), &ENGLISH)
            .map(|question| (question.title, question.body))
    };
    let (title, body) = remove("one").unwrap();
    assert_eq!(title, "Remove HarbourWorks…?", "a name is one line");
    assert!(body.starts_with("2 accounts"), "{body}");
    assert_eq!(remove("three"), None, "nobody is signed in there");
    assert_eq!(remove("unknown"), None);
    let reload = InstanceRequest::Reload { instance: "one".to_owned() };
    assert_eq!(of_instance(&reload, &shown(), &ENGLISH), None);
}

#[test]
fn whom_to_trust_is_asked_by_the_system_with_their_names() {
    let named = |subject: &str| AuthorityView {
        fingerprint: String::new(),
        subject: subject.to_owned(),
        expires_at: 0,
        expired: false,
    };
    let one = of_authorities(&[named("Harbour\nRoot")], &ENGLISH);
    assert_eq!(one.title, "Trust HarbourRoot…?");
    let two = of_authorities(&[named("Harbour Root"), named("Pier Root")], &ENGLISH);
    assert_eq!(two.title, "Trust 2 authorities?");
    assert!(two.body.ends_with("Harbour Root\nPier Root"), "{}", two.body);
}

#[test]
fn names_are_short_lines() {
    assert_eq!(plain("Ada"), "Ada");
    assert_eq!(plain("a\u{0}b\nc"), "abc…");
    // Nor does one turn the text around it.
    assert_eq!(plain("ada\u{202e}\u{2067}!"), "ada!…");
    assert_eq!(plain(&"é".repeat(100)).chars().count(), 81);
}

fn external(id: &str, provider: &str, address: &str) -> frontdesk_wire::ExternalAccount {
    frontdesk_wire::ExternalAccount {
        id: id.to_owned(),
        provider: provider.to_owned(),
        email_address: address.to_owned(),
        ..frontdesk_wire::ExternalAccount::default()
    }
}

#[test]
fn sec_97_what_lacked_a_fresh_proof_alone_is_confirmed_once_and_nothing_else_with_it() {
    let delete = |session: &str| AccountRequest::Delete { account: key("one", session) };
    let (confirmed, now) = (Confirmed::default(), Instant::now());
    assert!(!confirmed.take(&delete("sess_1"), now));
    confirmed.note(delete("sess_1"), &refused_with(PROOF_FIRST), now);
    assert!(confirmed.take(&delete("sess_1"), now));
    assert!(!confirmed.take(&delete("sess_1"), now), "it counts once");
    for (whose, outcome, later) in [
        ("sess_2", refused_with(PROOF_FIRST), Duration::ZERO),
        ("sess_1", refused_with("user_delete_self_not_enabled"), Duration::ZERO),
        ("sess_1", Ok(Value::Null), Duration::ZERO),
        ("sess_1", refused_with(PROOF_FIRST), WAITS),
    ] {
        confirmed.note(delete(whose), &outcome, now);
        assert!(!confirmed.take(&delete("sess_1"), now + later), "{whose} {later:?}");
    }
}

#[test]
fn sec_97_what_was_confirmed_of_one_is_not_confirmed_of_another_of_the_same_name() {
    let mut shown = shown();
    let everybody =
        shown.instances.iter_mut().flat_map(|view| &mut view.client).flat_map(|client| &mut client.sessions);
    for user in everybody.filter_map(|session| session.user.as_mut()) {
        user.email_addresses[0].email_address = "ada@example.com".to_owned();
        user.external_accounts = vec![external("eac_1", "oauth_github", ""), external("eac_2", "oauth_github", "")];
        user.passkeys = vec![passkey_called("idn_1", "Pier 5"), passkey_called("idn_2", "Pier 5")];
    }
    let delete = |account| AccountRequest::Delete { account };
    let everywhere = |account| AccountRequest::SignOutEverywhere { account };
    let disconnect = |id: &str| {
        let account = key("one", "sess_1");
        AccountRequest::DestroyExternalAccount { account, external_account_id: id.to_owned() }
    };
    let forget = |id: &str| AccountRequest::DeletePasskey { account: key("one", "sess_1"), passkey_id: id.to_owned() };
    for (one, other) in [
        (delete(key("one", "sess_1")), delete(key("two", "sess_1"))),
        (delete(key("one", "sess_1")), delete(key("one", "sess_2"))),
        (everywhere(key("one", "sess_1")), everywhere(key("two", "sess_1"))),
        (delete(key("one", "sess_1")), everywhere(key("one", "sess_1"))),
        (disconnect("eac_1"), disconnect("eac_2")),
        (forget("idn_1"), forget("idn_2")),
    ] {
        let (confirmed, now) = (Confirmed::default(), Instant::now());
        let title = |request: &AccountRequest| of_account(request, &shown, &ENGLISH).unwrap().title;
        confirmed.note(one.clone(), &refused_with(PROOF_FIRST), now);
        assert!(!confirmed.take(&other, now), "{} and {}", title(&one), title(&other));
    }
}

#[test]
fn an_account_is_named_with_its_instance_where_another_one_has_an_account_of_that_name() {
    let mut shown = shown();
    let named = |shown: &Snapshot, account: AccountKey, words: &Words| {
        of_account(&AccountRequest::Delete { account }, shown, words).unwrap().title
    };
    assert_eq!(named(&shown, key("one", "sess_1"), &ENGLISH), "Delete the account ada@example.com?");
    let user = shown.instances[1].client.as_mut().unwrap().sessions[0].user.as_mut().unwrap();
    user.email_addresses[0].email_address = "ada@example.com".to_owned();
    shown.instances[1].kind = InstanceKind::Local;
    assert_eq!(
        named(&shown, key("one", "sess_1"), &ENGLISH),
        "Delete the account ada@example.com (HarbourWorks…)?",
        "a name is one line"
    );
    assert_eq!(named(&shown, key("two", "sess_1"), &GERMAN), "Konto ada@example.com (Dieser Computer) löschen?");
    shown.instances[1].own_name = true;
    assert_eq!(named(&shown, key("two", "sess_1"), &ENGLISH), "Delete the account ada@example.com (Two)?");
    assert_eq!(named(&shown, key("one", "sess_2"), &ENGLISH), "Delete the account grace@example.com?");
}

fn refused_with(code: &str) -> Result<Value, IntentError> {
    let error = frontdesk_wire::ApiError { code: code.to_owned(), ..frontdesk_wire::ApiError::default() };
    Err(IntentError { errors: vec![error], ..crate::input::refused(Reason::NotConfirmed, "") })
}

fn passkey_called(id: &str, name: &str) -> frontdesk_wire::Passkey {
    frontdesk_wire::Passkey { id: id.to_owned(), name: name.to_owned(), ..frontdesk_wire::Passkey::default() }
}
