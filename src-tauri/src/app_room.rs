//! What the window may ask of the app itself, and what every command answers with: the shapes that cross, in one place.

use frontdesk_accounts::{
    AuthenticatorView, BegunFlow, NetworkView, PasswordEstimate, ProxyChoice, TypedPin,
    intents::{KeyPreview, OutboxMessage, Picture},
    snapshot::{AccountKey, Snapshot},
};
use frontdesk_wire as wire;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What can be asked of the app itself; [`AppAnswers`] says what comes back.
#[derive(Clone, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AppRequest {
    /// The whole state as it is now; changes follow as events.
    Snapshot,
    /// What the app remembers about the window.
    Preferences,
    /// Changes what the app remembers about the window, and the window with it.
    SetPreferences {
        /// All of them.
        preferences: Preferences,
    },
    /// Says which language the window speaks, so that instances write in it.
    Speak {
        /// A language tag, such as `de-AT`.
        locale: String,
    },
    /// Says that the window came in sight or is used there, or that it went out of sight.
    Present {
        /// Whether it is in sight.
        in_sight: bool,
    },
    /// Asks the keychain again, after it was unlocked or started.
    RecheckVault,
    /// Opens the vault behind the passphrase.
    UnlockVault {
        /// The passphrase.
        passphrase: String,
    },
    /// Locks the vault behind the passphrase, and forgets what was read from it.
    LockVault,
    /// Moves from the keychain into a vault behind a new passphrase.
    MoveToPassphrase {
        /// The passphrase; nobody can recover it.
        passphrase: String,
    },
    /// Moves from the vault behind the passphrase into the keychain.
    MoveToKeychain,
    /// Replaces the passphrase.
    ChangePassphrase {
        /// The one so far.
        passphrase: String,
        /// The one from now on.
        new_passphrase: String,
    },
    /// The authenticators of this computer, and why not for those that cannot be used now.
    Authenticators,
    /// The PIN that a ceremony with a passkey has asked for. Late and doubled answers change nothing.
    AnswerPasskeyPin {
        /// Which ceremony.
        ceremony: String,
        /// Which of its questions.
        question: u32,
        /// The PIN.
        #[ts(type = "string")]
        pin: TypedPin,
    },
    /// The account that a ceremony with a passkey has asked for.
    ChoosePasskeyAccount {
        /// Which ceremony.
        ceremony: String,
        /// Which of its questions.
        question: u32,
        /// The place in the list, counted from 0.
        #[ts(type = "number")]
        account: usize,
    },
    /// Ends a ceremony with a passkey; who began it hears that it was cancelled.
    CancelPasskey {
        /// Which ceremony.
        ceremony: String,
    },
    /// Replaces the PIN of the passkeys of this device, in a ceremony. Answers when that is done.
    ChangePasskeyPin,
    /// Removes all passkeys and passwords of this device and their PIN, once that is confirmed.
    ForgetDevicePasskeys,
    /// Turns the lock of the app on. Whoever does chooses a PIN, if there is none yet; answers when that is done.
    TurnLockOn,
    /// Turns the lock of the app off, for who can open it.
    TurnLockOff,
    /// Shuts the lock of the app.
    Lock,
    /// Opens the lock of the app; answers when it is open.
    Unlock,
    /// Signs every account out and removes the passkeys of this device and the lock, as for who has forgotten the PIN. The
    /// system asks first.
    LeaveLocked,
    /// How the app gets out, and whom it trusts.
    Network,
    /// Chooses the proxy; it counts at once.
    SetProxy {
        /// Which.
        proxy: ProxyChoice,
        /// Its password, which is kept in the vault; absent leaves the one that is kept for this very proxy, an empty
        /// text forgets it.
        #[ts(optional)]
        password: Option<String>,
    },
    /// Has the person pick a file with certificates of authorities, and trusts them as well once that is confirmed.
    /// Answers how the network stands then, also where nothing was picked.
    AddAuthorities,
    /// Trusts an authority no longer.
    RemoveAuthority {
        /// SHA-256 of its certificate, as the network says it.
        fingerprint: String,
    },
    /// A text about this app and its instances for a report; secrets are masked.
    Diagnostics,
    /// How hard a password is to guess.
    EstimatePassword {
        /// The password; it is neither kept nor sent anywhere.
        password: String,
        /// What the person typed elsewhere, which makes a password easier to guess.
        inputs: Vec<String>,
    },
    /// Puts the address of a page that waits in the browser on the clipboard, for a minute.
    CopyFlowLink {
        /// Which flow.
        flow: String,
    },
    /// Puts what an application needs to use the instance inside the app on the clipboard, for a minute: lines of a `.env`
    /// file, one of which holds its secret key. Only while tools may use it.
    CopyToolLines,
    /// Puts a text on the clipboard.
    Copy {
        /// The text.
        text: String,
        /// Whether it is taken away again after a minute.
        #[serde(default)]
        secret: bool,
    },
    /// Writes backup codes into a file of which the person says where it goes.
    SaveBackupCodes {
        /// What is written.
        text: String,
    },
}

