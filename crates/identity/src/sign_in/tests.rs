use super::*;
use crate::{
    Client, Notice, Policy, Recent, Session, SessionEnd,
    policy::Requirement,
    samples::{
        self, JANE, PASSWORD_VERSION, START, address, client, code, email, email_of, jane, new_session, password,
    },
    samples::{bytes, session, tried},
    time::{DAY, HOUR, SECOND},
};

mod phones;
mod random;
mod second;
mod settings;
mod ticket;

/// Whose address nobody has.
const NOBODY: &str = "nobody@example.com";

/// A client with its sessions, an instance, and the one who says when.
pub(super) struct World {
    pub(super) client: Client,
    sessions: Vec<Session>,
    pub(super) policy: Policy,
    pub(super) now: Timestamp,
}

impl World {
    /// Nobody is told of new devices here: what a sign-in leads to is shown without that.
    pub(super) fn new(policy: Policy) -> Self {
        let policy = Policy { new_device_notices: false, ..policy };
        Self { client: client(1), sessions: Vec::new(), policy, now: START }
    }

    /// An instance that hides who has an account.
    pub(super) fn hiding() -> Self {
        Self::new(Policy { enumeration_protection: true, ..Policy::default() })
    }

    pub(super) fn scene(&self) -> Scene<'_> {
        Scene { client: &self.client, sessions: &self.sessions, policy: &self.policy, now: self.now }
    }

    /// Commits a step.
    pub(super) fn take(&mut self, step: Step<SignIn>) -> (SignIn, Vec<Effect>) {
        self.client = step.client;
        for effect in &step.effects {
            match effect {
                Effect::BeginSession(session) => self.sessions.push((**session).clone()),
                Effect::EndSession(over) => {
                    let place = self.sessions.iter_mut().find(|session| session.id == over.id).unwrap();
                    *place = (**over).clone();
                }
                _ => {}
            }
        }
        (step.attempt, step.effects)
    }

    pub(super) fn begin(&mut self) -> SignIn {
        let step = SignIn::begin(SignInId::from_random(bytes(1)), &self.scene()).unwrap();
        self.take(step).0
    }

    /// An attempt that is about this account.
    pub(super) fn identified(&mut self, account: &Account) -> SignIn {
        let attempt = self.begin();
        let step = attempt.identify(email(JANE), &Found::Account(account), &self.scene()).unwrap();
        self.take(step).0
    }

    /// An attempt with this code under way to the address that was typed.
    fn prepared(&mut self, account: &Account, number: u32) -> SignIn {
        let attempt = self.identified(account);
        let step = attempt
            .prepare_code(CodePurpose::SignIn, None, &Found::Account(account), code(number), 0, &self.scene())
            .unwrap();
        self.take(step).0
    }
}

fn nobody(decoy: &IdentificationId) -> Found<'_> {
    Found::Nobody { decoy, lockout: Lockout::default() }
}

#[test]
fn a_client_that_knew_nothing_of_the_user_is_told_of_once() {
    let told = |world: &mut World, jane: &Account, number: u32| {
        let attempt = world.identified(jane);
        let found = Found::Account(jane);
        let step = attempt.attempt_password(&found, password(true), new_session(number), &world.scene()).unwrap();
        let effects = world.take(step).1;
        let notice = effects.into_iter().find(|effect| matches!(effect, Effect::SendNotice { .. }));
        // The session is over by then.
        world.now = world.now.plus(30 * DAY);
        notice
    };
    let (mut world, mut jane) = (World::new(Policy::default()), jane());
    assert_eq!(told(&mut world, &jane, 1), None, "the instance does not want it");
    let mut world = World::new(Policy::default());
    world.policy.new_device_notices = true;
    let notice = Notice::NewDevice { session: new_session(9).id, device: new_session(9).activity };
    let first = samples::told(notice, JANE);
    assert_eq!(told(&mut world, &jane, 9), Some(first));
    assert_eq!(told(&mut world, &jane, 10), None, "the session of before was of this user");
    jane.emails[0].verified_at = None;
    let mut world = World::new(Policy::default());
    world.policy.new_device_notices = true;
    assert_eq!(told(&mut world, &jane, 9), None, "an address that nobody has proven may be anybody's");
}

