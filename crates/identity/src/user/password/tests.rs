use super::*;
use crate::{
    Counter, EmailAddress, Lockout, Requirement, SessionId,
    reverification::FRESH_MS,
    samples::{JANE, PASSWORD_VERSION, START, bytes, client, email_of, jane, password, session, told, with_totp},
    time::HOUR,
};

const NEW: &str = "Lantern and 7 oars";

fn digest() -> PasswordDigest {
    PasswordDigest::new("digest".into())
}

/// The session that asks, which began at [`START`].
fn here() -> Session {
    session(1, 1, &client(1))
}

fn current(ok: bool) -> PasswordProof {
    PasswordProof::Current(password(ok))
}

fn kept() -> SessionId {
    SessionId::from_random(bytes(3))
}

#[test]
fn sec_48_a_change_needs_the_current_password() {
    let (jane, policy) = (jane(), Policy::default());
    let may = |said: Option<&str>, new: &str| jane.may_change_password(said, new, &here(), &policy, START);
    assert_eq!(may(None, NEW), Err(PasswordRefusal::CurrentMissing));
    assert_eq!(may(Some("what it is"), NEW), Ok(()));
    assert_eq!(may(Some(NEW), NEW), Err(PasswordRefusal::Unchanged));
    let new = || NewPassword { digest: digest(), sign_out_but: None };
    assert_eq!(jane.change_password(None, new(), &policy), Err(PasswordRefusal::Incorrect));
    assert_eq!(jane.change_password(Some(current(false)), new(), &policy), Err(PasswordRefusal::Incorrect));

    let user_id = jane.user.id.clone();
    assert_eq!(
        jane.change_password(Some(current(true)), new(), &policy).unwrap(),
        [
            Effect::SetPassword { user_id: user_id.clone(), version: PASSWORD_VERSION, digest: digest() },
            Effect::ClearFailures(Counter::strangers(&user_id)),
            Effect::NoteChange(user_id),
            told(Notice::PasswordChanged, JANE),
        ]
    );
}

#[test]
fn sec_48_a_fresh_proof_stands_in_for_the_current_password_where_one_is_asked_for() {
    let (jane, proven) = (jane(), Policy { reverification: true, ..Policy::default() });
    let may = |account: &Account, session: &Session, policy: &Policy, now| {
        account.may_change_password(None, NEW, session, policy, now)
    };
    let last = START.plus(FRESH_MS - 1);
    assert_eq!(may(&jane, &here(), &proven, last), Ok(()));
    assert_eq!(may(&jane, &here(), &proven, last.plus(1)), Err(PasswordRefusal::CurrentMissing));
    assert_eq!(may(&jane, &here(), &Policy::default(), START), Err(PasswordRefusal::CurrentMissing));
    let both = with_totp(jane.clone());
    assert_eq!(may(&both, &here(), &proven, START), Err(PasswordRefusal::CurrentMissing), "the first factor alone");
    let second = Session { second_factor_at: Some(START), ..here() };
    assert_eq!(may(&both, &second, &proven, last), Ok(()));
    let mut locked = jane.clone();
    locked.lockout = Lockout { failed: 10, locked_until: Some(START.plus(HOUR)), closed_until: None };
    assert_eq!(may(&locked, &here(), &proven, START), Err(PasswordRefusal::Locked { remaining_ms: HOUR }));

    let fresh = PasswordProof::Fresh { credential_version: PASSWORD_VERSION };
    let new = NewPassword { digest: digest(), sign_out_but: None };
    let effects = jane.change_password(Some(fresh), new, &proven).unwrap();
    let user_id = jane.user.id.clone();
    let set = Effect::SetPassword { user_id: user_id.clone(), version: PASSWORD_VERSION, digest: digest() };
    assert_eq!(effects[0], set);
    assert_eq!(effects[1], Effect::RequireOpen(Counter::strangers(&user_id)), "no wrong try is forgotten for it");

    let mut optional = proven.clone();
    optional.password.requirement = Requirement::Optional;
    assert_eq!(jane.may_remove_password(None, &here(), &optional, last), Ok(()));
    let late = jane.may_remove_password(None, &here(), &optional, last.plus(1));
    assert_eq!(late, Err(PasswordRefusal::CurrentMissing));
    let effects = jane.remove_password(fresh, &optional).unwrap();
    assert_eq!(effects[0], Effect::RemovePassword { user_id, version: PASSWORD_VERSION });
}