/// Which colours the person chose; `system` follows the desktop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the desktop says.
    #[default]
    System,
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
    /// Nothing pale: black and white, one way or the other as the desktop has it.
    Contrast,
}

/// Which language the person chose; `system` follows the desktop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Language {
    /// The desktop's, where the window has words for it; else English.
    #[default]
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
}

/// What is shown once the account on screen is signed out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AfterSignOut {
    /// A choice of the accounts that are left: nobody goes on in another one's name by accident.
    #[default]
    Choose,
    /// The account that was used last of those that are left.
    Next,
    /// Where an account is added.
    Welcome,
}

/// What the person chose for the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the settings")]
pub struct Preferences {
    /// Which colours.
    pub theme: Theme,
    /// Which language.
    pub language: Language,
    /// What is shown once the account on screen is signed out.
    pub after_sign_out: AfterSignOut,
    /// Whether the app goes on in the tray when its window is closed.
    pub keep_running: bool,
    /// Whether a notice of the desktop says that somebody was signed out while nobody sees the window.
    pub notices: bool,
    /// Whether the system starts the app at login; the system itself remembers that.
    pub start_at_login: bool,
    /// Whether other programs of this person get session tokens when they ask for one.
    pub programs: bool,
    /// Whether tools of this computer may use the whole instance inside the app, with its keys.
    pub tools: bool,
    /// Whether browsers come back by a port of this computer in place of a link of the app.
    pub by_port: bool,
    /// After so many minutes in which nobody uses the window its lock shuts, where it is on. It also does when the screen
    /// is locked and when the computer falls asleep.
    pub lock_after: u16,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            language: Language::System,
            after_sign_out: AfterSignOut::Choose,
            keep_running: false,
            notices: true,
            start_at_login: false,
            programs: false,
            tools: false,
            by_port: false,
            lock_after: 5,
        }
    }
}

/// A text to be read by people who help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Diagnostics {
    /// Several lines; secrets are masked.
    pub text: String,
}

/// Whether a file was written, or the person wanted none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SavedFile {
    /// Whether it was.
    pub saved: bool,
}

/// Where the tray leads the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Go {
    /// To an account; to signing in again where it has ended.
    Account {
        /// Which.
        account: AccountKey,
    },
    /// To where an account is added.
    Add,
}

/// A session token for whoever asked.
#[derive(Clone, TS)]
pub struct SessionToken {
    /// The token, good for about a minute.
    pub jwt: String,
}

/// The instance that was added.
#[derive(Clone, TS)]
pub struct AddedInstance {
    /// The random id the app gave it.
    pub instance: String,
}