#[test]
fn the_password_signs_in() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let attempt = world.begin();
    assert_eq!(attempt.status(START), SignInStatus::NeedsIdentifier);
    assert_eq!(world.client.sign_in_id.as_ref(), Some(&attempt.id));

    let attempt = world.identified(&jane);
    assert_eq!(attempt.status(START), SignInStatus::NeedsFirstFactor);
    assert_eq!((attempt.identifier().unwrap().as_str(), attempt.user_id()), (JANE, Some(&jane.user.id)));
    assert_eq!(
        attempt.may_attempt_password(&Found::Account(&jane), &world.scene()).unwrap().as_str(),
        jane.user.id.as_str()
    );

    let step =
        attempt.attempt_password(&Found::Account(&jane), password(true), new_session(9), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(attempt.status(START), SignInStatus::Complete);
    let session = &world.sessions[0];
    assert_eq!(
        attempt.state,
        SignInState::Complete {
            identifier: email(JANE).into(),
            user_id: jane.user.id.clone(),
            session_id: session.id.clone(),
            strategy: Strategy::Password,
            second: None,
        }
    );
    assert_eq!(
        effects,
        [
            Effect::RequirePassword { user_id: jane.user.id.clone(), version: PASSWORD_VERSION },
            Effect::ClearFailures(jane.counter.clone()),
            Effect::BeginSession(Box::new(session.clone())),
        ],
        "the commit fails if the password was changed or the account locked meanwhile"
    );
    assert_eq!((&session.user_id, &session.client_id), (&jane.user.id, &world.client.id));
}

#[test]
fn a_code_signs_in() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let attempt = world.identified(&jane).speaking(Some("de".to_owned()));
    let step =
        attempt.prepare_code(CodePurpose::SignIn, None, &Found::Account(&jane), code(4), 0, &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(effects, [Effect::SendCode { verification: code(4).id, to: email(JANE).into(), deliver: true }]);
    assert_eq!(attempt.locale(), Some("de"), "the next code speaks the same language");
    assert_eq!(
        attempt.may_attempt_code(CodePurpose::SignIn, &Found::Account(&jane), &world.scene()).unwrap().id,
        code(4).id
    );

    let step =
        attempt.attempt_code(&Found::Account(&jane), &tried(4, 1, true), new_session(9), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert!(matches!(attempt.state, SignInState::Complete { strategy: Strategy::EmailCode, .. }));
    assert_eq!(effects[0], Effect::ConsumeCode(code(4).id), "the commit fails if the code was used meanwhile");
    assert_eq!(effects[1], Effect::ClearFailures(jane.counter));
    assert_eq!(world.client.last_strategy, Some(Strategy::EmailCode));
}

#[test]
fn wrong_proofs_are_refused_and_change_nothing() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let found = Found::Account(&jane);
    let attempt = world.identified(&jane);
    let refused = attempt.attempt_password(&found, password(false), new_session(9), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::PasswordIncorrect));
    let missing = SignInRefusal::Code(CodeRefusal::Missing);
    assert_eq!(attempt.may_attempt_code(CodePurpose::SignIn, &found, &world.scene()).unwrap_err(), missing);
    assert_eq!(attempt.attempt_code(&found, &tried(4, 1, true), new_session(9), &world.scene()), Err(missing));

    let attempt = world.prepared(&jane, 4);
    let refused = attempt.attempt_code(&found, &tried(4, 1, false), new_session(9), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::Code(CodeRefusal::Incorrect)));
}

