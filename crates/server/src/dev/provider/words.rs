//! What the provider's pages say, in each language.

use crate::delivery::Language;

/// Why somebody is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Amiss {
    /// What was typed is no address.
    Address,
    /// A name is too long, or has several lines.
    Name,
    /// The address has got too many mails.
    Mails,
}

/// The words of a language. Where there is a `{}`, a name or an address goes.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) badge: &'static str,
    pub(super) continue_to: &'static str,
    /// With the provider twice, the application in between.
    pub(super) not_real: [&'static str; 4],
    pub(super) who: &'static str,
    pub(super) somebody_else: &'static str,
    pub(super) email: &'static str,
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) verified: &'static str,
    pub(super) verified_means: &'static str,
    pub(super) picture: &'static str,
    pub(super) no_picture: &'static str,
    /// Of tiles, rings and bands.
    pub(super) styles: [&'static str; 3],
    pub(super) colours: &'static str,
    pub(super) agree: &'static str,
    pub(super) deny: &'static str,
    pub(super) enter_code: &'static str,
    pub(super) known_here: &'static str,
    pub(super) test_address: &'static str,
    /// Before, on and after the link to the outbox.
    pub(super) sent: [&'static str; 3],
    pub(super) code: &'static str,
    /// For the last try, and for more.
    pub(super) wrong_code: [&'static str; 2],
    pub(super) lasts: &'static str,
    pub(super) go_on: &'static str,
    pub(super) cancel: &'static str,
    pub(super) back: &'static str,
    pub(super) unanswerable: &'static str,
    pub(super) nothing_sent: &'static str,
    pub(super) over: &'static str,
    pub(super) over_means: &'static str,
    amiss: [&'static str; 3],
}

impl Words {
    /// Those of a language.
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
        }
    }

    /// Why somebody is asked again.
    pub(super) fn amiss(&self, amiss: Amiss) -> &'static str {
        let [address, name, mails] = self.amiss;
        match amiss {
            Amiss::Address => address,
            Amiss::Name => name,
            Amiss::Mails => mails,
        }
    }
}

/// Puts something in its place.
pub(super) fn with(text: &str, what: &str) -> String {
    text.replacen("{}", what, 1)
}

const ENGLISH: Words = Words {
    badge: "Development provider in place of {}",
    continue_to: "Continue to {}",
    not_real: [
        "This is not {}. ",
        "It stands in for {} ",
        "at the development instance of {}, so that the button works without credentials. ",
        "Nothing is sent to {}.",
    ],
    who: "Who signs in?",
    somebody_else: "Somebody else",
    email: "Email address",
    first_name: "First name",
    last_name: "Last name",
    verified: "The address is verified",
    verified_means: "{} says that it belongs to this person.",
    picture: "Picture",
    no_picture: "None",
    styles: ["tiles", "rings", "bands"],
    colours: "Each address has colours of its own.",
    agree: "Agree",
    deny: "Deny",
    enter_code: "Enter the code",
    known_here: "Somebody at this instance has the address {}.",
    test_address: "It is a test address, so no mail was sent: it has the code that all of them have.",
    sent: ["A code was sent there. Mails of a development instance wait in its ", "outbox", "."],
    code: "Code of six digits",
    wrong_code: ["This is not the code. You have one more try.", "This is not the code. You have two more tries."],
    lasts: "It works for ten minutes and {} tries.",
    go_on: "Continue",
    cancel: "Cancel",
    back: "Back to the application",
    unanswerable: "This request cannot be answered",
    nothing_sent: "Nothing was sent anywhere. Go back to the application.",
    over: "This request is over",
    over_means: "It was decided already, or waited for too long. Go back to the application and begin again.",
    amiss: [
        "This is no email address. Write it as name@example.com.",
        "A name has at most 100 characters, on one line.",
        "This address has got too many mails within an hour. Try again later.",
    ],
};

const GERMAN: Words = Words {
    badge: "Anbieter für die Entwicklung an Stelle von {}",
    continue_to: "Weiter zu {}",
    not_real: [
        "Das ist nicht {}. ",
        "Diese Seite vertritt {} ",
        "bei der Entwicklungsinstanz von {}, damit die Schaltfläche ohne Zugangsdaten funktioniert. ",
        "Nichts davon geht an {}.",
    ],
    who: "Wer meldet sich an?",
    somebody_else: "Jemand anderes",
    email: "E-Mail-Adresse",
    first_name: "Vorname",
    last_name: "Nachname",
    verified: "Die Adresse ist bestätigt",
    verified_means: "{} sagt, dass sie dieser Person gehört.",
    picture: "Bild",
    no_picture: "Keins",
    styles: ["Kacheln", "Ringe", "Streifen"],
    colours: "Jede Adresse hat eigene Farben.",
    agree: "Zustimmen",
    deny: "Ablehnen",
    enter_code: "Gib den Code ein",
    known_here: "Jemand bei dieser Instanz hat die Adresse {}.",
    test_address: "Es ist eine Testadresse, darum wurde nichts verschickt: Sie hat den Code, den alle haben.",
    sent: ["Dorthin ging ein Code. Nachrichten einer Entwicklungsinstanz warten in ihrem ", "Postausgang", "."],
    code: "Code aus sechs Ziffern",
    wrong_code: [
        "Das ist nicht der Code. Du hast noch einen Versuch.",
        "Das ist nicht der Code. Du hast noch zwei Versuche.",
    ],
    lasts: "Er gilt zehn Minuten und {} Versuche lang.",
    go_on: "Weiter",
    cancel: "Abbrechen",
    back: "Zurück zur Anwendung",
    unanswerable: "Diese Anfrage lässt sich nicht beantworten",
    nothing_sent: "Es wurde nichts verschickt. Geh zurück zur Anwendung.",
    over: "Diese Anfrage ist vorbei",
    over_means: "Sie wurde schon entschieden oder hat zu lange gewartet. Geh zurück zur Anwendung und beginne neu.",
    amiss: [
        "Das ist keine E-Mail-Adresse. Schreib sie wie name@example.com.",
        "Ein Name hat höchstens 100 Zeichen auf einer Zeile.",
        "Diese Adresse hat innerhalb einer Stunde zu viele Nachrichten bekommen. Versuch es später noch einmal.",
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_into_a_text_has_its_place_in_each_language() {
        let places = |words: &Words| {
            let [this, stands, at, sent] = words.not_real;
            let more = [words.badge, words.continue_to, words.verified_means, words.known_here, words.lasts];
            [this, stands, at, sent].into_iter().chain(more).all(|text| text.matches("{}").count() == 1)
        };
        assert!(places(&ENGLISH) && places(&GERMAN));
        assert_eq!(with("{} and {}", "{}"), "{} and {}");
    }
}