/// The answer to each [`AppRequest`], by its type.
#[derive(TS)]
#[expect(missing_docs, reason = "each field is named after the request that it answers")]
pub struct AppAnswers {
    pub snapshot: Snapshot,
    pub preferences: Preferences,
    #[ts(type = "unknown")]
    pub set_preferences: (),
    #[ts(type = "unknown")]
    pub speak: (),
    #[ts(type = "unknown")]
    pub present: (),
    #[ts(type = "unknown")]
    pub recheck_vault: (),
    #[ts(type = "unknown")]
    pub unlock_vault: (),
    #[ts(type = "unknown")]
    pub lock_vault: (),
    #[ts(type = "unknown")]
    pub move_to_passphrase: (),
    #[ts(type = "unknown")]
    pub move_to_keychain: (),
    #[ts(type = "unknown")]
    pub change_passphrase: (),
    pub authenticators: Vec<AuthenticatorView>,
    #[ts(type = "unknown")]
    pub answer_passkey_pin: (),
    #[ts(type = "unknown")]
    pub choose_passkey_account: (),
    #[ts(type = "unknown")]
    pub cancel_passkey: (),
    #[ts(type = "unknown")]
    pub change_passkey_pin: (),
    #[ts(type = "unknown")]
    pub forget_device_passkeys: (),
    #[ts(type = "unknown")]
    pub turn_lock_on: (),
    #[ts(type = "unknown")]
    pub turn_lock_off: (),
    #[ts(type = "unknown")]
    pub lock: (),
    #[ts(type = "unknown")]
    pub unlock: (),
    #[ts(type = "unknown")]
    pub leave_locked: (),
    pub network: NetworkView,
    pub set_proxy: NetworkView,
    pub add_authorities: NetworkView,
    pub remove_authority: NetworkView,
    pub diagnostics: Diagnostics,
    pub estimate_password: PasswordEstimate,
    #[ts(type = "unknown")]
    pub copy_flow_link: (),
    #[ts(type = "unknown")]
    pub copy_tool_lines: (),
    #[ts(type = "unknown")]
    pub copy: (),
    pub save_backup_codes: SavedFile,
}

/// What the `app` command answers with; [`AppAnswers`] says which request gets which.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum AppAnswer {
    /// See [`AppRequest::Snapshot`].
    Snapshot(Snapshot),
    /// See [`AppRequest::Preferences`].
    Preferences(Preferences),
    /// See [`AppRequest::Authenticators`].
    Authenticators(Vec<AuthenticatorView>),
    /// See [`AppRequest::Network`].
    Network(NetworkView),
    /// See [`AppRequest::Diagnostics`].
    Diagnostics(Diagnostics),
    /// See [`AppRequest::EstimatePassword`].
    EstimatePassword(PasswordEstimate),
    /// See [`AppRequest::SaveBackupCodes`].
    Saved(SavedFile),
    /// It was done; there is nothing to say.
    Done,
}

/// The answer to each sign-in request, by its type.
#[derive(TS)]
#[expect(missing_docs, reason = "each field is named after the request that it answers")]
pub struct SignInAnswers {
    pub create: wire::SignIn,
    pub authenticate_with_redirect: BegunFlow,
    pub authenticate_with_passkey: wire::SignIn,
    pub authenticate_with_saved_password: wire::SignIn,
    pub prepare_first_factor: wire::SignIn,
    pub attempt_first_factor: wire::SignIn,
    pub prepare_second_factor: wire::SignIn,
    pub attempt_second_factor: wire::SignIn,
    pub reset_password: wire::SignIn,
    pub reload: wire::SignIn,
}

/// The answer to each sign-up request, by its type.
#[derive(TS)]
#[expect(missing_docs, reason = "each field is named after the request that it answers")]
pub struct SignUpAnswers {
    pub create: wire::SignUp,
    pub authenticate_with_redirect: BegunFlow,
    pub update: wire::SignUp,
    pub prepare_verification: wire::SignUp,
    pub attempt_verification: wire::SignUp,
    pub reload: wire::SignUp,
    pub join_waitlist: wire::WaitlistEntry,
}

/// The answer to each account request, by its type.
#[derive(TS)]
#[expect(missing_docs, reason = "each field is named after the request that it answers")]
pub struct AccountAnswers {
    #[ts(type = "unknown")]
    pub set_active: (),
    #[ts(type = "unknown")]
    pub sign_out: (),
    #[ts(type = "unknown")]
    pub sign_out_everywhere: (),
    #[ts(type = "unknown")]
    pub sign_out_all: (),
    pub reload: wire::User,
    pub update: wire::User,
    pub create_email_address: wire::EmailAddress,
    pub prepare_email_address: wire::EmailAddress,
    pub attempt_email_address: wire::EmailAddress,
    #[ts(type = "unknown")]
    pub destroy_email_address: (),
    pub create_phone_number: wire::PhoneNumber,
    pub prepare_phone_number: wire::PhoneNumber,
    pub attempt_phone_number: wire::PhoneNumber,
    pub update_phone_number: wire::PhoneNumber,
    #[ts(type = "unknown")]
    pub destroy_phone_number: (),
    pub create_totp: wire::Totp,
    pub verify_totp: wire::Totp,
    #[ts(type = "unknown")]
    pub disable_totp: (),
    pub create_backup_code: wire::BackupCodes,
    pub update_password: wire::User,
    pub remove_password: wire::User,
    #[ts(type = "unknown")]
    pub revoke_session: (),
    pub set_profile_image: wire::Image,
    #[ts(type = "unknown")]
    pub remove_profile_image: (),
    pub create_external_account: BegunFlow,
    pub reauthorize_external_account: BegunFlow,
    #[ts(type = "unknown")]
    pub destroy_external_account: (),
    pub create_passkey: wire::Passkey,
    pub update_passkey: wire::Passkey,
    #[ts(type = "unknown")]
    pub delete_passkey: (),
    #[ts(type = "unknown")]
    pub delete: (),
    pub active_sessions: Vec<wire::ActiveSession>,
}

