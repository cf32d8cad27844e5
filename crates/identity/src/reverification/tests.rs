use super::*;
use crate::{
    PasskeyRefusal, VerificationId,
    passkey::CEREMONY_MS,
    samples::{
        START, asked, bytes, client, code, jane, passkey, passkey_checked, password, session, totp, tried,
        with_second_phone, with_totp,
    },
};

mod settings;

fn policy() -> Policy {
    Policy { reverification: true, ..Policy::default() }
}

fn begun(level: Level, account: &Account) -> (Reverification, Session) {
    let session = session(1, 1, &client(1));
    (
        Reverification::begin(&session, level, account, Tries::none(VerificationId::from_random(bytes(1))), START),
        session,
    )
}

/// A moment at which the sign-in is no fresh proof any more.
fn later() -> Timestamp {
    START.plus(FRESH_MS)
}

fn app(step: i64) -> SecondChecked {
    SecondChecked::Totp { id: totp(1), step }
}

#[test]
fn sec_42_a_change_that_matters_needs_the_strongest_factor_of_late() {
    let (_, session) = begun(Level::FirstFactor, &jane());
    assert!(session.is_fresh(&jane(), &policy(), later().plus(-1)));
    assert!(!session.is_fresh(&jane(), &policy(), later()));
    assert!(session.is_fresh(&jane(), &Policy::default(), later()), "only where the instance asks for it");
    assert!(
        !session.is_fresh(&with_totp(jane()), &policy(), START),
        "the first factor is not enough for who has a second"
    );
    let both = Session { second_factor_at: Some(START), ..session };
    assert!(
        both.is_fresh(&with_totp(jane()), &policy(), later().plus(-1))
            && !both.is_fresh(&with_totp(jane()), &policy(), later())
    );
}

#[test]
fn who_has_no_second_factor_proves_the_first() {
    for level in [Level::FirstFactor, Level::SecondFactor, Level::MultiFactor] {
        let (attempt, session) = begun(level, &jane());
        assert_eq!((attempt.level, attempt.status()), (Level::FirstFactor, ReverificationStatus::NeedsFirstFactor));
        let now = START.plus(5);
        let wrong = attempt.attempt_password(password(false), &jane(), &session, now);
        assert_eq!(wrong, Err(SignInRefusal::PasswordIncorrect));
        let proven = attempt.attempt_password(password(true), &jane(), &session, now).unwrap();
        assert_eq!(proven.attempt.status(), ReverificationStatus::Complete);
        assert_eq!((proven.session.first_factor_at, proven.session.second_factor_at), (now, None));
        let again = proven.attempt.attempt_password(password(true), &jane(), &session, now);
        assert_eq!(again, Err(SignInRefusal::WrongState));
    }
}

#[test]
fn both_factors_are_proven_one_after_the_other() {
    let account = with_totp(jane());
    let (attempt, session) = begun(Level::MultiFactor, &account);
    let now = START.plus(5);
    let early = attempt.attempt_second(&app(2), 1, &account, &session, &policy(), now);
    assert_eq!(early, Err(SignInRefusal::WrongState));
    let first = attempt.attempt_password(password(true), &account, &session, now).unwrap();
    assert_eq!(first.attempt.status(), ReverificationStatus::NeedsSecondFactor);
    assert_eq!(first.session, session, "nothing counts until both are proven");
    assert!(!first.effects.iter().any(|effect| matches!(effect, Effect::ClearFailures(_))));
    let done = first.attempt.attempt_second(&app(2), 1, &account, &session, &policy(), now).unwrap();
    assert_eq!(done.attempt.status(), ReverificationStatus::Complete);
    assert_eq!((done.session.first_factor_at, done.session.second_factor_at), (now, Some(now)));
    let (attempt, session) = begun(Level::SecondFactor, &account);
    let done = attempt.attempt_second(&app(2), 1, &account, &session, &policy(), now).unwrap();
    assert_eq!((done.session.first_factor_at, done.session.second_factor_at), (START, Some(now)));
}

#[test]
fn a_code_to_a_proven_address_proves_it() {
    let (attempt, session) = begun(Level::FirstFactor, &jane());
    assert_eq!(
        attempt.may_attempt_code(CodePurpose::SignIn, &jane(), &policy(), START),
        Err(CodeRefusal::Missing.into())
    );
    let account = jane();
    let address = attempt.code_recipient(CodePurpose::SignIn, None, &account, &policy(), START).unwrap();
    let (attempt, effects) = attempt.prepare_code(CodePurpose::SignIn, address, code(1), 0, &policy(), START).unwrap();
    assert!(matches!(&effects[..], [Effect::SendCode { deliver: true, .. }]));
    let wrong = attempt.attempt_code(CodePurpose::SignIn, &tried(1, 1, false), &jane(), &session, &policy(), START);
    assert_eq!(wrong, Err(CodeRefusal::Incorrect.into()));
    let mut moved = jane();
    moved.emails.clear();
    let gone = attempt.attempt_code(CodePurpose::SignIn, &tried(1, 1, true), &moved, &session, &policy(), START);
    assert_eq!(gone, Err(CodeRefusal::Incorrect.into()));
    let proven =
        attempt.attempt_code(CodePurpose::SignIn, &tried(1, 1, true), &jane(), &session, &policy(), START).unwrap();
    assert_eq!(proven.attempt.first, Some(Strategy::EmailCode));
}

