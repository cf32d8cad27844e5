//! Phone numbers and user names.

use super::*;
use crate::{Factor, Phone, PhoneNumber, Recipient, Strategy, TextRefusal, TextTraffic, Username};

const SWISS: &str = "+41791234567";

fn phone() -> Phone {
    Phone::parse(SWISS).unwrap()
}

fn name() -> Username {
    Username::parse("jane_d").unwrap()
}

fn policy(hides: bool) -> Policy {
    let mut policy = Policy { enumeration_protection: hides, ..Policy::default() };
    policy.phone_number.requirement = Requirement::Optional;
    policy.username.requirement = Requirement::Optional;
    policy
}

/// Jane with a proven number, whose id has the number 7, and a name.
fn reachable() -> Account {
    let mut account = jane();
    account.user.username = Some(name());
    account.user.primary_phone_number_id = Some(address(7));
    account.phones.push(PhoneNumber {
        id: address(7),
        user_id: account.user.id.clone(),
        phone: phone(),
        verified_at: Some(START),
        reserved: false,
        second_factor: false,
        default_second_factor: false,
        code: CodeProof::default(),
        created_at: START,
        updated_at: START,
    });
    account
}

fn quiet() -> Recent {
    Recent::Texts(TextTraffic::default())
}

fn identified(world: &mut World, identifier: impl Into<Identifier>, found: &Found<'_>) -> SignIn {
    let attempt = world.begin();
    let step = attempt.identify(identifier, found, &world.scene()).unwrap();
    world.take(step).0
}

