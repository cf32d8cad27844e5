use super::*;
use crate::{
    Client, CodePurpose, Counter, Lockout, Notice, PasswordDigest, Policy, Reset, Session, SessionEnd, SignInId,
    SignInStatus, Timestamp, UserId,
    external::AWAY_MS,
    samples::{
        JANE, PASSWORD_VERSION, RULES, START, address, bytes, client, code, email, email_of, github, jane, linked,
        new_link, new_session, passkey, password, profile, session, told, tried, way_out, with_totp,
    },
    time::{DAY, HOUR},
};

mod random;

const SUBJECT: &str = "sub-1";
const NEW_PASSWORD: &str = "Lantern and 7 oars";

/// A client, and the one who says when.
struct World {
    client: Client,
    sessions: Vec<Session>,
    policy: Policy,
    now: Timestamp,
}

impl World {
    /// Nobody is told of new devices here: what a sign-in leads to is shown without that.
    fn new(policy: Policy) -> Self {
        let policy = Policy { new_device_notices: false, ..policy };
        Self { client: client(1), sessions: Vec::new(), policy, now: START }
    }

    fn scene(&self) -> Scene<'_> {
        Scene { client: &self.client, sessions: &self.sessions, policy: &self.policy, now: self.now }
    }

    fn take(&mut self, step: Step<SignIn>) -> (SignIn, Vec<Effect>) {
        self.client = step.client;
        (step.attempt, step.effects)
    }

    /// An attempt whose person is at the provider.
    fn away(&mut self) -> SignIn {
        let step = SignIn::begin(SignInId::from_random(bytes(1)), &self.scene()).unwrap();
        let attempt = self.take(step).0;
        let step = attempt.go_out(way_out(5), &self.scene()).unwrap();
        self.take(step).0
    }

    fn back(&self, attempt: &SignIn, said: &Profile, found: &ExternalFound<'_>) -> Result<Step<SignIn>, SignInRefusal> {
        attempt.come_back(said, found, new_link(5), RULES, new_session(9), &self.scene())
    }

    /// A whole way out and back.
    fn by(&mut self, said: &Profile, found: &ExternalFound<'_>) -> (SignIn, Vec<Effect>) {
        let attempt = self.away();
        let step = self.back(&attempt, said, found).unwrap();
        self.take(step)
    }

    /// A sign-in that waits for the proof of Jane's address, with a code under way to it.
    fn pending(&mut self, said: &Profile, account: &Account) -> SignIn {
        let (attempt, effects) = self.by(said, &owned(account));
        assert_eq!(effects, [redeemed()], "nothing is linked yet");
        let step = attempt
            .prepare_code(CodePurpose::SignIn, None, &Found::Account(account), code(4), 0, &self.scene())
            .unwrap();
        self.take(step).0
    }
}

/// Nobody has the account elsewhere, and this user the address.
fn owned(account: &Account) -> ExternalFound<'_> {
    ExternalFound { linked: None, owner: Some(account) }
}

fn redeemed() -> Effect {
    Effect::RedeemExternal(way_out(5).id)
}

fn outcome(attempt: &SignIn) -> &ExternalOutcome {
    &attempt.external.as_ref().unwrap().outcome
}

fn notice(notice: Notice, to: &str) -> Effect {
    told(notice, to)
}

fn connected() -> Notice {
    Notice::ExternalConnected(crate::samples::google())
}

fn link_of(account: &Account, said: &Profile) -> Effect {
    Effect::LinkExternal { external: Box::new(linked(5, &account.user.id, said.clone())), flow: way_out(5).id }
}

/// Jane, whose address nobody has proven: whoever made the account only claimed it.
fn unproven() -> Account {
    let mut jane = jane();
    jane.emails = vec![email_of(&jane.user.id, 1, JANE, false)];
    jane
}

/// The same with what somebody may have planted: another address, and an account elsewhere of their own.
fn planted() -> Account {
    let mut jane = unproven();
    jane.emails.push(email_of(&jane.user.id, 2, "eve@example.com", true));
    let hers = Profile { connection: github(), ..profile("eve", "eve@example.com", true) };
    jane.externals.push(linked(7, &jane.user.id, hers));
    jane.passkeys.push(passkey(&jane.user.id, 20));
    jane
}

