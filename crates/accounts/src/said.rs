//! What happened, in parts, so that the window can say it in its own language. The English sentence travels beside it,
//! for logs, reports, and whoever has no words of their own.

use frontdesk_vault::{PassphraseError, SHORTEST_PASSPHRASE, VaultError};
use frontdesk_wire::KeyError;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What happened, for a window that has a sentence for each [`Reason`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Said {
    /// Which sentence.
    pub reason: Reason,
    /// What people call the instance it is about; none for the one inside the app.
    pub subject: Option<String>,
    /// What no catalogue can hold: the system's own words, the path of a folder, somebody's address.
    pub detail: Option<String>,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $word:literal;)*) => {
        /// Why something did not work, as far as the app itself knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
        pub enum Reason {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl Reason {
            /// The word for it, which is also the code behind "Details".
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

reasons! {
    /// The instance was not reached; nothing changed.
    NetworkUnreachable = "network_unreachable";
    /// No answer arrived; what was asked for may have happened.
    AnswerLost = "answer_lost";
    /// The instance's certificate is not trusted here.
    CertificateNotTrusted = "certificate_not_trusted";
    /// The instance's certificate was issued by somebody who is not trusted here; `detail` is who.
    IssuerNotTrusted = "issuer_not_trusted";
    /// The proxy was not reached.
    ProxyUnreachable = "proxy_unreachable";
    /// The proxy wants a name and a password, or other ones.
    ProxyWantsPassword = "proxy_wants_password";
    /// The proxy does not lead to the instance.
    ProxyRefused = "proxy_refused";
    /// The name of the instance is not found.
    NameNotFound = "name_not_found";
    /// What was typed names no proxy.
    ProxyInvalid = "proxy_invalid";
    /// A file of certificates cannot be read; `detail` is what the system says.
    AuthorityUnreadable = "authority_unreadable";
    /// It is larger than a file of certificates is.
    AuthorityTooLarge = "authority_too_large";
    /// It, or a certificate in it, is damaged.
    AuthorityDamaged = "authority_damaged";
    /// It holds a private key.
    AuthorityPrivateKey = "authority_private_key";
    /// It holds no certificate in PEM.
    AuthorityNone = "authority_none";
    /// One of its certificates is not an authority's; `detail` is whose.
    AuthorityNotOne = "authority_not_one";
    /// One of its certificates has expired; `detail` is whose.
    AuthorityExpired = "authority_expired";
    /// One of its certificates cannot be used; `detail` is whose, and why in the library's own words.
    AuthorityUnusable = "authority_unusable";
    /// There are too many authorities of one's own; `detail` is how many there may be.
    AuthoritiesTooMany = "authorities_too_many";
    /// Something between here and the instance answered in its place: the network wants to be signed in to.
    NetworkWantsSignIn = "network_wants_sign_in";
    /// The answer is not the protocol's.
    AnswerNotUnderstood = "answer_not_understood";
    /// What was typed is neither a key nor an address.
    AddressInvalid = "address_invalid";
    /// An address without TLS that is not this computer's.
    AddressInsecure = "address_insecure";
    /// At the address there is no Frontdesk server, or none that says so.
    AddressUnknown = "address_unknown";
    /// The instance is on the list already.
    InstanceKnown = "instance_known";
    /// The answer cannot be shown.
    AnswerUnusable = "answer_unusable";
    /// The settings of network or proxy cannot be used.
    NetworkUnusable = "network_unusable";

    /// The keychain is locked.
    VaultLocked = "vault_locked";
    /// The keychain is refused to this app.
    VaultDenied = "vault_denied";
    /// There is no keychain.
    VaultAbsent = "vault_absent";
    /// There is no place for items in it.
    VaultNoCollection = "vault_no_collection";
    /// The keychain takes no more.
    VaultFull = "vault_full";
    /// The keychain as a whole is damaged.
    VaultBroken = "vault_broken";
    /// The passphrase is another one.
    PassphraseWrong = "passphrase_wrong";
    /// It was wrong several times, and the next try has to wait; `detail` is for how many seconds.
    PassphraseTooSoon = "passphrase_too_soon";
    /// A new passphrase is too short; `detail` is how many characters it needs.
    PassphraseTooShort = "passphrase_too_short";
    /// An item of the keychain is damaged.
    VaultItemDamaged = "vault_item_damaged";
    /// The keychain no longer has what kept somebody signed in.
    VaultItemMissing = "vault_item_missing";
    /// The keychain failed otherwise.
    VaultFailed = "vault_failed";

    /// The instance inside the app is still starting.
    LocalStarting = "local_starting";
    /// It cannot be spoken to.
    LocalUnusable = "local_unusable";
    /// Another program has the port at which browsers come to it.
    LocalPortTaken = "local_port_taken";
    /// It did not start.
    LocalInstance = "local_instance";
    /// Its data was written by a newer version of the app.
    DatabaseNewer = "database_newer";
    /// Another program uses its data.
    AlreadyServed = "already_served";
    /// Another process serves it, or nobody does.
    LocalElsewhere = "local_elsewhere";
    /// Tools of this computer may not use it.
    ToolsNotAllowed = "tools_not_allowed";
    /// Its key is no longer in the keychain.
    InstanceKeyMissing = "instance_key_missing";
    /// Its key is damaged.
    InstanceKeyDamaged = "instance_key_damaged";
    /// Its key and its data do not belong together.
    InstanceKeyMismatch = "instance_key_mismatch";
    /// Without a keychain it needs a folder and cannot have it.
    ThrowAwayFolder = "throw_away_folder";
    /// The app's folder cannot be written to.
    DataFolderUnwritable = "data_folder_unwritable";
    /// The computer gives no random numbers, or no thread.
    SystemUnavailable = "system_unavailable";

    /// The key that an instance was added with is damaged.
    KeyInvalid = "key_invalid";
    /// What was pasted is no publishable key.
    KeyPrefix = "key_prefix";
    /// The pasted key is damaged.
    KeyEncoding = "key_encoding";
    /// The pasted key names no host.
    KeyHost = "key_host";
    /// There is no such instance any more.
    InstanceUnknown = "instance_unknown";
    /// It was removed meanwhile.
    InstanceRemoved = "instance_removed";
    /// The instance inside the app cannot be removed.
    LocalStays = "local_stays";
    /// The list of instances cannot be written.
    ListUnwritable = "list_unwritable";
    /// Messages of other instances cannot be read here.
    OutboxElsewhere = "outbox_elsewhere";

    /// The instance does not know the sessions of this app any more.
    SignedOut = "signed_out";
    /// A session ended somewhere else.
    SessionEnded = "session_ended";
    /// The account is not signed in any more.
    AccountGone = "account_gone";
    /// No sign-in is under way.
    NoSignIn = "no_sign_in";
    /// No sign-up is under way.
    NoSignUp = "no_sign_up";

    /// The browser did not come back in time.
    FlowExpired = "flow_expired";
    /// Nothing waits for the browser under that name any more.
    FlowUnknown = "flow_unknown";
    /// The instance named no page for the browser.
    PageMissing = "page_missing";
    /// The instance named a page that is not opened; `detail` says why, within a sentence.
    PageRefused = "page_refused";
    /// The browser would find no way back.
    NoWayBack = "no_way_back";
    /// The pasted address leads elsewhere.
    CallbackElsewhere = "callback_elsewhere";
    /// The pasted address is damaged.
    CallbackDamaged = "callback_damaged";
    /// The instance knows nothing of the pasted address.
    CallbackUnknown = "callback_unknown";

    /// The instance is not reached over https, so it can have no passkeys.
    PasskeySiteInsecure = "passkey_site_insecure";
    /// It has an address and no name.
    PasskeySiteNoName = "passkey_site_no_name";
    /// Anybody may have a name beside its own.
    PasskeySitePublicSuffix = "passkey_site_public_suffix";
    /// It asked for something that is no passkey; `detail` says what is wrong with it.
    PasskeyOptions = "passkey_options";
    /// It asked for passkeys that are not its own; `detail` is whose.
    PasskeyForeign = "passkey_foreign";
    /// There is no authenticator of that kind.
    PasskeyNoAuthenticator = "passkey_no_authenticator";
    /// No keychain keeps anything.
    PasskeyNoKeychain = "passkey_no_keychain";
    /// The instance wants an authenticator of another kind.
    PasskeyOtherKind = "passkey_other_kind";
    /// The authenticator makes no key that the instance takes.
    PasskeyAlgorithms = "passkey_algorithms";
    /// The authenticator has a passkey of the account already.
    PasskeyExists = "passkey_exists";
    /// The authenticator has none for this.
    PasskeyNone = "passkey_none";
    /// The person, or something else in the app, ended it.
    PasskeyCancelled = "passkey_cancelled";
    /// Nobody answered in time.
    PasskeyTimedOut = "passkey_timed_out";
    /// The PIN was wrong several times; `detail` is how many seconds to wait.
    PasskeyPinWait = "passkey_pin_wait";
    /// The PIN was wrong so often that the passkeys of this device are gone.
    PasskeyWiped = "passkey_wiped";
    /// No PIN has been chosen, so there is none to change.
    PasskeyNoPin = "passkey_no_pin";
    /// The security key has no PIN.
    PasskeyPinNotSet = "passkey_pin_not_set";
    /// The security key wants to be plugged in anew.
    PasskeyPinReplug = "passkey_pin_replug";
    /// The security key takes no PIN any more.
    PasskeyPinBlocked = "passkey_pin_blocked";
    /// The security key recognised nobody.
    PasskeyNotVerified = "passkey_not_verified";
    /// There is no room for another passkey.
    PasskeyFull = "passkey_full";
    /// A phone or a security key went away before it had answered.
    PasskeyGone = "passkey_gone";
    /// Phones are not heard; `detail` is in the system's own words.
    PasskeyBluetooth = "passkey_bluetooth";
    /// A phone was heard and is not reached over the internet; `detail` says why.
    PasskeyUnreached = "passkey_unreached";
    /// What is kept of the passkeys of this device is damaged.
    PasskeyDamaged = "passkey_damaged";
    /// The authenticator failed; `detail` is what it says.
    PasskeyFailed = "passkey_failed";
    /// No password is kept on this device for the instance.
    SavedPasswordNone = "saved_password_none";
    /// It was not said whose a password is, and none was kept before.
    SavedPasswordNobody = "saved_password_nobody";
    /// The password that is kept cannot be opened.
    SavedPasswordDamaged = "saved_password_damaged";
    /// There is no room for another password.
    SavedPasswordFull = "saved_password_full";
    /// The lock of the app is shut.
    AppLocked = "app_locked";

    /// A window other than the main one asked.
    WindowForeign = "window_foreign";
    /// What was asked is not known.
    RequestUnknown = "request_unknown";
    /// What was typed is too long.
    InputTooLong = "input_too_long";
    /// What was typed has control characters.
    InputControl = "input_control";
    /// The person was asked, and did not confirm.
    NotConfirmed = "not_confirmed";
    /// The preferences cannot be written.
    PreferencesUnwritable = "preferences_unwritable";
    /// The system does not take the app into what it starts at login.
    StartAtLoginFailed = "start_at_login_failed";
    /// The file that was picked cannot be written.
    FileUnwritable = "file_unwritable";
    /// The clipboard did not take the text.
    ClipboardFailed = "clipboard_failed";
}

impl Said {
    /// About an instance; none is the one inside the app.
    #[must_use]
    pub fn of(self, subject: Option<String>) -> Self {
        Self { subject, ..self }
    }

    /// With words that no catalogue can hold.
    #[must_use]
    pub fn detail(self, detail: impl std::fmt::Display) -> Self {
        Self { detail: Some(detail.to_string()).filter(|text| !text.is_empty()), ..self }
    }
}

impl From<Reason> for Said {
    fn from(reason: Reason) -> Self {
        Self { reason, subject: None, detail: None }
    }
}

impl From<&VaultError> for Said {
    fn from(error: &VaultError) -> Self {
        let reason = match error {
            VaultError::Locked(_) => Reason::VaultLocked,
            VaultError::Denied(_) => Reason::VaultDenied,
            VaultError::Absent(_) => Reason::VaultAbsent,
            VaultError::NoCollection(_) => Reason::VaultNoCollection,
            VaultError::Broken(_) => Reason::VaultBroken,
            VaultError::Full(_) => Reason::VaultFull,
            VaultError::Damaged(_) => Reason::VaultItemDamaged,
            VaultError::Missing(_) | VaultError::Name | VaultError::Failed(_) => Reason::VaultFailed,
            VaultError::System(_) => Reason::SystemUnavailable,
        };
        Self { detail: error.words().map(str::to_owned), ..reason.into() }
    }
}

impl From<&PassphraseError> for Said {
    fn from(error: &PassphraseError) -> Self {
        match error {
            PassphraseError::Wrong => Reason::PassphraseWrong.into(),
            PassphraseError::TooSoon(wait) => Self::from(Reason::PassphraseTooSoon).detail(wait.as_secs() + 1),
            PassphraseError::TooShort => Self::from(Reason::PassphraseTooShort).detail(SHORTEST_PASSPHRASE),
            PassphraseError::Store(error) => (&VaultError::from(error.clone())).into(),
        }
    }
}

impl From<KeyError> for Said {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Prefix => Reason::KeyPrefix,
            KeyError::Encoding => Reason::KeyEncoding,
            KeyError::Host => Reason::KeyHost,
        }
        .into()
    }
}
