use super::*;
use crate::{
    Account, Client, Counter, Effect, Lockout, PasswordFault, PasswordSummary, Policy, Session, SignInId, SignInStatus,
    TotpId, TotpSummary,
    samples::{
        JANE, PASSWORD_VERSION, START, address, bytes, client, code, email, email_of, jane, new_session, told, tried,
    },
    time::{HOUR, SECOND},
};

/// A client on which somebody has forgotten their password.
struct World {
    client: Client,
    sessions: Vec<Session>,
    policy: Policy,
}

impl World {
    fn new() -> Self {
        let policy = Policy { new_device_notices: false, ..Policy::default() };
        Self { client: client(1), sessions: Vec::new(), policy }
    }

    fn scene(&self) -> Scene<'_> {
        Scene { client: &self.client, sessions: &self.sessions, policy: &self.policy, now: START }
    }

    fn take(&mut self, step: Step<SignIn>) -> SignIn {
        self.client = step.client;
        step.attempt
    }

    /// An attempt with this code under way.
    fn prepared(&mut self, account: &Account, purpose: CodePurpose) -> SignIn {
        let found = Found::Account(account);
        let step = SignIn::begin(SignInId::from_random(bytes(1)), &self.scene()).unwrap();
        let attempt = self.take(step);
        let step = attempt.identify(email(JANE), &found, &self.scene()).unwrap();
        let attempt = self.take(step);
        let step = attempt.prepare_code(purpose, None, &found, code(4), 0, &self.scene()).unwrap();
        self.take(step)
    }

    /// An attempt that has proven who it is.
    fn proven(&mut self, account: &Account) -> SignIn {
        let attempt = self.prepared(account, CodePurpose::ResetPassword);
        let step = attempt.attempt_reset_code(&Found::Account(account), &tried(4, 1, true), &self.scene()).unwrap();
        self.take(step)
    }
}

const NEW: &str = "Lantern and 7 oars";

fn reset(sign_out: bool) -> Reset {
    Reset { digest: PasswordDigest::new("digest".into()), version: PASSWORD_VERSION, sign_out }
}

#[test]
fn a_code_and_a_new_password_sign_in() {
    let (mut world, mut jane) = (World::new(), jane());
    jane.emails.push(email_of(&jane.user.id, 2, "doe@example.com", true));
    jane.emails.push(email_of(&jane.user.id, 3, "kept@example.com", false));
    jane.emails.push(email_of(&jane.user.id, 4, "doe+clerk_test@example.com", true));
    let attempt = world.prepared(&jane, CodePurpose::ResetPassword);
    let found = Found::Account(&jane);
    let step = attempt.attempt_reset_code(&found, &tried(4, 1, true), &world.scene()).unwrap();
    assert_eq!(
        step.effects,
        [Effect::ConsumeCode(code(4).id), Effect::ClearFailures(jane.counter.clone())],
        "nothing begins yet"
    );
    let attempt = world.take(step);
    assert_eq!((attempt.status(START), attempt.user_id()), (SignInStatus::NeedsNewPassword, Some(&jane.user.id)));
    assert_eq!(world.client.sign_in_id.as_ref(), Some(&attempt.id));
    assert!(attempt.first_factors(&found, &world.policy).is_empty());

    let account = attempt.may_reset_password(NEW, &found, &world.scene()).unwrap();
    let step = attempt.reset_password(account, reset(true), new_session(9), &world.scene()).unwrap();
    assert_eq!(step.attempt.status(START), SignInStatus::Complete);
    let notice = |text| told(Notice::PasswordChanged, text);
    let user_id = jane.user.id.clone();
    assert!(matches!(&step.effects[2], Effect::BeginSession(session) if session.user_id == user_id));
    assert_eq!(
        step.effects[..2],
        [
            Effect::SetPassword { user_id: user_id.clone(), version: PASSWORD_VERSION, digest: reset(true).digest },
            Effect::ClearFailures(Counter::strangers(&user_id)),
        ]
    );
    assert_eq!(
        step.effects[3..],
        [
            Effect::NoteChange(user_id.clone()),
            Effect::EndOtherSessions { user_id, kept: new_session(9).id },
            notice(JANE),
            notice("doe@example.com"),
        ]
    );

    let step = attempt.reset_password(account, reset(false), new_session(9), &world.scene()).unwrap();
    assert!(!step.effects.iter().any(|effect| matches!(effect, Effect::EndOtherSessions { .. })));
}

