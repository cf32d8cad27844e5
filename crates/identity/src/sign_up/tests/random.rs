//! Whatever is done, in whatever order.

use std::collections::BTreeSet;

use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::*;

const ADDRESSES: [&str; 3] = ["", JANE, "doe@example.com"];

#[derive(Clone, Debug)]
enum Act {
    Begin {
        address: usize,
    },
    Update {
        address: Option<usize>,
        first_name: bool,
        password: bool,
    },
    Prepare,
    /// With the code that was drawn so many codes ago.
    Code {
        right: bool,
        ago: u32,
    },
    Wait(i64),
    /// Somebody else gets Jane's address, or gives it up.
    Claim(bool),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let update = (prop::option::of(0..3usize), any::<bool>(), any::<bool>())
        .prop_map(|(address, first_name, password)| Act::Update { address, first_name, password });
    let act = prop_oneof![
        1 => (0..3usize).prop_map(|address| Act::Begin { address }),
        4 => update,
        4 => Just(Act::Prepare),
        6 => (prop::bool::weighted(0.4), 0..2u32).prop_map(|(right, ago)| Act::Code { right, ago }),
        2 => prop_oneof![0..60 * SECOND, 0..20 * 60 * SECOND, 0..2 * DAY].prop_map(Act::Wait),
        1 => prop::bool::weighted(0.3).prop_map(Act::Claim),
    ];
    prop::collection::vec(act, 0..80)
}

fn policies() -> impl Strategy<Value = Policy> {
    let requirement = prop_oneof![Just(Requirement::Off), Just(Requirement::Optional), Just(Requirement::Required)];
    (any::<[bool; 3]>(), requirement.clone(), requirement, 1..8u32)
        .prop_map(|([hides, verify, single], first_name, password, max_tries)| {
            let mut policy = Policy { enumeration_protection: hides, first_name, ..Policy::default() };
            policy.email_address.verify_at_sign_up = verify;
            policy.sessions.single_session = single;
            policy.password.requirement = password;
            policy.codes.max_tries = max_tries;
            policy
        })
        .prop_filter("an instance would refuse it", |policy| policy.faults().is_empty())
}

/// A world with what the store keeps beside the attempts, and what a reader of the mail knows.
struct Run {
    world: World,
    attempt: Option<SignUp>,
    claimed: bool,
    drawn: u32,
    tries: u32,
    /// Addresses the codes were sent to.
    sent_to: Vec<Email>,
    /// The address that a right code has proven.
    proven: Option<Email>,
    /// Whether the attempt was given these.
    given: (bool, bool),
    consumed: BTreeSet<String>,
    accounts: usize,
}

impl Run {
    fn new(policy: Policy) -> Self {
        Self {
            world: World::new(policy),
            attempt: None,
            claimed: false,
            drawn: 0,
            tries: 0,
            sent_to: Vec::new(),
            proven: None,
            given: (false, false),
            consumed: BTreeSet::new(),
            accounts: 0,
        }
    }

    fn status(&self) -> Option<SignUpStatus> {
        self.attempt.as_ref().map(|attempt| attempt.status(self.world.now))
    }

    fn claim_of(&self, address: Option<&Email>) -> Claim {
        let claimed = self.claimed && address.is_some_and(|address| address.as_str() == JANE);
        if claimed { Claim::Claimed } else { Claim::Free }
    }

    fn fields(&self, address: Option<usize>, first_name: bool) -> SignUpFields {
        let first_name = first_name && self.world.policy.first_name.is_on();
        let form = SignUpForm {
            email_address: address.map(|place| ADDRESSES[place]),
            first_name: first_name.then_some("Jane"),
            ..SignUpForm::default()
        };
        self.world.fields(&form)
    }

    /// Does it. Every success is held against what may succeed.
    fn act(&mut self, act: &Act) -> Result<(), SignUpRefusal> {
        let number = 100 + self.drawn + u32::try_from(self.world.sessions.len()).unwrap();
        let scene = self.world.scene();
        let step = match (act, self.attempt.clone()) {
            (Act::Wait(span), _) => {
                self.world.now = self.world.now.plus(*span);
                return Ok(());
            }
            (Act::Claim(claimed), _) => {
                self.claimed = *claimed;
                return Ok(());
            }
            (Act::Begin { address }, _) => {
                let fields = self.fields(Some(*address), false);
                let claim = self.claim_of(SignUp::given_after(None, &fields).0);
                let id = SignUpId::from_random(bytes(number));
                let step = SignUp::begin(id, fields, None, claim, seed(number), &scene)?;
                (self.proven, self.given) = (None, (false, false));
                step
            }
            (_, None) => return Ok(()),
            (Act::Update { address, first_name, password }, Some(attempt)) => {
                let fields = self.fields(*address, *first_name);
                let claim = self.claim_of(SignUp::given_after(Some(&attempt), &fields).0);
                let password = *password && self.world.policy.password.requirement.is_on();
                let step = attempt.update(fields, password.then(digest), claim, seed(number), &scene)?;
                self.given.0 |= *first_name;
                self.given.1 |= password;
                if step.attempt.draft.email != attempt.draft.email {
                    self.proven = None;
                }
                step
            }
            (Act::Prepare, Some(attempt)) => {
                let recent = u32::try_from(self.sent_to.len()).unwrap() % 5;
                let claim = self.claim_of(attempt.draft.email.as_ref());
                let step = attempt.prepare_code(code(self.drawn), claim, recent, &scene)?;
                self.sent_to.push(attempt.draft.email.clone().unwrap());
                (self.drawn, self.tries) = (self.drawn + 1, 0);
                step
            }
            (Act::Code { right, ago }, Some(mut attempt)) => {
                if let SignUpState::MissingRequirements { email_proof: CodeProof::Sent(sent), .. } = &mut attempt.state
                {
                    sent.tries = self.tries;
                }
                let sent = attempt.may_attempt_code(&scene)?.clone();
                self.tries += 1;
                let evidence = tried(self.drawn.saturating_sub(1 + ago), self.tries, *right);
                let claim = self.claim_of(attempt.draft.email.as_ref());
                let step = attempt.attempt_code(&evidence, claim, seed(number), &self.world.scene())?;
                assert!(*right && evidence.verification == sent.id && self.tries <= self.world.policy.codes.max_tries);
                assert!(self.world.now < sent.expire_at && claim == Claim::Free);
                assert_eq!(step.effects[0], Effect::ConsumeCode(sent.id));
                self.proven = self.sent_to.last().cloned();
                assert_eq!(self.proven, attempt.draft.email);
                step
            }
        };
        let (attempt, effects) = self.world.take(step);
        self.attempt = Some(attempt);
        self.judge(&effects);
        Ok(())
    }

