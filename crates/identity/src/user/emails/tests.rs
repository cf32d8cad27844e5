use super::*;
use crate::{
    CodeProof, FieldFault, User,
    samples::{JANE, START, address, code, email, email_of, jane, told, tried},
    time::{MINUTE, SECOND},
};

const OTHER: &str = "other@example.com";

fn policy() -> Policy {
    Policy::default()
}

fn hiding() -> Policy {
    Policy { enumeration_protection: true, ..Policy::default() }
}

/// An address that was added, with this code under way if there is one.
fn pending(number: u32, text: &str, sent: Option<u32>) -> EmailAddress {
    let added = jane().add_email(address(number), email(text), Claim::Free, &policy(), START).unwrap();
    let [Effect::AddEmail(added)] = &added.effects[..] else { panic!("{:?}", added.effects) };
    let code = sent
        .map_or_else(CodeProof::default, |sent| CodeProof::default().prepare(code(sent), &policy(), START).unwrap());
    EmailAddress { code, ..(**added).clone() }
}

/// Jane with more addresses.
fn with(addresses: &[EmailAddress]) -> Account {
    let mut jane = jane();
    jane.emails.extend_from_slice(addresses);
    jane
}

fn notice(notice: Notice, to: &str) -> Effect {
    told(notice, to)
}

#[test]
fn sec_79_an_address_that_was_added_is_nobodys_until_it_is_proven() {
    let change = jane()
        .add_email(address(2), parse_email(" Other@Example.com ").unwrap(), Claim::Free, &policy(), START)
        .unwrap();
    assert_eq!(change.user, jane().user, "it is not the main one");
    let [Effect::AddEmail(added)] = &change.effects[..] else { panic!("{:?}", change.effects) };
    assert_eq!((added.email.as_str(), &added.user_id), (OTHER, &jane().user.id));
    assert!(!added.is_claimed());
}

#[test]
fn an_address_is_added_once_and_not_without_end() {
    let add = |jane: &Account, typed: &str, claim, policy: &Policy| {
        jane.add_email(address(9), email(typed), claim, policy, START).unwrap_err()
    };
    let (jane, free) = (jane(), Claim::Free);
    assert_eq!(parse_email("other"), Err(FieldError::new("email_address", FieldFault::Format)));
    let long = format!("{}@example.com", "x".repeat(65));
    assert_eq!(parse_email(&long), Err(FieldError::new("email_address", FieldFault::TooLong)));
    assert_eq!(add(&jane, "JANE@example.com", free, &policy()), EmailRefusal::Exists);
    assert_eq!(add(&with(&[pending(2, OTHER, None)]), OTHER, free, &policy()), EmailRefusal::Exists);
    assert_eq!(add(&jane, OTHER, Claim::Claimed, &policy()), EmailRefusal::Exists);
    assert!(jane.add_email(address(9), email(OTHER), Claim::Claimed, &hiding(), START).is_ok(), "sec 86: not told");

    let three: Vec<_> = (2..5).map(|n| pending(n, &format!("a{n}@example.com"), None)).collect();
    assert_eq!(add(&with(&three), OTHER, free, &policy()), EmailRefusal::TooManyPending);
    let nine: Vec<_> = (2..11).map(|n| email_of(&jane.user.id, n, &format!("a{n}@example.com"), true)).collect();
    assert_eq!(add(&with(&nine), OTHER, free, &policy()), EmailRefusal::TooMany);
}

#[test]
fn a_code_proves_an_address_and_the_others_are_told() {
    let address = pending(2, OTHER, None);
    let mut jane = with(&[address.clone(), email_of(&jane().user.id, 3, "third@example.com", true)]);
    let change = jane.prepare_email(&address, code(4), Claim::Free, 0, &policy(), START).unwrap();
    let [Effect::PutCode { sent, .. }, Effect::SendCode { deliver: true, to, .. }] = &change.effects[..] else {
        panic!("{:?}", change.effects)
    };
    assert_eq!((to.as_str(), &sent.id), (OTHER, &code(4).id));
    let address = EmailAddress { code: CodeProof::Sent(sent.clone()), ..address };
    assert_eq!(jane.may_attempt_email(&address, &policy(), START).unwrap(), sent);
    let wrong = jane.attempt_email(&address, &tried(4, 1, false), Claim::Free, &policy(), START);
    assert_eq!(wrong, Err(EmailRefusal::Code(CodeRefusal::Incorrect)));
    let done = jane.attempt_email(&address, &tried(4, 2, true), Claim::Free, &policy(), START).unwrap();
    let added = || Notice::EmailAdded(email(OTHER));
    assert_eq!(
        done.effects,
        [
            Effect::ConsumeCode(code(4).id),
            Effect::VerifyEmail(address.id.clone()),
            notice(added(), JANE),
            notice(added(), "third@example.com"),
        ]
    );
    assert_eq!(done.user, jane.user);
    jane.user.primary_email_address_id = None;
    let done = jane.attempt_email(&address, &tried(4, 2, true), Claim::Free, &policy(), START).unwrap();
    assert_eq!(done.user.primary_email_address_id, Some(address.id), "where there is none it becomes the main one");
}

