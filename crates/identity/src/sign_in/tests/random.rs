//! Whatever is done, in whatever order.

use std::collections::BTreeSet;

use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::*;
use crate::{
    passkey::CEREMONY_MS,
    samples::{asked, passkey, passkey_checked},
};

#[derive(Clone, Debug)]
enum Act {
    Begin,
    Identify {
        known: bool,
    },
    Prepare(CodePurpose),
    Password {
        right: bool,
    },
    /// With the code that was drawn so many codes ago.
    Code {
        purpose: CodePurpose,
        right: bool,
        ago: u32,
    },
    /// Sets a new password.
    Reset,
    AskPasskey,
    /// With the right key, in the ceremony that was begun so many ceremonies ago.
    Passkey {
        own: bool,
        ago: u32,
    },
    Wait(i64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        1 => Just(Act::Begin),
        3 => prop::bool::weighted(0.8).prop_map(|known| Act::Identify { known }),
        4 => purposes().prop_map(Act::Prepare),
        3 => prop::bool::weighted(0.2).prop_map(|right| Act::Password { right }),
        6 => (purposes(), prop::bool::weighted(0.3), 0..2u32)
            .prop_map(|(purpose, right, ago)| Act::Code { purpose, right, ago }),
        2 => Just(Act::Reset),
        3 => Just(Act::AskPasskey),
        4 => (prop::bool::weighted(0.4), 0..2u32).prop_map(|(own, ago)| Act::Passkey { own, ago }),
        3 => prop_oneof![0..60 * SECOND, 0..2 * HOUR, 0..2 * DAY].prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 0..80)
}

fn purposes() -> impl Strategy<Value = CodePurpose> {
    prop_oneof![3 => Just(CodePurpose::SignIn), 2 => Just(CodePurpose::ResetPassword)]
}

fn policies() -> impl Strategy<Value = Policy> {
    (any::<[bool; 4]>(), 1..8u32, 1..12u32).prop_map(|([hides, by_code, single, passkeys], max_tries, max_attempts)| {
        let mut policy = Policy { enumeration_protection: hides, ..Policy::default() };
        policy.email_address.sign_in_by_code = by_code;
        policy.sessions.single_session = single;
        policy.passkeys.enabled = passkeys;
        policy.codes.max_tries = max_tries;
        policy.lockout.max_attempts = max_attempts;
        assert_eq!(policy.faults(), []);
        policy
    })
}

/// A world with what the store keeps beside the attempts: counts of tries and of failures, and the codes.
struct Run {
    world: World,
    account: Account,
    decoy: IdentificationId,
    /// Failures against nobody.
    lockout: Lockout,
    /// Whether the account exists, to those who ask for its address.
    exists: bool,
    attempt: Option<SignIn>,
    drawn: u32,
    tries: u32,
    sent: u32,
    consumed: BTreeSet<String>,
    asked: u32,
}

impl Run {
    fn new(policy: Policy, exists: bool) -> Self {
        Self {
            world: World::new(policy),
            account: keyed(jane(), 20),
            decoy: address(99),
            lockout: Lockout::default(),
            exists,
            attempt: None,
            drawn: 0,
            tries: 0,
            sent: 0,
            consumed: BTreeSet::new(),
            asked: 0,
        }
    }

    fn status(&self) -> Option<SignInStatus> {
        self.attempt.as_ref().map(|attempt| attempt.status(self.world.now))
    }

    /// Whether a step of the attempt may be taken.
    fn is_open(&self) -> bool {
        self.attempt.as_ref().is_some_and(|attempt| attempt.must_be_open(&self.world.scene()).is_ok())
    }

