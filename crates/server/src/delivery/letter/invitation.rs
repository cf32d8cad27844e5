//! What people are told who are invited, or who have asked to be.

use url::Url;

use super::{Language, Letter, Link};

impl Letter {
    /// Invites somebody, who may have asked for it.
    pub(in crate::delivery) fn invitation(
        language: Language,
        application: &str,
        link: Url,
        from_waitlist: bool,
    ) -> Self {
        let (subject, invited, otherwise, words) = match language {
            Language::English => (
                format!("Your invitation to {application}"),
                if from_waitlist {
                    format!(
                        "You asked for an invitation to {application}: here it is. Follow the link to make your account. It \
                         works once, for this address alone."
                    )
                } else {
                    format!(
                        "You are invited to make an account at {application}. Follow the link to do so. It works once, for \
                         this address alone."
                    )
                },
                "Pass it on to nobody: whoever has it makes the account in your place. If you want none, you can ignore \
                 this mail.",
                "Accept the invitation",
            ),
            Language::German => (
                format!("Deine Einladung zu {application}"),
                if from_waitlist {
                    format!(
                        "Du hast um eine Einladung zu {application} gebeten: Hier ist sie. Folge dem Link, um dein Konto \
                         anzulegen. Er gilt einmal, und nur für diese Adresse."
                    )
                } else {
                    format!(
                        "Du bist eingeladen, bei {application} ein Konto anzulegen. Folge dazu dem Link. Er gilt einmal, \
                         und nur für diese Adresse."
                    )
                },
                "Gib ihn niemandem weiter: Wer ihn hat, legt das Konto an deiner Stelle an. Wenn du keines willst, kannst \
                 du diese Mail ignorieren.",
                "Einladung annehmen",
            ),
        };
        let link = Some(Link { words, to: link });
        Self { language, subject, code: None, paragraphs: vec![invited, otherwise.to_owned()], link }
    }

    /// Tells somebody that they are on the waitlist.
    pub(in crate::delivery) fn waitlist_joined(language: Language, application: &str) -> Self {
        let (subject, paragraphs) = match language {
            Language::English => (
                format!("You are on the waitlist of {application}"),
                [
                    format!(
                        "Somebody asked for an invitation to {application} with this address. If it was you, you will get \
                         another mail as soon as you are invited."
                    ),
                    "If it was not you, you can ignore this mail: nothing is made of it without you.".to_owned(),
                ],
            ),
            Language::German => (
                format!("Du stehst auf der Warteliste von {application}"),
                [
                    format!(
                        "Jemand hat mit dieser Adresse um eine Einladung zu {application} gebeten. Wenn du es warst, \
                         bekommst du eine weitere Mail, sobald du eingeladen bist."
                    ),
                    "Wenn du es nicht warst, kannst du diese Mail ignorieren: Ohne dich wird nichts daraus.".to_owned(),
                ],
            ),
        };
        Self { language, subject, code: None, paragraphs: paragraphs.into(), link: None }
    }
}
