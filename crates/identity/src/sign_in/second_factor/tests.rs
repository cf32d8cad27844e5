use super::*;
use crate::{
    Client, ClientId, CodeMac, Email, ExternalFound, NewSession, Policy, Session, SignInId, SignInStatus, SignInToken,
    SignInTokenId,
    samples::{JANE, RULES, START, bytes, client, guarded, linked, new_link, new_session, password, profile, way_out},
    samples::{second_factor, tried},
};

struct World {
    client: Client,
    sessions: Vec<Session>,
    policy: Policy,
}

impl World {
    fn new() -> Self {
        Self { client: client(1), sessions: Vec::new(), policy: Policy::default() }
    }

    fn scene(&self) -> Scene<'_> {
        Scene { client: &self.client, sessions: &self.sessions, policy: &self.policy, now: START }
    }

    fn begin(&mut self) -> SignIn {
        let step = SignIn::begin(SignInId::from_random(bytes(1)), &self.scene()).unwrap();
        self.client = step.client;
        step.attempt
    }

    fn identified(&mut self, account: &Account) -> SignIn {
        let attempt = self.begin();
        attempt.identify(Email::parse(JANE).unwrap(), &Found::Account(account), &self.scene()).unwrap().attempt
    }

    /// An attempt whose first factor is proven by the password.
    fn waiting(&mut self, account: &Account) -> SignIn {
        let attempt = self.identified(account);
        let found = Found::Account(account);
        let step = attempt.attempt_password(&found, password(true), new_session(1), &self.scene()).unwrap();
        assert_waits(&step);
        step.attempt
    }
}

/// Nobody is signed in, and no wrong tries are forgotten.
fn assert_waits(step: &Step<SignIn>) {
    assert_eq!(step.attempt.status(START), SignInStatus::NeedsSecondFactor);
    let signs_in = |effect: &Effect| matches!(effect, Effect::BeginSession(_) | Effect::ClearFailures(_));
    assert!(!step.effects.iter().any(signs_in), "{:?}", step.effects);
    assert_eq!(step.client.last_active_session_id, None);
}

fn checked(try_number: u32, proof: impl Into<Option<SecondFactorProof>>) -> SecondFactorChecked {
    SecondFactorChecked { verification: second_factor(1), try_number, proof: proof.into() }
}

fn step(step: i64) -> SecondFactorProof {
    SecondFactorProof::Totp { step }
}

fn backup() -> SecondFactorProof {
    SecondFactorProof::BackupCode { mac: CodeMac::new("mac".to_owned()) }
}

fn session() -> NewSession {
    new_session(2)
}

#[test]
fn sec_63_the_first_factor_alone_signs_nobody_in() {
    let (mut world, account) = (World::new(), guarded(1));
    let attempt = world.waiting(&account);
    let found = Found::Account(&account);
    assert_eq!(attempt.second_factors(&found), [SecondFactor::Totp, SecondFactor::BackupCode]);
    for (factor, proof) in [(SecondFactor::Totp, step(2)), (SecondFactor::BackupCode, backup())] {
        let done =
            attempt.attempt_second_factor(factor, &found, &checked(1, proof), session(), &world.scene()).unwrap();
        assert_eq!(done.attempt.status(START), SignInStatus::Complete);
        let begun = done.effects.iter().find_map(|effect| match effect {
            Effect::BeginSession(session) => session.second_factor_at,
            _ => None,
        });
        assert_eq!(begun, Some(START), "the session says that both were proven");
        assert!(done.effects.contains(&Effect::ConsumeCode(second_factor(1))));
        assert!(done.effects.contains(&Effect::ClearFailures(account.user.id.clone())));
    }
}

#[test]
fn sec_60_a_step_that_counted_counts_no_more() {
    let (mut world, account) = (World::new(), guarded(0));
    let attempt = world.waiting(&account);
    let found = Found::Account(&account);
    let answer = |of: i64| {
        attempt.attempt_second_factor(SecondFactor::Totp, &found, &checked(1, step(of)), session(), &world.scene())
    };
    assert_eq!(answer(1).unwrap_err(), CodeRefusal::Incorrect.into());
    assert_eq!(answer(0).unwrap_err(), CodeRefusal::Incorrect.into());
    assert_eq!(answer(2).unwrap().effects[0], Effect::UseTotpStep { user_id: account.user.id.clone(), step: 2 });
}

#[test]
fn sec_64_tries_at_the_second_factor_have_a_limit_of_their_own() {
    let (mut world, account) = (World::new(), guarded(1));
    let attempt = world.waiting(&account);
    let found = Found::Account(&account);
    let most = world.policy.codes.max_tries;
    let answer = |number, proof: Option<SecondFactorProof>| {
        attempt
            .attempt_second_factor(SecondFactor::Totp, &found, &checked(number, proof), session(), &world.scene())
            .map(|done| done.attempt.status(START))
    };
    assert_eq!(answer(most, None), Err(CodeRefusal::Incorrect.into()));
    assert_eq!(answer(most + 1, Some(step(2))), Err(CodeRefusal::TooManyTries.into()));
    assert_eq!(answer(1, Some(backup())), Err(CodeRefusal::Incorrect.into()), "of the factor that was said");
    assert_eq!(answer(most, Some(step(2))), Ok(SignInStatus::Complete));
    let other = SecondFactorChecked { verification: second_factor(7), ..checked(1, step(2)) };
    let refused = attempt.attempt_second_factor(SecondFactor::Totp, &found, &other, session(), &world.scene());
    assert_eq!(refused.unwrap_err(), CodeRefusal::Incorrect.into(), "counted for another attempt");
}

