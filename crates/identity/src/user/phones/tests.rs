use super::*;
use crate::{
    Recipient, Requirement, TextTraffic,
    samples::{START, address, code, jane, tried},
    time::SECOND,
};

const SWISS: &str = "+41791234567";
const BRITISH: &str = "+447400123456";
const CUBAN: &str = "+5351234567";

fn phone(typed: &str) -> Phone {
    Phone::parse(typed).unwrap()
}

fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.phone_number.requirement = Requirement::Optional;
    policy
}

fn number(id: u32, typed: &str, proven: bool) -> PhoneNumber {
    PhoneNumber {
        id: address(id),
        user_id: jane().user.id,
        phone: phone(typed),
        verified_at: proven.then_some(START),
        reserved: false,
        second_factor: false,
        default_second_factor: false,
        code: CodeProof::default(),
        created_at: START,
        updated_at: START,
    }
}

fn with(numbers: &[PhoneNumber]) -> Account {
    Account { phones: numbers.to_vec(), ..jane() }
}

fn quiet() -> Recent {
    Recent::Texts(TextTraffic::default())
}

#[test]
fn a_number_is_added_proven_and_the_main_one() {
    let change = jane().add_phone(address(7), phone(SWISS), false, Claim::Free, &policy(), START).unwrap();
    let [Effect::AddPhone(added)] = &change.effects[..] else { panic!("{:?}", change.effects) };
    assert!(!added.is_claimed() && added.phone == phone(SWISS));

    let account = with(&[number(7, SWISS, false)]);
    let pending = &account.phones[0];
    let change = account.prepare_phone(pending, code(4), Claim::Free, quiet(), &policy(), START).unwrap();
    let [Effect::PutCode { sent, .. }, Effect::SendCode { to, deliver: true, .. }] = &change.effects[..] else {
        panic!("{:?}", change.effects)
    };
    assert_eq!(*to, Recipient::Phone(phone(SWISS)));
    let sent = PhoneNumber { code: CodeProof::Sent(sent.clone()), ..pending.clone() };
    let wrong = account.attempt_phone(&sent, &tried(4, 1, false), Vec::new(), Claim::Free, &policy(), START);
    assert_eq!(wrong, Err(PhoneRefusal::Code(CodeRefusal::Incorrect)));
    let late = account.attempt_phone(&sent, &tried(4, 1, true), Vec::new(), Claim::Claimed, &policy(), START);
    assert_eq!(late, Err(PhoneRefusal::Claimed), "somebody else was faster");
    let change = account.attempt_phone(&sent, &tried(4, 1, true), Vec::new(), Claim::Free, &policy(), START).unwrap();
    assert_eq!(change.effects[..2], [Effect::ConsumeCode(code(4).id), Effect::VerifyPhone(address(7))]);
    assert_eq!(change.user.primary_phone_number_id, Some(address(7)));
}

#[test]
fn sec_57_a_number_of_a_country_that_is_off_is_not_added_and_gets_no_code() {
    let off = Err(PhoneRefusal::Text(TextRefusal::Country));
    assert_eq!(jane().add_phone(address(7), phone(CUBAN), false, Claim::Free, &policy(), START), off);
    let given =
        GivenPhone { id: address(7), phone: phone(CUBAN), verified: true, primary: false, second_factor: false };
    assert_eq!(jane().give_phone(&given, Claim::Free, &policy(), START), off);
    // It was on when the number was added.
    let account = with(&[number(7, CUBAN, false)]);
    let prepared = account.prepare_phone(&account.phones[0], code(4), Claim::Free, quiet(), &policy(), START);
    assert_eq!(prepared, off);
}

#[test]
fn sec_57_a_number_of_a_country_that_is_off_gets_no_notice() {
    let mut account = with(&[number(7, SWISS, true)]);
    account.user.primary_phone_number_id = Some(address(7));
    let told = |policy: &Policy| {
        let notices = account.notices(&Notice::PasswordChanged, policy);
        let to_phone = |effect: &Effect| matches!(effect, Effect::SendNotice { to: Recipient::Phone(_), .. });
        (notices.iter().filter(|effect| to_phone(effect)).count(), notices.len())
    };
    assert_eq!(told(&policy()), (1, 2));
    let mut off = policy();
    off.texts.blocked_countries.insert("CH".to_owned());
    assert_eq!(told(&off), (0, 1), "the address is told all the same");
}

