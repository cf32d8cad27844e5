//! What texts say, in each language there is: short enough for one text where the name of the application is.

use super::Language;

/// Tells a one-time code. It comes first, so that it stands in the notice of a locked phone as well.
pub(super) fn code(language: Language, application: &str, code: &str, minutes: i64, resets: bool) -> String {
    match (language, resets) {
        (Language::English, false) => {
            format!(
                "{code} is your code for {application}. It works once, for {minutes} minutes. Never tell it to anybody."
            )
        }
        (Language::English, true) => format!(
            "{code} lets you set a new password for {application}, once, for {minutes} minutes. Never tell it to anybody."
        ),
        (Language::German, false) => {
            format!(
                "{code} ist dein Code für {application}. Er gilt einmal, {minutes} Minuten lang. Gib ihn niemandem weiter."
            )
        }
        (Language::German, true) => format!(
            "Mit {code} setzt du ein neues Passwort für {application}, einmal, {minutes} Minuten lang. Gib ihn niemandem \
             weiter."
        ),
    }
}

/// Tells somebody whose number was to be used for another account that they have one.
pub(super) fn account_exists(language: Language, application: &str) -> String {
    match language {
        Language::English => format!(
            "Somebody wanted to sign up for {application} with this number. It has an account already: sign in instead. If \
             it was not you, there is nothing to do."
        ),
        Language::German => format!(
            "Jemand wollte sich mit dieser Nummer bei {application} registrieren. Sie hat schon ein Konto: Melde dich \
             stattdessen an. Wenn du es nicht warst, ist nichts zu tun."
        ),
    }
}
