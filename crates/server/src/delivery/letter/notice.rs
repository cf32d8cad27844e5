//! What people are told of changes of their account that somebody else might have made.

use frontdesk_identity::Notice;

use super::{Language, Letter};

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
    }
}

/// Every notice there is.
#[cfg(test)]
pub(super) fn every() -> Vec<Notice> {
    vec![Notice::PasswordChanged, Notice::PasswordRemoved]
}