#[test]
fn a_code_to_the_number_signs_in() {
    let (mut world, jane) = (World::new(policy(false)), reachable());
    let found = Found::Account(&jane);
    let attempt = identified(&mut world, phone(), &found);
    let purpose = CodePurpose::SignInByPhone;
    let step = attempt.prepare_code(purpose, None, &found, code(4), quiet(), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(effects, [Effect::SendCode { verification: code(4).id, to: Recipient::Phone(phone()), deliver: true }]);
    assert!(attempt.may_attempt_code(purpose, &found, &world.scene()).is_ok());
    let other = attempt.may_attempt_code(CodePurpose::SignIn, &found, &world.scene());
    assert_eq!(other, Err(SignInRefusal::OtherPurpose), "a code to a number proves no address");
    let step = attempt.attempt_code(&found, &tried(4, 1, true), new_session(9), &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    assert_eq!(attempt.status(START), SignInStatus::Complete);
    assert_eq!(world.client.last_strategy, Some(Strategy::PhoneCode));
}

#[test]
fn a_forgotten_password_is_set_anew_after_a_code_to_the_number() {
    let (mut world, jane) = (World::new(policy(false)), reachable());
    let found = Found::Account(&jane);
    let attempt = identified(&mut world, name(), &found);
    let purpose = CodePurpose::ResetPasswordByPhone;
    let step = attempt.prepare_code(purpose, None, &found, code(4), quiet(), &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    let signs_in = attempt.attempt_code(&found, &tried(4, 1, true), new_session(9), &world.scene());
    assert_eq!(signs_in, Err(SignInRefusal::OtherPurpose));
    let step = attempt.attempt_reset_code(&found, &tried(4, 1, true), &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    assert_eq!(attempt.status(START), SignInStatus::NeedsNewPassword);
    assert_eq!(attempt.reset_strategy(&jane), Strategy::ResetPasswordPhoneCode);
    assert!(attempt.may_reset_password("Lantern and 7 oars", &found, &world.scene()).is_ok());
    // Who removes the number meanwhile makes the proof void.
    let without = Account { phones: vec![], ..jane.clone() };
    let refused = attempt.may_reset_password("Lantern and 7 oars", &Found::Account(&without), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::ProofVoid));
}

#[test]
fn a_name_finds_the_account_and_every_way_in() {
    let (mut world, jane) = (World::new(policy(false)), reachable());
    let found = Found::Account(&jane);
    let attempt = identified(&mut world, name(), &found);
    let strategies: Vec<_> = attempt
        .first_factors(&found, &world.policy)
        .iter()
        .map(|factor| match factor {
            Factor::Password => Strategy::Password,
            Factor::EmailCode { .. } => Strategy::EmailCode,
            Factor::ResetPasswordEmailCode { .. } => Strategy::ResetPasswordEmailCode,
            Factor::PhoneCode { .. } => Strategy::PhoneCode,
            Factor::ResetPasswordPhoneCode { .. } => Strategy::ResetPasswordPhoneCode,
            Factor::Passkey => Strategy::Passkey,
        })
        .collect();
    assert_eq!(
        strategies,
        [
            Strategy::Password,
            Strategy::EmailCode,
            Strategy::PhoneCode,
            Strategy::ResetPasswordEmailCode,
            Strategy::ResetPasswordPhoneCode
        ]
    );
    let (_, to) = attempt.code_recipient(CodePurpose::SignIn, None, &found, &world.policy).unwrap();
    assert_eq!(to, Recipient::Email(email(JANE)));
    let step = attempt.attempt_password(&found, password(true), new_session(9), &world.scene()).unwrap();
    assert_eq!(step.attempt.status(START), SignInStatus::Complete);
}

#[test]
fn sec_57_a_number_of_a_country_that_is_off_gets_no_code() {
    let (mut world, jane) = (World::new(policy(false)), reachable());
    let found = Found::Account(&jane);
    world.policy.texts.blocked_countries.insert("CH".to_owned());
    let attempt = identified(&mut world, phone(), &found);
    let purpose = CodePurpose::SignInByPhone;
    let refused = attempt.prepare_code(purpose, None, &found, code(4), quiet(), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::Text(TextRefusal::Country)));
    assert!(attempt.may_attempt_password(&found, &world.scene()).is_ok(), "there is another way in");
    let by_text = |factor: &Factor| matches!(factor, Factor::PhoneCode { .. } | Factor::ResetPasswordPhoneCode { .. });
    let offered = attempt.offered_first_factors(&found, &world.policy);
    assert!(attempt.first_factors(&found, &world.policy).iter().any(by_text));
    assert!(!offered.is_empty() && !offered.iter().any(by_text));
    // Who has no other way is told why this is none.
    let mut alone = jane.clone();
    (alone.password, alone.emails) = (None, Vec::new());
    let found = Found::Account(&alone);
    let offered = attempt.offered_first_factors(&found, &world.policy);
    assert!(!offered.is_empty() && offered.iter().all(by_text), "{offered:?}");
}

#[test]
fn sec_57_sec_86_what_a_country_that_is_off_is_offered_tells_nobody_who_has_a_number() {
    let (mut world, jane) = (World::new(policy(true)), reachable());
    world.policy.texts.blocked_countries.insert("CH".to_owned());
    let (found, decoy) = (Found::Account(&jane), address(9));
    let nobody = nobody(&decoy);
    let kinds = |world: &mut World, found: &Found<'_>| {
        let attempt = identified(world, phone(), found);
        let factors = attempt.offered_first_factors(found, &world.policy);
        factors.iter().map(std::mem::discriminant).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&mut world, &found), kinds(&mut world, &nobody));
    assert_eq!(kinds(&mut world, &found), [std::mem::discriminant(&Factor::Password)]);
}

#[test]
fn sec_56_the_limits_of_texts_hold_before_a_code_is_sent() {
    let (mut world, jane) = (World::new(policy(false)), reachable());
    let found = Found::Account(&jane);
    let attempt = identified(&mut world, phone(), &found);
    let most = world.policy.texts.per_country_per_hour;
    let flooded = Recent::Texts(TextTraffic { to_country: most, ..TextTraffic::default() });
    let refused = attempt.prepare_code(CodePurpose::SignInByPhone, None, &found, code(4), flooded, &world.scene());
    assert_eq!(refused, Err(SignInRefusal::Text(TextRefusal::Flood)));
}

