//! Whatever is done and said, in whatever order.

use proptest::prelude::{Just, Strategy as _, any, prop, prop_oneof, proptest};

use super::*;

#[derive(Clone, Debug)]
enum Act {
    Begin,
    GoOut,
    /// Back with what the provider says: whose subject, which address, and whether it vouches for that.
    ComeBack {
        known: bool,
        address: usize,
        vouched: bool,
    },
    Identify,
    Prepare,
    Code {
        right: bool,
    },
    Password {
        right: bool,
    },
    Reset,
    /// The account is signed out here.
    SignOut,
}

const ADDRESSES: [&str; 4] = ["", JANE, "other@example.com", "jane+x@example.com"];

fn acts() -> impl proptest::strategy::Strategy<Value = Vec<Act>> {
    let back = (any::<bool>(), 0..ADDRESSES.len(), any::<bool>()).prop_map(|(known, address, vouched)| Act::ComeBack {
        known,
        address,
        vouched,
    });
    let act = prop_oneof![
        2 => Just(Act::Begin),
        5 => Just(Act::GoOut),
        6 => back,
        2 => Just(Act::Identify),
        5 => Just(Act::Prepare),
        5 => any::<bool>().prop_map(|right| Act::Code { right }),
        2 => any::<bool>().prop_map(|right| Act::Password { right }),
        3 => Just(Act::Reset),
        1 => Just(Act::SignOut),
    ];
    prop::collection::vec(act, 0..60)
}

/// What makes a completion right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// The account elsewhere was linked before.
    Linked,
    /// The address is proven on both sides.
    BothSides,
    /// A code to the address.
    Code,
    Password,
}

struct Run {
    world: World,
    account: Account,
    attempt: Option<SignIn>,
    /// Codes drawn, and tries at the last one.
    drawn: u32,
    tries: u32,
    /// Whether a right code was taken on the attempt that waits for a new password.
    code_taken: bool,
}

impl Run {
    fn new(account: Account, hides: bool) -> Self {
        let world = World::new(Policy { enumeration_protection: hides, ..Policy::default() });
        Self { world, account, attempt: None, drawn: 0, tries: 0, code_taken: false }
    }

    /// Does it; a step that is taken comes with what would make it right to sign in by it.
    fn act(&mut self, act: &Act, number: u32) -> Result<(), SignInRefusal> {
        if matches!(act, Act::SignOut) {
            self.world.sessions.clear();
            return Ok(());
        }
        if matches!(act, Act::Begin) {
            let step = SignIn::begin(SignInId::from_random(bytes(number)), &self.world.scene())?;
            self.attempt = Some(self.world.take(step).0);
            self.code_taken = false;
            return Ok(());
        }
        let Some(mut attempt) = self.attempt.clone() else { return Ok(()) };
        if let SignInState::NeedsFirstFactor { code: CodeProof::Sent(sent), .. } = &mut attempt.state {
            sent.tries = self.tries;
        }
        let (scene, found) = (self.world.scene(), Found::Account(&self.account));
        let (step, proof) = match act {
            Act::GoOut => (attempt.go_out(way_out(number), &scene)?, None),
            Act::ComeBack { known, address, vouched } => {
                let said = profile(if *known { SUBJECT } else { "somebody" }, ADDRESSES[*address], *vouched);
                self.come_back(&attempt, &said, number)?
            }
            Act::Identify => (attempt.identify(email(JANE), &found, &scene)?, None),
            Act::Prepare => {
                self.drawn += 1;
                self.tries = 0;
                let new = code(1000 + self.drawn);
                (attempt.prepare_code(CodePurpose::SignIn, None, &found, new, 0, &scene)?, None)
            }
            Act::Code { right } => {
                attempt.may_attempt_code(CodePurpose::SignIn, &found, &scene)?;
                self.tries += 1;
                let evidence = tried(1000 + self.drawn, self.tries, *right);
                let step = attempt.attempt_code(&found, &evidence, new_session(number), &scene)?;
                assert!(*right);
                self.code_taken = true;
                (step, Some(Proof::Code))
            }
            Act::Password { right } => {
                let step = attempt.attempt_password(&found, password(*right), new_session(number), &scene)?;
                assert!(*right && attempt.pending_link().is_none());
                (step, Some(Proof::Password))
            }
            Act::Reset => {
                let account = attempt.may_reset_password(NEW_PASSWORD, &found, &scene)?;
                let digest = PasswordDigest::new("digest".to_owned());
                let reset = Reset { digest, version: PASSWORD_VERSION, sign_out: false };
                let step = attempt.reset_password(account, reset, new_session(number), &scene)?;
                (step, self.code_taken.then_some(Proof::Code))
            }
            Act::Begin | Act::SignOut => return Ok(()),
        };
        self.commit(&attempt, step, proof);
        Ok(())
    }