    /// What the attempt is about, as the store finds it.
    fn found<'a>(&'a self, attempt: &SignIn) -> Found<'a> {
        let about_nobody =
            matches!(&attempt.state, SignInState::NeedsFirstFactor { subject: Subject::Nobody { .. }, .. });
        if about_nobody { self.nobody() } else { Found::Account(&self.account) }
    }

    fn nobody(&self) -> Found<'_> {
        Found::Nobody { decoy: &self.decoy, lockout: self.lockout }
    }

    /// Whether it is said who it is.
    fn named(&self) -> bool {
        self.attempt.as_ref().is_some_and(|attempt| subject_of(attempt).is_some())
    }

    /// Counts a failure as `Store::count_failure` does.
    fn fail(&mut self, subject: &Subject) {
        let (now, policy) = (self.world.now, &self.world.policy.lockout);
        let lockout = match subject {
            Subject::User { .. } => &mut self.account.lockout,
            Subject::Nobody { .. } => &mut self.lockout,
        };
        if lockout.remaining_ms(now).is_some() {
            return;
        }
        let failed = if lockout.locked_until.is_some() { 1 } else { lockout.failed + 1 };
        let locked_until = (failed >= policy.max_attempts).then(|| now.plus(policy.duration_ms));
        *lockout = Lockout { failed, locked_until, closed_until: None };
    }

    /// Does it, and tells how it was answered. Every success is held against what may succeed.
    fn act(&mut self, act: &Act) -> Result<(), SignInRefusal> {
        let number = u32::try_from(self.consumed.len()).unwrap() + self.drawn;
        match act {
            Act::Wait(span) => {
                self.world.now = self.world.now.plus(*span);
                return Ok(());
            }
            Act::Begin => {
                let step = SignIn::begin(SignInId::from_random(bytes(1000 + number)), &self.world.scene())?;
                self.attempt = Some(self.world.take(step).0);
                return Ok(());
            }
            _ => {}
        }
        let Some(attempt) = self.attempt.clone() else { return Ok(()) };
        let scene = self.world.scene();
        let step = match act {
            Act::Identify { known } => {
                let found = if *known && self.exists { Found::Account(&self.account) } else { self.nobody() };
                attempt.identify(email(JANE), &found, &scene)?
            }
            Act::Prepare(purpose) => {
                let new = code(self.drawn + 1);
                let step = attempt.prepare_code(*purpose, None, &self.found(&attempt), new, self.sent, &scene)?;
                assert!(*purpose == CodePurpose::ResetPassword || self.world.policy.email_address.sign_in_by_code);
                self.drawn += 1;
                (self.tries, self.sent) = (0, self.sent + 1);
                step
            }
            Act::Password { right } => {
                let subject = attempt.may_attempt_password(&self.found(&attempt), &scene)?.clone();
                let answer =
                    attempt.attempt_password(&self.found(&attempt), password(*right), new_session(number), &scene);
                self.judge(&attempt, &subject, *right, answer)?
            }
            Act::Code { purpose, right, ago } => {
                let mut attempt = attempt;
                if let SignInState::NeedsFirstFactor { code: CodeProof::Sent(sent), .. } = &mut attempt.state {
                    sent.tries = self.tries;
                }
                attempt.may_attempt_code(*purpose, &self.found(&attempt), &scene)?;
                let Some(subject) = subject_of(&attempt) else { return Err(SignInRefusal::WrongState) };
                self.tries += 1;
                let evidence = tried(self.drawn.saturating_sub(*ago), self.tries, *right);
                let (scene, found) = (self.world.scene(), self.found(&attempt));
                let answer = match purpose {
                    CodePurpose::SignIn => attempt.attempt_code(&found, &evidence, new_session(number), &scene),
                    CodePurpose::ResetPassword => attempt.attempt_reset_code(&found, &evidence, &scene),
                    CodePurpose::SignInByPhone | CodePurpose::ResetPasswordByPhone => return Ok(()),
                };
                assert!(answer.is_err() || (*ago == 0 && self.tries <= self.world.policy.codes.max_tries));
                self.judge(&attempt, &subject, *right, answer)?
            }
            Act::Reset => {
                let found = self.found(&attempt);
                let account = attempt.may_reset_password("Lantern and 7 oars", &found, &scene)?;
                assert_eq!(self.status(), Some(SignInStatus::NeedsNewPassword));
                let digest = crate::PasswordDigest::new(format!("digest {number}"));
                let reset = Reset { digest, version: PASSWORD_VERSION, sign_out: true };
                let step = attempt.reset_password(account, reset, new_session(number), &scene)?;
                assert_eq!(step.attempt.status(self.world.now), SignInStatus::Complete);
                step
            }
            Act::AskPasskey => {
                let found = subject_of(&attempt).map(|_| self.found(&attempt));
                let proof =
                    PasskeyProof { expire_at: self.world.now.plus(CEREMONY_MS), ..asked(CEREMONIES + self.asked + 1) };
                let step = attempt.ask_passkey(proof, found.as_ref(), &scene)?;
                self.asked += 1;
                step
            }
            Act::Passkey { own, ago } => {
                let found = subject_of(&attempt).map(|_| self.found(&attempt));
                let (eve, number) = (keyed(eve(), 66), if *own { 20 } else { 66 });
                let evidence = passkey_checked(CEREMONIES + self.asked.saturating_sub(*ago), number, 1);
                let holder = if *own { &self.account } else { &eve };
                let step = attempt.attempt_passkey(holder, found.as_ref(), &evidence, new_session(number), &scene)?;
                assert_eq!(*ago, 0, "an older ceremony is void");
                assert!(self.world.policy.passkeys.enabled);
                if let Some(subject) = subject_of(&attempt) {
                    assert_eq!(subject, Subject::User { id: holder.user.id.clone() });
                }
                assert_eq!(holder.lockout.remaining_ms(self.world.now), None);
                assert_eq!(step.attempt.user_id(), Some(&holder.user.id));
                step
            }
            Act::Begin | Act::Wait(_) => return Ok(()),
        };
        let (attempt, effects) = self.world.take(step);
        for effect in effects {
            match effect {
                Effect::ConsumeCode(id) => assert!(self.consumed.insert(id.as_str().to_owned()), "a code worked twice"),
                Effect::ConsumeCeremony(id) => {
                    assert!(self.consumed.insert(id.as_str().to_owned()), "a ceremony worked twice");
                }
                Effect::ClearFailures(_) => self.account.lockout = Lockout::default(),
                _ => {}
            }
        }
        self.attempt = Some(attempt);
        Ok(())
    }

    /// Counts what was wrong; only somebody who is open and proves it completes.
    fn judge(
        &mut self,
        before: &SignIn,
        subject: &Subject,
        right: bool,
        answer: Result<Step<SignIn>, SignInRefusal>,
    ) -> Result<Step<SignIn>, SignInRefusal> {
        match &answer {
            Ok(step) => {
                assert!(right && *subject == Subject::User { id: self.account.user.id.clone() });
                assert_eq!(self.account.lockout.remaining_ms(self.world.now), None);
                assert_eq!(before.status(self.world.now), SignInStatus::NeedsFirstFactor);
                let status = step.attempt.status(self.world.now);
                let complete = status == SignInStatus::Complete;
                assert!(complete || status == SignInStatus::NeedsNewPassword, "{status:?}");
                let proofs =
                    |effect: &&Effect| matches!(effect, Effect::ConsumeCode(_) | Effect::RequirePassword { .. });
                assert_eq!(step.effects.iter().filter(proofs).count(), 1);
                let begun = |effect: &&Effect| matches!(effect, Effect::BeginSession(_));
                assert_eq!(step.effects.iter().filter(begun).count(), usize::from(complete));
            }
            Err(SignInRefusal::PasswordIncorrect | SignInRefusal::Code(CodeRefusal::Incorrect)) => self.fail(subject),
            Err(_) => {}
        }
        answer
    }
}

