//! What the window may ask for, one enum per room; each is the argument of one command.
//!
//! `instance` is always the random id that [`crate::snapshot::InstanceView`] carries.

use frontdesk_wire as wire;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{passkeys::AuthenticatorKind, said::Said, saved_password::TypedPassword};

/// Steps of a sign-in. Every one answers with the attempt as it stands after it ([`wire::SignIn`]).
#[derive(Clone, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SignInRequest {
    /// Begins an attempt, replacing the one under way; all fields absent begins a blank one.
    Create {
        /// Where.
        instance: String,
        /// Email address or another identifier the instance takes.
        #[ts(optional)]
        identifier: Option<String>,
        /// Password, for one-step sign-in.
        #[ts(optional)]
        password: Option<String>,
        /// Strategy to prepare at once, such as `email_code`.
        #[ts(optional)]
        strategy: Option<String>,
    },
    /// Begins an attempt by an account elsewhere, in the system's browser. Answers with [`crate::BegunFlow`]; how it
    /// goes on stands in [`crate::Snapshot::flows`].
    AuthenticateWithRedirect {
        /// Where.
        instance: String,
        /// Such as `oauth_google`.
        strategy: String,
        /// Values the application keeps with the user, should this become a sign-up.
        #[ts(optional, type = "Record<string, unknown>")]
        unsafe_metadata: Option<serde_json::Value>,
    },
    /// Signs in by a passkey; what the person has to do meanwhile stands in [`crate::PasskeysView::ceremony`]. Answers
    /// when all is done, or with why nothing came of it.
    AuthenticateWithPasskey {
        /// Where.
        instance: String,
        /// Where the key is.
        authenticator: AuthenticatorKind,
        /// Whether whoever the key is of is signed in, in an attempt that begins now; else whom the attempt under way
        /// names.
        discoverable: bool,
    },
    /// Signs in by the password that is kept on this device, for who knows the PIN; that is asked for in
    /// [`crate::PasskeysView::ceremony`]. The password goes from the keychain to the instance alone.
    AuthenticateWithSavedPassword {
        /// Where.
        instance: String,
    },
    /// Asks the instance to send what the strategy needs.
    PrepareFirstFactor {
        /// Where.
        instance: String,
        /// Such as `email_code`.
        strategy: String,
        /// Which of the user's addresses.
        #[ts(optional)]
        email_address_id: Option<String>,
        /// Which of the user's phone numbers.
        #[ts(optional)]
        phone_number_id: Option<String>,
    },
    /// Asks the instance to send what the strategy of a second factor needs.
    PrepareSecondFactor {
        /// Where.
        instance: String,
        /// Such as `phone_code`.
        strategy: String,
        /// Which of the user's addresses, on a new device.
        #[ts(optional)]
        email_address_id: Option<String>,
        /// Which of the user's phone numbers.
        #[ts(optional)]
        phone_number_id: Option<String>,
    },
    /// Proves the second factor.
    AttemptSecondFactor {
        /// Where.
        instance: String,
        /// Such as `totp`, `phone_code` or `backup_code`.
        strategy: String,
        /// What was sent, shown or written down.
        code: String,
    },
    /// Proves the first factor.
    AttemptFirstFactor {
        /// Where.
        instance: String,
        /// Such as `password` or `email_code`.
        strategy: String,
        /// For `password`.
        #[ts(optional)]
        password: Option<String>,
        /// For `email_code`.
        #[ts(optional)]
        code: Option<String>,
    },
    /// Sets a new password, where the attempt waits for one.
    ResetPassword {
        /// Where.
        instance: String,
        /// The new password.
        password: String,
        /// Whether every other device is signed out; the instance decides when absent.
        #[ts(optional)]
        sign_out_of_other_sessions: Option<bool>,
    },
    /// Reads the attempt again.
    Reload {
        /// Where.
        instance: String,
    },
}