#[test]
fn sec_56_the_limits_hold_before_a_text_is_sent() {
    let account = with(&[number(7, SWISS, false)]);
    let texts = &policy().texts;
    let prepare = |traffic| {
        account.prepare_phone(&account.phones[0], code(4), Claim::Free, Recent::Texts(traffic), &policy(), START)
    };
    let full = |to_number, of_caller, to_country| TextTraffic { to_number, of_caller, to_country };
    for (traffic, refusal) in [
        (full(texts.per_number_per_hour, 0, 0), TextRefusal::Number),
        (full(0, texts.per_caller_per_hour, 0), TextRefusal::Caller),
        (full(0, 0, texts.per_country_per_hour), TextRefusal::Flood),
    ] {
        assert_eq!(prepare(traffic), Err(PhoneRefusal::Text(refusal)));
    }
    let change = prepare(full(0, 0, 0)).unwrap();
    let Effect::PutCode { sent, .. } = &change.effects[0] else { panic!("{:?}", change.effects) };
    let sent = PhoneNumber { code: CodeProof::Sent(sent.clone()), ..account.phones[0].clone() };
    let again = account.prepare_phone(&sent, code(5), Claim::Free, quiet(), &policy(), START);
    assert_eq!(again, Err(PhoneRefusal::Code(CodeRefusal::TooSoon { retry_after_ms: 30 * SECOND })));
}

#[test]
fn sec_83_the_last_identifier_stays() {
    let only = Account { emails: vec![], ..with(&[number(7, SWISS, true)]) };
    assert_eq!(only.remove_phone(&only.phones[0], &policy()), Err(PhoneRefusal::Last));
    let two = Account { emails: vec![], ..with(&[number(7, SWISS, true), number(8, BRITISH, true)]) };
    assert!(two.remove_phone(&two.phones[0], &policy()).is_ok());
    let pending = Account { emails: vec![], ..with(&[number(7, SWISS, true), number(8, BRITISH, false)]) };
    assert_eq!(pending.remove_phone(&pending.phones[0], &policy()), Err(PhoneRefusal::Last));
    let mut both = with(&[number(7, SWISS, true)]);
    both.user.primary_phone_number_id = Some(address(7));
    let change = both.remove_phone(&both.phones[0], &policy()).unwrap();
    assert_eq!((change.user.primary_phone_number_id, &change.effects[0]), (None, &Effect::RemovePhone(address(7))));
    let mut required = policy();
    required.phone_number.requirement = Requirement::Required;
    assert_eq!(both.remove_phone(&both.phones[0], &required), Err(PhoneRefusal::Last));
}

#[test]
fn what_somebody_has_and_what_is_too_much_is_not_added() {
    let add = |account: &Account, claim, policy: &Policy| {
        account.add_phone(address(9), phone(SWISS), false, claim, policy, START).map(|_| ())
    };
    assert_eq!(add(&jane(), Claim::Claimed, &policy()), Err(PhoneRefusal::Exists));
    let hiding = Policy { enumeration_protection: true, ..policy() };
    assert_eq!(add(&jane(), Claim::Claimed, &hiding), Ok(()));
    assert_eq!(add(&with(&[number(7, SWISS, false)]), Claim::Free, &policy()), Err(PhoneRefusal::Exists));
    let many = |most: u32, proven| {
        let of = |n| number(n, &format!("+4179123{n:04}"), proven);
        with(&(1000..1000 + most).map(of).collect::<Vec<_>>())
    };
    assert_eq!(add(&many(10, true), Claim::Free, &policy()), Err(PhoneRefusal::TooMany));
    assert_eq!(add(&many(3, false), Claim::Free, &policy()), Err(PhoneRefusal::TooManyPending));
}

#[test]
fn the_owner_gives_vouches_and_chooses_the_main_one() {
    let give = |verified, primary| {
        let given = GivenPhone { id: address(7), phone: phone(SWISS), verified, primary, second_factor: false };
        jane().give_phone(&given, Claim::Free, &policy(), START)
    };
    assert_eq!(give(true, false).unwrap().user.primary_phone_number_id, Some(address(7)), "the first is the main one");
    assert_eq!(give(false, false).unwrap().user.primary_phone_number_id, None);
    assert_eq!(give(false, true), Err(PhoneRefusal::Unproven));
    let account = with(&[number(7, SWISS, false)]);
    let change = |verified, primary, claim| {
        let wanted = PhoneChange { verified, primary, second_factor: None };
        account.change_phone(&account.phones[0], wanted, claim, &policy())
    };
    assert_eq!(change(None, Some(true), Claim::Free), Err(PhoneRefusal::Unproven));
    assert_eq!(change(Some(true), None, Claim::Claimed), Err(PhoneRefusal::Exists));
    let vouched = change(Some(true), Some(true), Claim::Free).unwrap();
    assert_eq!(vouched.effects, [Effect::VerifyPhone(address(7))]);
    assert_eq!(vouched.user.primary_phone_number_id, Some(address(7)));
}