#[test]
fn a_code_is_good_for_what_it_was_sent_for_and_nothing_else() {
    let jane = jane();
    let found = Found::Account(&jane);
    let mut world = World::new();
    let attempt = world.prepared(&jane, CodePurpose::ResetPassword);
    let (scene, sign_in) = (world.scene(), CodePurpose::SignIn);
    assert_eq!(attempt.may_attempt_code(sign_in, &found, &scene), Err(SignInRefusal::OtherPurpose));
    let refused = attempt.attempt_code(&found, &tried(4, 1, true), new_session(9), &scene);
    assert_eq!(refused, Err(SignInRefusal::OtherPurpose));

    let mut world = World::new();
    let attempt = world.prepared(&jane, CodePurpose::SignIn);
    let refused = attempt.attempt_reset_code(&found, &tried(4, 1, true), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::OtherPurpose));
    assert_eq!(attempt.may_reset_password(NEW, &found, &world.scene()), Err(SignInRefusal::WrongState));
    let soon = attempt.prepare_code(CodePurpose::ResetPassword, None, &found, code(5), 1, &world.scene());
    let retry_after_ms = 30 * SECOND;
    assert_eq!(soon, Err(SignInRefusal::Code(crate::CodeRefusal::TooSoon { retry_after_ms })), "one mail is one mail");
}

#[test]
fn sec_48_a_proof_is_void_once_the_password_or_the_address_has_changed() {
    let (mut world, jane) = (World::new(), jane());
    let attempt = world.proven(&jane);
    let refused = |account: &Account| attempt.may_reset_password(NEW, &Found::Account(account), &world.scene()).err();
    assert_eq!(refused(&jane), None);
    let changed = Account {
        password: Some(PasswordSummary { updated_at: START.plus(1), version: PASSWORD_VERSION }),
        ..jane.clone()
    };
    assert_eq!(refused(&changed), Some(SignInRefusal::ProofVoid));
    let moved = Account { emails: vec![email_of(&jane.user.id, 5, JANE, true)], ..jane.clone() };
    assert_eq!(refused(&moved), Some(SignInRefusal::ProofVoid));
    let decoy = address(9);
    let nobody = Found::Nobody { decoy: &decoy, lockout: Lockout::default() };
    let gone = attempt.may_reset_password(NEW, &nobody, &world.scene());
    assert_eq!(gone.err(), Some(SignInRefusal::UnknownIdentifier));
}

#[test]
fn sec_64_a_right_code_forgets_no_wrong_try_of_who_has_a_second_factor() {
    let (mut world, mut jane) = (World::new(), jane());
    let attempt = world.prepared(&jane, CodePurpose::ResetPassword);
    assert!(!attempt.goes_by_reset(), "nothing is proven yet");
    jane.second_factors.totp = Some(TotpSummary { id: TotpId::from_random(bytes(1)), verified_at: Some(START) });
    let found = Found::Account(&jane);
    let step = attempt.attempt_reset_code(&found, &tried(4, 1, true), &world.scene()).unwrap();
    // Whoever reads the mail could guess at the second factor without end otherwise, five times for each mail.
    assert_eq!(step.effects, [Effect::ConsumeCode(code(4).id), Effect::RequireOpen(jane.counter.clone())]);
    let attempt = world.take(step);
    assert!(attempt.goes_by_reset());
    let step = attempt.reset_password(&jane, reset(false), new_session(9), &world.scene()).unwrap();
    assert!(step.effects.contains(&Effect::RequireOpen(jane.counter.clone())));
    assert!(!step.effects.iter().any(|effect| matches!(effect, Effect::ClearFailures(_))));
    assert_eq!(step.attempt.status(START), SignInStatus::NeedsSecondFactor);
    assert!(step.attempt.goes_by_reset(), "tries at the second factor count beside those at the code");
}

#[test]
fn sec_37_sec_85_who_is_banned_or_locked_sets_no_password() {
    let (mut world, jane) = (World::new(), jane());
    let attempt = world.proven(&jane);
    let mut banned = jane.clone();
    banned.user.banned = true;
    let refused = attempt.may_reset_password(NEW, &Found::Account(&banned), &world.scene());
    assert_eq!(refused.err(), Some(SignInRefusal::Banned));
    let lockout = Lockout { failed: 10, locked_until: Some(START.plus(HOUR)), closed_until: None };
    let locked = Account { lockout, ..jane.clone() };
    let refused = attempt.may_reset_password(NEW, &Found::Account(&locked), &world.scene());
    assert_eq!(refused.err(), Some(SignInRefusal::Locked { remaining_ms: HOUR }));

    let mut world = World::new();
    let attempt = world.prepared(&banned, CodePurpose::ResetPassword);
    let refused = attempt.attempt_reset_code(&Found::Account(&banned), &tried(4, 1, true), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::Banned));
}

#[test]
fn the_new_password_keeps_the_rules() {
    let (mut world, jane) = (World::new(), jane());
    let attempt = world.proven(&jane);
    let refused = |new: &str| attempt.may_reset_password(new, &Found::Account(&jane), &world.scene()).err();
    assert_eq!(refused("short"), Some(SignInRefusal::NewPassword(vec![PasswordFault::TooShort { min: 8 }])));
    assert_eq!(refused(JANE), Some(SignInRefusal::NewPassword(vec![PasswordFault::MatchesIdentifier])));
}

