use super::*;
use crate::{
    Claim, Client, FieldError, FieldFault, FormFaults, InvitationRefusal, NewAccount, Policy, Requirement, Session,
    SessionId, SignUpFields, SignUpForm, SignUpStatus, Strategy,
    samples::{
        JANE, RULES, START, bytes, client, code, email, google, invitation, jane, linked, new_link, profile, seed,
        session, tried, way_out,
    },
    time::DAY,
};

const SUBJECT: &str = "sub-1";

/// A client with its sessions, an instance, and the one who says when.
struct World {
    client: Client,
    sessions: Vec<Session>,
    policy: Policy,
    now: Timestamp,
}

impl World {
    fn new(policy: Policy) -> Self {
        Self { client: client(1), sessions: Vec::new(), policy, now: START }
    }

    fn scene(&self) -> Scene<'_> {
        Scene { client: &self.client, sessions: &self.sessions, policy: &self.policy, now: self.now }
    }

    fn take(&mut self, step: Step<SignUp>) -> (SignUp, Vec<Effect>) {
        self.client = step.client;
        (step.attempt, step.effects)
    }

    fn fields(&self, form: &SignUpForm<'_>) -> SignUpFields {
        SignUpFields::check(form, None, None, &self.policy).unwrap()
    }

    /// An attempt with this form, whose person is at the provider.
    fn away(&mut self, form: &SignUpForm<'_>) -> SignUp {
        let fields = self.fields(form);
        let id = SignUpId::from_random(bytes(1));
        let step = SignUp::begin(id, fields, None, Claim::Free, seed(1), &self.scene()).unwrap();
        let attempt = self.take(step).0;
        let step = attempt.go_out(way_out(5), &self.scene()).unwrap();
        self.take(step).0
    }

    fn back(&self, attempt: &SignUp, said: &Profile, found: &ExternalFound<'_>) -> Result<Step<SignUp>, SignUpRefusal> {
        attempt.come_back(said, found, new_link(5), RULES, seed(1), &self.scene())
    }

    /// A whole way out and back.
    fn by(&mut self, said: &Profile, found: &ExternalFound<'_>) -> (SignUp, Vec<Effect>) {
        let attempt = self.away(&SignUpForm::default());
        let step = self.back(&attempt, said, found).unwrap();
        self.take(step)
    }
}

fn nobody() -> ExternalFound<'static> {
    ExternalFound::default()
}

fn redeemed() -> Effect {
    Effect::RedeemExternal(way_out(5).id)
}

fn outcome_of(attempt: &SignUp) -> &ExternalOutcome {
    &attempt.external.as_ref().unwrap().outcome
}

fn created(effects: &[Effect]) -> Option<&NewAccount> {
    effects.iter().find_map(|effect| match effect {
        Effect::CreateAccount(account) => Some(&**account),
        _ => None,
    })
}

#[test]
fn an_address_that_the_provider_vouches_for_makes_an_account_at_once() {
    let mut world = World::new(Policy::default());
    let said = profile(SUBJECT, JANE, true);
    let (attempt, effects) = world.by(&said, &nobody());
    assert_eq!((attempt.status(START), outcome_of(&attempt)), (SignUpStatus::Complete, &ExternalOutcome::Verified));
    let [redeemed_first, Effect::CreateAccount(account), Effect::BeginSession(session)] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(*redeemed_first, redeemed());
    assert_eq!(
        (account.email.as_ref().unwrap().email.as_str(), account.email.as_ref().unwrap().verified_at),
        (JANE, Some(START))
    );
    assert_eq!(account.external, Some(linked(5, &seed(1).user, said)));
    assert_eq!((account.user.first_name.as_deref(), &account.password), (Some("Ada"), &None));
    assert_eq!(session.user_id, account.user.id);
    assert_eq!(world.client.last_strategy, Some(Strategy::OAuth(google())));
}

