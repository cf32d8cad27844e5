use super::*;
use crate::{
    Client, FieldError, FieldFault, PasswordFault, Session,
    samples::{JANE, START, bytes, client, code, email, new_session, seed, session, tried},
    time::{DAY, SECOND},
};

mod invitations;
mod phones;
mod random;
mod settings;

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

    /// An instance that hides who has an account.
    fn hiding() -> Self {
        Self::new(Policy { enumeration_protection: true, ..Policy::default() })
    }

    fn scene(&self) -> Scene<'_> {
        Scene { client: &self.client, sessions: &self.sessions, policy: &self.policy, now: self.now }
    }

    /// Commits a step.
    fn take(&mut self, step: Step<SignUp>) -> (SignUp, Vec<Effect>) {
        self.client = step.client;
        for effect in &step.effects {
            if let Effect::BeginSession(session) = effect {
                self.sessions.push((**session).clone());
            }
        }
        (step.attempt, step.effects)
    }

    fn begin(&mut self, form: &SignUpForm<'_>, password: bool, claim: Claim) -> Result<SignUp, SignUpRefusal> {
        let fields = self.fields(form);
        let id = SignUpId::from_random(bytes(1));
        let step = SignUp::begin(id, fields, password.then(digest), claim, seed(1), &self.scene())?;
        Ok(self.take(step).0)
    }

    fn fields(&self, form: &SignUpForm<'_>) -> SignUpFields {
        SignUpFields::check(form, None, None, &self.policy).unwrap()
    }

    /// An attempt with everything given, and this code under way to Jane.
    fn prepared(&mut self, number: u32) -> SignUp {
        let attempt = self.begin(&with_email(JANE), true, Claim::Free).unwrap();
        let step = attempt.prepare_code(code(number), Claim::Free, 0, &self.scene()).unwrap();
        self.take(step).0
    }
}

fn digest() -> PasswordDigest {
    PasswordDigest::new("$argon2id$of the first".to_owned())
}

fn with_email(address: &str) -> SignUpForm<'_> {
    SignUpForm { email_address: Some(address), ..SignUpForm::default() }
}

fn created(effects: &[Effect]) -> Option<&NewAccount> {
    effects.iter().find_map(|effect| match effect {
        Effect::CreateAccount(account) => Some(&**account),
        _ => None,
    })
}