#[test]
fn what_is_proven_needs_no_code() {
    let jane = jane();
    let proven = &jane.emails[0];
    let refused = jane.prepare_email(proven, code(4), Claim::Free, 0, &policy(), START);
    assert_eq!(refused, Err(EmailRefusal::Code(CodeRefusal::AlreadyVerified)));
    let refused = jane.may_attempt_email(proven, &policy(), START);
    assert_eq!(refused, Err(EmailRefusal::Code(CodeRefusal::AlreadyVerified)));
    let fresh = pending(2, OTHER, None);
    let refused = jane.may_attempt_email(&fresh, &policy(), START);
    assert_eq!(refused, Err(EmailRefusal::Code(CodeRefusal::Missing)));
    assert_eq!(jane.address("idn_x"), Err(EmailRefusal::NotFound));
}

#[test]
fn sec_52_sec_54_a_code_is_good_for_a_while_a_few_tries_and_its_own_address() {
    let jane = jane();
    let address = pending(2, OTHER, Some(4));
    let try_it = |evidence, now| jane.attempt_email(&address, &evidence, Claim::Free, &policy(), now).err();
    let most = policy().codes.max_tries;
    assert_eq!(try_it(tried(4, most, true), START), None);
    assert_eq!(try_it(tried(4, most + 1, true), START), Some(EmailRefusal::Code(CodeRefusal::TooManyTries)));
    assert_eq!(try_it(tried(5, 1, true), START), Some(EmailRefusal::Code(CodeRefusal::Incorrect)), "of another one");
    let late = START.plus(10 * MINUTE);
    assert_eq!(try_it(tried(4, 1, true), late), Some(EmailRefusal::Code(CodeRefusal::Expired)));
}

#[test]
fn sec_56_the_limits_hold_before_a_message_is_sent() {
    let jane = jane();
    let prepare = |address: &EmailAddress, recent| {
        jane.prepare_email(address, code(5), Claim::Free, recent, &policy(), START).err()
    };
    let most = policy().codes.per_address_per_hour;
    assert_eq!(prepare(&pending(2, OTHER, None), most), Some(EmailRefusal::TooManyMessages));
    let soon = CodeRefusal::TooSoon { retry_after_ms: 30 * SECOND };
    assert_eq!(prepare(&pending(2, OTHER, Some(4)), 1), Some(EmailRefusal::Code(soon)));
}

#[test]
fn sec_86_an_address_that_somebody_else_has_is_told_to_them_alone() {
    let jane = jane();
    let address = pending(2, OTHER, None);
    let told = jane.prepare_email(&address, code(4), Claim::Claimed, 0, &policy(), START);
    assert_eq!(told, Err(EmailRefusal::Claimed));
    let hidden = jane.prepare_email(&address, code(4), Claim::Claimed, 0, &hiding(), START).unwrap();
    assert!(matches!(hidden.effects[..], [Effect::PutCode { .. }, Effect::SendAccountExists { .. }]));
    let late = pending(2, OTHER, Some(4));
    let refused = jane.attempt_email(&late, &tried(4, 1, true), Claim::Claimed, &hiding(), START);
    assert_eq!(refused, Err(EmailRefusal::Claimed));
}

#[test]
fn sec_83_the_last_proven_address_stays() {
    let jane = jane();
    assert_eq!(jane.remove_email(&jane.emails[0], &policy()), Err(EmailRefusal::Last));
    let unproven = with(&[pending(2, OTHER, None)]);
    assert_eq!(unproven.remove_email(&unproven.emails[0], &policy()), Err(EmailRefusal::Last));
    let change = unproven.remove_email(&unproven.emails[1], &policy()).unwrap();
    assert_eq!(change.effects, [Effect::RemoveEmail(address(2))], "nobody has to be told of what was nobody's");
}

#[test]
fn the_main_address_hands_over_to_the_oldest_proven_one() {
    let id = jane().user.id;
    let jane = with(&[pending(2, OTHER, None), email_of(&id, 3, "third@example.com", true)]);
    let change = jane.remove_email(&jane.emails[0], &policy()).unwrap();
    assert_eq!(change.user, User { primary_email_address_id: Some(address(3)), ..jane.user.clone() });
    let removed = || Notice::EmailRemoved(email(JANE));
    assert_eq!(
        change.effects,
        [Effect::RemoveEmail(address(1)), notice(removed(), JANE), notice(removed(), "third@example.com")]
    );
    let change = jane.remove_email(&jane.emails[2], &policy()).unwrap();
    assert_eq!(change.user, jane.user);

    let moved = User { primary_email_address_id: Some(address(3)), ..jane.user.clone() };
    let changed = || Notice::PrimaryChanged(email("third@example.com"));
    assert_eq!(jane.notices_of(&moved, &policy()), [notice(changed(), JANE), notice(changed(), "third@example.com")]);
    assert_eq!(jane.notices_of(&jane.user, &policy()), []);
}