#[test]
fn bans_locks_and_a_new_password_hold_here_too() {
    let (mut world, account) = (World::new(), guarded(0));
    let attempt = world.waiting(&account);
    let refused = |account: &Account, factor| {
        attempt.may_attempt_second_factor(factor, &Found::Account(account), &world.scene()).unwrap_err()
    };
    assert_eq!(refused(&account, SecondFactor::BackupCode), SignInRefusal::NoSuchFactor);
    let mut banned = account.clone();
    banned.user.banned = true;
    assert_eq!(refused(&banned, SecondFactor::Totp), SignInRefusal::Banned);
    let mut locked = account.clone();
    locked.lockout.locked_until = Some(START.plus(1));
    assert_eq!(refused(&locked, SecondFactor::Totp), SignInRefusal::Locked { remaining_ms: 1 });
    let mut changed = account.clone();
    changed.password = Some(crate::PasswordSummary { updated_at: START.plus(1) });
    assert_eq!(refused(&changed, SecondFactor::Totp), SignInRefusal::ProofVoid);
}

#[test]
fn sec_63_codes_tickets_and_accounts_elsewhere_owe_it_too() {
    let account = guarded(1);
    let found = Found::Account(&account);

    let mut world = World::new();
    let attempt = world.identified(&account);
    let purpose = crate::CodePurpose::SignIn;
    let sent = attempt.prepare_code(purpose, None, &found, crate::samples::code(1), 0, &world.scene()).unwrap().attempt;
    assert_waits(&sent.attempt_code(&found, &tried(1, 1, true), new_session(1), &world.scene()).unwrap());

    let mut world = World::new();
    let attempt = world.begin();
    let token = SignInToken::give(SignInTokenId::from_random(bytes(1)), account.user.id.clone(), 60_000, START);
    assert_waits(&attempt.redeem_ticket(&token, &account, new_session(1), &world.scene()).unwrap());

    let mut world = World::new();
    let attempt = world.begin().go_out(way_out(1), &world.scene()).unwrap().attempt;
    let profile = profile("sub", JANE, true);
    let mut known = account.clone();
    known.externals.push(linked(5, &account.user.id, profile.clone()));
    let of = |found: &ExternalFound<'_>| {
        attempt.come_back(&profile, found, new_link(1), RULES, new_session(1), &world.scene()).unwrap()
    };
    assert_waits(&of(&ExternalFound { linked: Some(&known), owner: None }));
    let new = of(&ExternalFound { linked: None, owner: Some(&account) });
    assert_waits(&new);
    let links = |effect: &Effect| matches!(effect, Effect::LinkExternal { .. });
    assert!(!new.effects.iter().any(links), "it is linked with the second factor");
    let checked = checked(1, step(2));
    let done =
        new.attempt.attempt_second_factor(SecondFactor::Totp, &found, &checked, session(), &world.scene()).unwrap();
    assert!(done.effects.iter().any(links));
}

#[test]
fn ids_of_clients_are_not_mixed_up() {
    let (mut world, account) = (World::new(), guarded(0));
    let attempt = world.waiting(&account);
    world.client = Client::begin(ClientId::from_random(bytes(9)), START);
    let refused = attempt.may_attempt_second_factor(SecondFactor::Totp, &Found::Account(&account), &world.scene());
    assert_eq!(refused.unwrap_err(), SignInRefusal::NotCurrent);
}

/// Somebody made an account with an address that is not theirs, and set up an app: whoever proves the address is not asked
/// for it, and it goes.
#[test]
fn sec_79_what_an_unproven_owner_has_planted_is_not_asked_for_and_goes() {
    for with_password in [false, true] {
        let mut account = guarded(3);
        account.emails[0].verified_at = None;
        account.emails[0].reserved = true;
        if !with_password {
            account.password = None;
        }
        let found = Found::Account(&account);
        let mut world = World::new();
        let attempt = world.begin().go_out(way_out(1), &world.scene()).unwrap().attempt;
        let owner = ExternalFound { linked: None, owner: Some(&account) };
        let profile = profile("sub", JANE, true);
        let waiting =
            attempt.come_back(&profile, &owner, new_link(1), RULES, new_session(1), &world.scene()).unwrap().attempt;
        let purpose = crate::CodePurpose::SignIn;
        let code = crate::samples::code(1);
        let sent = waiting.prepare_code(purpose, None, &found, code, 0, &world.scene()).unwrap().attempt;
        let mut done = sent.attempt_code(&found, &tried(1, 1, true), new_session(1), &world.scene()).unwrap();
        if with_password {
            let reset = crate::Reset {
                digest: crate::PasswordDigest::new("digest".to_owned()),
                version: crate::samples::PASSWORD_VERSION,
                sign_out: true,
            };
            done = done.attempt.reset_password(&account, reset, session(), &world.scene()).unwrap();
        }
        assert_eq!(done.attempt.status(START), SignInStatus::Complete);
        for gone in [Effect::RemoveTotp(account.user.id.clone()), Effect::RemoveBackupCodes(account.user.id.clone())] {
            assert!(done.effects.contains(&gone), "{with_password}: {gone:?}");
        }
    }
}
