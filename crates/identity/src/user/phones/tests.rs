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
    let change = jane().add_phone(address(7), phone(SWISS), Claim::Free, &policy(), START).unwrap();
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
    let wrong = account.attempt_phone(&sent, &tried(4, 1, false), Claim::Free, &policy(), START);
    assert_eq!(wrong, Err(PhoneRefusal::Code(CodeRefusal::Incorrect)));
    let late = account.attempt_phone(&sent, &tried(4, 1, true), Claim::Claimed, &policy(), START);
    assert_eq!(late, Err(PhoneRefusal::Claimed), "somebody else was faster");
    let change = account.attempt_phone(&sent, &tried(4, 1, true), Claim::Free, &policy(), START).unwrap();
    assert_eq!(change.effects[..2], [Effect::ConsumeCode(code(4).id), Effect::VerifyPhone(address(7))]);
    assert_eq!(change.user.primary_phone_number_id, Some(address(7)));
}

#[test]
fn sec_57_a_number_of_a_country_that_is_off_is_not_added_and_gets_no_code() {
    let off = Err(PhoneRefusal::Text(TextRefusal::Country));
    assert_eq!(jane().add_phone(address(7), phone(CUBAN), Claim::Free, &policy(), START), off);
    let given = GivenPhone { id: address(7), phone: phone(CUBAN), verified: true, primary: false };
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
        account.add_phone(address(9), phone(SWISS), claim, policy, START).map(|_| ())
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
        let given = GivenPhone { id: address(7), phone: phone(SWISS), verified, primary };
        jane().give_phone(&given, Claim::Free, &policy(), START)
    };
    assert_eq!(give(true, false).unwrap().user.primary_phone_number_id, Some(address(7)), "the first is the main one");
    assert_eq!(give(false, false).unwrap().user.primary_phone_number_id, None);
    assert_eq!(give(false, true), Err(PhoneRefusal::Unproven));
    let account = with(&[number(7, SWISS, false)]);
    let change =
        |verified, primary, claim| account.change_phone(&account.phones[0], PhoneChange { verified, primary }, claim);
    assert_eq!(change(None, Some(true), Claim::Free), Err(PhoneRefusal::Unproven));
    assert_eq!(change(Some(true), None, Claim::Claimed), Err(PhoneRefusal::Exists));
    let vouched = change(Some(true), Some(true), Claim::Free).unwrap();
    assert_eq!(vouched.effects, [Effect::VerifyPhone(address(7))]);
    assert_eq!(vouched.user.primary_phone_number_id, Some(address(7)));
}