#[test]
fn sec_78_an_address_that_the_provider_does_not_vouch_for_is_proven_first() {
    let mut world = World::new(Policy::default());
    let (attempt, effects) = world.by(&profile(SUBJECT, JANE, false), &nobody());
    assert_eq!((attempt.status(START), effects), (SignUpStatus::MissingRequirements, vec![redeemed()]));
    assert_eq!(attempt.unverified_fields(&world.policy), ["email_address"]);
    assert!(attempt.missing_fields(&world.policy).is_empty(), "and no password is asked for");

    let step = attempt.prepare_code(code(4), Claim::Free, 0, &world.scene()).unwrap();
    let attempt = world.take(step).0;
    let step = attempt.attempt_code(&tried(4, 1, true), Claim::Free, seed(1), &world.scene()).unwrap();
    let (done, effects) = world.take(step);
    assert_eq!(done.status(START), SignUpStatus::Complete);
    assert_eq!(created(&effects).unwrap().external.as_ref().unwrap().profile, Some(profile(SUBJECT, JANE, false)));
}

#[test]
fn sec_80_the_proof_of_one_address_is_none_of_another() {
    let mut world = World::new(Policy::default());
    let attempt = world.away(&SignUpForm { email_address: Some("eve@example.com"), ..SignUpForm::default() });
    let step = attempt.prepare_code(code(4), Claim::Free, 0, &world.scene()).unwrap();
    let attempt = world.take(step).0;
    // What the provider names takes the place of what was typed, and the code that is under way dies.
    let step = world.back(&attempt, &profile(SUBJECT, JANE, false), &nobody()).unwrap();
    let attempt = world.take(step).0;
    assert_eq!((&attempt.draft.email, attempt.email_proof()), (&Some(email(JANE)), &CodeProof::default()));
    let late = attempt.attempt_code(&tried(4, 1, true), Claim::Free, seed(1), &world.scene());
    assert!(late.is_err());
    // For the same address it stays.
    let attempt = world.away(&SignUpForm { email_address: Some(JANE), ..SignUpForm::default() });
    let step = attempt.prepare_code(code(4), Claim::Free, 0, &world.scene()).unwrap();
    let attempt = world.take(step).0;
    let step = world.back(&attempt, &profile(SUBJECT, JANE, false), &nobody()).unwrap();
    assert_eq!(step.attempt.email_proof(), attempt.email_proof());
}

#[test]
fn sec_80_what_is_typed_does_not_take_the_place_of_what_a_provider_vouches_for() {
    let strict = Policy { last_name: Requirement::Required, ..Policy::default() };
    let mut world = World::new(strict);
    let (attempt, effects) = world.by(&profile(SUBJECT, JANE, true), &nobody());
    assert_eq!((attempt.missing_fields(&world.policy), effects), (vec!["last_name"], vec![redeemed()]));
    assert!(attempt.email_proof().is_verified() && attempt.keeps_email());
    let other = world.fields(&SignUpForm { email_address: Some("eve@example.com"), ..SignUpForm::default() });
    let refused = attempt.update(other, None, Claim::Free, seed(1), &world.scene());
    let fault = FieldError::new("email_address", FieldFault::Disabled);
    assert_eq!(refused.unwrap_err(), FormFaults { fields: vec![fault], ..FormFaults::default() }.into());
    let rest = world.fields(&SignUpForm { last_name: Some("King"), ..SignUpForm::default() });
    let step = attempt.update(rest, None, Claim::Free, seed(1), &world.scene()).unwrap();
    let account = created(&step.effects).unwrap();
    assert_eq!(
        (account.email.as_ref().unwrap().email.as_str(), account.user.last_name.as_deref()),
        (JANE, Some("King"))
    );
    // One that it does not vouch for may be another.
    let (attempt, _) = world.by(&profile(SUBJECT, JANE, false), &nobody());
    let other = world.fields(&SignUpForm { email_address: Some("eve@example.com"), ..SignUpForm::default() });
    assert!(attempt.update(other, None, Claim::Free, seed(1), &world.scene()).is_ok());
}

