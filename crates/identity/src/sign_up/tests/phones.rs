//! Phone numbers and user names.

use super::*;
use crate::{Recent, Recipient, Requirement, TextTraffic, UsernameFault};

const SWISS: &str = "+41 79 123 45 67";
const CUBAN: &str = "+53 5 123 4567";
const FREE: Taken = Taken { email: Claim::Free, phone: Claim::Free, username: Claim::Free };

/// An instance that asks for a number alone.
fn by_phone() -> Policy {
    let mut policy = Policy::default();
    policy.email_address.requirement = Requirement::Off;
    policy.password.requirement = Requirement::Off;
    policy.phone_number.requirement = Requirement::Required;
    assert_eq!(policy.faults(), []);
    policy
}

/// An instance that asks for a name and a password.
fn by_name() -> Policy {
    let mut policy = Policy::default();
    policy.email_address.requirement = Requirement::Off;
    policy.username.requirement = Requirement::Required;
    assert_eq!(policy.faults(), []);
    policy
}

fn with_phone(typed: &str) -> SignUpForm<'_> {
    SignUpForm { phone_number: Some(typed), ..SignUpForm::default() }
}

fn named(typed: &str) -> SignUpForm<'_> {
    SignUpForm { username: Some(typed), ..SignUpForm::default() }
}

fn begun(world: &mut World, form: &SignUpForm<'_>, password: bool, taken: Taken) -> Result<SignUp, SignUpRefusal> {
    let fields = world.fields(form);
    let id = SignUpId::from_random(bytes(1));
    let step = SignUp::begin(id, fields, password.then(digest), taken, seed(1), &world.scene())?;
    Ok(world.take(step).0)
}

fn quiet() -> Recent {
    Recent::Texts(TextTraffic::default())
}

