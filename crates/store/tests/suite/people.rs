//! People, devices and messages to be remembered.

use frontdesk_identity::{
    Account, Client, ClientId, CodeMac, CodeProof, DeliveryId, DeviceActivity, Email, EmailAddress, IdentificationId,
    Metadata, NewAccount, NewCode, NewSession, PasswordDigest, Policy, Session, SessionId, SignIn, SignInId, SignUp,
    SignUpFields, SignUpForm, SignUpId, Timestamp, User, UserId, VerificationId,
};
use frontdesk_store::{Changes, ClientView, MessageKind, NewDelivery, SealedBytes, Store, Versioned};

/// When every test begins.
pub(crate) const START: Timestamp = Timestamp(1_700_000_000_000);

/// Random bytes that are always the same for the same number.
pub(crate) fn bytes(number: u32) -> [u8; 20] {
    let mut bytes = [0; 20];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    bytes
}

pub(crate) fn user_id(number: u32) -> UserId {
    UserId::from_random(bytes(number))
}

pub(crate) fn client_id(number: u32) -> ClientId {
    ClientId::from_random(bytes(number))
}

pub(crate) fn session_id(number: u32) -> SessionId {
    SessionId::from_random(bytes(number))
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// The address that user has in [`account`].
pub(crate) fn address(number: u32) -> Email {
    email(&format!("user{number}@example.com"))
}

pub(crate) fn digest(text: &str) -> PasswordDigest {
    PasswordDigest::new(format!("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA${text}"))
}

/// A user with everything, a proven address and a password.
pub(crate) fn account(number: u32) -> NewAccount {
    let user = user_id(number);
    let mut metadata = Metadata::new();
    metadata.insert("name".to_owned(), "Zoë \"quoted\" 🦀\n".into());
    NewAccount {
        user: User {
            id: user.clone(),
            username: None,
            first_name: Some("Zoë".to_owned()),
            last_name: Some("O'Neill".to_owned()),
            unsafe_metadata: metadata,
            public_metadata: Metadata::new(),
            private_metadata: Metadata::new(),
            external_id: None,
            primary_email_address_id: Some(IdentificationId::from_random(bytes(number))),
            primary_phone_number_id: None,
            image_id: None,
            locale: Some("de-CH".to_owned()),
            banned: false,
            compromised_password: None,
            legal_accepted_at: Some(START),
            last_sign_in_at: Some(START),
            last_active_at: Some(START),
            created_at: START,
            updated_at: START,
        },
        email: Some(EmailAddress {
            id: IdentificationId::from_random(bytes(number)),
            user_id: user,
            email: address(number),
            verified_at: Some(START),
            reserved: false,
            code: CodeProof::default(),
            created_at: START,
            updated_at: START,
        }),
        phone: None,
        username_id: IdentificationId::from_random(bytes(number + 2_000_000)),
        password: Some(digest(&format!("of user {number}"))),
        external: None,
    }
}

pub(crate) fn activity() -> DeviceActivity {
    DeviceActivity { user_agent: Some("Frontdesk/0.1".to_owned()), ip_address: Some("::1".to_owned()) }
}

pub(crate) fn new_session(number: u32) -> NewSession {
    NewSession { id: session_id(number), activity: activity(), second_factor: verification(number) }
}

/// A session of user `user` on client `client` that begins at `now`.
pub(crate) fn session(number: u32, user: u32, client: u32, now: Timestamp) -> Session {
    Session::begin(session_id(number), client_id(client), user_id(user), activity(), now)
}

pub(crate) fn verification(number: u32) -> VerificationId {
    VerificationId::from_random(bytes(number))
}

pub(crate) fn code(number: u32) -> NewCode {
    NewCode { id: verification(number), mac: CodeMac::new(format!("mac {number}")) }
}

/// Bytes of every value.
pub(crate) fn sealed(key_id: &str) -> SealedBytes {
    SealedBytes { key_id: key_id.to_owned(), bytes: (0..=u8::MAX).rev().chain(0..=u8::MAX).collect() }
}

pub(crate) fn delivery(number: u32, to: &Email) -> NewDelivery {
    NewDelivery {
        id: DeliveryId::from_random(bytes(number)),
        kind: MessageKind::Email,
        to: to.clone().into(),
        country: None,
        caller: None,
        body: sealed("key-1"),
        deliver: true,
        keep: false,
    }
}

/// Commits what is added to the changes.
pub(crate) async fn save(store: &Store, now: Timestamp, add: impl FnOnce(&mut Changes)) {
    let mut changes = Changes::new(now);
    add(&mut changes);
    store.commit(changes).await.unwrap();
}

/// A user that is there, with its account as it is read.
pub(crate) async fn saved_account(store: &Store, number: u32) -> Versioned<Account> {
    save(store, START, |changes| changes.create_account(account(number))).await;
    store.account(&user_id(number)).await.unwrap().unwrap()
}

/// A client that is there.
pub(crate) async fn saved_client(store: &Store, number: u32) -> Versioned<Client> {
    save(store, START, |changes| changes.save_client(Versioned::fresh(Client::begin(client_id(number), START)))).await;
    store.client(&client_id(number)).await.unwrap().unwrap()
}

pub(crate) async fn view(store: &Store, client: u32, now: Timestamp) -> ClientView {
    store.client_view(&client_id(client), now).await.unwrap().unwrap()
}

/// Takes steps of a sign-in of a saved client and commits each: to begin, to say that it is this account's, and to send
/// it this code.
pub(crate) async fn sign_in_with_code(store: &Store, client: u32, account: &Account, number: u32) -> Versioned<SignIn> {
    use frontdesk_identity::{CodePurpose, Found, Scene};
    let (policy, found) = (Policy::default(), Found::Account(account));
    let view = view(store, client, START).await;
    let sessions = view.plain_sessions();
    let scene = Scene { client: &view.client.value, sessions: &sessions, policy: &policy, now: START };
    let step = SignIn::begin(SignInId::from_random(bytes(number)), &scene)
        .and_then(|step| {
            step.and(&scene, |attempt, scene| attempt.identify(account.emails[0].email.clone(), &found, scene))
        })
        .and_then(|step| {
            step.and(&scene, |attempt, scene| {
                attempt.prepare_code(CodePurpose::SignIn, None, &found, code(number), 0, scene)
            })
        })
        .unwrap();
    save(store, START, |changes| {
        changes.save_client(view.client.with(step.client));
        changes.save_sign_in(Versioned::fresh(step.attempt));
    })
    .await;
    store.sign_in(&SignInId::from_random(bytes(number))).await.unwrap().unwrap()
}

/// The same for a sign-up with that address.
pub(crate) async fn sign_up_with_code(store: &Store, client: u32, address: &Email, number: u32) -> Versioned<SignUp> {
    use frontdesk_identity::{Claim, Scene};
    let policy = Policy::default();
    let view = view(store, client, START).await;
    let sessions = view.plain_sessions();
    let scene = Scene { client: &view.client.value, sessions: &sessions, policy: &policy, now: START };
    let form = SignUpForm { email_address: Some(address.as_str()), ..SignUpForm::default() };
    let fields = SignUpFields::check(&form, None, None, &policy).unwrap();
    let (id, password) = (SignUpId::from_random(bytes(number)), Some(digest("of a draft")));
    let step = SignUp::begin(id.clone(), fields, password, Claim::Free, seed(number), &scene)
        .and_then(|step| step.and(&scene, |attempt, scene| attempt.prepare_code(code(number), Claim::Free, 0, scene)))
        .unwrap();
    save(store, START, |changes| {
        changes.save_client(view.client.with(step.client));
        changes.save_sign_up(Versioned::fresh(step.attempt));
    })
    .await;
    store.sign_up(&id).await.unwrap().unwrap()
}

pub(crate) fn seed(number: u32) -> frontdesk_identity::AccountSeed {
    frontdesk_identity::AccountSeed {
        user: user_id(number),
        email: IdentificationId::from_random(bytes(number)),
        phone: IdentificationId::from_random(bytes(number + 1_000_000)),
        username: IdentificationId::from_random(bytes(number + 2_000_000)),
        session: new_session(number),
    }
}