#[test]
fn names_that_were_typed_stay_and_others_are_taken_where_they_are_wanted() {
    let mut world = World::new(Policy { last_name: Requirement::Off, ..Policy::default() });
    let said = Profile { last_name: Some("King".to_owned()), ..profile(SUBJECT, JANE, true) };
    let attempt = world.away(&SignUpForm { first_name: Some("Jane"), ..SignUpForm::default() });
    let step = world.back(&attempt, &said, &nobody()).unwrap();
    let user = &created(&step.effects).unwrap().user;
    assert_eq!((user.first_name.as_deref(), user.last_name.as_deref()), (Some("Jane"), None));
}

#[test]
fn who_tells_no_address_gives_one() {
    let mut world = World::new(Policy::default());
    let (attempt, _) = world.by(&profile(SUBJECT, "", true), &nobody());
    assert_eq!(attempt.missing_fields(&world.policy), ["email_address"]);
    assert!(!attempt.keeps_email() && !attempt.email_proof().is_verified(), "nothing is vouched for");
}

#[test]
fn who_has_an_account_signs_in_with_it() {
    let mut account = jane();
    account.externals.push(linked(2, &account.user.id, profile(SUBJECT, JANE, true)));
    for found in [
        ExternalFound { linked: Some(&account), owner: None },
        ExternalFound { linked: None, owner: Some(&account) },
        ExternalFound { linked: Some(&account), owner: Some(&account) },
    ] {
        for vouched in [true, false] {
            let mut world = World::new(Policy::default());
            let (attempt, effects) = world.by(&profile(SUBJECT, JANE, vouched), &found);
            assert_eq!((outcome_of(&attempt), effects), (&ExternalOutcome::Transferable, vec![redeemed()]));
            assert_eq!(attempt.draft.external, None, "nothing is made of it here");
        }
    }
    // Signed in here already.
    let found = ExternalFound { linked: Some(&account), owner: None };
    let mut world = World::new(Policy::default());
    world.sessions.push(session(3, 1, &world.client));
    let (attempt, _) = world.by(&profile(SUBJECT, JANE, true), &found);
    let session_id = SessionId::from_random(bytes(3));
    let refusal = ExternalRefusal::IdentifierAlreadySignedIn { session_id };
    assert_eq!(outcome_of(&attempt), &ExternalOutcome::Failed(refusal));
}

#[test]
fn sec_81_a_sub_address_signs_nobody_up() {
    let mut world = World::new(Policy::default());
    let (attempt, effects) = world.by(&profile(SUBJECT, "jane+x@example.com", true), &nobody());
    let refused = ExternalOutcome::Failed(ExternalRefusal::NotAllowedAccess);
    assert_eq!((outcome_of(&attempt), effects), (&refused, vec![redeemed()]));
    assert_eq!((&attempt.draft.email, attempt.status(START)), (&None, SignUpStatus::MissingRequirements));
}

#[test]
fn a_sign_in_of_nobody_becomes_a_sign_up() {
    let world = World::new(Policy::default());
    let (id, proof) = (SignUpId::from_random(bytes(1)), way_out(5).ended(ExternalOutcome::Transferable));
    let transfer = |said: &Profile, found: &ExternalFound<'_>| {
        let draft = Draft { locale: Some("de".to_owned()), ..Draft::default() };
        let draft = (draft, None);
        SignUp::transferred(id.clone(), &proof, draft, said, found, new_link(5), RULES, seed(1), &world.scene())
            .unwrap()
    };
    let step = transfer(&profile(SUBJECT, JANE, true), &nobody());
    assert_eq!(step.attempt.status(START), SignUpStatus::Complete);
    assert!(!step.effects.contains(&redeemed()), "the sign-in has redeemed it");
    let account = created(&step.effects).unwrap();
    assert_eq!((account.email.as_ref().unwrap().email.as_str(), account.user.locale.as_deref()), (JANE, Some("de")));
    assert_eq!(step.client.sign_up_id, None, "it is done");

    let step = transfer(&profile(SUBJECT, JANE, false), &nobody());
    assert_eq!(
        (step.attempt.status(START), step.client.sign_up_id),
        (SignUpStatus::MissingRequirements, Some(id.clone()))
    );
    // Somebody has it since.
    let jane = jane();
    let step = transfer(&profile(SUBJECT, JANE, true), &ExternalFound { linked: None, owner: Some(&jane) });
    assert_eq!((outcome_of(&step.attempt), step.effects), (&ExternalOutcome::Transferable, vec![]));
    let step = transfer(&profile(SUBJECT, "jane=x@example.com", true), &nobody());
    let refused = ExternalOutcome::Failed(ExternalRefusal::NotAllowedAccess);
    assert_eq!(outcome_of(&step.attempt), &refused);
}