#[test]
fn sec_86_nobody_gets_no_further_than_somebody_with_a_wrong_code() {
    let mut world = World::new();
    world.policy.enumeration_protection = true;
    let decoy = address(99);
    let nobody = Found::Nobody { decoy: &decoy, lockout: Lockout::default() };
    let step = SignIn::begin(SignInId::from_random(bytes(1)), &world.scene()).unwrap();
    let attempt = world.take(step);
    let step = attempt.identify(email("nobody@example.com"), &nobody, &world.scene()).unwrap();
    let attempt = world.take(step);
    let purpose = CodePurpose::ResetPassword;
    let step = attempt.prepare_code(purpose, None, &nobody, code(4), 0, &world.scene()).unwrap();
    assert!(matches!(step.effects[..], [Effect::SendCode { deliver: false, .. }]), "{:?}", step.effects);
    let attempt = world.take(step);
    let refused = attempt.attempt_reset_code(&nobody, &tried(4, 1, true), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::Code(crate::CodeRefusal::Incorrect)));
}

#[test]
fn saying_anew_who_it_is_drops_the_proof() {
    let (mut world, jane) = (World::new(), jane());
    let attempt = world.proven(&jane);
    let found = Found::Account(&jane);
    let step = attempt.identify(email(JANE), &found, &world.scene()).unwrap();
    let attempt = world.take(step);
    assert_eq!(attempt.may_reset_password(NEW, &found, &world.scene()), Err(SignInRefusal::WrongState));
}

#[test]
fn a_right_password_that_others_know_signs_nobody_in_until_it_is_another_one() {
    let flagged = |jane: &Account| Account { user: jane.with_compromised_password(true).unwrap(), ..jane.clone() };
    let jane = jane();
    for (account, exposed) in [(flagged(&jane), false), (jane.clone(), true), (jane.clone(), false)] {
        let mut world = World::new();
        let found = Found::Account(&account);
        let attempt = world.prepared(&account, CodePurpose::SignIn);
        let wrong = PasswordChecked { credential_version: PASSWORD_VERSION, ok: false, exposed };
        let refused = attempt.attempt_password(&found, wrong, new_session(9), &world.scene());
        assert_eq!(refused, Err(SignInRefusal::PasswordIncorrect), "who does not know it learns nothing of it");
        let right = PasswordChecked { ok: true, ..wrong };
        let step = attempt.attempt_password(&found, right, new_session(9), &world.scene()).unwrap();
        if !exposed && !account.password_is_compromised() {
            assert_eq!(step.attempt.status(START), SignInStatus::Complete);
            continue;
        }
        let user_id = account.user.id.clone();
        let require = Effect::RequirePassword { user_id: user_id.clone(), version: PASSWORD_VERSION };
        assert_eq!(step.effects, [require, Effect::ClearFailures(Counter::strangers(&user_id))]);
        let attempt = world.take(step);
        assert_eq!(attempt.status(START), SignInStatus::NeedsNewPassword);
        assert!(attempt.proven_by_password());
        attempt.may_reset_password(NEW, &found, &world.scene()).unwrap();
        let step = attempt.reset_password(&account, reset(true), new_session(9), &world.scene()).unwrap();
        assert!(matches!(step.attempt.state, SignInState::Complete { strategy: Strategy::Password, .. }));
    }
}

#[test]
fn a_mark_is_for_one_password_and_banned_people_are_kept_out_with_it() {
    let jane = jane();
    let mut marked = Account { user: jane.with_compromised_password(true).unwrap(), ..jane.clone() };
    assert!(marked.password_is_compromised());
    let unmarked = Account { user: marked.with_compromised_password(false).unwrap(), ..marked.clone() };
    assert!(!unmarked.password_is_compromised());
    marked.user.banned = true;
    let mut world = World::new();
    let attempt = world.prepared(&marked, CodePurpose::SignIn);
    let right = PasswordChecked { credential_version: PASSWORD_VERSION, ok: true, exposed: false };
    let refused = attempt.attempt_password(&Found::Account(&marked), right, new_session(9), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::Banned));
    marked.password = Some(PasswordSummary { updated_at: START.plus(1), version: PASSWORD_VERSION });
    assert!(!marked.password_is_compromised(), "another one is not meant any more");
    marked.password = None;
    assert_eq!(marked.with_compromised_password(true), None);
}

#[test]
fn a_proof_by_the_password_is_void_once_there_is_another_one() {
    let (mut world, mut jane) = (World::new(), jane());
    let attempt = world.prepared(&jane, CodePurpose::SignIn);
    let right = PasswordChecked { credential_version: PASSWORD_VERSION, ok: true, exposed: true };
    let step = attempt.attempt_password(&Found::Account(&jane), right, new_session(9), &world.scene()).unwrap();
    let attempt = world.take(step);
    jane.password = Some(PasswordSummary { updated_at: START.plus(1), version: PASSWORD_VERSION });
    let refused = attempt.may_reset_password(NEW, &Found::Account(&jane), &world.scene()).map(|_| ());
    assert_eq!(refused, Err(SignInRefusal::ProofVoid));
}
