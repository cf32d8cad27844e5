//! Whatever an instance offers, whoever is signed in, and whatever they try.

use proptest::prelude::{Just, Strategy as _, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::*;
use crate::{
    Lockout, Recent, SecondFactor, TextTraffic,
    samples::{
        asked, backup_code, passkey_checked,
        settings::{people, policies},
    },
    time::{HOUR, SECOND},
};

#[derive(Clone, Debug)]
enum Act {
    Begin(Level),
    Prepare {
        by_phone: bool,
    },
    Password {
        right: bool,
    },
    Code {
        by_phone: bool,
        right: bool,
    },
    AskDevice,
    /// What a device answers, by a key of the user or of somebody else.
    Device {
        own: bool,
    },
    PrepareSecond,
    Second {
        kind: Kind,
        right: bool,
    },
    Wait(i64),
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    App,
    Text,
    BackupCode,
}

fn levels() -> impl proptest::strategy::Strategy<Value = Level> {
    prop_oneof![Just(Level::FirstFactor), Just(Level::SecondFactor), Just(Level::MultiFactor)]
}

fn acts() -> impl proptest::strategy::Strategy<Value = Vec<Act>> {
    let kind = prop_oneof![Just(Kind::App), Just(Kind::Text), Just(Kind::BackupCode)];
    let right = || prop::bool::weighted(0.4);
    let act = prop_oneof![
        2 => levels().prop_map(Act::Begin),
        4 => any::<bool>().prop_map(|by_phone| Act::Prepare { by_phone }),
        3 => right().prop_map(|right| Act::Password { right }),
        6 => (any::<bool>(), right()).prop_map(|(by_phone, right)| Act::Code { by_phone, right }),
        4 => Just(Act::AskDevice),
        5 => right().prop_map(|own| Act::Device { own }),
        4 => Just(Act::PrepareSecond),
        6 => (kind, right()).prop_map(|(kind, right)| Act::Second { kind, right }),
        2 => prop_oneof![0..60 * SECOND, 0..2 * HOUR].prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 0..60)
}

/// A session of somebody, and what the store keeps beside the attempt.
struct Run {
    policy: Policy,
    account: Account,
    session: Session,
    now: Timestamp,
    attempt: Option<Reverification>,
    drawn: u32,
    tries: u32,
    second_tries: u32,
    second_code: u32,
    second_code_tries: u32,
    /// The number of the ceremony that a device was asked in last.
    ceremony: u32,
    /// What was proven since it began.
    proven: (bool, bool),
}

impl Run {
    fn new(policy: Policy, account: Account) -> Self {
        let session = session(1, 1, &client(1));
        Self {
            policy: Policy { reverification: true, ..policy },
            account,
            session,
            now: START.plus(FRESH_MS),
            attempt: None,
            drawn: 0,
            tries: 0,
            second_tries: 0,
            second_code: 0,
            second_code_tries: 0,
            ceremony: 0,
            proven: (false, false),
        }
    }

    /// The attempt with what the store has counted for it.
    fn counted(&self) -> Option<Reverification> {
        let mut attempt = self.attempt.clone()?;
        if let CodeProof::Sent(sent) = &mut attempt.code {
            sent.tries = self.tries;
        }
        if let CodeProof::Sent(sent) = &mut attempt.second_code.proof {
            sent.tries = self.second_code_tries;
        }
        attempt.tries.made = self.second_tries;
        Some(attempt)
    }

    fn act(&mut self, act: &Act) -> Result<(), SignInRefusal> {
        if let Act::Wait(span) = act {
            self.now = self.now.plus(*span);
            return Ok(());
        }
        if let Act::Begin(level) = act {
            self.drawn += 1;
            let tries = Tries::none(VerificationId::from_random(bytes(500_000 + self.drawn)));
            let begun = Reverification::begin(&self.session, *level, &self.account, tries, self.now);
            let wanted = if self.account.has_second_factor() { *level } else { Level::FirstFactor };
            assert_eq!(begun.level, wanted);
            (self.attempt, self.proven, self.second_tries) = (Some(begun), (false, false), 0);
            return Ok(());
        }
        let Some(attempt) = self.counted() else { return Ok(()) };
        let done = self.decide(&attempt, act);
        if let Err(SignInRefusal::PasswordIncorrect | SignInRefusal::Code(CodeRefusal::Incorrect)) = &done {
            let (now, rules, lockout) = (self.now, &self.policy.lockout, self.account.lockout);
            let failed = if lockout.locked_until.is_some() { 1 } else { lockout.failed + 1 };
            let locked_until = (failed >= rules.max_attempts).then(|| now.plus(rules.duration_ms));
            self.account.lockout = Lockout { failed, locked_until, closed_until: None };
        }
        done
    }

    fn decide(&mut self, attempt: &Reverification, act: &Act) -> Result<(), SignInRefusal> {
        let quiet = Recent::Texts(TextTraffic::default());
        let (account, policy, now) = (self.account.clone(), self.policy.clone(), self.now);
        let purpose = |by_phone| if by_phone { CodePurpose::SignInByPhone } else { CodePurpose::SignIn };
        let proven = match act {
            Act::Prepare { by_phone } => {
                let to = attempt.code_recipient(purpose(*by_phone), None, &account, &policy, now)?;
                let recent = if *by_phone { quiet } else { Recent::Mails(0) };
                let new = code(self.drawn + 1);
                let prepared = attempt.prepare_code(purpose(*by_phone), to, new, recent, &policy, now)?;
                (self.drawn, self.tries) = (self.drawn + 1, 0);
                self.attempt = Some(prepared.0);
                return Ok(());
            }
            Act::PrepareSecond => {
                let new = code(self.drawn + 1);
                let prepared = attempt.prepare_second(None, &account, new, quiet, &policy, now)?;
                self.drawn += 1;
                (self.second_code, self.second_code_tries) = (self.drawn, 0);
                self.attempt = Some(prepared.0);
                return Ok(());
            }
            Act::Password { right } => {
                let proven = attempt.attempt_password(password(*right), &account, &self.session, now)?;
                assert!(*right && account.password.is_some());
                self.proven.0 = true;
                proven
            }
            Act::Code { by_phone, right } => {
                let sent = attempt.may_attempt_code(purpose(*by_phone), &account, &policy, now)?.id.clone();
                self.tries += 1;
                let evidence = CodeChecked { verification: sent, try_number: self.tries, ok: *right };
                let proven =
                    attempt.attempt_code(purpose(*by_phone), &evidence, &account, &self.session, &policy, now)?;
                assert!(*right && self.tries <= policy.codes.max_tries);
                self.proven.0 = true;
                proven
            }
            Act::AskDevice => {
                let ceremony = self.drawn + 1;
                let asks = asked(ceremony);
                let asks = PasskeyProof { expire_at: now.plus(CEREMONY_MS), ..asks };
                let waits = attempt.ask_passkey(asks, &account, &policy, now)?;
                (self.drawn, self.ceremony) = (ceremony, ceremony);
                self.attempt = Some(waits);
                return Ok(());
            }
            Act::Device { own } => {
                let evidence = passkey_checked(self.ceremony, if *own { 20 } else { 66 }, 1);
                let proven = attempt.attempt_passkey(&evidence, &account, &self.session, &policy, now)?;
                assert!(*own && policy.passkeys.enabled && !account.passkeys.is_empty());
                self.proven.0 = true;
                // Where it counts as a second factor at a sign-in it does so here, if both are asked for.
                self.proven.1 |= attempt.level == Level::MultiFactor && policy.passkeys.satisfies_second_factor;
                proven
            }
            Act::Second { kind, right } => self.try_second(attempt, *kind, *right)?,
            Act::Begin(_) | Act::Wait(_) => return Ok(()),
        };
        self.judge(proven);
        Ok(())
    }

    fn try_second(&mut self, attempt: &Reverification, kind: Kind, right: bool) -> Result<Proven, SignInRefusal> {
        let (account, policy, now) = (self.account.clone(), self.policy.clone(), self.now);
        let factors = &account.second_factors;
        let (evidence, number) = if let Kind::Text = kind {
            attempt.may_attempt_second_code(&account, &policy, now)?;
            self.second_code_tries += 1;
            let evidence = tried(self.second_code, self.second_code_tries, right);
            (SecondChecked::PhoneCode(evidence), self.second_code_tries)
        } else {
            attempt.may_attempt_second(&account, &policy, now)?;
            self.second_tries += 1;
            let evidence = match kind {
                Kind::App if right && factors.authenticator().is_some() => app(i64::from(self.drawn)),
                Kind::BackupCode if right && factors.backup_codes > 0 => SecondChecked::BackupCode(backup_code(1)),
                _ => SecondChecked::Wrong,
            };
            (evidence, self.second_tries)
        };
        let proven = attempt.attempt_second(&evidence, number, &account, &self.session, &policy, now)?;
        assert!(right && evidence != SecondChecked::Wrong && number <= policy.codes.max_tries);
        self.proven.1 = true;
        Ok(proven)
    }

    /// Keeps what came of it. Nothing of the session is younger before everything is proven that was asked for.
    fn judge(&mut self, done: Proven) {
        let (first, second) = match done.attempt.level {
            Level::FirstFactor => (true, false),
            Level::SecondFactor => (false, true),
            Level::MultiFactor => (true, true),
        };
        if done.attempt.status() == ReverificationStatus::Complete {
            assert!((self.proven.0 || !first) && (self.proven.1 || !second), "{:?}", done.attempt);
            assert!(!first || done.session.first_factor_at == self.now);
            assert!(!second || done.session.second_factor_at == Some(self.now));
            let strongest = second || !self.account.has_second_factor();
            assert!(!strongest || done.session.is_fresh(&self.account, &self.policy, self.now));
        } else {
            assert_eq!(done.session, self.session, "half a proof is none");
        }
        for effect in &done.effects {
            match effect {
                Effect::ClearFailures(_) => self.account.lockout = Lockout::default(),
                Effect::SavePasskey { passkey, .. } => self.account.passkeys = vec![(**passkey).clone()],
                Effect::UseBackupCode { .. } => self.account.second_factors.backup_codes -= 1,
                _ => {}
            }
        }
        (self.attempt, self.session) = (Some(done.attempt), done.session);
    }

    fn status(&self) -> Option<ReverificationStatus> {
        self.attempt.as_ref().map(Reverification::status)
    }

    /// Proves the first factor in this way.
    fn prove(&mut self, way: &Factor) -> Result<(), SignInRefusal> {
        let by_phone = match way {
            Factor::Password => return self.act(&Act::Password { right: true }),
            Factor::EmailCode { .. } => false,
            Factor::PhoneCode { .. } => true,
            Factor::Passkey => {
                self.act(&Act::AskDevice)?;
                return self.act(&Act::Device { own: true });
            }
            other => panic!("{other:?} is not offered"),
        };
        self.act(&Act::Prepare { by_phone })?;
        self.act(&Act::Code { by_phone, right: true })
    }

    fn prove_second(&mut self, which: usize) -> Result<(), SignInRefusal> {
        let ways = self.account.second_ways(&self.policy);
        let kind = match ways[which % ways.len()] {
            SecondFactor::Totp => Kind::App,
            SecondFactor::BackupCode => Kind::BackupCode,
            SecondFactor::PhoneCode { .. } => {
                self.act(&Act::PrepareSecond)?;
                Kind::Text
            }
        };
        self.act(&Act::Second { kind, right: true })
    }
}

proptest! {
    /// It is never complete with less than was asked for ([`Run::judge`] asserts it); and from wherever it leads, each
    /// way that is offered completes it. Who has no such way is told so.
    #[test]
    fn whoever_it_is_no_proof_is_complete_with_less_and_the_offered_ways_complete_it(
        policy in policies(),
        account in people(),
        acts in acts(),
        level in levels(),
        which in 0..12usize,
    ) {
        let mut run = Run::new(policy, account);
        for act in &acts {
            let _ = run.act(act);
        }
        let ways = Reverification::first_factors(&run.account, &run.policy);
        // Codes go to the main address and the main number.
        let main = |way: &Factor| match way {
            Factor::EmailCode { primary, .. } | Factor::PhoneCode { primary, .. } => *primary,
            _ => true,
        };
        for way in ways.iter().filter(|way| main(way)) {
            run.act(&Act::Wait(HOUR)).unwrap();
            run.act(&Act::Begin(level)).unwrap();
            let mut answer = Ok(());
            if run.status() == Some(ReverificationStatus::NeedsFirstFactor) {
                answer = run.prove(way);
            }
            if answer.is_ok() && run.status() == Some(ReverificationStatus::NeedsSecondFactor) {
                answer = run.prove_second(which);
            }
            if run.account.user.banned {
                prop_assert_eq!(answer, Err(SignInRefusal::Banned));
            } else {
                prop_assert_eq!(answer, Ok(()), "{:?}", way);
                prop_assert_eq!(run.status(), Some(ReverificationStatus::Complete));
            }
        }
        if ways.is_empty() {
            run.act(&Act::Wait(HOUR)).unwrap();
            run.act(&Act::Begin(Level::FirstFactor)).unwrap();
            let banned = run.account.user.banned;
            let off = if run.policy.passkeys.enabled { PasskeyRefusal::None } else { PasskeyRefusal::Off };
            let no_passkey = SignInRefusal::from(off);
            for (act, why) in [
                (Act::Password { right: true }, SignInRefusal::NoSuchFactor),
                (Act::Prepare { by_phone: false }, SignInRefusal::NoSuchAddress),
                (Act::Prepare { by_phone: true }, SignInRefusal::NoSuchNumber),
                (Act::AskDevice, no_passkey),
            ] {
                let why = if banned { SignInRefusal::Banned } else { why };
                prop_assert_eq!(run.act(&act), Err(why), "{:?}", act);
            }
        }
        prop_assert!(run.account.has_second_factor() || run.session.second_factor_at.is_none());
    }
}