fn apart(on: bool) -> SecondPhoneChange {
    SecondPhoneChange { on: Some(on), first: None }
}

fn told(notice: Notice) -> Effect {
    crate::samples::told(notice, crate::samples::JANE)
}

fn set(id: u32, on: bool) -> Effect {
    Effect::SetSecondPhone { user_id: jane().user.id, id: address(id), on }
}

fn second(id: u32, typed: &str) -> PhoneNumber {
    PhoneNumber { second_factor: true, ..number(id, typed, true) }
}

#[test]
fn sec_62_a_proven_number_becomes_a_second_factor_with_backup_codes_beside_it() {
    let account = with(&[number(7, SWISS, true), number(8, BRITISH, false)]);
    let codes = || vec![CodeMac::new("backup 1".to_owned())];
    let change = account.change_second_phone(&account.phones[0], apart(true), codes(), &policy()).unwrap();
    let put = Effect::PutBackupCodes { user_id: jane().user.id, macs: codes() };
    assert_eq!(change.effects, [set(7, true), put, told(Notice::SecondPhoneAdded(phone(SWISS)))], "sec_65");
    let unproven = account.change_second_phone(&account.phones[1], apart(true), codes(), &policy());
    assert_eq!(unproven, Err(PhoneRefusal::UnprovenSecondFactor));
    let no_more = account.change_second_phone(&account.phones[0], apart(false), codes(), &policy()).unwrap();
    assert_eq!(no_more.effects, [], "it is none");
    // Codes that are there are the user's to keep.
    let app = crate::samples::with_totp(account);
    let change = app.change_second_phone(&app.phones[0], apart(true), codes(), &policy()).unwrap();
    assert_eq!(change.effects, [set(7, true), told(Notice::SecondPhoneAdded(phone(SWISS)))]);
}

#[test]
fn a_number_is_a_second_factor_only_where_that_is_offered_and_texts_go() {
    let account = with(&[number(7, SWISS, true)]);
    let mut off = policy();
    off.second_factors.phone_codes = false;
    let change = |policy: &Policy| {
        account.change_second_phone(&account.phones[0], apart(true), Vec::new(), policy).map(|_change| ())
    };
    assert_eq!(change(&off), Err(PhoneRefusal::SecondFactorOff));
    assert_eq!(change(&Policy::default()), Err(PhoneRefusal::SecondFactorOff), "where there are no numbers");
    let add = jane().add_phone(address(7), phone(SWISS), true, Claim::Free, &off, START);
    assert_eq!(add, Err(PhoneRefusal::SecondFactorOff));
    let mut blocked = policy();
    blocked.texts.blocked_countries.insert("CH".to_owned());
    assert_eq!(change(&blocked), Err(PhoneRefusal::Text(TextRefusal::Country)), "sec_57");
    // It is taken from nobody who has it.
    let has = with(&[second(7, SWISS)]);
    assert!(has.has_second_factor());
    let change = has.change_second_phone(&has.phones[0], apart(false), Vec::new(), &off).unwrap();
    assert_eq!(change.effects[0], Effect::RemoveSecondFactors(jane().user.id));
}

#[test]
fn sec_83_codes_that_are_the_only_way_in_do_not_become_the_second_step() {
    let alone = Account { emails: vec![], password: None, ..with(&[number(7, SWISS, true)]) };
    let change = |account: &Account| {
        account.change_second_phone(&account.phones[0], apart(true), Vec::new(), &policy()).map(|_change| ())
    };
    assert_eq!(change(&alone), Err(PhoneRefusal::OnlyWayIn));
    assert_eq!(change(&Account { password: jane().password, ..alone.clone() }), Ok(()));
    let two = Account { phones: vec![number(7, SWISS, true), number(8, BRITISH, true)], ..alone.clone() };
    assert_eq!(change(&two), Ok(()), "codes to the other one sign in");
    let both = Account { phones: vec![number(7, SWISS, true), second(8, BRITISH)], ..alone };
    assert_eq!(change(&both), Err(PhoneRefusal::OnlyWayIn), "no code to the other one does");
    // And who has but one that is no second factor keeps it.
    assert_eq!(both.remove_phone(&both.phones[0], &policy()), Err(PhoneRefusal::Last));
    assert!(both.remove_phone(&both.phones[1], &policy()).is_ok());
}