#[test]
fn sec_38_a_change_signs_out_elsewhere_where_it_is_asked_to() {
    let (jane, policy) = (jane(), Policy::default());
    let new = NewPassword { digest: digest(), sign_out_but: Some(kept()) };
    let effects = jane.change_password(Some(current(true)), new, &policy).unwrap();
    let ends = Effect::EndOtherSessions { user_id: jane.user.id.clone(), kept: kept() };
    let at = |wanted: &Effect| effects.iter().position(|effect| effect == wanted).unwrap();
    assert!(at(&ends) > at(&Effect::NoteChange(jane.user.id)), "who signs in meanwhile has to wait for the user first");
}

#[test]
fn a_first_password_needs_no_other_one() {
    let (jane, mut policy) = (Account { password: None, ..jane() }, Policy::default());
    assert_eq!(jane.may_change_password(None, NEW, &here(), &policy, START), Ok(()));
    let new = NewPassword { digest: digest(), sign_out_but: None };
    let effects = jane.change_password(None, new, &policy).unwrap();
    assert_eq!(effects[0], Effect::SetPassword { user_id: jane.user.id.clone(), version: 0, digest: digest() });
    policy.password.requirement = Requirement::Off;
    assert_eq!(jane.may_change_password(None, NEW, &here(), &policy, START), Err(PasswordRefusal::Off));
    let has_one = crate::samples::jane();
    assert_eq!(
        has_one.may_change_password(Some("it"), NEW, &here(), &policy, START),
        Ok(()),
        "who has one keeps it going"
    );
}

#[test]
fn rules_and_locks_hold_before_anything_is_computed() {
    let (mut jane, policy) = (jane(), Policy::default());
    jane.emails.push(email_of(&jane.user.id, 2, "other@example.com", true));
    let may = |jane: &Account, new: &str| jane.may_change_password(Some("what it is"), new, &here(), &policy, START);
    let faults = |list: &[PasswordFault]| Err(PasswordRefusal::Faults(list.to_vec()));
    assert_eq!(may(&jane, "short"), faults(&[PasswordFault::TooShort { min: 8 }]));
    assert_eq!(may(&jane, "Other@example.com"), faults(&[PasswordFault::MatchesIdentifier]));
    jane.lockout = Lockout { failed: 10, locked_until: Some(START.plus(HOUR)), closed_until: None };
    assert_eq!(may(&jane, NEW), Err(PasswordRefusal::Locked { remaining_ms: HOUR }));
    let mut optional = policy.clone();
    optional.password.requirement = Requirement::Optional;
    let refused = jane.may_remove_password(Some("what it is"), &here(), &optional, START);
    assert_eq!(refused, Err(PasswordRefusal::Locked { remaining_ms: HOUR }));
}

#[test]
fn sec_83_a_password_is_removed_only_where_something_else_signs_in() {
    let (jane, mut policy) = (jane(), Policy::default());
    let may = |jane: &Account, policy: &Policy| jane.may_remove_password(Some("it"), &here(), policy, START);
    assert_eq!(may(&jane, &policy), Err(PasswordRefusal::Needed), "the instance asks for one");
    policy.password.requirement = Requirement::Optional;
    assert_eq!(may(&jane, &policy), Ok(()));
    assert_eq!(jane.may_remove_password(None, &here(), &policy, START), Err(PasswordRefusal::CurrentMissing));
    let unproven: Vec<EmailAddress> = vec![email_of(&jane.user.id, 1, JANE, false)];
    assert_eq!(may(&Account { emails: unproven, ..jane.clone() }, &policy), Err(PasswordRefusal::Needed));
    let none = Account { password: None, ..jane.clone() };
    assert_eq!(may(&none, &policy), Err(PasswordRefusal::None));
    policy.email_address.sign_in_by_code = false;
    assert_eq!(may(&jane, &policy), Err(PasswordRefusal::Needed));

    assert_eq!(jane.remove_password(current(false), &policy), Err(PasswordRefusal::Incorrect));
    let effects = jane.remove_password(current(true), &policy).unwrap();
    assert_eq!(effects[0], Effect::RemovePassword { user_id: jane.user.id.clone(), version: PASSWORD_VERSION });
    assert!(matches!(effects.last(), Some(Effect::SendNotice { notice: Notice::PasswordRemoved, .. })));
}