/// The answer to each session request, by its type.
#[derive(TS)]
#[expect(missing_docs, reason = "each field is named after the request that it answers")]
pub struct SessionAnswers {
    pub token: SessionToken,
    #[ts(type = "unknown")]
    pub touch: (),
    pub start_verification: wire::SessionReverification,
    pub verify_with_passkey: wire::SessionReverification,
    pub prepare_first_factor_verification: wire::SessionReverification,
    pub attempt_first_factor_verification: wire::SessionReverification,
    pub prepare_second_factor_verification: wire::SessionReverification,
    pub attempt_second_factor_verification: wire::SessionReverification,
    #[ts(type = "unknown")]
    pub end: (),
    #[ts(type = "unknown")]
    pub remove: (),
}

/// The answer to each instance request, by its type.
#[derive(TS)]
#[expect(missing_docs, reason = "each field is named after the request that it answers")]
pub struct InstanceAnswers {
    pub inspect: KeyPreview,
    pub add: AddedInstance,
    #[ts(type = "unknown")]
    pub rename: (),
    #[ts(type = "unknown")]
    pub r#move: (),
    #[ts(type = "unknown")]
    pub remove: (),
    #[ts(type = "unknown")]
    pub reload: (),
    #[ts(type = "unknown")]
    pub leave_attempt: (),
    #[ts(type = "unknown")]
    pub cancel_flow: (),
    #[ts(type = "unknown")]
    pub open_flow: (),
    #[ts(type = "unknown")]
    pub trust_flow_host: (),
    #[ts(type = "unknown")]
    pub paste_address: (),
    pub outbox: Vec<OutboxMessage>,
    #[ts(type = "unknown")]
    pub set_credentials: (),
    #[ts(type = "unknown")]
    pub clear_credentials: (),
    pub picture: Option<Picture>,
}

impl std::fmt::Debug for AppRequest {
    /// Names the request alone: some carry passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Snapshot => "snapshot",
            Self::Preferences => "preferences",
            Self::SetPreferences { .. } => "set_preferences",
            Self::Speak { .. } => "speak",
            Self::Present { .. } => "present",
            Self::RecheckVault => "recheck_vault",
            Self::UnlockVault { .. } => "unlock_vault",
            Self::LockVault => "lock_vault",
            Self::MoveToPassphrase { .. } => "move_to_passphrase",
            Self::MoveToKeychain => "move_to_keychain",
            Self::ChangePassphrase { .. } => "change_passphrase",
            Self::Authenticators => "authenticators",
            Self::AnswerPasskeyPin { .. } => "answer_passkey_pin",
            Self::ChoosePasskeyAccount { .. } => "choose_passkey_account",
            Self::CancelPasskey { .. } => "cancel_passkey",
            Self::ChangePasskeyPin => "change_passkey_pin",
            Self::ForgetDevicePasskeys => "forget_device_passkeys",
            Self::TurnLockOn => "turn_lock_on",
            Self::TurnLockOff => "turn_lock_off",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::LeaveLocked => "leave_locked",
            Self::Network => "network",
            Self::SetProxy { .. } => "set_proxy",
            Self::AddAuthorities => "add_authorities",
            Self::RemoveAuthority { .. } => "remove_authority",
            Self::Diagnostics => "diagnostics",
            Self::EstimatePassword { .. } => "estimate_password",
            Self::CopyFlowLink { .. } => "copy_flow_link",
            Self::CopyToolLines => "copy_tool_lines",
            Self::Copy { .. } => "copy",
            Self::SaveBackupCodes { .. } => "save_backup_codes",
        })
    }
}