    fn come_back(
        &self,
        attempt: &SignIn,
        said: &Profile,
        number: u32,
    ) -> Result<(Step<SignIn>, Option<Proof>), SignInRefusal> {
        let leads_here = |external: &&crate::ExternalAccount| {
            external.profile.as_ref().is_some_and(|known| known.subject == said.subject)
        };
        let linked = self.account.externals.iter().find(leads_here).map(|_| &self.account);
        let claimed = claimed_address(&self.account, said.email.as_ref());
        let found = ExternalFound { linked, owner: claimed.map(|_| &self.account) };
        let step =
            attempt.come_back(said, &found, new_link(number), RULES, new_session(number), &self.world.scene())?;
        assert_eq!(step.effects.first(), Some(&Effect::RedeemExternal(new_link(number).flow)), "once");
        let sub_address = said.email.as_ref().is_some_and(|email| email.as_str().contains('+'));
        let both = said.email_verified && claimed.is_some_and(|address| address.verified_at.is_some());
        let proof = match linked {
            _ if sub_address => None,
            Some(_) => Some(Proof::Linked),
            None => both.then_some(Proof::BothSides),
        };
        Ok((step, proof))
    }

    /// Commits a step and holds it against what may be.
    fn commit(&mut self, before: &SignIn, step: Step<SignIn>, proof: Option<Proof>) {
        let complete = step.attempt.status(self.world.now) == SignInStatus::Complete;
        let begins = begun(&step.effects).is_some();
        let links = step.effects.iter().any(|effect| matches!(effect, Effect::LinkExternal { .. }));
        assert_eq!(complete, begins, "a session begins with a completion and with nothing else");
        assert!(!complete || proof.is_some(), "completed without a linked account or a proven address");
        assert!(!links || (proof.is_some() && complete), "linked without either");
        let shuts_out = before.pending_link().is_some_and(|pending| pending.unproven_owner);
        let ends = |effect: &Effect| matches!(effect, Effect::EndOtherSessions { .. });
        assert!(!(complete && shuts_out) || step.effects.iter().any(ends), "who only claimed the address stayed");
        for effect in &step.effects {
            match effect {
                Effect::VerifyEmail(id) => {
                    assert_eq!(proof, Some(Proof::Code), "an address is proven by a code alone");
                    let place = self.account.emails.iter_mut().find(|address| address.id == *id).unwrap();
                    place.verified_at = Some(START);
                }
                Effect::LinkExternal { external, .. } => {
                    self.account.externals.retain(|known| known.id != external.id);
                    self.account.externals.push((**external).clone());
                }
                Effect::UnlinkExternal(id) => self.account.externals.retain(|known| known.id != *id),
                Effect::RemoveEmail(id) => self.account.emails.retain(|known| known.id != *id),
                Effect::BeginSession(session) => self.world.sessions.push((**session).clone()),
                _ => {}
            }
        }
        let google = self.account.externals.iter().filter(|known| known.proof.connection == crate::samples::google());
        assert!(google.count() <= 1, "one account by each connection");
        self.attempt = Some(self.world.take(step).0);
    }
}

fn accounts() -> impl proptest::strategy::Strategy<Value = Account> {
    any::<[bool; 4]>().prop_map(|[proven, with_password, with_link, with_other]| {
        let mut account = if proven { jane() } else { unproven() };
        if with_other {
            account.emails.push(email_of(&account.user.id, 2, "other@example.com", true));
        }
        if !with_password {
            account.password = None;
        }
        if with_link {
            account.externals.push(linked(2, &account.user.id, profile(SUBJECT, "", false)));
        }
        account
    })
}

proptest! {
    /// [`Run::commit`] asserts it.
    #[test]
    fn sec_77_nobody_signs_in_without_a_linked_account_or_a_proven_address(
        account in accounts(),
        hides in any::<bool>(),
        acts in acts(),
    ) {
        let mut run = Run::new(account, hides);
        for (act, number) in acts.iter().zip(100..) {
            // A way out and what comes back of it have one number.
            let number = if matches!(act, Act::ComeBack { .. }) { number - 1 } else { number };
            let _refused = run.act(act, number);
        }
    }
}

#[test]
fn the_walks_get_there() {
    let walk = |account: Account, acts: &[Act]| {
        let mut run = Run::new(account, false);
        for (act, number) in acts.iter().zip(100..) {
            run.act(act, number).unwrap();
        }
        run.attempt.unwrap().status(START)
    };
    let back = |known, vouched| Act::ComeBack { known, address: 1, vouched };
    let mut known = jane();
    known.externals.push(linked(2, &known.user.id, profile(SUBJECT, "", false)));
    assert_eq!(walk(known, &[Act::Begin, Act::GoOut, back(true, false)]), SignInStatus::Complete);
    assert_eq!(walk(jane(), &[Act::Begin, Act::GoOut, back(false, true)]), SignInStatus::Complete);
    let proves = [Act::Begin, Act::GoOut, back(false, false), Act::Prepare, Act::Code { right: true }, Act::Reset];
    assert_eq!(walk(jane(), &proves[..5]), SignInStatus::Complete);
    assert_eq!(walk(unproven(), &proves), SignInStatus::Complete);
}