#[test]
fn address_password_and_code_make_an_account() {
    let mut world = World::new(Policy::default());
    let attempt = world.begin(&SignUpForm::default(), false, Claim::Free).unwrap();
    assert_eq!(attempt.status(START), SignUpStatus::MissingRequirements);
    assert_eq!(world.client.sign_up_id.as_ref(), Some(&attempt.id));
    assert_eq!(SignUp::required_fields(&world.policy), ["email_address", "password"]);
    assert_eq!(SignUp::optional_fields(&world.policy), ["first_name", "last_name"]);
    assert_eq!(attempt.missing_fields(&world.policy), ["email_address", "password"]);
    assert!(attempt.unverified_fields(&world.policy).is_empty());

    let form = SignUpForm {
        first_name: Some(" Jane "),
        unsafe_metadata: Some(r#"{"colour":"blue"}"#),
        locale: Some("de-CH"),
        legal_accepted: true,
        ..with_email("Jane@Example.com")
    };
    let fields = world.fields(&form);
    assert_eq!(SignUp::given_after(Some(&attempt), &fields).0, Some(&email(JANE)));
    let step = attempt.update(fields, Some(digest()), Claim::Free, seed(1), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(effects, []);
    assert!(attempt.missing_fields(&world.policy).is_empty());
    assert_eq!(attempt.unverified_fields(&world.policy), ["email_address"]);

    let step = attempt.prepare_code(code(4), Claim::Free, 0, &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(effects, [Effect::SendCode { verification: code(4).id, to: email(JANE).into(), deliver: true }]);
    assert_eq!(attempt.may_attempt_code(&world.scene()).unwrap().id, code(4).id);

    world.now = START.plus(SECOND);
    let step = attempt.attempt_code(&tried(4, 1, true), Claim::Free, seed(1), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    let session = world.sessions[0].clone();
    assert_eq!(effects[0], Effect::ConsumeCode(code(4).id), "the commit fails if the code was used meanwhile");
    assert_eq!(effects[2..], [Effect::BeginSession(Box::new(session.clone()))]);
    let account = created(&effects).unwrap();
    assert_eq!((account.user.first_name.as_deref(), account.user.last_name.as_deref()), (Some("Jane"), None));
    assert_eq!(account.user.unsafe_metadata["colour"], "blue");
    assert_eq!((account.user.locale.as_deref(), account.user.legal_accepted_at), (Some("de-CH"), Some(START)));
    assert_eq!(
        (account.email.as_ref().unwrap().email.as_str(), account.email.as_ref().unwrap().verified_at),
        (JANE, Some(world.now))
    );
    assert_eq!(account.user.primary_email_address_id.as_ref(), Some(&account.email.as_ref().unwrap().id));
    assert_eq!(account.password, Some(digest()));
    assert_eq!((&session.user_id, &session.client_id), (&account.user.id, &world.client.id));
    assert_eq!(attempt.status(START), SignUpStatus::Complete);
    assert!(attempt.missing_fields(&world.policy).is_empty() && attempt.unverified_fields(&world.policy).is_empty());
    assert!(attempt.email_proof().is_verified());
    assert_eq!(world.client.last_strategy, Some(Strategy::EmailCode));
}

#[test]
fn the_account_comes_with_the_last_thing_that_was_missing() {
    let policy = Policy { first_name: Requirement::Required, ..Policy::default() };
    let mut world = World::new(policy);
    let attempt = world.prepared(4);
    let step = attempt.attempt_code(&tried(4, 1, true), Claim::Free, seed(1), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(effects, [Effect::ConsumeCode(code(4).id)]);
    assert_eq!(attempt.missing_fields(&world.policy), ["first_name"]);
    let again = attempt.prepare_code(code(5), Claim::Free, 0, &world.scene());
    assert_eq!(again, Err(SignUpRefusal::Code(CodeRefusal::AlreadyVerified)));

    let fields = world.fields(&SignUpForm { first_name: Some("Jane"), ..SignUpForm::default() });
    assert_eq!(
        attempt.update(fields.clone(), None, Claim::Claimed, seed(1), &world.scene()),
        Err(SignUpRefusal::EmailClaimed),
        "somebody else was faster"
    );
    let step = attempt.update(fields, None, Claim::Free, seed(1), &world.scene()).unwrap();
    assert!(created(&step.effects).is_some());
}

#[test]
fn without_a_proof_at_sign_up_the_address_is_kept_for_the_account() {
    let mut world = World::new(Policy::default());
    world.policy.email_address.verify_at_sign_up = false;
    assert_eq!(world.policy.faults(), []);
    let fields = world.fields(&with_email(JANE));
    let id = SignUpId::from_random(bytes(1));
    let step = SignUp::begin(id, fields, Some(digest()), Claim::Free, seed(1), &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(attempt.status(START), SignUpStatus::Complete);
    let account = created(&effects).unwrap();
    assert_eq!((account.email.as_ref().unwrap().verified_at, account.email.as_ref().unwrap().reserved), (None, true));
    assert!(account.email.as_ref().unwrap().is_claimed());
    assert_eq!(world.client.last_strategy, Some(Strategy::Password));
}

#[test]
fn another_address_drops_the_proof_and_the_same_one_keeps_it() {
    let policy = Policy { first_name: Requirement::Required, ..Policy::default() };
    let mut world = World::new(policy);
    let attempt = world.prepared(4);
    let step = attempt.attempt_code(&tried(4, 1, true), Claim::Free, seed(1), &world.scene()).unwrap();
    let (proven, _) = world.take(step);
    let after = |form: &SignUpForm<'_>| {
        let step = proven.update(world.fields(form), None, Claim::Free, seed(1), &world.scene()).unwrap();
        step.attempt.email_proof().is_verified()
    };
    assert!(after(&with_email("JANE@example.com")));
    assert!(after(&SignUpForm { last_name: Some("Doe"), ..SignUpForm::default() }));
    assert!(!after(&with_email("doe@example.com")));
    assert!(!after(&with_email("")));
}

#[test]
fn an_address_that_somebody_has_is_told_where_nothing_is_hidden() {
    let mut world = World::new(Policy::default());
    assert_eq!(world.begin(&with_email(JANE), true, Claim::Claimed), Err(SignUpRefusal::EmailExists));
    let attempt = world.begin(&with_email(JANE), true, Claim::Free).unwrap();
    let taken = attempt.prepare_code(code(4), Claim::Claimed, 0, &world.scene());
    assert_eq!(taken, Err(SignUpRefusal::EmailClaimed));
    let attempt = world.prepared(4);
    let taken = attempt.attempt_code(&tried(4, 1, true), Claim::Claimed, seed(1), &world.scene());
    assert_eq!(taken, Err(SignUpRefusal::EmailClaimed));
    // There is a way on: another address.
    let fields = world.fields(&with_email("doe@example.com"));
    assert!(attempt.update(fields, None, Claim::Free, seed(1), &world.scene()).is_ok());
}

#[test]
fn wrong_codes_are_refused() {
    let mut world = World::new(Policy::default());
    let attempt = world.begin(&SignUpForm::default(), false, Claim::Free).unwrap();
    assert_eq!(attempt.prepare_code(code(4), Claim::Free, 0, &world.scene()), Err(SignUpRefusal::NoEmail));
    let missing = SignUpRefusal::Code(CodeRefusal::Missing);
    assert_eq!(attempt.may_attempt_code(&world.scene()).unwrap_err(), missing);
    assert_eq!(attempt.attempt_code(&tried(4, 1, true), Claim::Free, seed(1), &world.scene()), Err(missing));
    let attempt = world.prepared(4);
    let wrong = attempt.attempt_code(&tried(4, 1, false), Claim::Free, seed(1), &world.scene());
    assert_eq!(wrong, Err(SignUpRefusal::Code(CodeRefusal::Incorrect)));
}

#[test]
fn an_attempt_is_the_clients_last_one_and_its_own() {
    let mut world = World::new(Policy::default());
    let first = world.prepared(4);
    let stranger = Client { sign_up_id: Some(first.id.clone()), ..client(2) };
    let scene = Scene { client: &stranger, ..world.scene() };
    let refused = first.attempt_code(&tried(4, 1, true), Claim::Free, seed(1), &scene);
    assert_eq!(refused, Err(SignUpRefusal::NotCurrent), "another client cannot go on with it");

    let id = SignUpId::from_random(bytes(2));
    let step = SignUp::begin(id, SignUpFields::default(), None, Claim::Free, seed(2), &world.scene()).unwrap();
    world.take(step);
    let refused = first.attempt_code(&tried(4, 1, true), Claim::Free, seed(1), &world.scene());
    assert_eq!(refused, Err(SignUpRefusal::NotCurrent));
}

#[test]
fn an_attempt_is_given_up_a_day_after_the_last_step() {
    let mut world = World::new(Policy::default());
    let attempt = world.begin(&with_email(JANE), true, Claim::Free).unwrap();
    world.now = START.plus(DAY - 1);
    let step = attempt.prepare_code(code(4), Claim::Free, 0, &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    assert_eq!(attempt.status(START.plus(DAY)), SignUpStatus::MissingRequirements, "a step puts it off");
    world.now = START.plus(2 * DAY - 1);
    assert_eq!(attempt.status(world.now), SignUpStatus::Abandoned);
    let fields = world.fields(&SignUpForm::default());
    let refused = attempt.update(fields, None, Claim::Free, seed(1), &world.scene());
    assert_eq!(refused, Err(SignUpRefusal::Abandoned));
}

#[test]
fn a_complete_attempt_is_over() {
    let mut world = World::new(Policy::default());
    let attempt = world.prepared(4);
    let step = attempt.attempt_code(&tried(4, 1, true), Claim::Free, seed(1), &world.scene()).unwrap();
    let (done, _) = world.take(step);
    assert_eq!(world.client.sign_up_id, None);
    let again = |world: &World| done.attempt_code(&tried(4, 1, true), Claim::Free, seed(2), &world.scene());
    assert_eq!(again(&world), Err(SignUpRefusal::NotCurrent));
    // Even if the client still pointed at it.
    world.client.sign_up_id = Some(done.id.clone());
    assert_eq!(again(&world), Err(SignUpRefusal::WrongState));
    let fields = world.fields(&with_email("doe@example.com"));
    let refused = done.update(fields, None, Claim::Free, seed(2), &world.scene());
    assert_eq!(refused, Err(SignUpRefusal::WrongState));
    assert_eq!(done.status(START.plus(9 * DAY)), SignUpStatus::Complete);
}

#[test]
fn every_fault_of_a_form_is_told_at_once() {
    let mut policy = Policy { last_name: Requirement::Off, ..Policy::default() };
    policy.password.require_numbers = true;
    let form = SignUpForm {
        email_address: Some("jane"),
        first_name: Some("a\tb"),
        last_name: Some("Doe"),
        phone_number: None,
        username: None,
        unsafe_metadata: Some("[]"),
        locale: Some("not a language"),
        legal_accepted: false,
    };
    let faults = SignUpFields::check(&form, Some("short"), None, &policy).unwrap_err();
    let field = FieldError::new;
    assert_eq!(
        faults.fields,
        [
            field("email_address", FieldFault::Format),
            field("first_name", FieldFault::Format),
            field("last_name", FieldFault::Unknown),
            field("unsafe_metadata", FieldFault::Type),
        ]
    );
    assert_eq!(faults.password, [PasswordFault::TooShort { min: 8 }, PasswordFault::NoNumber]);

    policy.password.requirement = Requirement::Off;
    let faults = SignUpFields::check(&SignUpForm::default(), Some("long enough"), None, &policy).unwrap_err();
    assert_eq!(faults.fields, [field("password", FieldFault::Unknown)]);
    let long = format!("{}@example.com", "a".repeat(65));
    let faults = SignUpFields::check(&with_email(&long), None, None, &policy).unwrap_err();
    assert_eq!(faults.fields, [field("email_address", FieldFault::TooLong)]);
}

#[test]
fn an_empty_text_clears_a_field_and_none_leaves_it() {
    let mut world = World::new(Policy::default());
    let form = SignUpForm { first_name: Some("Jane"), last_name: Some("Doe"), locale: Some("en"), ..with_email(JANE) };
    let attempt = world.begin(&form, true, Claim::Free).unwrap();
    let form = SignUpForm { first_name: Some(" "), locale: Some("\u{0}"), ..SignUpForm::default() };
    let step = attempt.update(world.fields(&form), None, Claim::Free, seed(1), &world.scene()).unwrap();
    let draft = step.attempt.draft;
    assert_eq!((draft.first_name, draft.last_name.as_deref()), (None, Some("Doe")));
    assert_eq!((draft.email, draft.locale.as_deref(), draft.has_password), (Some(email(JANE)), Some("en"), true));
}

#[test]
fn sec_34_signing_up_replaces_the_client_token() {
    let mut world = World::new(Policy::default());
    let attempt = world.prepared(4);
    let before = world.client.generation;
    let step = attempt.attempt_code(&tried(4, 1, true), Claim::Free, seed(1), &world.scene()).unwrap();
    assert_eq!((step.client.generation, step.client.generation_used_at), (before + 1, None));
}

#[test]
fn sec_41_where_one_may_be_signed_in_nobody_signs_up_beside() {
    let mut world = World::new(Policy::default());
    world.policy.sessions.single_session = true;
    world.sessions.push(session(5, 2, &world.client));
    assert_eq!(world.begin(&with_email(JANE), true, Claim::Free), Err(SignUpRefusal::SessionExists));
    world.policy.sessions.single_session = false;
    let attempt = world.prepared(4);
    let step = attempt.attempt_code(&tried(4, 1, true), Claim::Free, seed(1), &world.scene()).unwrap();
    world.take(step);
    assert!(world.sessions.iter().all(|session| session.is_signed_in(&world.policy, START)));
    assert_eq!(world.sessions.iter().map(|session| &session.id).nth(1), Some(&new_session(1).id));
}

#[test]
fn sec_46_ones_own_address_is_no_password_whenever_it_was_given() {
    let policy = Policy::default();
    let mine = [PasswordFault::MatchesIdentifier];
    let faults = SignUpFields::check(&with_email(JANE), Some("Jane@Example.com"), None, &policy).unwrap_err();
    assert_eq!(faults.password, mine);
    let before = Draft { email: Some(email(JANE)), ..Draft::default() };
    let form = SignUpForm::default();
    let faults = SignUpFields::check(&form, Some("Jane@Example.com"), Some(&before), &policy).unwrap_err();
    assert_eq!(faults.password, mine);
    assert!(SignUpFields::check(&with_email(""), Some("Jane@Example.com"), Some(&before), &policy).is_ok());
}

#[test]
fn sec_52_a_new_code_cancels_the_old_one_and_another_address_every_code() {
    let mut world = World::new(Policy::default());
    let attempt = world.prepared(4);
    world.now = START.plus(30 * SECOND);
    let step = attempt.prepare_code(code(5), Claim::Free, 1, &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    let stale = attempt.attempt_code(&tried(4, 1, true), Claim::Free, seed(1), &world.scene());
    assert_eq!(stale, Err(SignUpRefusal::Code(CodeRefusal::Incorrect)));
    let fields = world.fields(&with_email("doe@example.com"));
    let step = attempt.update(fields, None, Claim::Free, seed(1), &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    let void = attempt.attempt_code(&tried(5, 1, true), Claim::Free, seed(1), &world.scene());
    assert_eq!(void, Err(SignUpRefusal::Code(CodeRefusal::Missing)), "a code proves the address it was sent to alone");
}

#[test]
fn sec_54_no_more_tries_than_the_cap_are_looked_at() {
    let mut world = World::new(Policy::default());
    let attempt = world.prepared(4);
    let most = world.policy.codes.max_tries;
    let try_it = |number| attempt.attempt_code(&tried(4, number, true), Claim::Free, seed(1), &world.scene());
    assert!(try_it(most).is_ok());
    assert_eq!(try_it(most + 1), Err(SignUpRefusal::Code(CodeRefusal::TooManyTries)));
}

#[test]
fn sec_56_the_limits_hold_before_a_message_is_sent() {
    let mut world = World::new(Policy::default());
    let attempt = world.begin(&with_email(JANE), true, Claim::Free).unwrap();
    let most = world.policy.codes.per_address_per_hour;
    let flooded = attempt.prepare_code(code(4), Claim::Free, most, &world.scene());
    assert_eq!(flooded, Err(SignUpRefusal::TooManyMessages));
    let step = attempt.prepare_code(code(4), Claim::Free, most - 1, &world.scene()).unwrap();
    let (attempt, _) = world.take(step);
    let soon = attempt.prepare_code(code(5), Claim::Free, 1, &world.scene());
    assert_eq!(soon, Err(SignUpRefusal::Code(CodeRefusal::TooSoon { retry_after_ms: 30 * SECOND })));
}

#[test]
fn sec_86_an_address_that_somebody_has_is_told_to_its_holder_alone() {
    let mut world = World::hiding();
    let attempt = world.begin(&with_email(JANE), true, Claim::Claimed).unwrap();
    let free = World::hiding().begin(&with_email(JANE), true, Claim::Free).unwrap();
    assert_eq!(attempt, free, "the attempt does not differ");
    let step = attempt.prepare_code(code(4), Claim::Claimed, 0, &world.scene()).unwrap();
    let (attempt, effects) = world.take(step);
    assert_eq!(effects, [Effect::SendAccountExists { verification: code(4).id, to: email(JANE).into() }]);
    let wrong = attempt.attempt_code(&tried(4, 1, false), Claim::Claimed, seed(1), &world.scene());
    assert_eq!(wrong, Err(SignUpRefusal::Code(CodeRefusal::Incorrect)));
    let right = attempt.attempt_code(&tried(4, 1, true), Claim::Claimed, seed(1), &world.scene());
    assert_eq!(right, Err(SignUpRefusal::EmailClaimed), "even a right guess makes no account");
}

#[test]
fn sec_104_a_test_address_gets_no_mail_in_test_mode() {
    let mut world = World::new(Policy::default());
    let attempt = world.begin(&with_email("jane+clerk_test@example.com"), true, Claim::Free).unwrap();
    assert_eq!(attempt.prepare_code(code(4), Claim::Free, 0, &world.scene()).unwrap().effects, []);
    world.policy.test_mode = false;
    assert_eq!(attempt.prepare_code(code(4), Claim::Free, 0, &world.scene()).unwrap().effects.len(), 1);
}