#[test]
fn a_number_and_its_code_make_an_account() {
    let mut world = World::new(by_phone());
    let attempt = begun(&mut world, &with_phone(SWISS), false, FREE).unwrap();
    assert_eq!(attempt.unverified_fields(&world.policy), ["phone_number"]);
    let step = attempt.prepare_phone_code(code(4), Claim::Free, quiet(), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert!(matches!(&effects[..], [Effect::SendCode { to: Recipient::Phone(_), deliver: true, .. }]), "{effects:?}");
    let wrong = attempt.attempt_phone_code(&tried(4, 1, false), FREE, seed(1), &world.scene());
    assert_eq!(wrong, Err(SignUpRefusal::Code(CodeRefusal::Incorrect)));
    let by_mail = attempt.attempt_code(&tried(4, 1, true), FREE, seed(1), &world.scene());
    assert_eq!(by_mail, Err(SignUpRefusal::Code(CodeRefusal::Missing)), "a code to a number proves no address");
    let step = attempt.attempt_phone_code(&tried(4, 1, true), FREE, seed(1), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    let account = created(&effects).unwrap();
    let number = account.phone.as_ref().unwrap();
    assert_eq!((number.phone.as_str(), number.verified_at), ("+41791234567", Some(START)));
    assert_eq!(account.user.primary_phone_number_id.as_ref(), Some(&number.id));
    assert_eq!((&account.email, &account.user.primary_email_address_id), (&None, &None));
    assert_eq!(attempt.status(START), SignUpStatus::Complete);
    assert_eq!(world.client.last_strategy, Some(Strategy::PhoneCode));
}

#[test]
fn a_name_and_a_password_make_an_account() {
    let mut world = World::new(by_name());
    let attempt = begun(&mut world, &named("Jane_D"), false, FREE).unwrap();
    assert_eq!(attempt.missing_fields(&world.policy), ["password"]);
    let step = attempt.update(SignUpFields::default(), Some(digest()), FREE, seed(1), &world.scene()).unwrap();
    let (_, effects) = world.take(step);
    let account = created(&effects).unwrap();
    assert_eq!(account.user.username.as_ref().unwrap().as_str(), "jane_d");
    assert_eq!((&account.email, &account.phone), (&None, &None));
}

#[test]
fn who_gives_nothing_to_come_back_with_gets_no_account() {
    let mut policy = by_phone();
    policy.phone_number.verify_at_sign_up = false;
    policy.password.requirement = Requirement::Optional;
    assert_eq!(policy.faults(), [crate::PolicyFault::UnprovenNumbersSignIn]);
    let mut world = World::new(policy);
    let attempt = begun(&mut world, &with_phone(SWISS), false, FREE).unwrap();
    assert_eq!(attempt.status(START), SignUpStatus::MissingRequirements);
}

#[test]
fn a_name_that_somebody_has_is_told_everywhere() {
    for hides in [false, true] {
        let mut world = World::new(Policy { enumeration_protection: hides, ..by_name() });
        let taken = Taken { username: Claim::Claimed, ..FREE };
        assert_eq!(begun(&mut world, &named("jane_d"), true, taken), Err(SignUpRefusal::UsernameTaken));
    }
}

#[test]
fn another_number_drops_the_proof_and_every_code() {
    let policy = Policy { first_name: Requirement::Required, ..by_phone() };
    let mut world = World::new(policy);
    let attempt = begun(&mut world, &with_phone(SWISS), false, FREE).unwrap();
    let step = attempt.prepare_phone_code(code(4), Claim::Free, quiet(), &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    let fields = world.fields(&with_phone("+41 79 123 45 68"));
    let step = attempt.update(fields, None, FREE, seed(1), &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    let void = attempt.attempt_phone_code(&tried(4, 1, true), FREE, seed(1), &world.scene());
    assert_eq!(void, Err(SignUpRefusal::Code(CodeRefusal::Missing)));
}

#[test]
fn sec_57_nobody_signs_up_with_a_number_of_a_country_that_is_off() {
    let faults = SignUpFields::check(&with_phone(CUBAN), None, None, &by_phone()).unwrap_err();
    assert_eq!(faults.fields, [FieldError::new("phone_number", FieldFault::Country)]);
    // It was on when the number was given.
    let mut world = World::new(by_phone());
    let attempt = begun(&mut world, &with_phone(SWISS), false, FREE).unwrap();
    world.policy.texts.tiers.clear();
    let refused = attempt.prepare_phone_code(code(4), Claim::Free, quiet(), &world.scene());
    assert_eq!(refused, Err(SignUpRefusal::Text(TextRefusal::Country)));
}

#[test]
fn sec_88_a_name_that_only_looks_latin_is_refused() {
    let faults = SignUpFields::check(&named("j\u{430}ne"), None, None, &by_name()).unwrap_err();
    assert_eq!(faults.fields, [FieldError::new("username", FieldFault::Username(UsernameFault::Character))]);
    let faults = SignUpFields::check(&named("jd"), None, None, &by_name()).unwrap_err();
    let short = FieldFault::Username(UsernameFault::Length { min: 4, max: 64 });
    assert_eq!(faults.fields, [FieldError::new("username", short)]);
}

#[test]
fn sec_46_ones_own_number_and_name_are_no_password() {
    let mine = [PasswordFault::MatchesIdentifier];
    let mut policy = by_name();
    policy.phone_number.requirement = Requirement::Optional;
    let form = SignUpForm { phone_number: Some(SWISS), ..named("jane_doe_1") };
    for password in ["JANE_DOE_1", "+41791234567"] {
        let faults = SignUpFields::check(&form, Some(password), None, &policy).unwrap_err();
        assert_eq!(faults.password, mine, "{password}");
    }
}

#[test]
fn sec_86_a_number_that_somebody_has_is_told_to_its_holder_alone() {
    let mut world = World::new(Policy { enumeration_protection: true, ..by_phone() });
    let taken = Taken { phone: Claim::Claimed, ..FREE };
    let attempt = begun(&mut world, &with_phone(SWISS), false, taken).unwrap();
    let step = attempt.prepare_phone_code(code(4), Claim::Claimed, quiet(), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert!(matches!(&effects[..], [Effect::SendAccountExists { to: Recipient::Phone(_), .. }]), "{effects:?}");
    let right = attempt.attempt_phone_code(&tried(4, 1, true), taken, seed(1), &world.scene());
    assert_eq!(right, Err(SignUpRefusal::PhoneClaimed), "even a right guess makes no account");
    world.policy.enumeration_protection = false;
    assert_eq!(begun(&mut world, &with_phone(SWISS), false, taken), Err(SignUpRefusal::PhoneExists));
}