fn begun(effects: &[Effect]) -> Option<&Session> {
    effects.iter().find_map(|effect| match effect {
        Effect::BeginSession(session) => Some(&**session),
        _ => None,
    })
}

#[test]
fn sec_75_the_connection_and_the_subject_are_who_it_is_whatever_the_address() {
    let mut jane = jane();
    jane.externals.push(linked(2, &jane.user.id, profile(SUBJECT, JANE, true)));
    let mut eve = self::jane();
    eve.user.id = UserId::from_random(bytes(66));
    for said in [
        profile(SUBJECT, JANE, true),
        profile(SUBJECT, JANE, false),
        profile(SUBJECT, "moved@example.com", false),
        profile(SUBJECT, "", false),
    ] {
        let mut world = World::new(Policy::default());
        // The address may have become somebody else's: they do not gain the account by it, nor lose theirs.
        let found = ExternalFound { linked: Some(&jane), owner: Some(&eve) };
        let (attempt, effects) = world.by(&said, &found);
        assert_eq!(attempt.status(START), SignInStatus::Complete);
        assert_eq!((attempt.user_id(), outcome(&attempt)), (Some(&jane.user.id), &ExternalOutcome::Verified));
        let session = begun(&effects).unwrap().clone();
        assert_eq!(session.user_id, jane.user.id);
        let known = jane.externals[0].renewed(&way_out(5).id, said, START);
        assert_eq!(known.id, jane.externals[0].id, "the same account elsewhere, with what is said of it now");
        assert_eq!(
            effects,
            [
                redeemed(),
                Effect::LinkExternal { external: Box::new(known), flow: way_out(5).id },
                Effect::ClearFailures(jane.counter.clone()),
                Effect::BeginSession(Box::new(session)),
            ]
        );
        assert_eq!(world.client.last_strategy, Some(Strategy::OAuth(crate::samples::google())));
    }
}

#[test]
fn who_is_nobody_here_has_to_sign_up() {
    let mut world = World::new(Policy::default());
    let (attempt, effects) = world.by(&profile(SUBJECT, JANE, true), &ExternalFound::default());
    assert_eq!((outcome(&attempt), effects), (&ExternalOutcome::Transferable, vec![redeemed()]));
    assert_eq!(attempt.status(START), SignInStatus::NeedsIdentifier);
    // An address that the user added and neither proved nor was given is nobody's.
    let mut jane = unproven();
    jane.emails[0].reserved = false;
    let (attempt, effects) = world.by(&profile(SUBJECT, JANE, true), &owned(&jane));
    assert_eq!((outcome(&attempt), effects), (&ExternalOutcome::Transferable, vec![redeemed()]));
}

#[test]
fn sec_77_an_address_that_both_have_proven_links_and_signs_in() {
    let mut world = World::new(Policy::default());
    let (jane, said) = (jane(), profile(SUBJECT, JANE, true));
    let (attempt, effects) = world.by(&said, &owned(&jane));
    assert_eq!(attempt.status(START), SignInStatus::Complete);
    let session = begun(&effects).unwrap().clone();
    assert_eq!(
        effects,
        [
            redeemed(),
            link_of(&jane, &said),
            Effect::NoteChange(jane.user.id.clone()),
            notice(connected(), JANE),
            Effect::ClearFailures(jane.counter.clone()),
            Effect::BeginSession(Box::new(session)),
        ],
        "and the password and other sessions stay"
    );
}