#[test]
fn sec_64_locks_and_time_hold_here_too() {
    let (attempt, _) = begun(Level::FirstFactor, &jane());
    let mut locked = jane();
    locked.lockout.locked_until = Some(START.plus(1));
    assert_eq!(attempt.may_attempt_password(&locked, START), Err(SignInRefusal::Locked { remaining_ms: 1 }));
    assert_eq!(attempt.may_attempt_password(&jane(), later()), Err(SignInRefusal::Abandoned));
    let (attempt, session) = begun(Level::SecondFactor, &with_totp(jane()));
    let most = policy().codes.max_tries + 1;
    let refused = attempt.attempt_second(&app(2), most, &with_totp(jane()), &session, &policy(), START);
    assert_eq!(refused, Err(CodeRefusal::TooManyTries.into()));
}

#[test]
fn a_code_to_the_number_that_is_set_apart_proves_the_second_factor_once_more_and_not_the_first() {
    let account = with_second_phone(jane(), 7, "+41791234567");
    let by_text = |factor: &Factor| matches!(factor, Factor::PhoneCode { .. });
    assert!(!Reverification::first_factors(&account, &policy()).iter().any(by_text));
    let (attempt, session) = begun(Level::SecondFactor, &account);
    assert_eq!(attempt.level, Level::SecondFactor);
    let quiet = Recent::Texts(crate::TextTraffic::default());
    let (attempt, effects) = attempt.prepare_second(None, &account, code(4), quiet, &policy(), START).unwrap();
    assert!(matches!(&effects[..], [Effect::SendCode { to: Recipient::Phone(_), deliver: true, .. }]));
    let offer = |account: &Account, ok, now| {
        let evidence = SecondChecked::PhoneCode(tried(4, 1, ok));
        attempt.attempt_second(&evidence, 1, account, &session, &policy(), now)
    };
    assert_eq!(offer(&account, false, START), Err(CodeRefusal::Incorrect.into()));
    let mut given_back = account.clone();
    given_back.phones[0].second_factor = false;
    assert_eq!(offer(&given_back, true, START), Err(CodeRefusal::Incorrect.into()));
    let proven = offer(&account, true, START.plus(5)).unwrap();
    assert_eq!(proven.attempt.second, Some(Strategy::PhoneCode));
    assert_eq!(proven.effects[0], Effect::ConsumeCode(code(4).id));
    assert_eq!(proven.session.second_factor_at, Some(START.plus(5)));
    let first = begun(Level::FirstFactor, &account).0;
    let refused = first.prepare_second(None, &account, code(4), quiet, &policy(), START);
    assert_eq!(refused.map(drop), Err(SignInRefusal::NoSecondFactors));
}

fn with_keys(mut account: Account) -> Account {
    account.passkeys = vec![passkey(&account.user.id, 20), passkey(&account.user.id, 21)];
    account
}

#[test]
fn a_passkey_of_the_user_proves_the_first_factor_and_is_marked_as_used() {
    let account = with_keys(jane());
    assert_eq!(Reverification::first_factors(&account, &policy()).last(), Some(&Factor::Passkey));
    let (attempt, session) = begun(Level::FirstFactor, &account);
    assert_eq!(attempt.may_ask_passkey(&account, &policy(), START), Ok(&account.passkeys[..]));
    let early = attempt.attempt_passkey(&passkey_checked(4, 21, 7), &account, &session, &policy(), START);
    assert_eq!(early, Err(PasskeyRefusal::NotAsked.into()), "no device was asked");
    let attempt = attempt.ask_passkey(asked(4), &account, &policy(), START).unwrap();
    let now = START.plus(5);
    let proven = attempt.attempt_passkey(&passkey_checked(4, 21, 7), &account, &session, &policy(), now).unwrap();
    assert_eq!(
        (proven.attempt.status(), proven.attempt.first),
        (ReverificationStatus::Complete, Some(Strategy::Passkey))
    );
    assert_eq!((proven.session.first_factor_at, proven.session.second_factor_at), (now, None));
    assert_eq!(proven.attempt.passkey.as_ref().unwrap().options, "", "nothing is asked any more");
    assert_eq!(proven.effects[0], Effect::ConsumeCeremony(asked(4).id));
    let Effect::SavePasskey { passkey: used, seen } = &proven.effects[1] else { panic!("{:?}", proven.effects) };
    assert_eq!((used.credential.counter, used.last_used_at, *seen), (7, Some(now), START));
    assert!(proven.effects.contains(&Effect::RequireOpen(account.counter.clone())));
    assert!(proven.effects.contains(&Effect::ClearFailures(account.counter.clone())));
    let again = proven.attempt.attempt_passkey(&passkey_checked(4, 21, 8), &account, &session, &policy(), now);
    assert_eq!(again, Err(SignInRefusal::WrongState));
}

