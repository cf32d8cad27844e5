use super::*;
use crate::{
    Account, AccountChange, Effect, FieldFault, Notice, Policy,
    policy::Requirement,
    samples::{START, email, email_of, google, jane, linked, new_passkey, passkey, profile},
};

fn with(passkeys: u32) -> Account {
    let mut jane = jane();
    jane.passkeys = (0..passkeys).map(|number| passkey(&jane.user.id, 20 + number)).collect();
    jane
}

fn told(change: &AccountChange) -> Vec<Notice> {
    let notice = |effect: &Effect| match effect {
        Effect::SendNotice { notice, .. } => Some(notice.clone()),
        _ => None,
    };
    change.effects.iter().filter_map(notice).collect()
}

#[test]
fn a_passkey_is_added_and_its_holder_told() {
    let (jane, policy) = (jane(), Policy::default());
    let new = new_passkey(20);
    let (added, change) = jane.add_passkey(new.clone(), &policy, START).unwrap();
    assert_eq!(
        (added.id.clone(), added.user_id.clone(), added.name.as_str()),
        (new.id, jane.user.id.clone(), "Passkey")
    );
    assert_eq!(change.effects[..2], [Effect::ConsumeCeremony(new.ceremony), Effect::AddPasskey(Box::new(added))]);
    assert_eq!(told(&change), [Notice::PasskeyAdded("Passkey".to_owned())]);
}

#[test]
fn names_tell_passkeys_apart() {
    let policy = Policy::default();
    let mut jane = with(1);
    let (second, _) = jane.add_passkey(new_passkey(30), &policy, START).unwrap();
    assert_eq!(second.name, "Passkey 2");
    jane.passkeys.push(second);
    let mut stick = new_passkey(31);
    stick.credential.transports = vec!["usb".to_owned(), "nfc".to_owned()];
    assert_eq!(jane.add_passkey(stick, &policy, START).unwrap().0.name, "Security key");
}

#[test]
fn sec_74_there_are_ten_passkeys_at_most() {
    let policy = Policy::default();
    assert!(with(9).add_passkey(new_passkey(50), &policy, START).is_ok());
    let full = with(10);
    assert_eq!(full.may_add_passkey(&policy), Err(PasskeyRefusal::TooMany));
    assert_eq!(full.add_passkey(new_passkey(50), &policy, START).unwrap_err(), PasskeyRefusal::TooMany);
}

#[test]
fn where_the_instance_uses_none_none_is_added() {
    let mut policy = Policy::default();
    policy.passkeys.enabled = false;
    assert_eq!(jane().may_add_passkey(&policy), Err(PasskeyRefusal::Off));
    assert_eq!(jane().add_passkey(new_passkey(20), &policy, START).unwrap_err(), PasskeyRefusal::Off);
}

#[test]
fn the_same_key_is_not_added_twice() {
    let jane = with(1);
    let again = NewPasskey { credential: jane.passkeys[0].credential.clone(), ..new_passkey(40) };
    assert_eq!(jane.add_passkey(again, &Policy::default(), START).unwrap_err(), PasskeyRefusal::NotKept);
}

#[test]
fn a_passkey_gets_another_name() {
    let jane = with(1);
    let passkey = &jane.passkeys[0];
    let renamed = jane.rename_passkey(passkey, "  Laptop ", START).unwrap();
    assert_eq!((renamed.name.as_str(), renamed.updated_at), ("Laptop", START.plus(1)));
    let fault = |typed: &str| jane.rename_passkey(passkey, typed, START).unwrap_err().fault;
    assert_eq!(
        (fault(" "), fault("a\0b"), fault(&"x".repeat(65))),
        (FieldFault::Format, FieldFault::Format, FieldFault::TooLong)
    );
}

#[test]
fn a_passkey_is_removed_and_its_holder_told() {
    let (jane, policy) = (with(1), Policy::default());
    let change = jane.remove_passkey(&jane.passkeys[0], |_| true, &policy).unwrap();
    assert_eq!(change.effects[0], Effect::RemovePasskey(jane.passkeys[0].id.clone()));
    assert_eq!(told(&change), [Notice::PasskeyRemoved("Passkey".to_owned())]);
    assert_eq!(jane.passkey("idn_no").unwrap_err(), PasskeyRefusal::Unknown);
}

#[test]
fn sec_83_the_last_way_in_stays() {
    let mut policy = Policy::default();
    policy.password.requirement = Requirement::Optional;
    let mut jane = with(1);
    jane.password = None;
    let remove = |jane: &Account, policy: &Policy| jane.remove_passkey(&jane.passkeys[0], |_| true, policy).map(drop);
    assert_eq!(remove(&jane, &policy), Ok(()), "a code signs in");
    jane.emails = vec![email_of(&jane.user.id, 1, "jane@example.com", false)];
    assert_eq!(remove(&jane, &policy), Err(PasskeyRefusal::Last));
    assert_eq!(remove(&Account { password: crate::samples::jane().password, ..jane.clone() }, &policy), Ok(()));
    let another = Account { passkeys: with(2).passkeys, ..jane.clone() };
    assert_eq!(remove(&another, &policy), Ok(()));
    let external = linked(7, &jane.user.id, profile("7", "jane@example.com", true));
    let connected = Account { externals: vec![external.clone()], ..jane.clone() };
    assert_eq!(remove(&connected, &policy), Ok(()));
    assert_eq!(
        connected.remove_passkey(&connected.passkeys[0], |key| key != google(), &policy).unwrap_err(),
        PasskeyRefusal::Last
    );
    // And the passkey is one that lets another way in go.
    assert!(connected.remove_external(&external, |_| true, &policy).is_ok());
    policy.passkeys.enabled = false;
    assert!(connected.remove_external(&external, |_| true, &policy).is_err());
    assert_eq!(jane.emails[0].email, email("jane@example.com"));
}

#[test]
fn sec_70_a_credential_id_has_1023_bytes_at_most() {
    assert!(CredentialId::parse(&"A".repeat(1364)).is_ok(), "1023 bytes");
    for bad in ["", "A", &"A".repeat(1366), "a+b/", "a=", "ä", "a b"] {
        assert_eq!(CredentialId::parse(bad), Err(CredentialIdError), "{bad}");
    }
}

#[test]
fn only_a_passkey_settles_the_second_factor_and_only_where_the_owner_lets_it() {
    use crate::Strategy;
    let mut policy = Policy::default();
    assert!(!Strategy::Passkey.settles_second_factor(&policy));
    policy.passkeys.satisfies_second_factor = true;
    assert!(Strategy::Passkey.settles_second_factor(&policy));
    for other in [Strategy::Password, Strategy::EmailCode, Strategy::Ticket, Strategy::OAuth(google())] {
        assert!(!other.settles_second_factor(&policy), "{other:?}");
    }
}

#[test]
fn keys_are_not_made_for_a_domain_that_is_none() {
    let faults = |domain: &str| {
        let mut policy = Policy::default();
        policy.passkeys.rp_id = Some(domain.to_owned());
        policy.faults()
    };
    assert_eq!(faults("example.com"), []);
    assert_eq!(faults("co.uk"), [crate::policy::PolicyFault::RpId(PartyFault::PublicSuffix)]);
    assert_eq!(faults("Example.com"), [crate::policy::PolicyFault::RpId(PartyFault::NotADomain)]);
}