#[test]
fn sec_78_an_address_that_the_provider_does_not_vouch_for_is_proven_by_a_code_and_nothing_else() {
    for policy in [Policy::default(), Policy { enumeration_protection: true, ..Policy::default() }] {
        let mut world = World::new(policy);
        let (mut jane, said) = (jane(), profile(SUBJECT, JANE, false));
        jane.emails.push(email_of(&jane.user.id, 2, "doe@example.com", true));
        let attempt = world.pending(&said, &jane);
        let found = Found::Account(&jane);
        assert_eq!(outcome(&attempt), &ExternalOutcome::Verified);
        assert!(!attempt.pending_link().unwrap().unproven_owner);
        let only =
            Factor::EmailCode { email_address_id: address(1), safe_identifier: email(JANE).masked(), primary: true };
        assert_eq!(attempt.first_factors(&found, &world.policy), [only]);
        let scene = world.scene();
        assert_eq!(attempt.may_attempt_password(&found, &scene).unwrap_err(), SignInRefusal::NoSuchFactor);
        let by_password = attempt.attempt_password(&found, password(true), new_session(9), &scene);
        assert_eq!(by_password.unwrap_err(), SignInRefusal::NoSuchFactor, "whoever knows it does not link by it");
        for (purpose, wanted, refusal) in [
            (CodePurpose::SignIn, Some(address(2)), SignInRefusal::NoSuchAddress),
            (CodePurpose::ResetPassword, None, SignInRefusal::NoSuchFactor),
        ] {
            let refused = attempt.code_recipient(purpose, wanted.as_ref(), &found, &world.policy);
            assert_eq!(refused.unwrap_err(), refusal);
        }
        let wrong = attempt.attempt_code(&found, &tried(4, 1, false), new_session(9), &scene);
        assert_eq!(wrong.unwrap_err(), CodeRefusal::Incorrect.into());
        let step = attempt.attempt_code(&found, &tried(4, 2, true), new_session(9), &scene).unwrap();
        let (done, effects) = world.take(step);
        assert_eq!(done.status(START), SignInStatus::Complete);
        let session = begun(&effects).unwrap().clone();
        assert_eq!(
            effects,
            [
                Effect::ConsumeCode(code(4).id),
                link_of(&jane, &said),
                Effect::NoteChange(jane.user.id.clone()),
                notice(connected(), JANE),
                notice(connected(), "doe@example.com"),
                Effect::ClearFailures(jane.counter.clone()),
                Effect::BeginSession(Box::new(session)),
            ],
            "nothing is taken from who has proven the address before"
        );
    }
}

#[test]
fn sec_80_who_only_claimed_the_address_is_shut_out_by_its_holder() {
    // Whether the provider vouches for the address or not: here nobody has proven it.
    for vouched in [true, false] {
        let mut world = World::new(Policy::default());
        let (jane, said) = (Account { password: None, ..planted() }, profile(SUBJECT, JANE, vouched));
        let attempt = world.pending(&said, &jane);
        assert!(attempt.pending_link().unwrap().unproven_owner);
        let found = Found::Account(&jane);
        let step = attempt.attempt_code(&found, &tried(4, 1, true), new_session(9), &world.scene()).unwrap();
        let (done, effects) = world.take(step);
        assert_eq!(done.status(START), SignInStatus::Complete);
        let session = begun(&effects).unwrap().clone();
        assert_eq!(
            effects,
            [
                Effect::ConsumeCode(code(4).id),
                Effect::RemoveEmail(address(2)),
                Effect::UnlinkExternal(jane.externals[0].id.clone()),
                Effect::RemovePasskey(address(20)),
                Effect::VerifyEmail(address(1)),
                Effect::EndOtherSessions { user_id: jane.user.id.clone(), kept: new_session(9).id },
                link_of(&jane, &said),
                Effect::NoteChange(jane.user.id.clone()),
                notice(connected(), JANE),
                Effect::ClearFailures(jane.counter.clone()),
                Effect::BeginSession(Box::new(session)),
            ],
            "what was planted goes before the session begins"
        );
    }
}