#[test]
fn sec_66_an_answer_counts_in_time_for_what_was_asked_last_and_of_a_key_of_the_user() {
    let account = with_keys(jane());
    let (attempt, session) = begun(Level::FirstFactor, &account);
    let attempt = attempt.ask_passkey(asked(4), &account, &policy(), START).unwrap();
    let offer = |attempt: &Reverification, ceremony, key, now| {
        let evidence = passkey_checked(ceremony, key, 7);
        attempt.attempt_passkey(&evidence, &account, &session, &policy(), now).map(drop)
    };
    let late = START.plus(CEREMONY_MS);
    assert_eq!(offer(&attempt, 4, 20, late), Err(PasskeyRefusal::NotAsked.into()));
    assert_eq!(offer(&attempt, 4, 20, late.plus(-1)), Ok(()));
    assert_eq!(offer(&attempt, 4, 66, START), Err(PasskeyRefusal::Unknown.into()), "a key of somebody else");
    let anew = attempt.ask_passkey(asked(5), &account, &policy(), START).unwrap();
    assert_eq!(offer(&anew, 4, 20, START), Err(PasskeyRefusal::NotAsked.into()), "what was asked before is void");
    assert_eq!(offer(&anew, 5, 20, START), Ok(()));
    let to = anew.code_recipient(CodePurpose::SignIn, None, &account, &policy(), START).unwrap();
    let (by_code, _) = anew.prepare_code(CodePurpose::SignIn, to, code(1), 0, &policy(), START).unwrap();
    assert_eq!(offer(&by_code, 5, 20, START), Err(PasskeyRefusal::NotAsked.into()), "another way was chosen");
}

#[test]
fn sec_42_a_passkey_is_both_factors_only_where_the_owner_lets_it_and_both_are_asked_for() {
    let account = with_keys(with_totp(jane()));
    for (level, counts) in [(Level::FirstFactor, true), (Level::MultiFactor, false), (Level::MultiFactor, true)] {
        let mut policy = policy();
        policy.passkeys.satisfies_second_factor = counts;
        let (attempt, session) = begun(level, &account);
        let attempt = attempt.ask_passkey(asked(4), &account, &policy, START).unwrap();
        let now = START.plus(5);
        let proven = attempt.attempt_passkey(&passkey_checked(4, 20, 7), &account, &session, &policy, now).unwrap();
        let both = level == Level::MultiFactor && counts;
        assert_eq!(proven.attempt.second, both.then_some(Strategy::Passkey), "{level:?} {counts}");
        assert_eq!(proven.session.second_factor_at, both.then_some(now), "{level:?} {counts}");
        assert_eq!(proven.effects.contains(&Effect::ClearFailures(account.counter.clone())), both);
        let complete = proven.attempt.status() == ReverificationStatus::Complete;
        assert_eq!(complete, both || level == Level::FirstFactor);
        assert_eq!(proven.session.is_fresh(&account, &policy, now), both);
    }
    let (attempt, _) = begun(Level::SecondFactor, &account);
    let refused = attempt.ask_passkey(asked(4), &account, &policy(), START);
    assert_eq!(refused, Err(SignInRefusal::WrongState), "it is no second factor by itself");
}

#[test]
fn no_device_is_asked_of_who_has_no_passkey_or_where_there_are_none_or_who_is_locked_or_banned() {
    let account = with_keys(jane());
    let ask = |account: &Account, policy: &Policy| {
        begun(Level::FirstFactor, account).0.ask_passkey(asked(4), account, policy, START).map(drop)
    };
    assert_eq!(ask(&jane(), &policy()), Err(PasskeyRefusal::None.into()));
    let mut off = policy();
    off.passkeys.enabled = false;
    assert_eq!(ask(&account, &off), Err(PasskeyRefusal::Off.into()));
    assert!(!Reverification::first_factors(&account, &off).contains(&Factor::Passkey));
    let mut locked = account.clone();
    locked.lockout.locked_until = Some(START.plus(1));
    assert_eq!(ask(&locked, &policy()), Err(SignInRefusal::Locked { remaining_ms: 1 }));
    let mut banned = account.clone();
    banned.user.banned = true;
    assert_eq!(ask(&banned, &policy()), Err(SignInRefusal::Banned));
    assert_eq!(ask(&account, &policy()), Ok(()));
}