/// Steps of a sign-up. Every one but the last answers with the attempt as it stands after it ([`wire::SignUp`]).
#[derive(Clone, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SignUpRequest {
    /// Begins an attempt, replacing the one under way.
    Create {
        /// Where.
        instance: String,
        /// What is known already.
        fields: SignUpFields,
    },
    /// Begins an attempt by an account elsewhere, in the system's browser. Answers with [`crate::BegunFlow`]; how it
    /// goes on stands in [`crate::Snapshot::flows`].
    AuthenticateWithRedirect {
        /// Where.
        instance: String,
        /// Such as `oauth_google`.
        strategy: String,
        /// Values the application keeps with the user.
        #[ts(optional, type = "Record<string, unknown>")]
        unsafe_metadata: Option<serde_json::Value>,
    },
    /// Adds to or corrects the attempt under way.
    Update {
        /// Where.
        instance: String,
        /// What to change.
        fields: SignUpFields,
    },
    /// Asks the instance to send what the strategy needs.
    PrepareVerification {
        /// Where.
        instance: String,
        /// Such as `email_code`.
        strategy: String,
    },
    /// Proves an address.
    AttemptVerification {
        /// Where.
        instance: String,
        /// Such as `email_code`.
        strategy: String,
        /// What was sent.
        code: String,
    },
    /// Reads the attempt again.
    Reload {
        /// Where.
        instance: String,
    },
    /// Asks for an invitation, where people sign up by the waitlist. Answers with [`wire::WaitlistEntry`].
    JoinWaitlist {
        /// Where.
        instance: String,
        /// Where the invitation goes.
        email_address: String,
    },
}

/// Fields of a sign-up; an absent one is left as it is.
#[derive(Clone, Default, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct SignUpFields {
    /// The ticket of an invitation, which proves its address.
    pub ticket: Option<String>,
    /// Email address.
    pub email_address: Option<String>,
    /// Phone number, E.164.
    pub phone_number: Option<String>,
    /// User name.
    pub username: Option<String>,
    /// Password.
    pub password: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Values the application keeps with the user.
    #[ts(optional, type = "Record<string, unknown>")]
    pub unsafe_metadata: Option<serde_json::Value>,
}

/// What can be done with one session.
#[derive(Clone, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SessionRequest {
    /// Answers with a session token (a JWT of about a minute) or one made from a template, from memory while it is
    /// fresh: `{ "jwt": "…" }`.
    Token {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Name of the token template; absent for the session token itself.
        #[serde(default)]
        #[ts(optional)]
        template: Option<String>,
        /// For which organization, empty for none; absent for the one that is active.
        #[serde(default)]
        #[ts(optional)]
        organization_id: Option<String>,
        /// Ask the instance even when a fresh token is at hand.
        #[serde(default)]
        skip_cache: bool,
        /// How many seconds longer than usual a token from memory has to last.
        #[serde(default)]
        #[ts(optional)]
        leeway_in_seconds: Option<u32>,
    },
    /// Tells the instance the session is in use. Answers with nothing.
    Touch {
        /// Which account.
        account: crate::snapshot::AccountKey,
    },
    /// Begins to prove anew who this is. Answers with [`wire::SessionReverification`], as the next five do.
    StartVerification {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// `first_factor`, `second_factor` or `multi_factor`.
        level: String,
    },
    /// Asks the instance to send what the strategy of the first factor needs.
    PrepareFirstFactorVerification {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Such as `email_code`.
        strategy: String,
        /// Which of the user's addresses.
        #[ts(optional)]
        email_address_id: Option<String>,
        /// Which of the user's phone numbers.
        #[ts(optional)]
        phone_number_id: Option<String>,
    },
    /// Proves the first factor anew.
    AttemptFirstFactorVerification {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Such as `password` or `email_code`.
        strategy: String,
        /// For `password`.
        #[ts(optional)]
        password: Option<String>,
        /// For what was sent.
        #[ts(optional)]
        code: Option<String>,
    },
    /// Proves the first factor anew by a passkey of the user; what the person has to do meanwhile stands in
    /// [`crate::PasskeysView::ceremony`]. Answers with [`wire::SessionReverification`] when all is done, or with why
    /// nothing came of it.
    VerifyWithPasskey {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Where the key is.
        authenticator: AuthenticatorKind,
    },
    /// Asks the instance to send what the strategy of the second factor needs.
    PrepareSecondFactorVerification {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// `phone_code`.
        strategy: String,
        /// Which of the user's phone numbers.
        #[ts(optional)]
        phone_number_id: Option<String>,
    },
    /// Proves the second factor anew.
    AttemptSecondFactorVerification {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Such as `totp`, `phone_code` or `backup_code`.
        strategy: String,
        /// What was sent, shown or written down.
        code: String,
    },
    /// Ends the session; it stays in the client's list. Answers with nothing.
    End {
        /// Which account.
        account: crate::snapshot::AccountKey,
    },
    /// Ends the session and drops it from the client. Answers with nothing.
    Remove {
        /// Which account.
        account: crate::snapshot::AccountKey,
    },
}