#[test]
fn sec_80_a_password_of_who_only_claimed_the_address_is_replaced_before_anything_is_linked() {
    let mut world = World::new(Policy::default());
    let (jane, said) = (planted(), profile(SUBJECT, JANE, true));
    let attempt = world.pending(&said, &jane);
    let found = Found::Account(&jane);
    let step = attempt.attempt_code(&found, &tried(4, 1, true), new_session(9), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(attempt.status(START), SignInStatus::NeedsNewPassword);
    assert_eq!(effects, [Effect::ConsumeCode(code(4).id), Effect::ClearFailures(jane.counter.clone())]);

    let account = attempt.may_reset_password(NEW_PASSWORD, &found, &world.scene()).unwrap();
    let digest = PasswordDigest::new("digest".to_owned());
    // Others are signed out whatever is asked for.
    let reset = Reset { digest: digest.clone(), version: PASSWORD_VERSION, sign_out: false };
    let step = attempt.reset_password(account, reset, new_session(9), &world.scene()).unwrap();
    let (done, effects) = world.take(step);
    assert_eq!(done.status(START), SignInStatus::Complete);
    let user_id = jane.user.id.clone();
    let session = begun(&effects).unwrap().clone();
    assert_eq!(
        effects,
        [
            Effect::SetPassword { user_id: user_id.clone(), version: PASSWORD_VERSION, digest },
            Effect::ClearFailures(Counter::strangers(&user_id)),
            Effect::BeginSession(Box::new(session)),
            Effect::NoteChange(user_id.clone()),
            Effect::RemoveEmail(address(2)),
            Effect::UnlinkExternal(jane.externals[0].id.clone()),
            Effect::RemovePasskey(address(20)),
            Effect::VerifyEmail(address(1)),
            Effect::EndOtherSessions { user_id: user_id.clone(), kept: new_session(9).id },
            link_of(&jane, &said),
            Effect::NoteChange(user_id),
            notice(connected(), JANE),
            notice(Notice::PasswordChanged, JANE),
        ]
    );
    let pending = attempt.pending_link().unwrap();
    let mut elsewhere = jane.clone();
    elsewhere.user.primary_email_address_id = Some(address(2));
    assert_eq!(
        elsewhere.cleaned_up(pending).primary_email_address_id,
        Some(address(1)),
        "the proven one is the main one"
    );
}

#[test]
fn a_password_that_was_set_since_voids_the_proof() {
    let mut world = World::new(Policy::default());
    let jane = unproven();
    let attempt = world.pending(&profile(SUBJECT, JANE, true), &jane);
    let step =
        attempt.attempt_code(&Found::Account(&jane), &tried(4, 1, true), new_session(9), &world.scene()).unwrap();
    let attempt = world.take(step).0;
    let mut changed = jane.clone();
    changed.password = Some(crate::PasswordSummary { updated_at: START.plus(1), version: PASSWORD_VERSION });
    let refused = attempt.may_reset_password(NEW_PASSWORD, &Found::Account(&changed), &world.scene());
    assert_eq!(refused.unwrap_err(), SignInRefusal::ProofVoid);
    let mut gone = jane.clone();
    gone.emails = vec![email_of(&jane.user.id, 2, "eve@example.com", true)];
    let refused = attempt.may_reset_password(NEW_PASSWORD, &Found::Account(&gone), &world.scene());
    assert_eq!(refused.unwrap_err(), SignInRefusal::ProofVoid);
}

#[test]
fn an_address_that_was_removed_meanwhile_links_nothing() {
    let mut world = World::new(Policy::default());
    let jane = jane();
    let attempt = world.pending(&profile(SUBJECT, JANE, false), &jane);
    let mut gone = jane.clone();
    gone.emails = vec![email_of(&jane.user.id, 2, "doe@example.com", true)];
    let refused = attempt.attempt_code(&Found::Account(&gone), &tried(4, 1, true), new_session(9), &world.scene());
    assert_eq!(refused.unwrap_err(), CodeRefusal::Incorrect.into());
    assert!(attempt.first_factors(&Found::Account(&gone), &world.policy).is_empty());
}

#[test]
fn sec_75_an_account_with_another_one_there_is_not_theirs() {
    let mut world = World::new(Policy::default());
    let mut jane = jane();
    jane.externals.push(linked(2, &jane.user.id, profile("before", JANE, true)));
    for vouched in [true, false] {
        let (attempt, effects) = world.by(&profile(SUBJECT, JANE, vouched), &owned(&jane));
        let refusal = ExternalRefusal::OauthAccountAlreadyConnected;
        assert_eq!((outcome(&attempt), effects), (&ExternalOutcome::Failed(refusal), vec![redeemed()]));
    }
    let elsewhere = Profile { connection: github(), ..profile(SUBJECT, JANE, true) };
    assert_eq!(world.by(&elsewhere, &owned(&jane)).0.status(START), SignInStatus::Complete, "by another connection");
}

#[test]
fn sec_81_a_sub_address_signs_nobody_in_not_even_who_came_in_by_it_before() {
    let mut world = World::new(Policy::default());
    let mut jane = jane();
    let said = profile(SUBJECT, "jane+x@example.com", true);
    jane.externals.push(linked(2, &jane.user.id, said.clone()));
    let found = ExternalFound { linked: Some(&jane), owner: None };
    let (attempt, effects) = world.by(&said, &found);
    let refusal = ExternalRefusal::NotAllowedAccess;
    assert_eq!((outcome(&attempt), effects), (&ExternalOutcome::Failed(refusal), vec![redeemed()]));
}

#[test]
fn who_is_shut_out_stays_out() {
    let said = profile(SUBJECT, JANE, true);
    let mut banned = jane();
    banned.user.banned = true;
    let mut locked = jane();
    locked.lockout = Lockout { failed: 10, locked_until: Some(START.plus(HOUR)), closed_until: None };
    for (account, refusal) in [(banned, SignInRefusal::Banned), (locked, SignInRefusal::Locked { remaining_ms: HOUR })]
    {
        let mut world = World::new(Policy::default());
        let attempt = world.away();
        assert_eq!(world.back(&attempt, &said, &owned(&account)).unwrap_err(), refusal);
        let mut linked_too = account.clone();
        linked_too.externals.push(linked(2, &account.user.id, said.clone()));
        let found = ExternalFound { linked: Some(&linked_too), owner: None };
        assert_eq!(world.back(&attempt, &said, &found).unwrap_err(), refusal);
    }
    // Also when it happens while the code is under way.
    let mut world = World::new(Policy::default());
    let attempt = world.pending(&profile(SUBJECT, JANE, false), &jane());
    let mut banned = jane();
    banned.user.banned = true;
    let late = attempt.attempt_code(&Found::Account(&banned), &tried(4, 1, true), new_session(9), &world.scene());
    assert_eq!(late.unwrap_err(), SignInRefusal::Banned);
}

#[test]
fn who_is_signed_in_here_is_told_by_which_session() {
    let (jane, said) = (jane(), profile(SUBJECT, JANE, true));
    let mut world = World::new(Policy::default());
    world.sessions.push(session(3, 1, &world.client));
    let (attempt, effects) = world.by(&said, &owned(&jane));
    let refusal = ExternalRefusal::IdentifierAlreadySignedIn { session_id: world.sessions[0].id.clone() };
    assert_eq!((outcome(&attempt), effects), (&ExternalOutcome::Failed(refusal), vec![redeemed()]));

    // Somebody else of a client that holds one session makes room.
    let mut world = World::new(Policy::default());
    let attempt = world.away();
    world.policy.sessions.single_session = true;
    world.sessions.push(session(3, 2, &world.client));
    let step = world.back(&attempt, &said, &owned(&jane)).unwrap();
    let ended = step.effects.iter().find_map(|effect| match effect {
        Effect::EndSession(over) => Some(&**over),
        _ => None,
    });
    let over = world.sessions[0].finish(SessionEnd::Replaced, &world.policy, START).unwrap();
    assert_eq!(ended, Some(&over));
}

#[test]
fn sec_79_a_way_out_that_has_ended_is_not_taken_again_past_the_proof_that_it_owes() {
    let mut world = World::new(Policy::default());
    let mut account = unproven();
    account.emails.push(email_of(&account.user.id, 2, "other@example.com", true));
    let (attempt, _) = world.by(&profile(SUBJECT, JANE, false), &owned(&account));
    assert!(attempt.pending_link().unwrap().unproven_owner);
    let other = profile("somebody", "other@example.com", true);
    assert_eq!(world.back(&attempt, &other, &owned(&account)).unwrap_err(), SignInRefusal::WrongState);
    assert_eq!(attempt.awaits(&way_out(5), &world.scene()), Err(SignInRefusal::WrongState));
}

#[test]
fn sec_05_only_the_way_out_that_an_attempt_waits_for_is_taken() {
    let mut world = World::new(Policy::default());
    let jane = jane();
    let said = profile(SUBJECT, JANE, true);
    let attempt = world.away();
    assert_eq!(attempt.awaits(&way_out(5), &world.scene()), Ok(()));
    assert_eq!(attempt.awaits(&way_out(6), &world.scene()), Err(SignInRefusal::WrongState));

    // Who is said to be somebody else meanwhile waits for nothing.
    let step = attempt.identify(email(JANE), &Found::Account(&jane), &world.scene()).unwrap();
    let identified = step.attempt;
    assert_eq!(identified.awaits(&way_out(5), &world.scene()), Err(SignInRefusal::WrongState));
    assert_eq!(world.back(&identified, &said, &owned(&jane)).unwrap_err(), SignInRefusal::WrongState);

    let other = client(2);
    let scene = Scene { client: &other, ..world.scene() };
    let stolen = attempt.come_back(&said, &owned(&jane), new_link(5), RULES, new_session(9), &scene);
    assert_eq!(stolen.unwrap_err(), SignInRefusal::NotCurrent, "of another client");

    world.now = START.plus(2 * DAY);
    assert_eq!(world.back(&attempt, &said, &owned(&jane)).unwrap_err(), SignInRefusal::Abandoned);
    world.now = START;
    let step = world.back(&attempt, &said, &owned(&jane)).unwrap();
    let done = world.take(step).0;
    assert!(world.back(&done, &said, &owned(&jane)).is_err(), "once");
}

#[test]
fn going_out_again_drops_what_was_proven_before() {
    let mut world = World::new(Policy::default());
    let jane = jane();
    let attempt = world.pending(&profile(SUBJECT, JANE, false), &jane);
    let step = attempt.go_out(way_out(6), &world.scene()).unwrap();
    let attempt = world.take(step).0;
    assert_eq!(attempt.status(START), SignInStatus::NeedsIdentifier);
    assert!(attempt.pending_link().is_none() && attempt.code().is_none());
    assert!(attempt.external.as_ref().unwrap().is_waiting(START.plus(AWAY_MS - 1)));
}

#[test]
fn a_sign_up_of_somebody_becomes_a_sign_in() {
    let mut world = World::new(Policy::default());
    let mut jane = jane();
    let said = profile(SUBJECT, JANE, true);
    jane.externals.push(linked(2, &jane.user.id, said.clone()));
    let begun_now = SignIn::begin(SignInId::from_random(bytes(1)), &world.scene()).unwrap();
    let attempt = world.take(begun_now).0;
    let proof = way_out(5).ended(ExternalOutcome::Transferable);
    let found = ExternalFound { linked: Some(&jane), owner: Some(&jane) };
    let transfer = |found: &ExternalFound<'_>, scene: &Scene<'_>| {
        attempt.transferred(&proof, &said, found, new_link(5), RULES, new_session(9), scene)
    };
    let step = transfer(&found, &world.scene()).unwrap();
    assert_eq!(step.attempt.status(START), SignInStatus::Complete);
    assert!(!step.effects.contains(&redeemed()), "the sign-up has redeemed it");
    assert!(begun(&step.effects).is_some());
    // The same rules hold: an address that is not proven on both sides waits for its proof.
    let unproven = unproven();
    let step = transfer(&owned(&unproven), &world.scene()).unwrap();
    assert!(step.attempt.pending_link().unwrap().unproven_owner && step.effects.is_empty());
    let step = transfer(&ExternalFound::default(), &world.scene()).unwrap();
    assert_eq!(outcome(&step.attempt), &ExternalOutcome::Transferable, "who is gone since has to sign up");
}

#[test]
fn sec_80_a_second_factor_of_who_only_claimed_the_address_goes_too() {
    let mut world = World::new(Policy::default());
    let (jane, said) = (with_totp(Account { password: None, ..planted() }), profile(SUBJECT, JANE, true));
    let attempt = world.pending(&said, &jane);
    let found = Found::Account(&jane);
    let step = attempt.attempt_code(&found, &tried(4, 1, true), new_session(9), &world.scene()).unwrap();
    let (done, effects) = world.take(step);
    assert!(effects.contains(&Effect::RemoveSecondFactors(jane.user.id.clone())));
    assert_eq!(done.status(START), SignInStatus::Complete, "whoever set it up is not asked for it");
    // One that whoever proved the address has set up is.
    let mut own = world.away();
    let jane = with_totp(crate::samples::jane());
    let step = world.back(&own, &said, &owned(&jane)).unwrap();
    own = world.take(step).0;
    assert_eq!(own.status(START), SignInStatus::NeedsSecondFactor);
}
