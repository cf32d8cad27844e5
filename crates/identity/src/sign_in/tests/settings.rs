//! Whatever an instance offers, whoever it is, and whatever they and others try.

use proptest::prelude::{Just, Strategy as _, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::*;
use crate::{
    ExternalFound, NewLink, Recipient, SecondChecked, SecondFactor, SignInToken, SignInTokenId, TextTraffic,
    passkey::CEREMONY_MS,
    samples::{
        RULES, asked, backup_code, linked, new_link, passkey_checked, profile,
        settings::{SUBJECT, people, policies},
        totp, way_out,
    },
};

const NEW_PASSWORD: &str = "Lantern and 7 oars";
/// Numbers of ceremonies begin above those of codes, and those of ways out above them.
const CEREMONIES: u32 = 100_000;
const AWAY: u32 = 200_000;

#[derive(Clone, Debug)]
enum Act {
    Begin,
    /// By one of the things that the person is called by, or by what nobody is.
    Identify(Option<prop::sample::Index>),
    Prepare(CodePurpose),
    Password {
        right: bool,
        exposed: bool,
    },
    Code {
        purpose: CodePurpose,
        right: bool,
    },
    Reset,
    AskPasskey,
    Passkey,
    GoOut,
    /// With the account elsewhere that is theirs, or with one that is nobody's.
    ComeBack {
        own: bool,
    },
    Ticket,
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

fn acts() -> impl proptest::strategy::Strategy<Value = Vec<Act>> {
    let purpose = || {
        prop_oneof![
            Just(CodePurpose::SignIn),
            Just(CodePurpose::ResetPassword),
            Just(CodePurpose::SignInByPhone),
            Just(CodePurpose::ResetPasswordByPhone),
        ]
    };
    let kind = prop_oneof![Just(Kind::App), Just(Kind::Text), Just(Kind::BackupCode)];
    let act = prop_oneof![
        2 => Just(Act::Begin),
        4 => prop::option::weighted(0.8, any::<prop::sample::Index>()).prop_map(Act::Identify),
        5 => purpose().prop_map(Act::Prepare),
        4 => (prop::bool::weighted(0.3), prop::bool::weighted(0.3))
            .prop_map(|(right, exposed)| Act::Password { right, exposed }),
        6 => (purpose(), prop::bool::weighted(0.4)).prop_map(|(purpose, right)| Act::Code { purpose, right }),
        3 => Just(Act::Reset),
        2 => Just(Act::AskPasskey),
        2 => Just(Act::Passkey),
        2 => Just(Act::GoOut),
        2 => any::<bool>().prop_map(|own| Act::ComeBack { own }),
        1 => Just(Act::Ticket),
        4 => Just(Act::PrepareSecond),
        6 => (kind, prop::bool::weighted(0.4)).prop_map(|(kind, right)| Act::Second { kind, right }),
        3 => prop_oneof![0..60 * SECOND, 0..2 * HOUR, 0..2 * DAY].prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 0..60)
}

/// A world with what the store keeps beside the attempts, and what was proven in the one under way.
struct Run {
    world: World,
    account: Account,
    decoy: IdentificationId,
    /// Failures against nobody.
    lockout: Lockout,
    attempt: Option<SignIn>,
    drawn: u32,
    tries: u32,
    second_tries: u32,
    second_code: u32,
    second_code_tries: u32,
    first: Option<Strategy>,
    second: bool,
}

impl Run {
    fn new(policy: Policy, account: Account) -> Self {
        Self {
            world: World::new(policy),
            account,
            decoy: address(99),
            lockout: Lockout::default(),
            attempt: None,
            drawn: 0,
            tries: 0,
            second_tries: 0,
            second_code: 0,
            second_code_tries: 0,
            first: None,
            second: false,
        }
    }

    fn status(&self) -> Option<SignInStatus> {
        self.attempt.as_ref().map(|attempt| attempt.status(self.world.now))
    }

    /// What the person is found by.
    fn identifiers(&self) -> Vec<Identifier> {
        let account = &self.account;
        let emails = account.emails.iter().filter(|address| address.is_claimed()).map(|a| a.email.clone().into());
        let phones = account.phones.iter().filter(|number| number.is_claimed()).map(|n| n.phone.clone().into());
        emails.chain(phones).chain(account.user.username.clone().map(Identifier::from)).collect()
    }

    /// Whom the attempt is about, as the store finds them.
    fn found(&self, attempt: &SignIn) -> Found<'_> {
        match &attempt.state {
            SignInState::NeedsFirstFactor { subject: Subject::Nobody { .. }, .. } => self.nobody(),
            _ => Found::Account(&self.account),
        }
    }

    fn nobody(&self) -> Found<'_> {
        Found::Nobody { decoy: &self.decoy, lockout: self.lockout }
    }

    /// The attempt with what the store has counted for it.
    fn counted(&self) -> Option<SignIn> {
        let mut attempt = self.attempt.clone()?;
        match &mut attempt.state {
            SignInState::NeedsFirstFactor { code: CodeProof::Sent(sent), .. } => sent.tries = self.tries,
            SignInState::NeedsSecondFactor { tries, code, .. } => {
                tries.made = self.second_tries;
                if let CodeProof::Sent(sent) = &mut code.proof {
                    sent.tries = self.second_code_tries;
                }
            }
            _ => {}
        }
        Some(attempt)
    }

    /// Counts a failure as `Store::count_failure` does.
    fn fail(&mut self, subject: &Subject) {
        let (now, policy) = (self.world.now, &self.world.policy.lockout);
        let lockout = match subject {
            Subject::User { .. } => &mut self.account.lockout,
            Subject::Nobody { .. } => &mut self.lockout,
        };
        if lockout.remaining_ms(now).is_none() {
            let failed = if lockout.locked_until.is_some() { 1 } else { lockout.failed + 1 };
            let locked_until = (failed >= policy.max_attempts).then(|| now.plus(policy.duration_ms));
            *lockout = Lockout { failed, locked_until, closed_until: None };
        }
    }

    /// Does it, counts what was wrong, and holds what came of it against what was proven.
    fn act(&mut self, act: &Act) -> Result<(), SignInRefusal> {
        if let Act::Wait(span) = act {
            self.world.now = self.world.now.plus(*span);
            return Ok(());
        }
        if let Act::Begin = act {
            self.drawn += 1;
            let step = SignIn::begin(SignInId::from_random(bytes(1_000 + self.drawn)), &self.world.scene())?;
            (self.first, self.second) = (None, false);
            self.commit(step);
            return Ok(());
        }
        let Some(attempt) = self.counted() else { return Ok(()) };
        let subject = match &attempt.state {
            SignInState::NeedsFirstFactor { subject, .. } => subject.clone(),
            _ => Subject::User { id: self.account.user.id.clone() },
        };
        let answer = self.decide(&attempt, act);
        match answer {
            Ok(step) => {
                self.commit(step);
                Ok(())
            }
            Err(refusal) => {
                if matches!(refusal, SignInRefusal::PasswordIncorrect | SignInRefusal::Code(CodeRefusal::Incorrect)) {
                    self.fail(&subject);
                }
                Err(refusal)
            }
        }
    }

    fn decide(&mut self, attempt: &SignIn, act: &Act) -> Result<Step<SignIn>, SignInRefusal> {
        let seed = new_session(300_000 + self.drawn + u32::try_from(self.world.sessions.len()).unwrap());
        let now = self.world.now;
        match act {
            Act::Identify(who) => {
                let known = self.identifiers();
                let named = who.filter(|_| !known.is_empty()).map(|who| who.get(&known).clone());
                let found = if named.is_some() { Found::Account(&self.account) } else { self.nobody() };
                let step =
                    attempt.identify(named.unwrap_or_else(|| email(NOBODY).into()), &found, &self.world.scene())?;
                (self.first, self.second) = (None, false);
                Ok(step)
            }
            Act::Prepare(purpose) => {
                let scene = self.world.scene();
                let recent = if purpose.by_phone() { Recent::Texts(TextTraffic::default()) } else { Recent::Mails(0) };
                let offered = attempt.first_factors(&self.found(attempt), scene.policy);
                let to = offered.iter().find_map(|factor| code_factor(factor).filter(|(of, _)| of == purpose));
                let to = to.map(|(_, id)| id);
                let new = code(self.drawn + 1);
                let step = attempt.prepare_code(*purpose, to.as_ref(), &self.found(attempt), new, recent, &scene)?;
                (self.drawn, self.tries) = (self.drawn + 1, 0);
                Ok(step)
            }
            Act::Password { right, exposed } => {
                let (found, scene) = (self.found(attempt), self.world.scene());
                attempt.may_attempt_password(&found, &scene)?;
                let ok = *right && self.account.password.is_some() && matches!(found, Found::Account(_));
                let evidence = PasswordChecked { exposed: *exposed && ok, ..password(ok) };
                let step = attempt.attempt_password(&found, evidence, seed, &scene)?;
                assert!(ok, "the password was wrong");
                self.first = Some(Strategy::Password);
                Ok(step)
            }
            Act::Code { purpose, right } => self.try_code(attempt, *purpose, *right, seed),
            Act::Reset => {
                let (found, scene) = (self.found(attempt), self.world.scene());
                let account = attempt.may_reset_password(NEW_PASSWORD, &found, &scene)?;
                let digest = crate::PasswordDigest::new("digest".to_owned());
                let reset = Reset { digest, version: PASSWORD_VERSION, sign_out: true };
                attempt.reset_password(account, reset, seed, &scene)
            }
            Act::AskPasskey => {
                self.drawn += 1;
                let proof = PasskeyProof { expire_at: now.plus(CEREMONY_MS), ..asked(CEREMONIES + self.drawn) };
                attempt.ask_passkey(proof, self.named(attempt).as_ref(), &self.world.scene())
            }
            Act::Passkey => {
                let ceremony = attempt.passkey.as_ref().map_or(1, |_| CEREMONIES + self.drawn);
                let (evidence, scene) = (passkey_checked(ceremony, 20, 1), self.world.scene());
                let step =
                    attempt.attempt_passkey(&self.account, self.named(attempt).as_ref(), &evidence, seed, &scene)?;
                assert!(self.world.policy.passkeys.enabled && !self.account.passkeys.is_empty());
                self.first = Some(Strategy::Passkey);
                Ok(step)
            }
            Act::GoOut => {
                self.drawn += 1;
                let proof = ExternalProof { expire_at: now.plus(HOUR), ..way_out(AWAY + self.drawn) };
                let step = attempt.go_out(proof, &self.world.scene())?;
                (self.first, self.second) = (None, false);
                Ok(step)
            }
            Act::ComeBack { own } => {
                let Some(waiting) = &attempt.external else { return Err(SignInRefusal::WrongState) };
                let link = NewLink { flow: waiting.id.clone(), ..new_link(6) };
                let theirs = *own && !self.account.externals.is_empty();
                let said = profile(if theirs { SUBJECT } else { "sub-2" }, "", false);
                let found = ExternalFound { linked: theirs.then_some(&self.account), owner: None };
                let step = attempt.come_back(&said, &found, link, RULES, seed, &self.world.scene())?;
                let open = matches!(step.attempt.state, SignInState::NeedsIdentifier);
                assert!(theirs || open, "an account elsewhere that is nobody's leads to nobody");
                self.first = (!open).then_some(Strategy::OAuth(said.connection));
                Ok(step)
            }
            Act::Ticket => {
                let id = SignInTokenId::from_random(bytes(400_000 + self.drawn));
                let token = SignInToken::give(id, self.account.user.id.clone(), HOUR, now);
                let step = attempt.redeem_ticket(&token, &self.account, seed, &self.world.scene())?;
                (self.first, self.second) = (Some(Strategy::Ticket), false);
                Ok(step)
            }
            Act::PrepareSecond => {
                let recent = Recent::Texts(TextTraffic::default());
                let new = code(self.drawn + 1);
                let step = attempt.prepare_second(None, &self.account, new, recent, &self.world.scene())?;
                self.drawn += 1;
                (self.second_code, self.second_code_tries) = (self.drawn, 0);
                Ok(step)
            }
            Act::Second { kind, right } => self.try_second(attempt, *kind, *right, seed),
            Act::Begin | Act::Wait(_) => Err(SignInRefusal::WrongState),
        }
    }

    /// Whom the attempt is about, if it is said.
    fn named(&self, attempt: &SignIn) -> Option<Found<'_>> {
        matches!(attempt.state, SignInState::NeedsFirstFactor { .. }).then(|| self.found(attempt))
    }

    fn try_code(
        &mut self,
        attempt: &SignIn,
        purpose: CodePurpose,
        right: bool,
        seed: NewSession,
    ) -> Result<Step<SignIn>, SignInRefusal> {
        let verification = attempt.may_attempt_code(purpose, &self.found(attempt), &self.world.scene())?.id.clone();
        self.tries += 1;
        let evidence = CodeChecked { verification, try_number: self.tries, ok: right };
        let (found, scene) = (self.found(attempt), self.world.scene());
        let step = if purpose.resets() {
            attempt.attempt_reset_code(&found, &evidence, &scene)?
        } else {
            attempt.attempt_code(&found, &evidence, seed, &scene)?
        };
        assert!(right && self.tries <= scene.policy.codes.max_tries && matches!(found, Found::Account(_)));
        self.first = Some(purpose.strategy());
        Ok(step)
    }

    fn try_second(
        &mut self,
        attempt: &SignIn,
        kind: Kind,
        right: bool,
        seed: NewSession,
    ) -> Result<Step<SignIn>, SignInRefusal> {
        let (account, scene) = (self.account.clone(), self.world.scene());
        let factors = &account.second_factors;
        let (evidence, try_number, there) = if let Kind::Text = kind {
            attempt.may_attempt_second_code(&account, &scene)?;
            self.second_code_tries += 1;
            let evidence = SecondChecked::PhoneCode(tried(self.second_code, self.second_code_tries, right));
            (evidence, self.second_code_tries, true)
        } else {
            attempt.may_attempt_second(&account, &scene)?;
            self.second_tries += 1;
            match kind {
                Kind::App if right && factors.authenticator().is_some() => {
                    (SecondChecked::Totp { id: totp(1), step: i64::from(self.drawn) }, self.second_tries, true)
                }
                Kind::BackupCode if right && factors.backup_codes > 0 => {
                    (SecondChecked::BackupCode(backup_code(factors.backup_codes)), self.second_tries, true)
                }
                _ => (SecondChecked::Wrong, self.second_tries, false),
            }
        };
        let scene = self.world.scene();
        let step = attempt.attempt_second(&account, &evidence, try_number, seed, &scene)?;
        assert!(right && there && try_number <= scene.policy.codes.max_tries);
        self.second = true;
        Ok(step)
    }

    /// Keeps what came of it, and holds it against what was proven since it was said who it is.
    fn commit(&mut self, step: Step<SignIn>) {
        let before = self.world.sessions.len();
        let (attempt, effects) = self.world.take(step);
        let two = self.account.has_second_factor();
        let settled = self.second || self.first.is_some_and(|first| first.settles_second_factor(&self.world.policy));
        match &attempt.state {
            SignInState::NeedsIdentifier | SignInState::NeedsFirstFactor { .. } => {}
            SignInState::NeedsNewPassword { second, .. } => {
                assert!(self.first.is_some() && second.is_none_or(|_| self.second));
            }
            SignInState::NeedsSecondFactor { .. } => {
                assert!(self.first.is_some() && two && !self.second, "it is asked for once, of those who have one");
                if self.status() != Some(SignInStatus::NeedsSecondFactor) {
                    self.second_tries = 0;
                }
            }
            SignInState::Complete { user_id, .. } => {
                assert_eq!(*user_id, self.account.user.id);
                assert!(self.first.is_some(), "nobody gets in who proved nothing");
                assert!(!two || settled, "nor with one factor who has two");
                assert!(!self.account.user.banned && self.account.lockout.remaining_ms(self.world.now).is_none());
            }
        }
        let complete = matches!(attempt.state, SignInState::Complete { .. });
        assert_eq!(self.world.sessions.len() - before, usize::from(complete), "a session begins with it, and only so");
        for effect in effects {
            match effect {
                Effect::ClearFailures(_) => self.account.lockout = Lockout::default(),
                Effect::SetPassword { .. } => {
                    self.account.password =
                        Some(crate::PasswordSummary { updated_at: self.world.now, version: PASSWORD_VERSION });
                }
                Effect::UseBackupCode { .. } => self.account.second_factors.backup_codes -= 1,
                Effect::LinkExternal { .. } => {
                    let id = self.account.user.id.clone();
                    self.account.externals = vec![linked(5, &id, profile(SUBJECT, "", false))];
                }
                Effect::SendCode { to, deliver, .. } if deliver => {
                    assert!(
                        self.account.emails.iter().any(|a| to == Recipient::Email(a.email.clone()))
                            || self.account.phones.iter().any(|n| to == Recipient::Phone(n.phone.clone()))
                    );
                }
                _ => {}
            }
        }
        self.attempt = Some(attempt);
    }

    /// The ways in that the person really has, of those that the sign-in offers.
    fn own_ways(&self) -> Vec<Factor> {
        let attempt = self.attempt.as_ref().unwrap();
        let mut ways = attempt.first_factors(&self.found(attempt), &self.world.policy);
        ways.retain(|way| match way {
            Factor::Password => self.account.password.is_some(),
            Factor::Passkey => true,
            // Where it is hidden who has an account, codes are offered to whatever was typed.
            other => code_factor(other).is_some_and(|(_, id)| attempt.reads(&self.account, &id)),
        });
        ways
    }

    /// Proves the first factor in this way.
    fn prove(&mut self, way: &Factor) -> Result<(), SignInRefusal> {
        match way {
            Factor::Password => self.act(&Act::Password { right: true, exposed: false }),
            Factor::Passkey => {
                self.act(&Act::AskPasskey)?;
                self.act(&Act::Passkey)
            }
            code => {
                let (purpose, _) = code_factor(code).unwrap();
                self.act(&Act::Prepare(purpose))?;
                self.act(&Act::Code { purpose, right: true })?;
                if purpose.resets() { self.act(&Act::Reset) } else { Ok(()) }
            }
        }
    }

    /// Proves the second factor, each of the ways in its turn.
    fn prove_second(&mut self, which: usize) -> Result<(), SignInRefusal> {
        let ways = self.attempt.as_ref().unwrap().second_factors(&self.account, &self.world.policy);
        assert!(!ways.is_empty(), "a second factor is asked for that can be proven in no way");
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

/// The code that a factor is, and where it goes.
fn code_factor(factor: &Factor) -> Option<(CodePurpose, IdentificationId)> {
    match factor {
        Factor::Password | Factor::Passkey => None,
        Factor::EmailCode { email_address_id: id, .. } => Some((CodePurpose::SignIn, id.clone())),
        Factor::ResetPasswordEmailCode { email_address_id: id, .. } => Some((CodePurpose::ResetPassword, id.clone())),
        Factor::PhoneCode { phone_number_id: id, .. } => Some((CodePurpose::SignInByPhone, id.clone())),
        Factor::ResetPasswordPhoneCode { phone_number_id: id, .. } => {
            Some((CodePurpose::ResetPasswordByPhone, id.clone()))
        }
    }
}

proptest! {
    /// Nobody completes with less than the instance and their own account demand ([`Run::commit`] asserts it); and from
    /// wherever it leads, each way in that is then offered to the person leads in, with each second factor they have.
    #[test]
    fn whoever_it_is_nobody_gets_in_with_less_and_the_offered_ways_lead_in(
        policy in policies(),
        account in people(),
        acts in acts(),
        which in 0..12usize,
    ) {
        let mut run = Run::new(policy, account);
        for act in &acts {
            let _ = run.act(act);
        }
        // Later, and signed out.
        run.world.sessions.clear();
        run.act(&Act::Wait(2 * HOUR)).unwrap();
        for identifier in 0..run.identifiers().len() {
            let at = run.identifiers()[identifier].clone();
            for way in 0.. {
                run.act(&Act::Begin).unwrap();
                let attempt = run.attempt.clone().unwrap();
                let step = attempt.identify(at.clone(), &Found::Account(&run.account), &run.world.scene()).unwrap();
                run.commit(step);
                let ways = run.own_ways();
                let Some(way) = ways.get(way) else { break };
                let mut answer = run.prove(way);
                if answer.is_ok() && run.status() == Some(SignInStatus::NeedsSecondFactor) {
                    answer = run.prove_second(which);
                }
                if run.account.user.banned {
                    prop_assert_eq!(answer, Err(SignInRefusal::Banned), "{:?}", way);
                } else {
                    prop_assert_eq!(answer, Ok(()), "{:?}", way);
                    prop_assert_eq!(run.status(), Some(SignInStatus::Complete), "{:?}", way);
                }
                run.world.sessions.clear();
                run.act(&Act::Wait(2 * HOUR)).unwrap();
            }
        }
        // Without saying who it is.
        for without in [Act::Ticket, Act::Passkey, Act::ComeBack { own: true }] {
            run.act(&Act::Begin).unwrap();
            let has = match without {
                Act::Passkey => run.world.policy.passkeys.enabled && !run.account.passkeys.is_empty(),
                Act::ComeBack { .. } => !run.account.externals.is_empty(),
                _ => true,
            };
            if !has {
                continue;
            }
            let mut answer = match without {
                Act::Passkey => run.act(&Act::AskPasskey),
                Act::ComeBack { .. } => run.act(&Act::GoOut),
                _ => Ok(()),
            };
            answer = answer.and_then(|()| run.act(&without));
            if answer.is_ok() && run.status() == Some(SignInStatus::NeedsSecondFactor) {
                answer = run.prove_second(which);
            }
            let expected = if run.account.user.banned { Err(SignInRefusal::Banned) } else { Ok(()) };
            prop_assert_eq!(answer.clone(), expected, "{:?}", without);
            prop_assert!(answer.is_err() || run.status() == Some(SignInStatus::Complete), "{:?}", without);
            run.world.sessions.clear();
            run.act(&Act::Wait(2 * HOUR)).unwrap();
        }
    }

    /// Who has no way in is told so, and does not stand before a door that looks open.
    #[test]
    fn whoever_has_no_way_in_is_told_why(policy in policies(), account in people()) {
        let mut run = Run::new(Policy { enumeration_protection: false, ..policy }, account);
        for identifier in run.identifiers() {
            run.act(&Act::Begin).unwrap();
            let attempt = run.attempt.clone().unwrap();
            let step = attempt.identify(identifier, &Found::Account(&run.account), &run.world.scene()).unwrap();
            run.commit(step);
            let attempt = run.attempt.clone().unwrap();
            let offered = attempt.first_factors(&run.found(&attempt), &run.world.policy);
            let has = |wanted: fn(&Factor) -> bool| offered.iter().any(wanted);
            let tries = [
                (has(|it| matches!(it, Factor::Password)), Act::Password { right: true, exposed: false }),
                (has(|it| matches!(it, Factor::EmailCode { .. })), Act::Prepare(CodePurpose::SignIn)),
                (has(|it| matches!(it, Factor::PhoneCode { .. })), Act::Prepare(CodePurpose::SignInByPhone)),
                (has(|it| matches!(it, Factor::Passkey)), Act::AskPasskey),
            ];
            for (offered, act) in tries {
                if offered {
                    continue;
                }
                let refused = run.act(&act).unwrap_err();
                let named = matches!(
                    refused,
                    SignInRefusal::NoSuchFactor
                        | SignInRefusal::NoSuchAddress
                        | SignInRefusal::NoSuchNumber
                        | SignInRefusal::Passkey(_)
                );
                prop_assert!(named, "{:?} says {:?}", act, refused);
            }
        }
    }
}
