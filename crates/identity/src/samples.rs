//! People, devices and codes for the tests of the machines.

use crate::{
    Account, AccountSeed, Client, ClientId, CodeChecked, CodeMac, CodeProof, ConnectionKey, ConnectionRules,
    DeviceActivity, Email, EmailAddress, ExternalAccount, ExternalAccountId, ExternalOutcome, ExternalProof,
    IdentificationId, Lockout, Metadata, NewCode, NewLink, NewSession, PasswordChecked, PasswordSummary, Profile,
    SecondFactors, Session, SessionId, Timestamp, Totp, User, UserId, VerificationId, external::AWAY_MS,
};

/// When every test begins.
pub(crate) const START: Timestamp = Timestamp(1_700_000_000_000);
/// The address of [`jane`].
pub(crate) const JANE: &str = "jane@example.com";
/// What the owner says of a connection who changed nothing.
pub(crate) const RULES: ConnectionRules = ConnectionRules { block_sub_addresses: true };
/// The version of her password.
pub(crate) const PASSWORD_VERSION: i64 = 7;

/// Random bytes that are always the same for the same number.
pub(crate) fn bytes(number: u32) -> [u8; 20] {
    let mut bytes = [0; 20];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    bytes
}

pub(crate) fn client(number: u32) -> Client {
    Client::begin(ClientId::from_random(bytes(number)), START)
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

pub(crate) fn address(number: u32) -> IdentificationId {
    IdentificationId::from_random(bytes(number))
}

/// A code that was drawn.
pub(crate) fn code(number: u32) -> NewCode {
    NewCode { id: VerificationId::from_random(bytes(number)), mac: CodeMac::new(format!("mac {number}")) }
}

/// The evidence of a try at it.
pub(crate) fn tried(number: u32, try_number: u32, ok: bool) -> CodeChecked {
    CodeChecked { verification: code(number).id, try_number, ok }
}

/// The evidence of a try at the password of [`jane`].
pub(crate) fn password(ok: bool) -> PasswordChecked {
    PasswordChecked { credential_version: PASSWORD_VERSION, ok }
}

pub(crate) fn new_session(number: u32) -> NewSession {
    NewSession {
        id: SessionId::from_random(bytes(number)),
        activity: DeviceActivity::default(),
        second_factor: second_factor(number),
    }
}

/// The count of tries at a second factor that comes with [`new_session`].
pub(crate) fn second_factor(number: u32) -> VerificationId {
    VerificationId::from_random(bytes(9_000_000 + number))
}

pub(crate) fn seed(number: u32) -> AccountSeed {
    AccountSeed {
        user: UserId::from_random(bytes(number)),
        email: IdentificationId::from_random(bytes(number)),
        session: new_session(number),
    }
}

/// A session of [`jane`], or of whoever has this number, on this client.
pub(crate) fn session(number: u32, user: u32, client: &Client) -> Session {
    let (id, user) = (SessionId::from_random(bytes(number)), UserId::from_random(bytes(user)));
    Session::begin(id, client.id.clone(), user, DeviceActivity::default(), START)
}

/// User 1 with a password and one proven address, whose id has the number 1.
pub(crate) fn jane() -> Account {
    let id = UserId::from_random(bytes(1));
    Account {
        user: User {
            id: id.clone(),
            first_name: None,
            last_name: None,
            unsafe_metadata: Metadata::new(),
            public_metadata: Metadata::new(),
            private_metadata: Metadata::new(),
            external_id: None,
            primary_email_address_id: Some(address(1)),
            image_id: None,
            locale: None,
            banned: false,
            legal_accepted_at: None,
            mfa_enabled_at: None,
            mfa_disabled_at: None,
            last_sign_in_at: None,
            last_active_at: None,
            created_at: START,
            updated_at: START,
        },
        emails: vec![email_of(&id, 1, JANE, true)],
        externals: Vec::new(),
        password: Some(PasswordSummary { updated_at: START }),
        second_factors: SecondFactors::default(),
        lockout: Lockout::default(),
    }
}

/// Jane with an authenticator app and so many backup codes.
pub(crate) fn guarded(backup_codes: u32) -> Account {
    let totp = Totp {
        id: "totp_1".to_owned(),
        verified_at: Some(START),
        last_step: Some(1),
        created_at: START,
        updated_at: START,
    };
    Account { second_factors: SecondFactors { totp: Some(totp), backup_codes }, ..jane() }
}

/// An address with that number, proven or merely kept.
pub(crate) fn email_of(user: &UserId, number: u32, text: &str, proven: bool) -> EmailAddress {
    EmailAddress {
        id: address(number),
        user_id: user.clone(),
        email: email(text),
        verified_at: proven.then_some(START),
        reserved: !proven,
        code: CodeProof::default(),
        created_at: START,
        updated_at: START,
    }
}

pub(crate) fn google() -> ConnectionKey {
    ConnectionKey::parse("oauth_google").unwrap()
}

pub(crate) fn github() -> ConnectionKey {
    ConnectionKey::parse("oauth_github").unwrap()
}

/// A way out to Google with that number.
pub(crate) fn way_out(number: u32) -> ExternalProof {
    ExternalProof {
        id: VerificationId::from_random(bytes(number)),
        connection: google(),
        url: "https://accounts.example.com/authorize".to_owned(),
        expire_at: START.plus(AWAY_MS),
        outcome: ExternalOutcome::Waiting,
    }
}

/// What [`way_out`] brings, where it is linked.
pub(crate) fn new_link(number: u32) -> NewLink {
    NewLink { id: ExternalAccountId::from_random(bytes(number)), flow: way_out(number).id }
}

/// What Google says of somebody: with an address that it vouches for or not; with none if the text is empty.
pub(crate) fn profile(subject: &str, address: &str, verified: bool) -> Profile {
    Profile {
        connection: google(),
        subject: subject.to_owned(),
        email: (!address.is_empty()).then(|| email(address)),
        email_verified: verified,
        first_name: Some("Ada".to_owned()),
        last_name: None,
        username: None,
        picture: None,
        scopes: Vec::new(),
    }
}

/// An account elsewhere that leads to this user.
pub(crate) fn linked(number: u32, user: &UserId, profile: Profile) -> ExternalAccount {
    let NewLink { id, flow } = new_link(number);
    ExternalAccount::linked(id, user.clone(), &flow, profile, START)
}
