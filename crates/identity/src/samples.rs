//! People, devices and codes for the tests of the machines.

use crate::{
    Account, AccountSeed, Client, ClientId, CodeChecked, CodeMac, CodeProof, ConnectionKey, ConnectionRules, Counter,
    Credential, CredentialId, DeviceActivity, Effect, Email, EmailAddress, ExternalAccount, ExternalAccountId,
    ExternalOutcome, ExternalProof, IdentificationId, Invitation, InvitationId, InvitationState, Lockout, Metadata,
    NewCode, NewLink, NewPasskey, NewSession, Notice, Passkey, PasskeyChecked, PasskeyProof, PasswordChecked,
    PasswordSummary, Phone, PhoneNumber, Profile, SecondFactors, Session, SessionId, Timestamp, TotpId, TotpSummary,
    User, UserHandle, UserId, VerificationId, external::AWAY_MS, passkey::CEREMONY_MS, time::DAY,
};

pub(crate) mod settings;

/// When every test begins.
pub(crate) const START: Timestamp = Timestamp(1_700_000_000_000);
/// The address of [`jane`].
pub(crate) const JANE: &str = "jane@example.com";
/// What the owner says of a connection who changed nothing.
pub(crate) const RULES: ConnectionRules = ConnectionRules { block_sub_addresses: true, barred: None };
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

/// An invitation that is good for a day.
pub(crate) fn invitation(address: &str) -> Invitation {
    Invitation {
        id: InvitationId::from_random(bytes(1)),
        email: email(address),
        public_metadata: Metadata::from_iter([("team".to_owned(), "blue".into())]),
        redirect_url: None,
        state: InvitationState::Pending,
        expire_at: START.plus(DAY),
        created_at: START,
        updated_at: START,
    }
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
    PasswordChecked { credential_version: PASSWORD_VERSION, ok, exposed: false }
}

pub(crate) fn new_session(number: u32) -> NewSession {
    NewSession {
        id: SessionId::from_random(bytes(number)),
        activity: DeviceActivity::default(),
        second_factor: VerificationId::from_random(bytes(number)),
    }
}

pub(crate) fn seed(number: u32) -> AccountSeed {
    AccountSeed {
        user: UserId::from_random(bytes(number)),
        email: IdentificationId::from_random(bytes(number)),
        phone: IdentificationId::from_random(bytes(number + 1_000_000)),
        username: IdentificationId::from_random(bytes(number + 2_000_000)),
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
            username: None,
            first_name: None,
            last_name: None,
            unsafe_metadata: Metadata::new(),
            public_metadata: Metadata::new(),
            private_metadata: Metadata::new(),
            external_id: None,
            primary_email_address_id: Some(address(1)),
            primary_phone_number_id: None,
            image_id: None,
            locale: None,
            banned: false,
            compromised_password: None,
            legal_accepted_at: None,
            last_sign_in_at: None,
            last_active_at: None,
            created_at: START,
            updated_at: START,
        },
        emails: vec![email_of(&id, 1, JANE, true)],
        phones: Vec::new(),
        externals: Vec::new(),
        second_factors: SecondFactors::default(),
        passkeys: Vec::new(),
        password: Some(PasswordSummary { updated_at: START, version: PASSWORD_VERSION }),
        counter: Counter::strangers(&id),
        lockout: Lockout::default(),
    }
}

/// What Jane is told at this address.
pub(crate) fn told(notice: Notice, to: &str) -> Effect {
    Effect::SendNotice { user_id: jane().user.id, notice, to: email(to).into(), locale: None }
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

/// A key with that number.
fn credential(number: u32) -> Credential {
    Credential {
        id: CredentialId::parse(&format!("key-{number}")).unwrap(),
        handle: UserHandle([7; 16]),
        key: format!("key {number}"),
        transports: vec!["internal".to_owned()],
        discoverable: true,
        counter: 0,
        backup_eligible: false,
        backed_up: false,
    }
}

/// A passkey with that number.
pub(crate) fn passkey(user: &UserId, number: u32) -> Passkey {
    Passkey {
        id: address(number),
        user_id: user.clone(),
        name: "Passkey".to_owned(),
        credential: credential(number),
        last_used_at: None,
        created_at: START,
        updated_at: START,
    }
}

/// A key that was made, to be added as the passkey with that number.
pub(crate) fn new_passkey(number: u32) -> NewPasskey {
    NewPasskey { id: address(number), ceremony: asked(number).id, credential: credential(number) }
}

/// A device is asked, in the ceremony with that number.
pub(crate) fn asked(number: u32) -> PasskeyProof {
    let id = VerificationId::from_random(bytes(number));
    PasskeyProof { id, options: format!("options {number}"), expire_at: START.plus(CEREMONY_MS) }
}

/// The evidence of an answer in that ceremony, of the passkey with that number.
pub(crate) fn passkey_checked(ceremony: u32, number: u32, counter: u32) -> PasskeyChecked {
    PasskeyChecked { ceremony: asked(ceremony).id, credential: Credential { counter, ..credential(number) } }
}

/// An account elsewhere that leads to this user.
pub(crate) fn linked(number: u32, user: &UserId, profile: Profile) -> ExternalAccount {
    let NewLink { id, flow } = new_link(number);
    ExternalAccount::linked(id, user.clone(), &flow, profile, START)
}

pub(crate) fn totp(number: u32) -> TotpId {
    TotpId::from_random(bytes(number))
}

pub(crate) fn backup_code(number: u32) -> CodeMac {
    CodeMac::new(format!("backup {number}"))
}

/// The same account with an authenticator app, whose id has the number 1, and backup codes.
pub(crate) fn with_totp(account: Account) -> Account {
    let second_factors = SecondFactors {
        totp: Some(TotpSummary { id: totp(1), verified_at: Some(START) }),
        backup_codes: 10,
        enabled_at: Some(START),
        disabled_at: None,
    };
    Account { second_factors, ..account }
}

/// The same account with a proven number that is set apart for the second factor, and backup codes.
pub(crate) fn with_second_phone(mut account: Account, id: u32, number: &str) -> Account {
    account.phones.push(PhoneNumber {
        id: address(id),
        user_id: account.user.id.clone(),
        phone: Phone::parse(number).unwrap(),
        verified_at: Some(START),
        reserved: false,
        second_factor: true,
        default_second_factor: false,
        code: CodeProof::default(),
        created_at: START,
        updated_at: START,
    });
    account.second_factors.backup_codes = 10;
    account.second_factors.enabled_at = Some(START);
    account
}
