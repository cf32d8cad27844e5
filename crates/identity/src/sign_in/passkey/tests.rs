use super::*;
use crate::{
    CredentialId, Lockout, Policy, SignInId,
    passkey::CEREMONY_MS,
    samples::{JANE, START, asked, bytes, client, email, email_of, jane, new_session, passkey, passkey_checked},
    sign_in::{Factor, SignInStatus, tests::World},
    time::HOUR,
};

fn jane_with_keys() -> Account {
    let mut jane = jane();
    jane.passkeys = vec![passkey(&jane.user.id, 20), passkey(&jane.user.id, 21)];
    jane
}

/// Somebody else, who has a key too.
fn eve() -> Account {
    let mut eve = jane();
    eve.user.id = crate::UserId::from_random(bytes(66));
    eve.emails = vec![email_of(&eve.user.id, 66, "eve@example.com", true)];
    eve.user.primary_email_address_id = Some(eve.emails[0].id.clone());
    eve.passkeys = vec![passkey(&eve.user.id, 66)];
    eve
}

fn asking(world: &mut World, found: Option<&Found<'_>>) -> SignIn {
    let attempt = match found {
        Some(Found::Account(account)) => world.identified(account),
        _ => world.begin(),
    };
    let step = attempt.ask_passkey(asked(4), found, &world.scene()).unwrap();
    world.take(step).0
}

#[test]
fn whichever_passkey_the_device_has_signs_in() {
    let (mut world, jane) = (World::new(Policy::default()), jane_with_keys());
    let attempt = asking(&mut world, None);
    assert_eq!(attempt.status(START), SignInStatus::NeedsIdentifier);
    assert_eq!(attempt.may_ask_passkey(None, &world.scene()), Ok(&[][..]), "no key is named");
    let evidence = passkey_checked(4, 21, 7);
    let step = attempt.attempt_passkey(&jane, None, &evidence, new_session(9), &world.scene()).unwrap();
    let used = step.effects.iter().find_map(|effect| match effect {
        Effect::SavePasskey { passkey, seen } => Some((passkey.clone(), *seen)),
        _ => None,
    });
    let (used, seen) = used.unwrap();
    assert_eq!((used.credential.counter, used.last_used_at, seen), (7, Some(START), START));
    assert!(used.updated_at > START);
    assert_eq!(step.effects[0], Effect::ConsumeCeremony(asked(4).id));
    let (attempt, _) = world.take(step);
    assert_eq!((attempt.status(START), attempt.user_id()), (SignInStatus::Complete, Some(&jane.user.id)));
    assert_eq!(attempt.identifier(), Some(&email(JANE).into()));
    assert_eq!(attempt.passkey.unwrap().options, "", "nothing is asked any more");
    assert_eq!(world.client.last_strategy, Some(Strategy::Passkey));
}

#[test]
fn of_whom_it_is_said_to_be_their_passkeys_are_named() {
    let (mut world, jane) = (World::new(Policy::default()), jane_with_keys());
    let found = Found::Account(&jane);
    let attempt = asking(&mut world, Some(&found));
    assert!(attempt.first_factors(&found, &world.policy).contains(&Factor::Passkey));
    assert_eq!(attempt.may_ask_passkey(Some(&found), &world.scene()), Ok(&jane.passkeys[..]));
    let step = attempt
        .attempt_passkey(&jane, Some(&found), &passkey_checked(4, 20, 1), new_session(9), &world.scene())
        .unwrap();
    assert_eq!(world.take(step).0.status(START), SignInStatus::Complete);
}

#[test]
fn the_passkey_of_somebody_else_is_none_of_whom_it_is_said_to_be() {
    let (mut world, jane, eve) = (World::new(Policy::default()), jane_with_keys(), eve());
    let found = Found::Account(&jane);
    let attempt = asking(&mut world, Some(&found));
    let scene = world.scene();
    let foreign = attempt.attempt_passkey(&eve, Some(&found), &passkey_checked(4, 66, 1), new_session(9), &scene);
    assert_eq!(foreign, Err(PasskeyRefusal::Unknown.into()));
    // Nor is one that was removed meanwhile.
    let gone = attempt.attempt_passkey(&jane, Some(&found), &passkey_checked(4, 29, 1), new_session(9), &scene);
    assert_eq!(gone, Err(PasskeyRefusal::Unknown.into()));
}

#[test]
fn who_has_none_is_not_asked_for_one() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let found = Found::Account(&jane);
    let attempt = world.identified(&jane);
    assert!(!attempt.first_factors(&found, &world.policy).contains(&Factor::Passkey));
    assert_eq!(attempt.ask_passkey(asked(4), Some(&found), &world.scene()), Err(PasskeyRefusal::None.into()));
}

#[test]
fn where_the_instance_uses_none_nothing_is_asked_and_no_answer_taken() {
    let (mut world, jane) = (World::new(Policy::default()), jane_with_keys());
    let found = Found::Account(&jane);
    let attempt = asking(&mut world, Some(&found));
    world.policy.passkeys.enabled = false;
    let off = Err(SignInRefusal::Passkey(PasskeyRefusal::Off));
    assert_eq!(attempt.ask_passkey(asked(5), Some(&found), &world.scene()), off);
    let evidence = passkey_checked(4, 20, 1);
    assert_eq!(attempt.attempt_passkey(&jane, Some(&found), &evidence, new_session(9), &world.scene()), off);
    assert!(!attempt.first_factors(&found, &world.policy).contains(&Factor::Passkey));
}