/// What can be done with accounts and the signed-in user.
#[derive(Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AccountRequest {
    /// Shows another account, or none. Answers with nothing.
    SetActive {
        /// Which, or none for the signed-out screens.
        account: Option<crate::snapshot::AccountKey>,
    },
    /// Signs one account out, or every account of the instance. Answers with nothing.
    SignOut {
        /// Where.
        instance: String,
        /// Which session; absent signs every session of the instance out.
        #[ts(optional)]
        session: Option<String>,
    },
    /// Signs one account out here and on every other device. Answers with nothing.
    SignOutEverywhere {
        /// Which account.
        account: crate::snapshot::AccountKey,
    },
    /// Signs every account of every instance out on this computer. Answers with nothing.
    SignOutAll,
    /// Reads the user again. Answers with [`wire::User`].
    Reload {
        /// Which account.
        account: crate::snapshot::AccountKey,
    },
    /// Changes the profile. Answers with [`wire::User`].
    Update {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Given name; absent leaves it, an empty text clears it.
        #[ts(optional)]
        first_name: Option<String>,
        /// Family name; absent leaves it, an empty text clears it.
        #[ts(optional)]
        last_name: Option<String>,
        /// User name; absent leaves it.
        #[ts(optional)]
        username: Option<String>,
        /// Which address is the primary one; absent leaves it.
        #[ts(optional)]
        primary_email_address_id: Option<String>,
        /// Which phone number is the primary one; absent leaves it.
        #[ts(optional)]
        primary_phone_number_id: Option<String>,
    },
    /// Adds an address, which does not count before it is proven. Answers with [`wire::EmailAddress`].
    CreateEmailAddress {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// The address.
        email_address: String,
    },
    /// Has the instance send a code to an address. Answers with [`wire::EmailAddress`].
    PrepareEmailAddress {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Which of the user's addresses.
        email_address_id: String,
        /// Such as `email_code`.
        strategy: String,
    },
    /// Proves an address. Answers with [`wire::EmailAddress`].
    AttemptEmailAddress {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Which of the user's addresses.
        email_address_id: String,
        /// What was sent.
        code: String,
    },
    /// Removes an address. Answers with nothing.
    DestroyEmailAddress {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Which of the user's addresses.
        email_address_id: String,
    },
    /// Adds a phone number, which does not count before it is proven. Answers with [`wire::PhoneNumber`].
    CreatePhoneNumber {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// The number, E.164.
        phone_number: String,
    },
    /// Has the instance send a code to a number. Answers with [`wire::PhoneNumber`].
    PreparePhoneNumber {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Which of the user's phone numbers.
        phone_number_id: String,
        /// `phone_code`.
        strategy: String,
    },
    /// Proves a number. Answers with [`wire::PhoneNumber`].
    AttemptPhoneNumber {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Which of the user's phone numbers.
        phone_number_id: String,
        /// What was sent.
        code: String,
    },
    /// Makes a number a second factor, or the one to offer first. Answers with [`wire::PhoneNumber`].
    UpdatePhoneNumber {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Which of the user's phone numbers.
        phone_number_id: String,
        /// Whether its codes are a second factor; absent leaves it.
        #[ts(optional)]
        reserved_for_second_factor: Option<bool>,
        /// Whether it is offered first; absent leaves it.
        #[ts(optional)]
        default_second_factor: Option<bool>,
    },
    /// Removes a number. Answers with nothing.
    DestroyPhoneNumber {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Which of the user's phone numbers.
        phone_number_id: String,
    },
    /// Makes a secret for an authenticator app, which does not count before a code of it came back. Answers with
    /// [`wire::Totp`].
    CreateTotp {
        /// Which account.
        account: crate::snapshot::AccountKey,
    },
    /// Proves that the authenticator app has the secret. Answers with [`wire::Totp`].
    VerifyTotp {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// What the authenticator app shows.
        code: String,
    },
    /// Takes the authenticator app from the user. Answers with nothing.
    DisableTotp {
        /// Which account.
        account: crate::snapshot::AccountKey,
    },
    /// Makes new backup codes; the ones before are void. Answers with [`wire::BackupCodes`].
    CreateBackupCode {
        /// Which account.
        account: crate::snapshot::AccountKey,
    },
    /// Sets or changes the password. Answers with [`wire::User`].
    UpdatePassword {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// The one there is, if there is one.
        #[ts(optional)]
        current_password: Option<String>,
        /// The new one.
        new_password: String,
        /// Whether every other device is signed out.
        sign_out_of_other_sessions: bool,
    },
    /// Removes the password. Answers with [`wire::User`].
    RemovePassword {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// The one there is.
        current_password: String,
    },
    /// Signs another device of the user out. Answers with nothing.
    RevokeSession {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// The other device's session.
        session: String,
    },
    /// Sets the user's picture in place of the one before. Answers with [`wire::Image`].
    SetProfileImage {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// The file in base64, with or without the beginning of a data URL.
        file: String,
    },
    /// Removes the user's picture. Answers with nothing.
    RemoveProfileImage {
        /// Which account.
        account: crate::snapshot::AccountKey,
    },
    /// Begins to connect an account elsewhere, in the system's browser. Answers with [`crate::BegunFlow`].
    CreateExternalAccount {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Such as `oauth_google`.
        strategy: String,
        /// What the application may do there, besides what it asks of everybody.
        #[serde(default)]
        #[ts(as = "Option<Vec<String>>", optional)]
        additional_scopes: Vec<String>,
    },
    /// Asks an account elsewhere again, for more scopes or since its grant is over. Answers with [`crate::BegunFlow`].
    ReauthorizeExternalAccount {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Which of the user's accounts elsewhere.
        external_account_id: String,
        /// What the application may do there, besides what it asks of everybody.
        #[serde(default)]
        #[ts(as = "Option<Vec<String>>", optional)]
        additional_scopes: Vec<String>,
    },
    /// Disconnects an account elsewhere. Answers with nothing.
    DestroyExternalAccount {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Which of the user's accounts elsewhere.
        external_account_id: String,
    },
    /// Makes a passkey for the user; what the person has to do meanwhile stands in
    /// [`crate::PasskeysView::ceremony`]. Answers with [`wire::Passkey`] when all is done.
    CreatePasskey {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Where the key is made.
        authenticator: AuthenticatorKind,
    },
    /// Gives a passkey another name. Answers with [`wire::Passkey`].
    UpdatePasskey {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Which of the user's passkeys.
        passkey_id: String,
        /// The name.
        name: String,
    },
    /// Removes a passkey, and its key where that is on this device. Answers with nothing.
    DeletePasskey {
        /// Which account.
        account: crate::snapshot::AccountKey,
        /// Which of the user's passkeys.
        passkey_id: String,
    },
    /// Deletes the user for good; the account is gone here and everywhere. Answers with nothing.
    Delete {
        /// Which account.
        account: crate::snapshot::AccountKey,
    },
    /// The sessions of the user that are active anywhere. Answers with a list of [`wire::ActiveSession`].
    ActiveSessions {
        /// Which account.
        account: crate::snapshot::AccountKey,
    },
}