#[test]
fn what_takes_the_last_second_factor_away_takes_the_backup_codes_and_tells_it() {
    let all = Effect::RemoveSecondFactors(jane().user.id);
    let gone = || told(Notice::SecondPhoneRemoved(phone(SWISS)));
    let one = with(&[second(7, SWISS)]);
    let back = |account: &Account| {
        account.change_second_phone(&account.phones[0], apart(false), Vec::new(), &policy()).unwrap().effects
    };
    assert_eq!(back(&one), [all.clone(), gone()]);
    let effects = one.remove_phone(&one.phones[0], &policy()).unwrap().effects;
    let removed = told(Notice::PhoneRemoved(phone(SWISS)));
    assert_eq!(effects, [all, Effect::RemovePhone(address(7)), removed], "told once");
    for more in [with(&[second(7, SWISS), second(8, BRITISH)]), crate::samples::with_totp(one)] {
        assert_eq!(back(&more), [set(7, false), gone()], "another one is left");
    }
}

#[test]
fn one_that_is_to_be_a_second_factor_is_it_as_soon_as_it_is_proven() {
    let change = jane().add_phone(address(7), phone(SWISS), true, Claim::Free, &policy(), START).unwrap();
    let [Effect::AddPhone(added)] = &change.effects[..] else { panic!("{:?}", change.effects) };
    assert!(added.second_factor && !added.is_second_factor() && !added.is_first_factor());
    let code = CodeProof::default().prepare(code(4), &policy(), START).unwrap();
    let sent = PhoneNumber { code, ..(**added).clone() };
    let account = with(&[sent]);
    assert!(!account.has_second_factor(), "it is yet to be proven");
    let codes = vec![CodeMac::new("backup 1".to_owned())];
    let change =
        account.attempt_phone(&account.phones[0], &tried(4, 1, true), codes, Claim::Free, &policy(), START).unwrap();
    assert!(change.effects.contains(&set(7, true)));
    assert!(change.effects.iter().any(|effect| matches!(effect, Effect::PutBackupCodes { .. })));
    let mut off = policy();
    off.second_factors.phone_codes = false;
    let change = account.attempt_phone(&account.phones[0], &tried(4, 1, true), Vec::new(), Claim::Free, &off, START);
    assert!(change.unwrap().effects.contains(&set(7, false)), "the instance has stopped offering it meanwhile");
}

#[test]
fn the_number_that_the_user_prefers_is_offered_first() {
    let account = with(&[second(7, SWISS), second(8, BRITISH), number(9, "+41791234568", true)]);
    let first = |id: usize, first| {
        let wanted = SecondPhoneChange { on: None, first: Some(first) };
        account.change_second_phone(&account.phones[id], wanted, Vec::new(), &policy())
    };
    let user_id = jane().user.id;
    assert_eq!(first(1, true).unwrap().effects, [Effect::PreferSecondPhone { user_id, id: Some(address(8)) }]);
    assert_eq!(first(1, false).unwrap().effects, [], "it is not the first one");
    assert_eq!(first(2, true), Err(PhoneRefusal::NoSecondFactor));
}

#[test]
fn the_owner_makes_a_number_a_second_factor_and_takes_it_back() {
    let given = GivenPhone { id: address(7), phone: phone(SWISS), verified: true, primary: false, second_factor: true };
    let change = jane().give_phone(&given, Claim::Free, &policy(), START).unwrap();
    assert!(matches!(change.effects[0], Effect::AddPhone(_)));
    assert_eq!(change.effects[1..], [set(7, true), told(Notice::SecondPhoneAdded(phone(SWISS)))]);
    let unproven = GivenPhone { verified: false, ..given };
    let refused = jane().give_phone(&unproven, Claim::Free, &policy(), START);
    assert_eq!(refused, Err(PhoneRefusal::UnprovenSecondFactor));
    let account = with(&[number(7, SWISS, false)]);
    let change = |account: &Account, verified, second_factor| {
        let wanted = PhoneChange { verified, primary: None, second_factor };
        account.change_phone(&account.phones[0], wanted, Claim::Free, &policy()).map(|change| change.effects)
    };
    assert_eq!(change(&account, None, Some(true)), Err(PhoneRefusal::UnprovenSecondFactor));
    let vouched = change(&account, Some(true), Some(true)).unwrap();
    assert_eq!(vouched[..2], [Effect::VerifyPhone(address(7)), set(7, true)]);
    let back = change(&with(&[second(7, SWISS)]), None, Some(false)).unwrap();
    assert_eq!(back[0], Effect::RemoveSecondFactors(jane().user.id));
}
