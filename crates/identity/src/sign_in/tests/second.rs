use super::*;
use crate::{
    PasswordDigest, PasswordSummary, Phone, Recent, Recipient, SecondChecked, SecondFactor, SignInToken, SignInTokenId,
    TextRefusal, TextTraffic,
    samples::{backup_code, totp, with_second_phone, with_totp},
    time::{MINUTE, SECOND},
};

impl World {
    /// An attempt of this account whose password was right.
    fn half_way(&mut self, account: &Account) -> SignIn {
        let attempt = self.identified(account);
        let found = Found::Account(account);
        let step = attempt.attempt_password(&found, password(true), new_session(8), &self.scene()).unwrap();
        self.take(step).0
    }
}

fn app(step: i64) -> SecondChecked {
    SecondChecked::Totp { id: totp(1), step }
}

#[test]
fn the_first_factor_signs_nobody_in_who_has_a_second() {
    let (mut world, jane) = (World::new(Policy::default()), with_totp(jane()));
    let attempt = world.identified(&jane);
    assert_eq!(attempt.second_factors(&jane, &world.policy), [], "not asked for yet");
    let found = Found::Account(&jane);
    let step = attempt.attempt_password(&found, password(true), new_session(8), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(attempt.status(START), SignInStatus::NeedsSecondFactor);
    assert_eq!(
        effects,
        [
            Effect::RequirePassword { user_id: jane.user.id.clone(), version: PASSWORD_VERSION },
            Effect::RequireOpen(jane.counter.clone()),
        ],
        "wrong tries are not forgotten by half a proof"
    );
    assert_eq!((&world.sessions[..], &world.client.last_active_session_id), (&[][..], &None));
    assert_eq!(attempt.second_factors(&jane, &world.policy), [SecondFactor::Totp, SecondFactor::BackupCode]);

    world.now = START.plus(2 * MINUTE);
    let step = attempt.attempt_second(&jane, &app(7), 1, new_session(9), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    let session = world.sessions[0].clone();
    assert_eq!((session.first_factor_at, session.second_factor_at), (START, Some(world.now)));
    assert_eq!(session.factor_ages(world.now), [2, 0]);
    assert_eq!(
        effects,
        [
            Effect::UseTotp { id: totp(1), step: 7 },
            Effect::ClearFailures(jane.counter.clone()),
            Effect::RequirePassword { user_id: jane.user.id.clone(), version: PASSWORD_VERSION },
            Effect::BeginSession(Box::new(session)),
        ]
    );
    assert!(matches!(
        attempt.state,
        SignInState::Complete { strategy: Strategy::Password, second: Some(Strategy::Totp), .. }
    ));
    assert_eq!(world.client.last_strategy, Some(Strategy::Password));
}

#[test]
fn a_backup_code_stands_in_for_the_app() {
    let (mut world, jane) = (World::new(Policy::default()), with_totp(jane()));
    let attempt = world.half_way(&jane);
    let evidence = SecondChecked::BackupCode(backup_code(3));
    let step = attempt.attempt_second(&jane, &evidence, 1, new_session(9), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(effects[0], Effect::UseBackupCode { user_id: jane.user.id.clone(), mac: backup_code(3) });
    assert!(matches!(attempt.state, SignInState::Complete { second: Some(Strategy::BackupCode), .. }));
    let mut used_up = jane;
    used_up.second_factors.backup_codes = 0;
    let attempt = World::new(Policy::default()).half_way(&used_up);
    assert_eq!(attempt.second_factors(&used_up, &world.policy), [SecondFactor::Totp]);
}

#[test]
fn every_first_factor_leads_to_the_second() {
    let jane = with_totp(jane());
    let mut world = World::new(Policy::default());
    let attempt = world.prepared(&jane, 4);
    let step =
        attempt.attempt_code(&Found::Account(&jane), &tried(4, 1, true), new_session(8), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(attempt.status(START), SignInStatus::NeedsSecondFactor, "a code by email");
    assert_eq!(effects[0], Effect::ConsumeCode(code(4).id));

    let mut world = World::new(Policy::default());
    let token = SignInToken::give(SignInTokenId::from_random(bytes(5)), jane.user.id.clone(), HOUR, START);
    let step = world.begin().redeem_ticket(&token, &jane, new_session(8), &world.scene()).unwrap();
    assert_eq!(world.take(step).0.status(START), SignInStatus::NeedsSecondFactor, "a ticket");

    let mut world = World::new(Policy::default());
    let attempt = world.identified(&jane);
    let found = Found::Account(&jane);
    let reset = CodePurpose::ResetPassword;
    let step = attempt.prepare_code(reset, None, &found, code(5), 0, &world.scene()).unwrap();
    let attempt = world.take(step).0;
    let step = attempt.attempt_reset_code(&found, &tried(5, 1, true), &world.scene()).unwrap();
    let attempt = world.take(step).0;
    let digest = PasswordDigest::new("digest".to_owned());
    let reset = Reset { digest, version: PASSWORD_VERSION, sign_out: false };
    let step = attempt.reset_password(&jane, reset, new_session(8), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(attempt.status(START), SignInStatus::NeedsSecondFactor, "a new password");
    assert!(matches!(effects[0], Effect::SetPassword { .. }));
    assert!(world.sessions.is_empty());
}

#[test]
fn sec_64_a_second_factor_has_its_own_limit_of_tries() {
    let (mut world, jane) = (World::new(Policy::default()), with_totp(jane()));
    let mut attempt = world.half_way(&jane);
    let most = world.policy.codes.max_tries;
    let wrong = attempt.attempt_second(&jane, &SecondChecked::Wrong, most, new_session(9), &world.scene());
    assert_eq!(wrong.unwrap_err(), CodeRefusal::Incorrect.into());
    // However many come at once: what counts is which try it was.
    let late = attempt.attempt_second(&jane, &app(7), most + 1, new_session(9), &world.scene());
    assert_eq!(late.unwrap_err(), CodeRefusal::TooManyTries.into());
    if let SignInState::NeedsSecondFactor { tries, .. } = &mut attempt.state {
        tries.made = most;
    }
    let refused = attempt.may_attempt_second(&jane, &world.scene());
    assert_eq!(refused.unwrap_err(), CodeRefusal::TooManyTries.into());
    // Whoever proves the first factor once more goes on.
    let step = attempt.identify(email(JANE), &Found::Account(&jane), &world.scene()).unwrap();
    assert_eq!(world.take(step).0.status(START), SignInStatus::NeedsFirstFactor);
}

#[test]
fn sec_63_no_second_factor_passes_a_lock_a_ban_or_somebody_else() {
    let (mut world, jane) = (World::new(Policy::default()), with_totp(jane()));
    let attempt = world.half_way(&jane);
    let may = |account: &Account| attempt.may_attempt_second(account, &world.scene()).map(drop).unwrap_err();
    let mut locked = jane.clone();
    locked.lockout.locked_until = Some(START.plus(SECOND));
    assert_eq!(may(&locked), SignInRefusal::Locked { remaining_ms: SECOND });
    let mut banned = jane.clone();
    banned.user.banned = true;
    assert_eq!(may(&banned), SignInRefusal::Banned);
    let mut other = jane.clone();
    other.user.id = crate::UserId::from_random(bytes(2));
    assert_eq!(may(&other), SignInRefusal::UnknownIdentifier);
    let foreign = SecondChecked::Totp { id: totp(2), step: 7 };
    let refused = attempt.attempt_second(&jane, &foreign, 1, new_session(9), &world.scene());
    assert_eq!(refused.unwrap_err(), CodeRefusal::Incorrect.into(), "of another app");
    // The app was removed meanwhile: its code proves nothing any more.
    let refused = attempt.attempt_second(&super::jane(), &app(7), 1, new_session(9), &world.scene());
    assert_eq!(refused.unwrap_err(), CodeRefusal::Incorrect.into());
}

#[test]
fn sec_65_whoever_proved_a_password_that_was_changed_since_begins_again() {
    let (mut world, jane) = (World::new(Policy::default()), with_totp(jane()));
    let attempt = world.half_way(&jane);
    world.now = START.plus(MINUTE);
    let summary = PasswordSummary { updated_at: world.now, version: PASSWORD_VERSION + 1 };
    for password in [Some(summary), None] {
        let changed = Account { password, ..jane.clone() };
        let refused = attempt.attempt_second(&changed, &app(7), 1, new_session(9), &world.scene());
        assert_eq!(refused.unwrap_err(), SignInRefusal::ProofVoid);
        assert_eq!(attempt.may_attempt_second(&changed, &world.scene()), Err(SignInRefusal::ProofVoid));
    }
    // A code to an address proves the same whatever the password is.
    let mut by_code = attempt.clone();
    let SignInState::NeedsSecondFactor { first, .. } = &mut by_code.state else { panic!("{by_code:?}") };
    *first = Strategy::EmailCode;
    let changed = Account { password: Some(summary), ..jane.clone() };
    let step = by_code.attempt_second(&changed, &app(7), 1, new_session(9), &world.scene()).unwrap();
    assert_eq!(world.take(step).0.status(world.now), SignInStatus::Complete);
}

#[test]
fn nobody_proves_a_second_factor_who_is_not_asked_for_it() {
    let (mut world, jane) = (World::new(Policy::default()), with_totp(jane()));
    let attempt = world.identified(&jane);
    let refused = attempt.attempt_second(&jane, &app(7), 1, new_session(9), &world.scene());
    assert_eq!(refused.unwrap_err(), SignInRefusal::NoSecondFactors);
    let attempt = world.half_way(&jane);
    world.now = START.plus(DAY);
    let refused = attempt.attempt_second(&jane, &app(7), 1, new_session(9), &world.scene());
    assert_eq!(refused.unwrap_err(), SignInRefusal::Abandoned);
}

#[test]
fn a_password_that_others_know_is_set_anew_after_the_second_factor_and_not_before() {
    let (mut world, jane) = (World::new(Policy::default()), with_totp(jane()));
    let attempt = world.identified(&jane);
    let found = Found::Account(&jane);
    let exposed = crate::PasswordChecked { exposed: true, ..password(true) };
    let step = attempt.attempt_password(&found, exposed, new_session(8), &world.scene()).unwrap();
    let attempt = world.take(step).0;
    assert_eq!(attempt.status(START), SignInStatus::NeedsSecondFactor);
    let step = attempt.attempt_second(&jane, &app(7), 1, new_session(9), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(attempt.status(START), SignInStatus::NeedsNewPassword);
    assert_eq!(
        effects,
        [
            Effect::UseTotp { id: totp(1), step: 7 },
            Effect::ClearFailures(jane.counter.clone()),
            Effect::RequirePassword { user_id: jane.user.id.clone(), version: PASSWORD_VERSION },
        ]
    );
    assert!(world.sessions.is_empty());
    world.now = START.plus(MINUTE);
    let digest = PasswordDigest::new("digest".to_owned());
    let reset = Reset { digest, version: PASSWORD_VERSION, sign_out: false };
    let step = attempt.reset_password(&jane, reset, new_session(10), &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    assert!(matches!(
        attempt.state,
        SignInState::Complete { strategy: Strategy::Password, second: Some(Strategy::Totp), .. }
    ));
    assert_eq!(world.sessions[0].second_factor_at, Some(START));
}

#[test]
fn a_passkey_is_both_factors_only_where_the_owner_says_so() {
    for both in [false, true] {
        let mut policy = Policy::default();
        policy.passkeys.satisfies_second_factor = both;
        let mut world = World::new(policy);
        let jane = with_totp(crate::Account { passkeys: vec![crate::samples::passkey(&jane().user.id, 1)], ..jane() });
        let attempt = world.begin();
        let step = attempt.ask_passkey(crate::samples::asked(1), None, &world.scene()).unwrap();
        let attempt = world.take(step).0;
        let evidence = crate::samples::passkey_checked(1, 1, 5);
        let step = attempt.attempt_passkey(&jane, None, &evidence, new_session(9), &world.scene()).unwrap();
        let (attempt, _) = world.take(step);
        let asked_for = if both { SignInStatus::Complete } else { SignInStatus::NeedsSecondFactor };
        assert_eq!((attempt.status(START), world.sessions.len()), (asked_for, usize::from(both)));
        assert!(world.sessions.iter().all(|session| session.second_factor_at == Some(START)));
    }
}

const SWISS: &str = "+41791234567";

fn quiet() -> Recent {
    Recent::Texts(TextTraffic::default())
}

/// The evidence of a try at the code with this number.
fn texted(number: u32, try_number: u32, ok: bool) -> SecondChecked {
    SecondChecked::PhoneCode(tried(number, try_number, ok))
}

impl World {
    /// The same attempt with the code of this number on its way.
    fn texted(&mut self, attempt: &SignIn, account: &Account, number: u32) -> SignIn {
        let step = attempt.prepare_second(None, account, code(number), quiet(), &self.scene()).unwrap();
        let (attempt, effects) = self.take(step);
        let to = Recipient::Phone(Phone::parse(SWISS).unwrap());
        assert_eq!(effects, [Effect::SendCode { verification: code(number).id, to, deliver: true }]);
        attempt
    }
}

#[test]
fn a_code_to_the_number_that_is_set_apart_is_the_second_factor() {
    let (mut world, jane) = (World::new(Policy::default()), with_second_phone(jane(), 7, SWISS));
    let attempt = world.half_way(&jane);
    let number = SecondFactor::PhoneCode { phone_number_id: address(7), safe_identifier: "+*********67".to_owned() };
    assert_eq!(attempt.second_factors(&jane, &world.policy), [number, SecondFactor::BackupCode]);
    let early = attempt.may_attempt_second_code(&jane, &world.scene());
    assert_eq!(early, Err(CodeRefusal::Missing.into()));
    let attempt = world.texted(&attempt, &jane, 4);
    assert_eq!(attempt.status(START), SignInStatus::NeedsSecondFactor);
    assert_eq!(attempt.tried().len(), 2, "tries at it are counted beside those at an app");
    let step = attempt.attempt_second(&jane, &texted(4, 1, true), 1, new_session(9), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(effects[..2], [Effect::ConsumeCode(code(4).id), Effect::ClearFailures(jane.counter.clone())]);
    assert!(matches!(attempt.state, SignInState::Complete { second: Some(Strategy::PhoneCode), .. }));
    assert_eq!(world.sessions[0].second_factor_at, Some(START));
}

#[test]
fn sec_64_a_code_to_a_number_has_a_limit_of_its_own() {
    let (mut world, jane) = (World::new(Policy::default()), with_second_phone(with_totp(jane()), 7, SWISS));
    let most = world.policy.codes.max_tries;
    let attempt = world.half_way(&jane);
    let mut attempt = world.texted(&attempt, &jane, 4);
    let offer = |attempt: &SignIn, world: &World, evidence: &SecondChecked, try_number| {
        attempt.attempt_second(&jane, evidence, try_number, new_session(9), &world.scene()).map(drop)
    };
    let incorrect = Err(CodeRefusal::Incorrect.into());
    assert_eq!(offer(&attempt, &world, &texted(4, most, false), most), incorrect);
    assert_eq!(offer(&attempt, &world, &texted(4, most + 1, true), most + 1), Err(CodeRefusal::TooManyTries.into()));
    assert_eq!(offer(&attempt, &world, &texted(5, 1, true), 1), incorrect, "a code of another proof");
    if let SignInState::NeedsSecondFactor { code, .. } = &mut attempt.state
        && let CodeProof::Sent(sent) = &mut code.proof
    {
        sent.tries = most;
    }
    let refused = attempt.may_attempt_second_code(&jane, &world.scene()).map(drop);
    assert_eq!(refused, Err(CodeRefusal::TooManyTries.into()));
    assert!(attempt.may_attempt_second(&jane, &world.scene()).is_ok(), "the app is another way");
    // Another code is sent after the pause, and the old one is dead.
    let again = attempt.prepare_second(None, &jane, code(5), quiet(), &world.scene()).map(drop);
    assert_eq!(again, Err(CodeRefusal::TooSoon { retry_after_ms: 30 * SECOND }.into()));
    world.now = START.plus(30 * SECOND);
    let attempt = world.texted(&attempt, &jane, 5);
    assert_eq!(offer(&attempt, &world, &texted(4, 1, true), 1), incorrect);
    assert_eq!(offer(&attempt, &world, &texted(5, 1, true), 1), Ok(()));
    world.now = world.now.plus(world.policy.codes.lifetime_ms);
    assert_eq!(offer(&attempt, &world, &texted(5, 1, true), 1), Err(CodeRefusal::Expired.into()));
}

#[test]
fn sec_56_the_limits_of_texts_hold_for_the_second_factor_too() {
    let (mut world, jane) = (World::new(Policy::default()), with_second_phone(jane(), 7, SWISS));
    let attempt = world.half_way(&jane);
    let most = world.policy.texts.per_number_per_hour;
    let flooded = Recent::Texts(TextTraffic { to_number: most, ..TextTraffic::default() });
    let refused = attempt.prepare_second(None, &jane, code(4), flooded, &world.scene()).map(drop);
    assert_eq!(refused, Err(SignInRefusal::Text(TextRefusal::Number)));
    world.policy.texts.blocked_countries.insert("CH".to_owned());
    let refused = attempt.prepare_second(None, &jane, code(4), quiet(), &world.scene()).map(drop);
    assert_eq!(refused, Err(SignInRefusal::Text(TextRefusal::Country)), "sec_57");
    let by_backup_code = SecondChecked::BackupCode(backup_code(3));
    let step = attempt.attempt_second(&jane, &by_backup_code, 1, new_session(9), &world.scene());
    assert!(step.is_ok(), "sec_62: there is another way");
}

#[test]
fn sec_63_a_number_that_is_gone_or_is_no_second_factor_any_more_proves_nothing() {
    let (mut world, jane) = (World::new(Policy::default()), with_second_phone(with_totp(jane()), 7, SWISS));
    let half_way = world.half_way(&jane);
    let attempt = world.texted(&half_way, &jane, 4);
    let proves = |account: &Account| {
        let step = attempt.attempt_second(account, &texted(4, 1, true), 1, new_session(9), &world.scene());
        step.map(drop)
    };
    assert_eq!(proves(&jane), Ok(()));
    let mut other = jane.clone();
    other.phones[0].second_factor = false;
    assert_eq!(proves(&other), Err(CodeRefusal::Incorrect.into()));
    other.phones.clear();
    assert_eq!(proves(&other), Err(CodeRefusal::Incorrect.into()));
    let mut banned = jane.clone();
    banned.user.banned = true;
    assert_eq!(proves(&banned), Err(SignInRefusal::Banned));
    let refused = half_way.prepare_second(None, &banned, code(4), quiet(), &world.scene()).map(drop);
    assert_eq!(refused, Err(SignInRefusal::Banned), "nothing is sent");
    let refused = half_way.prepare_second(Some(&address(8)), &jane, code(4), quiet(), &world.scene()).map(drop);
    assert_eq!(refused, Err(SignInRefusal::NoSuchNumber));
    let refused = half_way.prepare_second(None, &other, code(4), quiet(), &world.scene()).map(drop);
    assert_eq!(refused, Err(SignInRefusal::NoSuchFactor), "there is but the app");
    let attempt = world.identified(&jane);
    let refused = attempt.prepare_second(None, &jane, code(4), quiet(), &world.scene()).map(drop);
    assert_eq!(refused, Err(SignInRefusal::NoSecondFactors), "not asked for yet");
}

#[test]
fn what_was_kept_before_there_were_codes_to_numbers_is_still_read() {
    let kept = r#"{"state":"needs_second_factor","identifier":"jane@example.com",
        "user_id":"user_000000000000000000000000001","first":"password","first_at":1700000000000,
        "tries":{"id":"ver_000000000000000000000000001"}}"#;
    let state: SignInState = serde_json::from_str(kept).unwrap();
    assert!(matches!(state, SignInState::NeedsSecondFactor { code, .. } if code == crate::SecondCode::default()));
}