/// What can be done with instances.
#[derive(Clone, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum InstanceRequest {
    /// Reads a publishable key without asking anybody, or asks at an address for the key of the Frontdesk server there.
    /// An instance that is on the list already is refused. Answers with [`KeyPreview`].
    Inspect {
        /// As it was typed or pasted.
        key_or_address: String,
    },
    /// Adds an instance, once. Answers with its id as `{ "instance": "…" }`.
    Add {
        /// As it was shown.
        publishable_key: String,
    },
    /// Gives an instance a name of one's own. Answers with nothing.
    Rename {
        /// Which.
        instance: String,
        /// The name; an empty one takes it back.
        name: String,
    },
    /// Moves an instance to another place of the list. Answers with nothing.
    Move {
        /// Which.
        instance: String,
        /// The place, counted from 0; beyond the end it is the last.
        #[ts(type = "number")]
        to: usize,
    },
    /// Forgets an instance after signing out of it. Answers with nothing.
    Remove {
        /// Which.
        instance: String,
    },
    /// Loads the instance again, after an error. Answers with nothing.
    Reload {
        /// Which.
        instance: String,
    },
    /// Whoever was signing in or up here has gone elsewhere. Answers with nothing.
    LeaveAttempt {
        /// Where.
        instance: String,
    },
    /// Stops waiting for the browser; one that has ended is taken off the list. Answers with nothing.
    CancelFlow {
        /// Which.
        flow: String,
    },
    /// Has the browser open the page once more. Answers with nothing.
    OpenFlow {
        /// Which.
        flow: String,
    },
    /// The person knows the host of a flow's page: it is opened, and its host not asked about again at this instance.
    /// Answers with nothing.
    TrustFlowHost {
        /// Which.
        flow: String,
    },
    /// The address that the browser ended on, pasted by hand. Answers with nothing once the flow has gone on; an address
    /// that does not belong to it is refused, and it waits still.
    PasteAddress {
        /// Which.
        flow: String,
        /// As it was pasted.
        address: String,
    },
    /// Mails that the local development instance would have sent. Answers with a list of [`OutboxMessage`].
    Outbox {
        /// Which; only the local one has an outbox here.
        instance: String,
    },
    /// Keeps a password on this device, behind its PIN, which is asked for in [`crate::PasskeysView::ceremony`]. It takes
    /// the place of the one that was kept for the instance. Answers with nothing, also where there is no PIN and none
    /// may be chosen: then nothing is kept.
    SetCredentials {
        /// Where it signs in.
        instance: String,
        /// Whose it is; absent is whose the one before was.
        #[ts(optional)]
        identifier: Option<String>,
        /// The password; no answer ever gives it back.
        #[ts(type = "string")]
        password: TypedPassword,
        /// Whether a PIN may be chosen where there is none yet.
        #[serde(default)]
        may_choose_pin: bool,
    },
    /// Forgets the password that is kept on this device for an instance. Answers with nothing.
    ClearCredentials {
        /// Which.
        instance: String,
    },
    /// A picture that the instance names, made ready to be drawn. Answers with [`Picture`], or with nothing where there
    /// is none, or where the app would have to ask somebody that the instance alone chose.
    Picture {
        /// Which.
        instance: String,
        /// As the instance wrote it.
        image_url: String,
    },
}

