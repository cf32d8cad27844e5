//! What people are told of changes of their account that somebody else might have made.

use frontdesk_identity::{ConnectionKey, Notice};

use super::{Language, Letter};
use crate::providers::{Connection, display_name};

impl Letter {
    /// Tells what has become of an account.
    pub(in crate::delivery) fn notice(language: Language, application: &str, notice: &Notice) -> Self {
        let (subject, happened) = match language {
            Language::English => english(application, notice),
            Language::German => german(application, notice),
        };
        let otherwise = match language {
            Language::English => {
                "If it was you, there is nothing to do. If it was not, set a new password at once and sign out all \
                 other devices."
            }
            Language::German => {
                "Wenn du es warst, ist nichts zu tun. Wenn nicht, setze sofort ein neues Passwort und melde alle \
                 anderen Geräte ab."
            }
        };
        Self { language, subject, code: None, paragraphs: vec![happened, otherwise.to_owned()] }
    }
}

impl Letter {
    /// What has happened, in one sentence: all that a text has room for.
    pub(in crate::delivery) fn happened(&self) -> String {
        self.paragraphs.first().cloned().unwrap_or_default()
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
                "The phone number {} was removed from your account at {application}. It no longer signs in.",
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
                "Die Telefonnummer {} wurde von deinem Konto bei {application} entfernt. Sie meldet nicht mehr an.",
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
    }
}

/// What people know the provider by.
fn name(connection: ConnectionKey) -> String {
    display_name(connection.as_str(), &Connection::default())
}

/// Every notice there is.
#[cfg(test)]
pub(super) fn every() -> [Notice; 16] {
    #[allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    let email = frontdesk_identity::Email::parse("ada@example.com").unwrap();
    #[allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    let phone = frontdesk_identity::Phone::parse("+12015550123").unwrap();
    #[allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    let google = ConnectionKey::parse("oauth_google").unwrap();
    [
        Notice::PasswordChanged,
        Notice::PasswordRemoved,
        Notice::EmailAdded(email.clone()),
        Notice::EmailRemoved(email.clone()),
        Notice::PhoneAdded(phone.clone()),
        Notice::PhoneRemoved(phone.clone()),
        Notice::SecondPhoneAdded(phone.clone()),
        Notice::SecondPhoneRemoved(phone),
        Notice::PrimaryChanged(email),
        Notice::ExternalConnected(google),
        Notice::ExternalRemoved(google),
        Notice::TotpAdded,
        Notice::TotpRemoved,
        Notice::BackupCodesRenewed,
        Notice::PasskeyAdded("Laptop".to_owned()),
        Notice::PasskeyRemoved("Laptop".to_owned()),
    ]
}