#[test]
fn what_is_not_there_is_refused() {
    let mut world = World::new(Policy::default());
    let decoy = address(99);
    let attempt = world.begin();
    let unknown = attempt.identify(email(NOBODY), &nobody(&decoy), &world.scene());
    assert_eq!(unknown, Err(SignInRefusal::UnknownIdentifier));
    let jane = Account { password: None, ..jane() };
    let found = Found::Account(&jane);
    assert_eq!(attempt.may_attempt_password(&found, &world.scene()), Err(SignInRefusal::WrongState));
    assert_eq!(attempt.may_attempt_code(CodePurpose::SignIn, &found, &world.scene()), Err(SignInRefusal::WrongState));
    assert_eq!(
        attempt.prepare_code(CodePurpose::SignIn, None, &found, code(1), 0, &world.scene()),
        Err(SignInRefusal::WrongState)
    );
    assert!(attempt.first_factors(&found, &world.policy).is_empty());

    let attempt = world.identified(&jane);
    assert_eq!(attempt.may_attempt_password(&found, &world.scene()), Err(SignInRefusal::NoSuchFactor));
    let elsewhere = attempt.prepare_code(CodePurpose::SignIn, Some(&decoy), &found, code(1), 0, &world.scene());
    assert_eq!(elsewhere, Err(SignInRefusal::NoSuchAddress));
    world.policy.email_address.sign_in_by_code = false;
    assert_eq!(
        attempt.prepare_code(CodePurpose::SignIn, None, &found, code(1), 0, &world.scene()),
        Err(SignInRefusal::NoSuchFactor)
    );
}

#[test]
fn every_proven_address_can_get_the_code() {
    let (mut world, mut jane) = (World::new(Policy::default()), jane());
    jane.emails.push(email_of(&jane.user.id, 2, "doe@example.com", true));
    jane.emails.push(email_of(&jane.user.id, 3, "kept@example.com", false));
    let attempt = world.identified(&jane);
    let found = Found::Account(&jane);
    assert_eq!(
        attempt.first_factors(&found, &world.policy),
        [
            Factor::Password,
            Factor::EmailCode {
                email_address_id: address(1),
                safe_identifier: "j**@e***.com".to_owned(),
                primary: true
            },
            Factor::EmailCode {
                email_address_id: address(2),
                safe_identifier: "d**@e***.com".to_owned(),
                primary: false
            },
            Factor::ResetPasswordEmailCode {
                email_address_id: address(1),
                safe_identifier: "j**@e***.com".to_owned(),
                primary: true
            },
            Factor::ResetPasswordEmailCode {
                email_address_id: address(2),
                safe_identifier: "d**@e***.com".to_owned(),
                primary: false
            },
        ]
    );
    let (_, to) = attempt.code_recipient(CodePurpose::SignIn, Some(&address(2)), &found, &world.policy).unwrap();
    assert_eq!(to.as_str(), "doe@example.com");
    assert_eq!(
        attempt.code_recipient(CodePurpose::SignIn, Some(&address(3)), &found, &world.policy),
        Err(SignInRefusal::NoSuchAddress),
        "an address that nobody has proven gets no code"
    );
}

#[test]
fn an_attempt_is_the_clients_last_one_and_its_own() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let first = world.identified(&jane);
    let step = SignIn::begin(SignInId::from_random(bytes(2)), &world.scene()).unwrap();
    world.take(step);
    let found = Found::Account(&jane);
    let refused = first.attempt_password(&found, password(true), new_session(9), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::NotCurrent));

    let stranger = Client { sign_in_id: Some(first.id.clone()), ..client(2) };
    let scene = Scene { client: &stranger, ..world.scene() };
    let refused = first.attempt_password(&found, password(true), new_session(9), &scene);
    assert_eq!(refused, Err(SignInRefusal::NotCurrent), "another client cannot go on with it");
}

#[test]
fn an_attempt_is_given_up_a_day_after_the_last_step() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let attempt = world.begin();
    world.now = START.plus(DAY - 1);
    let step = attempt.identify(email(JANE), &Found::Account(&jane), &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    assert_eq!(attempt.status(START.plus(DAY)), SignInStatus::NeedsFirstFactor, "a step puts it off");
    world.now = START.plus(2 * DAY - 1);
    assert_eq!(attempt.status(world.now), SignInStatus::Abandoned);
    let refused = attempt.attempt_password(&Found::Account(&jane), password(true), new_session(9), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::Abandoned));
    let again = SignIn::begin(SignInId::from_random(bytes(2)), &world.scene()).unwrap();
    assert_eq!(again.attempt.status(world.now), SignInStatus::NeedsIdentifier);
}