/// Numbers of ceremonies begin above those of codes.
const CEREMONIES: u32 = 100_000;

/// The account with one passkey.
fn keyed(mut account: Account, number: u32) -> Account {
    account.passkeys = vec![passkey(&account.user.id, number)];
    account
}

/// Somebody else.
fn eve() -> Account {
    let mut eve = jane();
    eve.user.id = UserId::from_random(bytes(66));
    eve.emails = vec![email_of(&eve.user.id, 66, "eve@example.com", true)];
    eve.user.primary_email_address_id = Some(eve.emails[0].id.clone());
    eve
}

fn subject_of(attempt: &SignIn) -> Option<Subject> {
    match &attempt.state {
        SignInState::NeedsFirstFactor { subject, .. } => Some(subject.clone()),
        _ => None,
    }
}

proptest! {
    /// Nobody completes without a proof, no code works twice, tries stay within the cap ([`Run::act`] asserts it), a
    /// session begins with every completion and with nothing else, and from wherever it leads somebody who has the
    /// proof still gets in.
    #[test]
    fn only_proofs_sign_in_and_the_way_in_stays_open(policy in policies(), acts in acts()) {
        let mut run = Run::new(policy, true);
        let mut generation = run.world.client.generation;
        for act in &acts {
            let before = run.world.sessions.len();
            let _ = run.act(act);
            let complete = run.status() == Some(SignInStatus::Complete);
            let begun = run.world.sessions.len() > before;
            prop_assert!(!begun || complete);
            prop_assert_eq!(run.world.client.generation, generation + i64::from(begun), "the token is replaced with it");
            generation = run.world.client.generation;
            let signed_in = run.world.sessions.iter().filter(|session| session.is_signed_in(&run.world.policy, run.world.now));
            let users: Vec<_> = signed_in.map(|session| &session.user_id).collect();
            let distinct: std::collections::BTreeSet<_> = users.iter().collect();
            prop_assert_eq!(users.len(), distinct.len(), "one user is signed in once");
        }
        // Later, and signed out: the attempt goes on, or the next one does.
        run.world.sessions.clear();
        run.sent = 0;
        run.act(&Act::Wait(HOUR)).unwrap();
        if !run.is_open() {
            run.act(&Act::Begin).unwrap();
        }
        run.act(&Act::Identify { known: true }).unwrap();
        let proof = if run.world.policy.email_address.sign_in_by_code {
            run.act(&Act::Prepare(CodePurpose::SignIn)).unwrap();
            Act::Code { purpose: CodePurpose::SignIn, right: true, ago: 0 }
        } else {
            Act::Password { right: true }
        };
        run.act(&proof).unwrap();
        prop_assert_eq!(run.status(), Some(SignInStatus::Complete));
    }

    /// Where the instance hides who has an account, an address of somebody and one of nobody are answered alike,
    /// whatever is tried that proves nothing.
    #[test]
    fn sec_86_somebody_and_nobody_are_answered_alike(policy in policies(), acts in acts()) {
        let policy = Policy { enumeration_protection: true, ..policy };
        let (mut somebody, mut nobody) = (Run::new(policy.clone(), true), Run::new(policy, false));
        for act in acts {
            let act = match act {
                Act::Password { .. } => Act::Password { right: false },
                Act::Code { purpose, ago, .. } => Act::Code { purpose, right: false, ago },
                Act::Identify { .. } => Act::Identify { known: true },
                // Whose attempt it is: one that proves something signs its own holder in, wherever nobody was named.
                Act::Passkey { .. } if somebody.named() => Act::Passkey { own: false, ago: 0 },
                Act::Passkey { .. } => continue,
                other => other,
            };
            prop_assert_eq!(somebody.act(&act), nobody.act(&act), "{:?}", act);
            let now = somebody.world.now;
            let seen = |run: &Run| {
                let attempt = run.attempt.as_ref()?;
                let factors = attempt.first_factors(&run.found(attempt), &run.world.policy);
                let factors: Vec<_> = factors.iter().map(|factor| match factor {
                    Factor::Passkey => Some((CodePurpose::SignIn, String::new(), false)),
                    Factor::EmailCode { safe_identifier, primary, .. } => {
                        Some((CodePurpose::SignIn, safe_identifier.clone(), *primary))
                    }
                    Factor::ResetPasswordEmailCode { safe_identifier, primary, .. } => {
                        Some((CodePurpose::ResetPassword, safe_identifier.clone(), *primary))
                    }
                    Factor::Password | Factor::PhoneCode { .. } | Factor::ResetPasswordPhoneCode { .. } => None,
                }).collect();
                let proof = attempt.code().map(|proof| proof.status(&run.world.policy, now));
                Some((attempt.status(now), factors, proof, attempt.abandon_at))
            };
            prop_assert_eq!(seen(&somebody), seen(&nobody));
            prop_assert_eq!(somebody.account.lockout, nobody.lockout);
        }
    }
}
