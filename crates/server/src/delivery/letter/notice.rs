//! What people are told of changes of their account that somebody else might have made.

use frontdesk_identity::{ConnectionKey, Notice, Strategy};

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
        Notice::PrimaryChanged(email) => (
            format!("New main email address for {application}"),
            format!("The address {email} is the main one of your account at {application} now."),
        ),
        Notice::ExternalConnected(connection) => (
            format!("{} connected at {application}", name(*connection)),
            format!("An account at {} was connected to your account at {application}.", name(*connection)),
        ),
        Notice::SecondFactorAdded(factor) => (
            format!("New second factor for {application}"),
            format!("{} for your account at {application}.", added(*factor)),
        ),
        Notice::SecondFactorRemoved(factor) => (
            format!("Second factor removed for {application}"),
            format!("{} from your account at {application}.", removed(*factor)),
        ),
        Notice::ExternalRemoved(connection) => (
            format!("{} removed at {application}", name(*connection)),
            format!("The account at {} was removed from your account at {application}.", name(*connection)),
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
        Notice::PrimaryChanged(email) => (
            format!("Neue Hauptadresse für {application}"),
            format!("Die Adresse {email} ist jetzt die Hauptadresse deines Kontos bei {application}."),
        ),
        Notice::ExternalConnected(connection) => (
            format!("{} bei {application} verbunden", name(*connection)),
            format!("Mit deinem Konto bei {application} wurde ein Konto bei {} verbunden.", name(*connection)),
        ),
        Notice::SecondFactorAdded(factor) => (
            format!("Neuer zweiter Faktor für {application}"),
            format!("Für dein Konto bei {application} {}.", added_german(*factor)),
        ),
        Notice::SecondFactorRemoved(factor) => (
            format!("Zweiter Faktor für {application} entfernt"),
            format!("Von deinem Konto bei {application} {}.", removed_german(*factor)),
        ),
        Notice::ExternalRemoved(connection) => (
            format!("{} bei {application} entfernt", name(*connection)),
            format!("Das Konto bei {} wurde von deinem Konto bei {application} entfernt.", name(*connection)),
        ),
    }
}

fn added(factor: Strategy) -> &'static str {
    if factor == Strategy::BackupCode { "New backup codes were drawn" } else { "An authenticator app was set up" }
}

fn removed(factor: Strategy) -> &'static str {
    if factor == Strategy::BackupCode { "The backup codes were removed" } else { "The authenticator app was removed" }
}

fn added_german(factor: Strategy) -> &'static str {
    if factor == Strategy::BackupCode {
        "wurden neue Ersatzcodes erstellt"
    } else {
        "wurde eine Authenticator-App eingerichtet"
    }
}

fn removed_german(factor: Strategy) -> &'static str {
    if factor == Strategy::BackupCode {
        "wurden die Ersatzcodes entfernt"
    } else {
        "wurde die Authenticator-App entfernt"
    }
}

/// What people know the provider by.
fn name(connection: ConnectionKey) -> String {
    display_name(connection.as_str(), &Connection::default())
}

/// Every notice there is.
#[cfg(test)]
pub(super) fn every() -> [Notice; 11] {
    #[allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    let email = frontdesk_identity::Email::parse("ada@example.com").unwrap();
    #[allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    let google = ConnectionKey::parse("oauth_google").unwrap();
    [
        Notice::PasswordChanged,
        Notice::PasswordRemoved,
        Notice::EmailAdded(email.clone()),
        Notice::EmailRemoved(email.clone()),
        Notice::PrimaryChanged(email),
        Notice::ExternalConnected(google),
        Notice::ExternalRemoved(google),
        Notice::SecondFactorAdded(Strategy::Totp),
        Notice::SecondFactorRemoved(Strategy::Totp),
        Notice::SecondFactorAdded(Strategy::BackupCode),
        Notice::SecondFactorRemoved(Strategy::BackupCode),
    ]
}