/// A picture as the window draws it: nothing is left there to be decoded.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
pub struct Picture {
    /// How many pixels wide and high it is.
    pub side: u32,
    /// Red, green, blue and opacity of each pixel, line by line, in base64.
    pub pixels: String,
}

/// What a publishable key says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct KeyPreview {
    /// The key, spelled in the usual way.
    pub publishable_key: String,
    /// The host of the address that was asked for the key, where the key names another one.
    pub asked_host: Option<String>,
    /// The Frontend API host the app would talk to; punycode as such.
    pub host: String,
    /// The same host as people read it, when it differs.
    pub host_unicode: Option<String>,
    /// `development` or `production`.
    pub environment_type: String,
}

/// A mail or text that a development instance kept instead of sending it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OutboxMessage {
    /// The message's id.
    pub id: String,
    /// `email` or `sms`.
    pub kind: String,
    /// Who it was for.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// Body as plain text.
    pub body: String,
    /// The code it carries, if any.
    pub code: Option<String>,
    /// Milliseconds since the epoch.
    #[ts(type = "number")]
    pub created_at: i64,
}

/// Why an intent failed, in words to act on; what the window shows and what the hooks throw.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct IntentError {
    /// What kind of failure, which decides what the window offers next.
    pub kind: ErrorKind,
    /// What happened, why, and what to do next.
    pub message: String,
    /// The instance's own errors, for `api`.
    pub errors: Vec<wire::ApiError>,
    /// HTTP status, for `api`.
    pub status: Option<u16>,
    /// The instance's trace id, for `api`.
    pub trace_id: Option<String>,
    /// How long to wait, when the instance said so.
    pub retry_after_seconds: Option<u32>,
    /// The message in parts, where the app itself says it.
    pub said: Option<Box<Said>>,
}

/// See [`IntentError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The instance answered with errors of the protocol.
    Api,
    /// The instance could not be reached or did not answer in time; nothing changed.
    Network,
    /// The keychain could not be used.
    Vault,
    /// The app itself refuses: bad input, unknown instance or session.
    Refused,
    /// The answer was not one of the protocol's.
    Protocol,
}
