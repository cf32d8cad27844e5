//! Whatever an instance demands, and whatever is given to it, in whatever order.

use std::collections::BTreeSet;

use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::*;
use crate::{
    Recent, Requirement, TextTraffic,
    samples::settings::{demanding, policies},
};

const FREE: Taken = Taken { email: Claim::Free, phone: Claim::Free, username: Claim::Free };
const NEW_PASSWORD: &str = "Lantern and 7 oars";

/// What is typed into each field: nothing, one thing or another.
const TYPED: [(&str, [&str; 3]); 5] = [
    (EMAIL, ["", JANE, "doe@example.com"]),
    (PHONE, ["", "+41791234567", "+41791234568"]),
    (USERNAME, ["", "jane_doe", "doe_jane"]),
    (FIRST_NAME, ["", "Jane", "Joan"]),
    (LAST_NAME, ["", "Doe", "Dow"]),
];

/// What is given at once: for each field of [`TYPED`] which text, and whether there is a password.
type Given = ([Option<usize>; 5], bool);

const NOTHING: Given = ([None; 5], false);

#[derive(Clone, Debug)]
enum Act {
    Begin(Given),
    Update(Given),
    Prepare {
        by_phone: bool,
    },
    /// With the code that went there so many codes ago.
    Code {
        by_phone: bool,
        right: bool,
        ago: usize,
    },
    Wait(i64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let given = || (prop::array::uniform5(prop::option::weighted(0.3, 0..3usize)), any::<bool>());
    let act = prop_oneof![
        1 => given().prop_map(Act::Begin),
        4 => given().prop_map(Act::Update),
        4 => any::<bool>().prop_map(|by_phone| Act::Prepare { by_phone }),
        6 => (any::<bool>(), prop::bool::weighted(0.5), 0..2usize)
            .prop_map(|(by_phone, right, ago)| Act::Code { by_phone, right, ago }),
        2 => prop_oneof![0..60 * SECOND, 0..20 * 60 * SECOND, 0..2 * DAY].prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 0..60)
}

/// What is known of the codes to an address or to a number.
#[derive(Clone, Debug, Default)]
struct Codes {
    sent: Vec<u32>,
    tries: u32,
    /// Where the newest went.
    to: String,
    /// What a right code has proven.
    proven: Option<String>,
}

/// A world, and what the store and a reader of the messages know.
struct Run {
    world: World,
    attempt: Option<SignUp>,
    drawn: u32,
    mail: Codes,
    texts: Codes,
    consumed: BTreeSet<String>,
    accounts: usize,
}

impl Run {
    fn new(policy: Policy) -> Self {
        let (mail, texts) = (Codes::default(), Codes::default());
        Self { world: World::new(policy), attempt: None, drawn: 0, mail, texts, consumed: BTreeSet::new(), accounts: 0 }
    }

    fn status(&self) -> Option<SignUpStatus> {
        self.attempt.as_ref().map(|attempt| attempt.status(self.world.now))
    }

    fn codes(&mut self, by_phone: bool) -> &mut Codes {
        if by_phone { &mut self.texts } else { &mut self.mail }
    }

    fn wants(&self, field: &str) -> Requirement {
        let policy = &self.world.policy;
        match field {
            EMAIL => policy.email_address.requirement,
            PHONE => policy.phone_number.requirement,
            USERNAME => policy.username.requirement,
            FIRST_NAME => policy.first_name,
            LAST_NAME => policy.last_name,
            _ => policy.password.requirement,
        }
    }

    /// Reads a form. What the instance does not take is refused, and nothing else is.
    fn read(&self, (texts, password): &Given) -> Result<(SignUpFields, Option<PasswordDigest>), SignUpRefusal> {
        let typed = |place: usize| texts[place].map(|text| TYPED[place].1[text]);
        let form = SignUpForm {
            email_address: typed(0),
            phone_number: typed(1),
            username: typed(2),
            first_name: typed(3),
            last_name: typed(4),
            ..SignUpForm::default()
        };
        let draft = self.attempt.as_ref().map(|attempt| &attempt.draft);
        let read = SignUpFields::check(&form, password.then_some(NEW_PASSWORD), draft, &self.world.policy);
        let filled = TYPED.iter().enumerate().filter(|(place, _)| typed(*place).is_some_and(|text| !text.is_empty()));
        let filled = filled.map(|(_, (field, _))| *field).chain(password.then_some(PASSWORD));
        let off = filled.into_iter().any(|field| !self.wants(field).is_on());
        assert_eq!(read.is_err(), off, "{read:?}");
        Ok((read?, password.then(digest)))
    }

