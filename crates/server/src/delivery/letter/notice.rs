//! What people are told of changes of their account that somebody else might have made.

use frontdesk_identity::{ConnectionKey, DeviceActivity, Email, Notice, Phone, SessionId};

use url::Url;

use super::{Language, Letter, Link};
use crate::{
    delivery::MessageName,
    providers::{Connection, display_name},
    views::device_words,
};

impl Letter {
    /// Tells what has become of an account. A link lets somebody act who did not do it: it signs out the device that it is
    /// about, or everybody who is in the account.
    pub(in crate::delivery) fn notice(
        language: Language,
        application: &str,
        notice: &Notice,
        link: Option<Url>,
    ) -> Self {
        let (subject, happened) = match language {
            Language::English => english(application, notice),
            Language::German => german(application, notice),
        };
        let of_device = matches!(notice, Notice::NewDevice { .. });
        let otherwise = match (language, of_device || link.is_none()) {
            (Language::English, true) => {
                "If it was you, there is nothing to do. If it was not, set a new password at once and sign out all \
                 other devices."
            }
            (Language::English, false) => {
                "If it was you, there is nothing to do. If it was not, somebody else is in your account: sign out \
                 everybody by the link below, which works for seven days, and set a new password then."
            }
            (Language::German, true) => {
                "Wenn du es warst, ist nichts zu tun. Wenn nicht, setze sofort ein neues Passwort und melde alle \
                 anderen Geräte ab."
            }
            (Language::German, false) => {
                "Wenn du es warst, ist nichts zu tun. Wenn nicht, ist jemand anders in deinem Konto: Melde mit dem Link \
                 unten, der sieben Tage lang gilt, alle ab und setze danach ein neues Passwort."
            }
        };
        let words = match (language, of_device) {
            (Language::English, true) => "Sign that device out",
            (Language::English, false) => "This was not me: sign out everybody",
            (Language::German, true) => "Jenes Gerät abmelden",
            (Language::German, false) => "Das war ich nicht: alle abmelden",
        };
        let link = link.map(|to| Link { words, to });
        Self { language, subject, code: None, paragraphs: vec![happened, otherwise.to_owned()], link }
    }
}

impl Letter {
    /// What has happened, in one sentence, and what to do if it was somebody else, in another: all that a text has room
    /// for. A link would take as much again, and people are told not to follow those of texts.
    pub(in crate::delivery) fn happened(&self) -> String {
        let otherwise = match self.language {
            Language::English => "Not you? Set a new password at once.",
            Language::German => "Nicht du? Setze sofort ein neues Passwort.",
        };
        self.paragraphs.first().map(|happened| format!("{happened} {otherwise}")).unwrap_or_default()
    }
}

fn english(application: &str, notice: &Notice) -> (String, String) {
    match notice {
        Notice::PasswordChanged => (
            format!("New password for {application}"),
            format!("A new password was set for your account at {application}."),
        ),
        Notice::PasswordRemoved => (
            format!("Password removed for {application}"),
            format!(
                "The password of your account at {application} was removed. From now on a code that is mailed to you \
                 signs in."
            ),
        ),
        Notice::EmailAdded(email) => (
            format!("New email address for {application}"),
            format!("The address {email} was added to your account at {application}."),
        ),
        Notice::EmailRemoved(email) => (
            format!("Email address removed for {application}"),
            format!("The address {email} was removed from your account at {application}. It no longer signs in."),
        ),
        Notice::PhoneAdded(phone) => (
            format!("New phone number for {application}"),
            format!("The phone number {} was added to your account at {application}.", phone.masked()),
        ),
        Notice::PhoneRemoved(phone) => (
            format!("Phone number removed for {application}"),
            format!(
                "The phone number {} was removed from your account at {application}. It no longer signs in, and is no second \
                 step either.",
                phone.masked()
            ),
        ),
        Notice::PrimaryChanged(email) => (
            format!("New main email address for {application}"),
            format!("The address {email} is the main one of your account at {application} now."),
        ),
        Notice::ExternalConnected(connection) => (
            format!("{} connected at {application}", name(*connection)),
            format!("An account at {} was connected to your account at {application}.", name(*connection)),
        ),
        Notice::ExternalRemoved(connection) => (
            format!("{} removed at {application}", name(*connection)),
            format!("The account at {} was removed from your account at {application}.", name(*connection)),
        ),
        Notice::SecondPhoneAdded(phone) => (
            format!("Codes by text for {application}"),
            format!(
                "From now on a code sent to the phone number {} is asked for, as a second step, when you sign in to your \
                 account at {application}.",
                phone.masked()
            ),
        ),
        Notice::SecondPhoneRemoved(phone) => (
            format!("No more codes by text for {application}"),
            format!(
                "Codes sent to the phone number {} are no second step any more when you sign in to your account at \
                 {application}.",
                phone.masked()
            ),
        ),
        Notice::TotpAdded => (
            format!("Authenticator app added for {application}"),
            format!(
                "An authenticator app was set up for your account at {application}. From now on a code of it is asked \
                 for when you sign in."
            ),
        ),
        Notice::TotpRemoved => (
            format!("Authenticator app removed for {application}"),
            format!(
                "The authenticator app of your account at {application} was removed. No code of it is asked for any more \
                 when you sign in."
            ),
        ),
        Notice::BackupCodesRenewed => (
            format!("New backup codes for {application}"),
            format!("There are new backup codes for your account at {application}. The old ones are void."),
        ),
        Notice::PasskeyAdded(name) => (
            format!("New passkey for {application}"),
            format!("A passkey was added to your account at {application}: {name}. From now on its device signs in."),
        ),
        Notice::PasskeyRemoved(name) => (
            format!("Passkey removed for {application}"),
            format!("A passkey was removed from your account at {application}: {name}. It no longer signs in."),
        ),
        Notice::NewDevice { device, .. } => (
            format!("New sign-in to {application}"),
            format!(
                "Somebody signed in to your account at {application} on a device that was not used for it before: {}.",
                device_words(device).unwrap_or_else(|| "it did not say what it is".to_owned())
            ),
        ),
    }
}