#[test]
fn a_complete_attempt_is_over() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let found = Found::Account(&jane);
    let attempt = world.identified(&jane);
    let step = attempt.attempt_password(&found, password(true), new_session(9), &world.scene()).unwrap();
    let (done, _) = world.take(step);
    assert_eq!(world.client.sign_in_id, None);
    assert_eq!(done.identify(email(JANE), &found, &world.scene()), Err(SignInRefusal::NotCurrent));
    // Even if the client still pointed at it.
    world.client.sign_in_id = Some(done.id.clone());
    let refused = done.attempt_password(&found, password(true), new_session(10), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::WrongState));
    assert_eq!(done.status(START.plus(9 * DAY)), SignInStatus::Complete);
}

#[test]
fn an_account_that_went_or_came_meanwhile_ends_what_was_about_it() {
    let (mut world, jane) = (World::hiding(), jane());
    let decoy = address(99);
    let about_jane = world.prepared(&jane, 4);
    let refused = about_jane.attempt_code(&nobody(&decoy), &tried(4, 1, true), new_session(9), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::UnknownIdentifier));

    let about_nobody = about_jane.identify(email(JANE), &nobody(&decoy), &world.scene()).unwrap().attempt;
    let found = Found::Account(&jane);
    let refused = about_nobody.attempt_password(&found, password(true), new_session(9), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::UnknownIdentifier));
    assert!(about_nobody.first_factors(&found, &world.policy).is_empty());
}

#[test]
fn a_code_sent_to_an_address_that_was_removed_since_proves_nothing() {
    let (mut world, mut jane) = (World::new(Policy::default()), jane());
    let attempt = world.prepared(&jane, 4);
    jane.emails[0] = email_of(&jane.user.id, 5, "new@example.com", true);
    let refused = attempt.attempt_code(&Found::Account(&jane), &tried(4, 1, true), new_session(9), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::Code(CodeRefusal::Incorrect)));
}

#[test]
fn test_addresses_get_no_mail() {
    let mut world = World::new(Policy::default());
    let mut jane = jane();
    jane.emails = vec![email_of(&jane.user.id, 1, "jane+clerk_test@example.com", true)];
    let attempt = world.begin();
    let step = attempt.identify(jane.emails[0].email.clone(), &Found::Account(&jane), &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    let step =
        attempt.prepare_code(CodePurpose::SignIn, None, &Found::Account(&jane), code(4), 0, &world.scene()).unwrap();
    assert_eq!(step.effects, []);
    world.policy.test_mode = false;
    let step =
        attempt.prepare_code(CodePurpose::SignIn, None, &Found::Account(&jane), code(4), 0, &world.scene()).unwrap();
    assert_eq!(step.effects.len(), 1, "outside of test mode it is an address like any other");
}

#[test]
fn sec_34_signing_in_replaces_the_client_token() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let attempt = world.identified(&jane);
    let before = world.client.generation;
    assert!(world.client.note_use(START));
    let step =
        attempt.attempt_password(&Found::Account(&jane), password(true), new_session(9), &world.scene()).unwrap();
    assert_eq!((step.client.generation, step.client.generation_used_at), (before + 1, None));
}

#[test]
fn sec_37_a_banned_user_does_not_get_in_by_any_proof() {
    let (mut world, mut jane) = (World::new(Policy::default()), jane());
    jane.user.banned = true;
    let attempt = world.prepared(&jane, 4);
    let found = Found::Account(&jane);
    let by_password = attempt.attempt_password(&found, password(true), new_session(9), &world.scene());
    assert_eq!(by_password, Err(SignInRefusal::Banned));
    let by_code = attempt.attempt_code(&found, &tried(4, 1, true), new_session(9), &world.scene());
    assert_eq!(by_code, Err(SignInRefusal::Banned));
    let wrong = attempt.attempt_password(&found, password(false), new_session(9), &world.scene());
    assert_eq!(wrong, Err(SignInRefusal::PasswordIncorrect), "only who proves it is told");
}