    /// An account comes with everything that it needs, once, and with a session.
    fn judge(&mut self, effects: &[Effect]) {
        for effect in effects {
            if let Effect::ConsumeCode(id) = effect {
                assert!(self.consumed.insert(id.as_str().to_owned()), "a code worked twice");
            }
        }
        let begun = effects.iter().filter(|effect| matches!(effect, Effect::BeginSession(_))).count();
        let account = created(effects);
        assert_eq!(begun, usize::from(account.is_some()));
        assert_eq!(self.status() == Some(SignUpStatus::Complete), account.is_some());
        let Some(account) = account else { return };
        let policy = &self.world.policy;
        let verify = policy.email_address.verify_at_sign_up;
        assert_eq!(self.claim_of(Some(&account.email.as_ref().unwrap().email)), Claim::Free);
        assert!(!verify || self.proven.as_ref() == Some(&account.email.as_ref().unwrap().email));
        assert_eq!(account.email.as_ref().unwrap().verified_at.is_some(), self.proven.is_some());
        assert!(account.email.as_ref().unwrap().is_claimed());
        assert!(policy.password.requirement != Requirement::Required || account.password.is_some());
        assert_eq!(account.password.is_some(), self.given.1);
        assert!(policy.first_name != Requirement::Required || account.user.first_name.is_some());
        self.accounts += 1;
    }
}

proptest! {
    /// No account without everything that is required and proven, no code works twice, tries stay within the cap
    /// ([`Run::act`] and [`Run::judge`] assert it), and from wherever it leads an account can still be made.
    #[test]
    fn accounts_come_complete_and_the_way_stays_open(policy in policies(), acts in acts()) {
        let mut run = Run::new(policy);
        for act in &acts {
            let before = run.accounts;
            let over = run.status() == Some(SignUpStatus::Complete);
            let answer = run.act(act);
            let begins = matches!(act, Act::Begin { .. } | Act::Wait(_) | Act::Claim(_));
            prop_assert!(!over || begins || answer.is_err(), "what is complete is over");
            prop_assert_eq!(run.world.sessions.len(), run.accounts);
            prop_assert!(run.accounts <= before + 1);
        }
        // Later, and signed out: the attempt goes on, or the next one does.
        run.world.sessions.clear();
        run.accounts = 0;
        run.act(&Act::Wait(60 * SECOND)).unwrap();
        run.act(&Act::Claim(false)).unwrap();
        if run.status() != Some(SignUpStatus::MissingRequirements) {
            run.act(&Act::Begin { address: 0 }).unwrap();
        }
        run.act(&Act::Update { address: Some(2), first_name: true, password: true }).unwrap();
        if run.status() == Some(SignUpStatus::MissingRequirements) {
            let proven = run.attempt.as_ref().unwrap().email_proof().is_verified();
            prop_assert!(!proven, "with everything given and proven there is an account");
            run.act(&Act::Prepare).unwrap();
            run.act(&Act::Code { right: true, ago: 0 }).unwrap();
        }
        prop_assert_eq!((run.status(), run.accounts), (Some(SignUpStatus::Complete), 1));
    }

    /// Where the instance hides who has an account, an address of somebody is answered like one of nobody, whatever is
    /// tried by who does not read its mail.
    #[test]
    fn sec_86_a_claimed_address_is_answered_like_a_free_one(policy in policies(), acts in acts()) {
        let mut policy = Policy { enumeration_protection: true, ..policy };
        policy.email_address.verify_at_sign_up = true;
        if !policy.faults().is_empty() {
            return Ok(());
        }
        let (mut free, mut claimed) = (Run::new(policy.clone()), Run::new(policy));
        claimed.claimed = true;
        for act in acts {
            let act = match act {
                Act::Code { ago, .. } => Act::Code { right: false, ago },
                Act::Claim(_) => continue,
                other => other,
            };
            prop_assert_eq!(free.act(&act), claimed.act(&act), "{:?}", act);
            prop_assert_eq!(&free.attempt, &claimed.attempt);
        }
    }
}