#[test]
fn a_sign_in_of_nobody_becomes_a_sign_up_by_an_invitation_whose_address_it_gets() {
    let world = World::new(Policy::default());
    let proof = way_out(5).ended(ExternalOutcome::Transferable);
    let invitation = invitation("invited@example.com");
    let invited = Invited { invitation: &invitation, proof: code(77).id };
    let transfer = |claim: Claim| {
        let (id, said) = (SignUpId::from_random(bytes(1)), profile(SUBJECT, JANE, true));
        let draft = (Draft::default(), Some((&invited, claim)));
        SignUp::transferred(id, &proof, draft, &said, &nobody(), new_link(5), RULES, seed(1), &world.scene())
    };
    let step = transfer(Claim::Free).unwrap();
    assert_eq!(step.attempt.status(START), SignUpStatus::Complete);
    assert!(step.effects.contains(&Effect::AcceptInvitation(invitation.id.clone())), "it is used up");
    let account = created(&step.effects).unwrap();
    assert_eq!(account.email.as_ref().unwrap().email, invitation.email, "and not what the provider said");
    assert_eq!(account.user.public_metadata, invitation.public_metadata);
    let linked = account.external.as_ref().and_then(|external| external.profile.as_ref()).unwrap();
    assert_eq!(linked.subject, SUBJECT);
    assert_eq!(transfer(Claim::Claimed).unwrap_err(), InvitationRefusal::AccountExists.into());
}

#[test]
fn sec_05_a_way_out_that_has_ended_is_not_taken_again() {
    let mut world = World::new(Policy::default());
    let jane = jane();
    let owned = ExternalFound { linked: None, owner: Some(&jane) };
    let (attempt, _) = world.by(&profile(SUBJECT, JANE, true), &owned);
    assert_eq!(outcome_of(&attempt), &ExternalOutcome::Transferable);
    let other = profile("somebody", "other@example.com", true);
    assert_eq!(world.back(&attempt, &other, &nobody()).unwrap_err(), SignUpRefusal::WrongState);
    assert_eq!(attempt.awaits(&way_out(5), &world.scene()), Err(SignUpRefusal::WrongState));
}

#[test]
fn sec_05_only_the_way_out_that_an_attempt_waits_for_is_taken() {
    let mut world = World::new(Policy::default());
    let said = profile(SUBJECT, JANE, true);
    let attempt = world.away(&SignUpForm::default());
    assert_eq!(attempt.awaits(&way_out(5), &world.scene()), Ok(()));
    assert_eq!(attempt.awaits(&way_out(6), &world.scene()), Err(SignUpRefusal::WrongState));
    let other = client(2);
    let scene = Scene { client: &other, ..world.scene() };
    let stolen = attempt.come_back(&said, &nobody(), new_link(5), RULES, seed(1), &scene);
    assert_eq!(stolen.unwrap_err(), SignUpRefusal::NotCurrent, "of another client");
    world.now = START.plus(2 * DAY);
    assert_eq!(world.back(&attempt, &said, &nobody()).unwrap_err(), SignUpRefusal::Abandoned);
    world.now = START;
    let step = world.back(&attempt, &said, &nobody()).unwrap();
    let done = world.take(step).0;
    assert!(world.back(&done, &said, &nobody()).is_err(), "once");
    assert_eq!(
        world.back(&SignUp { external: None, ..attempt }, &said, &nobody()).unwrap_err(),
        SignUpRefusal::WrongState
    );
}