#[test]
fn sec_41_a_second_account_keeps_the_first_where_several_may_be_signed_in() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    world.sessions.push(session(5, 2, &world.client));
    let attempt = world.identified(&jane);
    let step =
        attempt.attempt_password(&Found::Account(&jane), password(true), new_session(9), &world.scene()).unwrap();
    let (_, effects) = world.take(step);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::EndSession(_))));
    assert!(world.sessions.iter().all(|session| session.is_signed_in(&world.policy, START)));

    let again = world.begin();
    let refused = again.identify(email(JANE), &Found::Account(&jane), &world.scene());
    assert_eq!(refused, Err(SignInRefusal::AlreadySignedIn { session_id: new_session(9).id }));
}

#[test]
fn sec_41_where_one_may_be_signed_in_a_sign_in_begun_before_replaces_the_other() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    world.policy.sessions.single_session = true;
    let attempt = world.identified(&jane);
    world.sessions.push(session(5, 2, &world.client));
    assert_eq!(SignIn::begin(attempt.id.clone(), &world.scene()), Err(SignInRefusal::SessionExists));
    let step =
        attempt.attempt_password(&Found::Account(&jane), password(true), new_session(9), &world.scene()).unwrap();
    world.take(step);
    let signed_in = |session: &&Session| session.is_signed_in(&world.policy, START);
    assert_eq!(
        world.sessions.iter().filter(signed_in).map(|session| &session.id).collect::<Vec<_>>(),
        [&new_session(9).id]
    );
    assert_eq!(world.sessions[0].status(&world.policy, START).as_str(), "replaced");
}

#[test]
fn who_signs_in_again_has_been_told_why_they_were_signed_out() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let revoked = |mut session: Session| {
        session.end = Some((SessionEnd::Revoked, START));
        session
    };
    let hers = Session { user_id: jane.user.id.clone(), ..session(5, 2, &world.client) };
    world.sessions.extend([revoked(hers), revoked(session(6, 3, &world.client))]);
    let attempt = world.identified(&jane);
    let step =
        attempt.attempt_password(&Found::Account(&jane), password(true), new_session(9), &world.scene()).unwrap();
    world.take(step);
    let statuses = world.sessions.iter().map(|session| session.status(&world.policy, START).as_str());
    assert_eq!(statuses.collect::<Vec<_>>(), ["removed", "revoked", "active"], "others' reasons stay");
}

#[test]
fn sec_50_turning_passwords_off_keeps_the_sign_in_of_those_who_have_one() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    world.policy.password.requirement = Requirement::Off;
    let attempt = world.identified(&jane);
    let found = Found::Account(&jane);
    assert!(attempt.first_factors(&found, &world.policy).contains(&Factor::Password));
    assert!(attempt.attempt_password(&found, password(true), new_session(9), &world.scene()).is_ok());
}

#[test]
fn sec_52_a_code_belongs_to_the_attempt_that_asked_and_a_new_one_cancels_it() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let found = Found::Account(&jane);
    let attempt = world.prepared(&jane, 4);
    world.now = START.plus(31 * SECOND);
    let step = attempt.prepare_code(CodePurpose::SignIn, None, &found, code(5), 1, &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    let stale = attempt.attempt_code(&found, &tried(4, 1, true), new_session(9), &world.scene());
    assert_eq!(stale, Err(SignInRefusal::Code(CodeRefusal::Incorrect)));
    let again = attempt.identify(email(JANE), &found, &world.scene()).unwrap().attempt;
    let void = again.attempt_code(&found, &tried(5, 1, true), new_session(9), &world.scene());
    assert_eq!(void, Err(SignInRefusal::Code(CodeRefusal::Missing)), "saying anew who it is voids the proof");
}

#[test]
fn sec_54_no_more_tries_than_the_cap_are_looked_at() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let attempt = world.prepared(&jane, 4);
    let most = world.policy.codes.max_tries;
    let try_it =
        |number| attempt.attempt_code(&Found::Account(&jane), &tried(4, number, true), new_session(9), &world.scene());
    assert!(try_it(most).is_ok());
    assert_eq!(try_it(most + 1), Err(SignInRefusal::Code(CodeRefusal::TooManyTries)));
}