#[test]
fn sec_62_a_number_that_nobody_has_proven_gets_no_code() {
    let (mut world, mut jane) = (World::new(policy(false)), reachable());
    jane.phones[0].verified_at = None;
    jane.phones[0].reserved = true;
    let found = Found::Account(&jane);
    let attempt = identified(&mut world, phone(), &found);
    let refused = attempt.prepare_code(CodePurpose::SignInByPhone, None, &found, code(4), quiet(), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::NoSuchFactor));
}

#[test]
fn sec_86_a_number_and_a_name_of_nobody_look_like_any_other() {
    let (jane, decoy) = (reachable(), address(99));
    for identifier in [Identifier::from(phone()), Identifier::from(name())] {
        let (mut here, mut there) = (World::new(policy(true)), World::new(policy(true)));
        let (known, unknown) = (Found::Account(&jane), nobody(&decoy));
        let somebody = identified(&mut here, identifier.clone(), &known);
        let nobody = identified(&mut there, identifier.clone(), &unknown);
        let shown = |attempt: &SignIn, found: &Found<'_>| -> Vec<_> {
            let factors = attempt.first_factors(found, &policy(true)).into_iter();
            let factors = factors.map(|factor| match factor {
                Factor::PhoneCode { safe_identifier, primary, .. }
                | Factor::ResetPasswordPhoneCode { safe_identifier, primary, .. } => Some((safe_identifier, primary)),
                Factor::Password => None,
                other => panic!("{other:?}"),
            });
            factors.collect()
        };
        assert_eq!(shown(&somebody, &known), shown(&nobody, &unknown));
        for purpose in [CodePurpose::SignInByPhone, CodePurpose::ResetPasswordByPhone, CodePurpose::SignIn] {
            let send = |attempt: &SignIn, found: &Found<'_>, world: &World| {
                let step = attempt.prepare_code(purpose, None, found, code(4), quiet(), &world.scene());
                step.map(|step| step.effects.len())
            };
            assert_eq!(send(&somebody, &known, &here), send(&nobody, &unknown, &there), "{purpose:?}");
        }
    }
}

#[test]
fn what_was_kept_before_there_were_numbers_is_still_read() {
    let kept = r#"{"state":"needs_first_factor","identifier":"jane@example.com",
        "subject":{"kind":"user","id":"user_000000000000000000000000001"},"code":{"state":"unprepared"},
        "code_sent_to":null}"#;
    let state: SignInState = serde_json::from_str(kept).unwrap();
    let SignInState::NeedsFirstFactor { identifier, .. } = state else { panic!("{state:?}") };
    assert_eq!(identifier, Identifier::Email(email(JANE)));
}

#[test]
fn a_number_that_is_a_second_factor_is_no_first_one() {
    for hides in [false, true] {
        let (mut world, mut jane) = (World::new(policy(hides)), reachable());
        jane.phones[0].second_factor = true;
        let found = Found::Account(&jane);
        let attempt = identified(&mut world, phone(), &found);
        assert!(attempt.may_attempt_password(&found, &world.scene()).is_ok(), "it still says who it is");
        for purpose in [CodePurpose::SignInByPhone, CodePurpose::ResetPasswordByPhone] {
            let prepared = attempt.prepare_code(purpose, None, &found, code(4), quiet(), &world.scene());
            if !hides {
                assert_eq!(prepared, Err(SignInRefusal::NoSuchFactor), "{purpose:?}");
                continue;
            }
            // What tells nothing of accounts tells nothing of this either: no text leaves, and no code proves anything.
            let Step { attempt, effects, .. } = prepared.unwrap();
            assert!(matches!(effects[..], [Effect::SendCode { deliver: false, .. }]), "{effects:?}");
            let proven = if purpose.resets() {
                attempt.attempt_reset_code(&found, &tried(4, 1, true), &world.scene()).map(drop)
            } else {
                attempt.attempt_code(&found, &tried(4, 1, true), new_session(9), &world.scene()).map(drop)
            };
            assert_eq!(proven, Err(CodeRefusal::Incorrect.into()));
        }
    }
}