fn german(application: &str, notice: &Notice) -> (String, String) {
    match notice {
        Notice::PasswordChanged => (
            format!("Neues Passwort für {application}"),
            format!("Für dein Konto bei {application} wurde ein neues Passwort gesetzt."),
        ),
        Notice::PasswordRemoved => (
            format!("Passwort für {application} entfernt"),
            format!(
                "Das Passwort deines Kontos bei {application} wurde entfernt. Ab jetzt meldet dich ein Code an, der dir \
                 gemailt wird."
            ),
        ),
        Notice::EmailAdded(email) => (
            format!("Neue E-Mail-Adresse für {application}"),
            format!("Die Adresse {email} wurde deinem Konto bei {application} hinzugefügt."),
        ),
        Notice::EmailRemoved(email) => (
            format!("E-Mail-Adresse für {application} entfernt"),
            format!("Die Adresse {email} wurde von deinem Konto bei {application} entfernt. Sie meldet nicht mehr an."),
        ),
        Notice::PhoneAdded(phone) => (
            format!("Neue Telefonnummer für {application}"),
            format!("Die Telefonnummer {} wurde deinem Konto bei {application} hinzugefügt.", phone.masked()),
        ),
        Notice::PhoneRemoved(phone) => (
            format!("Telefonnummer für {application} entfernt"),
            format!(
                "Die Telefonnummer {} wurde von deinem Konto bei {application} entfernt. Sie meldet nicht mehr an und ist auch \
                 kein zweiter Schritt mehr.",
                phone.masked()
            ),
        ),
        Notice::PrimaryChanged(email) => (
            format!("Neue Hauptadresse für {application}"),
            format!("Die Adresse {email} ist jetzt die Hauptadresse deines Kontos bei {application}."),
        ),
        Notice::ExternalConnected(connection) => (
            format!("{} bei {application} verbunden", name(*connection)),
            format!("Mit deinem Konto bei {application} wurde ein Konto bei {} verbunden.", name(*connection)),
        ),
        Notice::ExternalRemoved(connection) => (
            format!("{} bei {application} entfernt", name(*connection)),
            format!("Das Konto bei {} wurde von deinem Konto bei {application} entfernt.", name(*connection)),
        ),
        Notice::SecondPhoneAdded(phone) => (
            format!("Codes per SMS für {application}"),
            format!(
                "Ab jetzt wird bei der Anmeldung bei {application} als zweiter Schritt nach einem Code gefragt, der an die \
                 Telefonnummer {} geht.",
                phone.masked()
            ),
        ),
        Notice::SecondPhoneRemoved(phone) => (
            format!("Keine Codes per SMS mehr für {application}"),
            format!(
                "Codes an die Telefonnummer {} sind bei der Anmeldung bei {application} kein zweiter Schritt mehr.",
                phone.masked()
            ),
        ),
        Notice::TotpAdded => (
            format!("Authenticator-App für {application} hinzugefügt"),
            format!(
                "Für dein Konto bei {application} wurde eine Authenticator-App eingerichtet. Ab jetzt wird bei der \
                 Anmeldung nach einem Code von ihr gefragt."
            ),
        ),
        Notice::TotpRemoved => (
            format!("Authenticator-App für {application} entfernt"),
            format!(
                "Die Authenticator-App deines Kontos bei {application} wurde entfernt. Bei der Anmeldung wird nicht mehr \
                 nach einem Code von ihr gefragt."
            ),
        ),
        Notice::BackupCodesRenewed => (
            format!("Neue Backup-Codes für {application}"),
            format!("Für dein Konto bei {application} gibt es neue Backup-Codes. Die alten gelten nicht mehr."),
        ),
        Notice::PasskeyAdded(name) => (
            format!("Neuer Passkey für {application}"),
            format!(
                "Deinem Konto bei {application} wurde ein Passkey hinzugefügt: {name}. Ab jetzt meldet sein Gerät dich an."
            ),
        ),
        Notice::PasskeyRemoved(name) => (
            format!("Passkey für {application} entfernt"),
            format!("Von deinem Konto bei {application} wurde ein Passkey entfernt: {name}. Er meldet nicht mehr an."),
        ),
        Notice::NewDevice { device, .. } => (
            format!("Neue Anmeldung bei {application}"),
            format!(
                "Jemand hat sich bei {application} mit deinem Konto auf einem Gerät angemeldet, das vorher nicht dafür \
                 benutzt wurde: {}.",
                device_words(device).unwrap_or_else(|| "es hat nicht gesagt, was es ist".to_owned())
            ),
        ),
    }
}