#[test]
fn sec_56_the_limits_hold_before_a_message_is_sent() {
    let (mut world, jane) = (World::new(Policy::default()), jane());
    let found = Found::Account(&jane);
    let attempt = world.identified(&jane);
    let most = world.policy.codes.per_address_per_hour;
    let flooded = attempt.prepare_code(CodePurpose::SignIn, None, &found, code(4), most, &world.scene());
    assert_eq!(flooded, Err(SignInRefusal::TooManyMessages));
    let step = attempt.prepare_code(CodePurpose::SignIn, None, &found, code(4), most - 1, &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    let soon = attempt.prepare_code(CodePurpose::SignIn, None, &found, code(5), 1, &world.scene());
    assert_eq!(soon, Err(SignInRefusal::Code(CodeRefusal::TooSoon { retry_after_ms: 30 * SECOND })));
}

#[test]
fn sec_85_a_locked_account_is_closed_to_every_proof_until_the_lock_runs_out() {
    let (mut world, mut jane) = (World::new(Policy::default()), jane());
    let attempt = world.prepared(&jane, 4);
    jane.lockout = Lockout { failed: 10, locked_until: Some(START.plus(HOUR)), closed_until: None };
    world.now = START.plus(31 * SECOND);
    let found = Found::Account(&jane);
    let locked = SignInRefusal::Locked { remaining_ms: HOUR - 31 * SECOND };
    let scene = world.scene();
    assert_eq!(attempt.may_attempt_password(&found, &scene), Err(locked.clone()));
    assert_eq!(attempt.attempt_password(&found, password(true), new_session(9), &scene), Err(locked.clone()));
    assert_eq!(attempt.may_attempt_code(CodePurpose::SignIn, &found, &scene), Err(locked.clone()));
    assert_eq!(attempt.attempt_code(&found, &tried(4, 1, true), new_session(9), &scene), Err(locked.clone()));
    assert_eq!(attempt.prepare_code(CodePurpose::SignIn, None, &found, code(5), 0, &scene), Err(locked));

    world.now = START.plus(HOUR);
    assert!(attempt.attempt_password(&found, password(true), new_session(9), &world.scene()).is_ok());
}

#[test]
fn sec_86_what_is_offered_does_not_tell_who_exists() {
    let (mut world, mut jane) = (World::hiding(), jane());
    jane.emails.push(email_of(&jane.user.id, 2, "doe@example.com", true));
    let no_password = Account { password: None, ..jane.clone() };
    let unproven = Account { emails: vec![email_of(&jane.user.id, 1, JANE, false)], ..jane.clone() };
    let decoy = address(1);
    let attempt = world.begin();
    let offered = |found: &Found<'_>| {
        let attempt = attempt.identify(email(JANE), found, &world.scene()).unwrap().attempt;
        attempt.first_factors(found, &world.policy)
    };
    let to_nobody = offered(&nobody(&decoy));
    assert_eq!(to_nobody.len(), 3);
    for account in [&jane, &no_password, &unproven] {
        assert_eq!(offered(&Found::Account(account)), to_nobody);
    }
}

#[test]
fn sec_86_a_code_for_nobody_costs_the_same_and_leaves_nothing_behind() {
    let mut world = World::hiding();
    let decoy = address(99);
    let attempt = world.begin();
    let step = attempt.identify(email(NOBODY), &nobody(&decoy), &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    assert_eq!((attempt.status(START), attempt.user_id()), (SignInStatus::NeedsFirstFactor, None));
    let step = attempt.prepare_code(CodePurpose::SignIn, None, &nobody(&decoy), code(4), 0, &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(effects, [Effect::SendCode { verification: code(4).id, to: email(NOBODY).into(), deliver: false }]);
    // Whatever the evidence says: nobody never signs in.
    let by_code = attempt.attempt_code(&nobody(&decoy), &tried(4, 1, true), new_session(9), &world.scene());
    assert_eq!(by_code, Err(SignInRefusal::Code(CodeRefusal::Incorrect)));
    let by_password = attempt.attempt_password(&nobody(&decoy), password(true), new_session(9), &world.scene());
    assert_eq!(by_password, Err(SignInRefusal::PasswordIncorrect));
}