    /// Does it. Every success is held against what may succeed.
    fn act(&mut self, act: &Act) -> Result<(), SignUpRefusal> {
        let number = 100 + self.drawn + u32::try_from(self.world.sessions.len()).unwrap();
        let (now, quiet) = (self.world.now, Recent::Texts(TextTraffic::default()));
        let step = match (act, self.attempt.clone()) {
            (Act::Wait(span), _) => {
                self.world.now = now.plus(*span);
                return Ok(());
            }
            (Act::Begin(given), _) => {
                let (fields, password) = self.read(given)?;
                let id = SignUpId::from_random(bytes(number));
                let step = SignUp::begin(id, fields, password, FREE, seed(number), &self.world.scene())?;
                (self.mail, self.texts) = (Codes::default(), Codes::default());
                step
            }
            (_, None) => return Ok(()),
            (Act::Update(given), Some(attempt)) => {
                let (fields, password) = self.read(given)?;
                attempt.update(fields, password, FREE, seed(number), &self.world.scene())?
            }
            (Act::Prepare { by_phone }, Some(attempt)) => {
                let (scene, new) = (self.world.scene(), code(self.drawn + 1));
                let (step, to) = if *by_phone {
                    let step = attempt.prepare_phone_code(new, Claim::Free, quiet, &scene)?;
                    (step, attempt.draft.phone.as_ref().unwrap().as_str())
                } else {
                    let step = attempt.prepare_code(new, Claim::Free, 0, &scene)?;
                    (step, attempt.draft.email.as_ref().unwrap().as_str())
                };
                self.drawn += 1;
                let drawn = self.drawn;
                let codes = self.codes(*by_phone);
                codes.sent.push(drawn);
                (codes.tries, codes.to) = (0, to.to_owned());
                step
            }
            (Act::Code { by_phone, right, ago }, Some(attempt)) => self.try_code(attempt, *by_phone, *right, *ago)?,
        };
        self.commit(step);
        Ok(())
    }

    fn try_code(
        &mut self,
        mut attempt: SignUp,
        by_phone: bool,
        right: bool,
        ago: usize,
    ) -> Result<Step<SignUp>, SignUpRefusal> {
        let number = 500_000 + self.drawn;
        let tries = self.codes(by_phone).tries;
        if let SignUpState::MissingRequirements { email_proof, phone_proof, .. } = &mut attempt.state
            && let CodeProof::Sent(sent) = if by_phone { phone_proof } else { email_proof }
        {
            sent.tries = tries;
        }
        let scene = self.world.scene();
        let sent = if by_phone { attempt.may_attempt_phone_code(&scene)? } else { attempt.may_attempt_code(&scene)? };
        let sent = sent.clone();
        let codes = self.codes(by_phone);
        codes.tries += 1;
        let drawn = codes.sent.iter().rev().nth(ago).copied().unwrap_or(0);
        let evidence = tried(drawn, codes.tries, right);
        let scene = self.world.scene();
        let step = if by_phone {
            attempt.attempt_phone_code(&evidence, FREE, seed(number), &scene)?
        } else {
            attempt.attempt_code(&evidence, FREE, seed(number), &scene)?
        };
        assert!(right && evidence.verification == sent.id && self.world.now < sent.expire_at);
        assert!(evidence.try_number <= self.world.policy.codes.max_tries);
        let codes = self.codes(by_phone);
        codes.proven = Some(codes.to.clone());
        Ok(step)
    }

    /// Keeps what came of it. An account comes with everything that is demanded, once, and with a session.
    fn commit(&mut self, step: Step<SignUp>) {
        let (attempt, effects) = self.world.take(step);
        let (email, phone) = (attempt.draft.email.clone(), attempt.draft.phone.clone());
        // What was proven of another address proves nothing of this one.
        self.mail.proven =
            self.mail.proven.take().filter(|to| email.as_ref().is_some_and(|email| email.as_str() == to));
        self.texts.proven =
            self.texts.proven.take().filter(|to| phone.as_ref().is_some_and(|phone| phone.as_str() == to));
        self.attempt = Some(attempt);
        for effect in &effects {
            if let Effect::ConsumeCode(id) = effect {
                assert!(self.consumed.insert(id.as_str().to_owned()), "a code worked twice");
            }
        }
        let account = created(&effects);
        let begun = effects.iter().filter(|effect| matches!(effect, Effect::BeginSession(_))).count();
        assert_eq!(begun, usize::from(account.is_some()));
        assert_eq!(self.status() == Some(SignUpStatus::Complete), account.is_some());
        if let Some(account) = account {
            self.judge(account);
            self.accounts += 1;
        }
    }