#[test]
fn sec_66_an_answer_is_taken_in_time_and_for_what_was_asked() {
    let (mut world, jane) = (World::new(Policy::default()), jane_with_keys());
    let attempt = asking(&mut world, None);
    let answer = |world: &World, attempt: &SignIn, number| {
        let evidence = passkey_checked(number, 20, 1);
        attempt.attempt_passkey(&jane, None, &evidence, new_session(9), &world.scene()).map(drop)
    };
    let not_asked = Err(SignInRefusal::Passkey(PasskeyRefusal::NotAsked));
    assert_eq!(answer(&world, &attempt, 5), not_asked, "of another ceremony");
    world.now = START.plus(CEREMONY_MS);
    assert_eq!(answer(&world, &attempt, 4), not_asked, "too late");
    world.now = START.plus(CEREMONY_MS - 1);
    assert_eq!(answer(&world, &attempt, 4), Ok(()));
    // Whatever comes after it takes its place.
    let step = attempt.ask_passkey(asked(6), None, &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    assert_eq!(answer(&world, &attempt, 4), not_asked);
    let step = attempt.identify(email(JANE), &Found::Account(&jane), &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    assert_eq!(attempt.passkey, None);
}

#[test]
fn sec_66_an_answer_belongs_to_the_client_that_asked() {
    let (mut world, jane) = (World::new(Policy::default()), jane_with_keys());
    let attempt = asking(&mut world, None);
    let stranger = crate::Client { sign_in_id: Some(attempt.id.clone()), ..client(2) };
    let scene = Scene { client: &stranger, ..world.scene() };
    let refused = attempt.attempt_passkey(&jane, None, &passkey_checked(4, 20, 1), new_session(9), &scene);
    assert_eq!(refused, Err(SignInRefusal::NotCurrent));
    let next = SignIn::begin(SignInId::from_random(bytes(2)), &world.scene()).unwrap();
    world.take(next);
    let refused = attempt.attempt_passkey(&jane, None, &passkey_checked(4, 20, 1), new_session(9), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::NotCurrent));
}

#[test]
fn sec_73_where_it_is_hidden_who_exists_nobody_and_somebody_are_asked_alike() {
    let (mut world, jane) = (World::hiding(), jane_with_keys());
    let decoy = crate::samples::address(99);
    let keyless = jane_without();
    let nobody = Found::Nobody { decoy: &decoy, lockout: Lockout::default() };
    let attempt = world.begin();
    for found in [Found::Account(&jane), Found::Account(&keyless), nobody] {
        let attempt = attempt.identify(email(JANE), &found, &world.scene()).unwrap().attempt;
        assert!(!attempt.first_factors(&found, &world.policy).contains(&Factor::Passkey));
        assert_eq!(attempt.may_ask_passkey(Some(&found), &world.scene()), Ok(&[][..]), "no key is named");
        let attempt = attempt.ask_passkey(asked(4), Some(&found), &world.scene()).unwrap().attempt;
        let foreign =
            attempt.attempt_passkey(&eve(), Some(&found), &passkey_checked(4, 66, 1), new_session(9), &world.scene());
        assert_eq!(foreign, Err(PasskeyRefusal::Unknown.into()));
    }
}

fn jane_without() -> Account {
    jane()
}

#[test]
fn sec_37_a_banned_user_does_not_get_in_by_a_passkey() {
    let (mut world, mut jane) = (World::new(Policy::default()), jane_with_keys());
    jane.user.banned = true;
    let attempt = asking(&mut world, None);
    let refused = attempt.attempt_passkey(&jane, None, &passkey_checked(4, 20, 1), new_session(9), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::Banned));
}

#[test]
fn sec_85_a_locked_account_is_closed_to_passkeys_too() {
    let (mut world, mut jane) = (World::new(Policy::default()), jane_with_keys());
    let attempt = asking(&mut world, None);
    jane.lockout = Lockout { failed: 10, locked_until: Some(START.plus(HOUR)), closed_until: None };
    let locked = Err(SignInRefusal::Locked { remaining_ms: HOUR });
    let evidence = passkey_checked(4, 20, 1);
    assert_eq!(attempt.attempt_passkey(&jane, None, &evidence, new_session(9), &world.scene()), locked);
    let named = world.identified(&jane);
    let found = Found::Account(&jane);
    assert_eq!(named.ask_passkey(asked(5), Some(&found), &world.scene()), locked);
}

#[test]
fn who_has_no_address_cannot_be_named() {
    let (mut world, mut jane) = (World::new(Policy::default()), jane_with_keys());
    jane.emails.clear();
    let attempt = asking(&mut world, None);
    let refused = attempt.attempt_passkey(&jane, None, &passkey_checked(4, 20, 1), new_session(9), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::NoSuchAddress));
    assert!(CredentialId::parse("AAAA").is_ok());
}