/// What people know the provider by.
fn name(connection: ConnectionKey) -> String {
    display_name(connection.as_str(), &Connection::default())
}

/// The name of a notice, and what it is about, by the name that templates use.
pub(in crate::delivery) fn name_of(notice: &Notice) -> (MessageName, Option<(&'static str, String)>) {
    let email = |email: &Email| Some(("email_address", email.to_string()));
    let phone = |phone: &Phone| Some(("phone_number", phone.masked()));
    let provider = |connection: &ConnectionKey| Some(("provider", name(*connection)));
    match notice {
        Notice::PasswordChanged => (MessageName::PasswordChanged, None),
        Notice::PasswordRemoved => (MessageName::PasswordRemoved, None),
        Notice::EmailAdded(address) => (MessageName::EmailAdded, email(address)),
        Notice::EmailRemoved(address) => (MessageName::EmailRemoved, email(address)),
        Notice::PhoneAdded(number) => (MessageName::PhoneAdded, phone(number)),
        Notice::PhoneRemoved(number) => (MessageName::PhoneRemoved, phone(number)),
        Notice::SecondPhoneAdded(number) => (MessageName::SecondPhoneAdded, phone(number)),
        Notice::SecondPhoneRemoved(number) => (MessageName::SecondPhoneRemoved, phone(number)),
        Notice::PrimaryChanged(address) => (MessageName::PrimaryChanged, email(address)),
        Notice::ExternalConnected(connection) => (MessageName::ExternalConnected, provider(connection)),
        Notice::ExternalRemoved(connection) => (MessageName::ExternalRemoved, provider(connection)),
        Notice::TotpAdded => (MessageName::AuthenticatorAdded, None),
        Notice::TotpRemoved => (MessageName::AuthenticatorRemoved, None),
        Notice::BackupCodesRenewed => (MessageName::BackupCodesRenewed, None),
        Notice::PasskeyAdded(name) => (MessageName::PasskeyAdded, Some(("passkey", name.clone()))),
        Notice::PasskeyRemoved(name) => (MessageName::PasskeyRemoved, Some(("passkey", name.clone()))),
        Notice::NewDevice { device, .. } => {
            (MessageName::NewDevice, Some(("device", device_words(device).unwrap_or_default())))
        }
    }
}

/// An example of every notice.
pub(in crate::delivery) fn examples() -> Vec<Notice> {
    let email = Email::parse("ada@example.com").ok();
    let phone = Phone::parse("+12015550123").ok();
    let google = ConnectionKey::parse("oauth_google");
    let of_email = [Notice::EmailAdded, Notice::EmailRemoved, Notice::PrimaryChanged];
    let of_phone = [Notice::PhoneAdded, Notice::PhoneRemoved, Notice::SecondPhoneAdded, Notice::SecondPhoneRemoved];
    let of_provider = [Notice::ExternalConnected, Notice::ExternalRemoved];
    let about_email = of_email.into_iter().filter_map(|notice| email.clone().map(notice));
    let about_phone = of_phone.into_iter().filter_map(|notice| phone.clone().map(notice));
    let about_provider = of_provider.into_iter().filter_map(|notice| google.map(notice));
    let session = SessionId::from_random([1; 20]);
    let device = DeviceActivity {
        user_agent: Some("Firefox/141.0 (X11; Linux)".to_owned()),
        ip_address: Some("203.0.113.9".to_owned()),
    };
    [Notice::PasswordChanged, Notice::PasswordRemoved]
        .into_iter()
        .chain(about_email)
        .chain(about_phone)
        .chain(about_provider)
        .chain([
            Notice::TotpAdded,
            Notice::TotpRemoved,
            Notice::BackupCodesRenewed,
            Notice::PasskeyAdded("Laptop".to_owned()),
            Notice::PasskeyRemoved("Laptop".to_owned()),
            Notice::NewDevice { session, device },
        ])
        .collect()
}