    fn judge(&self, account: &NewAccount) {
        let (policy, user) = (&self.world.policy, &account.user);
        for (field, there) in [
            (EMAIL, account.email.is_some()),
            (PHONE, account.phone.is_some()),
            (USERNAME, user.username.is_some()),
            (FIRST_NAME, user.first_name.is_some()),
            (LAST_NAME, user.last_name.is_some()),
            (PASSWORD, account.password.is_some()),
        ] {
            match self.wants(field) {
                Requirement::Required => assert!(there, "{field} is demanded"),
                Requirement::Off => assert!(!there, "{field} is not taken"),
                Requirement::Optional => {}
            }
        }
        let mailed = account.email.as_ref().map(|email| (email.email.as_str(), email.verified_at.is_some()));
        let texted = account.phone.as_ref().map(|phone| (phone.phone.as_str(), phone.verified_at.is_some()));
        for (given, codes, demanded) in [
            (mailed, &self.mail, policy.email_address.verify_at_sign_up),
            (texted, &self.texts, policy.phone_number.verify_at_sign_up),
        ] {
            let Some((given, verified)) = given else { continue };
            assert_eq!(verified, codes.proven.as_deref() == Some(given), "{given}");
            assert!(verified || !demanded, "{given} is to be proven");
        }
        let by_mail = policy.email_address.sign_in_by_code && mailed.is_some_and(|(_, verified)| verified);
        let by_text = policy.phone_number.sign_in_by_code && texted.is_some_and(|(_, verified)| verified);
        assert!(account.password.is_some() || by_mail || by_text, "there is a way back");
        assert!(mailed.is_some() || texted.is_some() || user.username.is_some(), "they are called by something");
    }

    /// Does what the attempt asks for and nothing else, until there is an account.
    fn finish(&mut self) {
        // Once for each field and each proof.
        for _ in 0..9 {
            let Some(attempt) = self.attempt.clone().filter(|_| self.status() != Some(SignUpStatus::Complete)) else {
                return;
            };
            let missing = attempt.missing_fields(&self.world.policy);
            let unverified = attempt.unverified_fields(&self.world.policy);
            match (missing.first(), unverified.first()) {
                (Some(&PASSWORD), _) => self.act(&Act::Update(([None; 5], true))).unwrap(),
                (Some(field), _) => {
                    let mut given = NOTHING;
                    given.0[TYPED.iter().position(|(name, _)| name == field).unwrap()] = Some(1);
                    self.act(&Act::Update(given)).unwrap();
                }
                (None, Some(field)) => {
                    let by_phone = *field == PHONE;
                    self.act(&Act::Wait(30 * SECOND)).unwrap();
                    self.act(&Act::Prepare { by_phone }).unwrap();
                    self.act(&Act::Code { by_phone, right: true, ago: 0 }).unwrap();
                }
                (None, None) => panic!("nothing is asked for, and there is no account: {:?}", self.world.policy),
            }
        }
        assert_eq!(self.status(), Some(SignUpStatus::Complete));
    }
}

/// Every combination of what may be demanded, and of what is proven and signs in by a code.
fn every_policy() -> impl Iterator<Item = Policy> {
    const KINDS: [Requirement; 3] = [Requirement::Off, Requirement::Optional, Requirement::Required];
    (0..3usize.pow(6) * 16).map(|number| {
        let (demanded, on) = (number / 16, number % 16);
        let kind = |place: u32| KINDS[demanded / 3usize.pow(place) % 3];
        let set = |bit: usize| on & (1 << bit) != 0;
        demanding([kind(0), kind(1), kind(2), kind(3), kind(4), kind(5)], [set(0), set(1), set(2), set(3)])
    })
}

#[test]
fn whatever_is_demanded_who_does_as_asked_gets_an_account_and_nobody_with_less() {
    let (mut usable, mut contradicting) = (0, 0);
    for policy in every_policy() {
        if !policy.faults().is_empty() {
            contradicting += 1;
            continue;
        }
        usable += 1;
        let mut run = Run::new(policy);
        run.act(&Act::Begin(NOTHING)).unwrap();
        assert_eq!(run.status(), Some(SignUpStatus::MissingRequirements), "an account of nobody");
        run.finish();
        assert_eq!(run.accounts, 1);
    }
    assert_eq!(usable + contradicting, 729 * 16);
    assert!(usable > 1_000, "{usable}");
}

proptest! {
    /// Of what is demanded and proven nothing is ever lacking ([`Run::judge`] asserts it); and from wherever it leads,
    /// whoever then does as asked gets an account.
    #[test]
    fn whatever_is_demanded_no_account_lacks_it_and_the_way_stays_open(policy in policies(), acts in acts()) {
        let mut run = Run::new(policy);
        for act in &acts {
            let (before, over) = (run.accounts, run.status() == Some(SignUpStatus::Complete));
            let answer = run.act(act);
            let begins = matches!(act, Act::Begin(_) | Act::Wait(_));
            prop_assert!(!over || begins || answer.is_err(), "what is complete is over");
            prop_assert!(run.accounts <= before + 1);
        }
        // Signed out: the attempt goes on, or the next one does.
        run.world.sessions.clear();
        run.accounts = 0;
        if run.status() != Some(SignUpStatus::MissingRequirements) {
            run.act(&Act::Begin(NOTHING)).unwrap();
        }
        run.finish();
        prop_assert_eq!(run.accounts, 1);
    }
}
