//! The few sentences that the shell says itself, outside the page: questions of the system's own, notices, the tray.

use tokio::sync::watch;

use crate::app_room::Language;

/// The words of one language.
pub(crate) struct Words {
    pub(crate) cancel: &'static str,
    /// Title, body, button; of an account.
    pub(crate) delete: fn(&str) -> (String, String, &'static str),
    pub(crate) sign_out_everywhere: fn(&str) -> (String, String, &'static str),
    /// Of an account elsewhere, and of the account it is connected to.
    pub(crate) disconnect: fn(&str, &str) -> (String, String, &'static str),
    /// Of a passkey, and of the account it is of.
    pub(crate) delete_passkey: fn(&str, &str) -> (String, String, &'static str),
    /// Of so many passkeys of this device, and so many passwords that are kept on it.
    pub(crate) forget_passkeys: fn(usize, usize) -> (String, String, &'static str),
    /// Title, body and button of leaving everything behind the lock of the app.
    pub(crate) leave_locked: (&'static str, &'static str, &'static str),
    /// Of so many accounts.
    pub(crate) sign_out_all: fn(usize) -> (String, String, &'static str),
    /// Of an instance with so many accounts.
    pub(crate) remove_instance: fn(&str, usize) -> (String, String, &'static str),
    /// Of the authorities with these names, of which there is at least one.
    pub(crate) trust: fn(&[String]) -> (String, String, &'static str),
    /// Title and button of the dialog in which a file with certificates is picked.
    pub(crate) pick_authorities: &'static str,
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "other systems have a word of their own for it"))]
    pub(crate) pick: &'static str,
    /// Title and button of the dialog in which the file for backup codes is named.
    pub(crate) save_backup_codes: &'static str,
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "other systems have a word of their own for it"))]
    pub(crate) save: &'static str,
    /// What that file is called unless the person says otherwise.
    pub(crate) backup_codes_file: &'static str,
    /// Before programs may ask for tokens.
    pub(crate) programs: (&'static str, &'static str, &'static str),
    pub(crate) tools: (&'static str, &'static str, &'static str),
    pub(crate) tray: TrayWords,
    pub(crate) notice: NoticeWords,
}

/// What the menu of the tray says.
pub(crate) struct TrayWords {
    pub(crate) open: &'static str,
    pub(crate) add: &'static str,
    pub(crate) lock: &'static str,
    pub(crate) quit: &'static str,
    pub(crate) local: &'static str,
    pub(crate) needs_sign_in: &'static str,
    pub(crate) offline: &'static str,
}

/// What is said to whoever does not see the window.
pub(crate) struct NoticeWords {
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "notices have a button on Linux alone"))]
    pub(crate) open: &'static str,
    /// Of an account.
    pub(crate) signed_out: fn(&str) -> String,
    pub(crate) why: Why,
}

/// Why somebody is signed out, as what follows "because".
pub(crate) struct Why {
    pub(crate) expired: &'static str,
    pub(crate) abandoned: &'static str,
    pub(crate) revoked: &'static str,
    pub(crate) replaced: &'static str,
    pub(crate) ended: &'static str,
    pub(crate) removed: &'static str,
    pub(crate) lost: &'static str,
    pub(crate) unknown: &'static str,
}

impl Why {
    /// The words for a session's status, or for what an instance says of a session that is not there any more.
    pub(crate) fn of(&self, status: &str) -> &'static str {
        match status {
            "expired" => self.expired,
            "abandoned" => self.abandoned,
            "revoked" => self.revoked,
            "replaced" => self.replaced,
            "ended" => self.ended,
            "removed" | "vanished" => self.removed,
            "lost" => self.lost,
            _ => self.unknown,
        }
    }
}

pub(crate) const ENGLISH: Words = Words {
    cancel: "Cancel",
    delete: |name| {
        (
            format!("Delete the account {name}?"),
            "It is deleted for good, here and everywhere. This cannot be taken back.".to_owned(),
            "Delete account",
        )
    },
    sign_out_everywhere: |name| {
        (
            format!("Sign {name} out everywhere?"),
            "The account is signed out on this computer and on every other device.".to_owned(),
            "Sign out everywhere",
        )
    },
    disconnect: |elsewhere, whose| {
        (
            format!("Disconnect {elsewhere}?"),
            format!("{whose} cannot be signed in to by it any more. It can be connected again later."),
            "Disconnect",
        )
    },
    delete_passkey: |passkey, whose| {
        (
            format!("Delete the passkey {passkey}?"),
            format!(
                "{whose} cannot be signed in to by it any more. This cannot be taken back; a new one can be added."
            ),
            "Delete passkey",
        )
    },
    forget_passkeys: |count, passwords| {
        let title = match (count, passwords) {
            (0, 0) => "Remove what verifies you on this device, and all that it protects?".to_owned(),
            (0, 1) => "Remove the password that is kept on this device?".to_owned(),
            (0, 2..) => format!("Remove {passwords} passwords that are kept on this device?"),
            (1, 0) => "Remove the passkey of this device?".to_owned(),
            (_, 0) => format!("Remove {count} passkeys of this device?"),
            _ => "Remove the passkeys and passwords of this device?".to_owned(),
        };
        let body = "What is kept on this computer is removed with what protects it, and signs in to nothing any more. This \
                    cannot be taken back. The accounts themselves stay: make sure that you can sign in another way.";
        (title, body.to_owned(), "Remove")
    },
    leave_locked: (
        "Sign out of everything?",
        "Every account is signed out on this computer, and the passkeys and passwords of this device are removed with what \
         protects them. An instance that cannot be reached is taken off the list. This cannot be taken back. The accounts \
         themselves stay.",
        "Sign out",
    ),
    sign_out_all: |count| {
        let title = match count {
            1 => "Sign 1 account out?".to_owned(),
            _ => format!("Sign {count} accounts out?"),
        };
        (title, "They are signed out on this computer. The accounts themselves stay.".to_owned(), "Sign out")
    },
    remove_instance: |name, count| {
        let body = match count {
            1 => "One account is signed out there. The account itself stays.".to_owned(),
            _ => format!("{count} accounts are signed out there. The accounts themselves stay."),
        };
        (format!("Remove {name}?"), body, "Remove")
    },
    trust: |names| {
        let title = match names {
            [name] => format!("Trust {name}?"),
            _ => format!("Trust {} authorities?", names.len()),
        };
        let body = format!(
            "Whoever has the key of such an authority can read and change what Frontdesk sends to any instance. Go on only \
             if those who run your network gave you this file.\n\n{}",
            names.join("\n")
        );
        (title, body, "Trust")
    },
    pick_authorities: "Choose a CA file",
    pick: "Choose",
    save_backup_codes: "Save backup codes",
    save: "Save",
    backup_codes_file: "frontdesk-backup-codes.txt",
    programs: (
        "Let programs ask for session tokens?",
        "Every program that runs under your name on this computer can then act as any account that is signed in, for \
         about a minute at a time.",
        "Let them ask",
    ),
    tools: (
        "Let tools use the instance inside Frontdesk?",
        "Every program on this computer can then reach it. Whoever has its secret key, which you can copy, reads and \
         changes all of its accounts. It is meant for developing an application.",
        "Let them use it",
    ),
    tray: TrayWords {
        open: "Open Frontdesk",
        add: "Add an account",
        lock: "Lock Frontdesk",
        quit: "Quit",
        local: "This computer",
        needs_sign_in: "needs to sign in again",
        offline: "cannot be reached",
    },
    notice: NoticeWords {
        open: "Open",
        signed_out: |name| format!("{name} was signed out"),
        why: Why {
            expired: "The time that a sign-in lasts there is over, or it was not used for too long. Sign in again to go on.",
            abandoned: "The account was not used for as long as its instance waits. Sign in again to go on.",
            revoked: "The session was ended by those who run the instance, or from another device. Sign in again to go on.",
            replaced: "Another sign-in took the place of this one. Sign in again to go on.",
            ended: "The session was ended somewhere else. Sign in again to go on.",
            removed: "The instance does not have this session any more. Sign in again to go on.",
            lost: "What kept you signed in is gone from this computer. Sign in again to go on.",
            unknown: "The instance does not know this session any more. Sign in again to go on.",
        },
    },
};

pub(crate) const GERMAN: Words = Words {
    cancel: "Abbrechen",
    delete: |name| {
        (
            format!("Konto {name} löschen?"),
            "Es wird endgültig gelöscht, hier und überall. Das lässt sich nicht rückgängig machen.".to_owned(),
            "Konto löschen",
        )
    },
    sign_out_everywhere: |name| {
        (
            format!("{name} überall abmelden?"),
            "Das Konto wird auf diesem Computer und auf jedem anderen Gerät abgemeldet.".to_owned(),
            "Überall abmelden",
        )
    },
    disconnect: |elsewhere, whose| {
        (
            format!("{elsewhere} trennen?"),
            format!("Bei {whose} kann man sich damit nicht mehr anmelden. Es lässt sich später wieder verbinden."),
            "Trennen",
        )
    },
    delete_passkey: |passkey, whose| {
        (
            format!("Passkey {passkey} löschen?"),
            format!(
                "Bei {whose} kann man sich damit nicht mehr anmelden. Das lässt sich nicht rückgängig machen; ein neuer \
                 lässt sich hinzufügen."
            ),
            "Passkey löschen",
        )
    },
    forget_passkeys: |count, passwords| {
        let title = match (count, passwords) {
            (0, 0) => "Das entfernen, womit du dich auf diesem Gerät ausweist, und alles, was es schützt?".to_owned(),
            (0, 1) => "Das Passwort entfernen, das auf diesem Gerät gespeichert ist?".to_owned(),
            (0, 2..) => format!("{passwords} Passwörter entfernen, die auf diesem Gerät gespeichert sind?"),
            (1, 0) => "Den Passkey dieses Geräts entfernen?".to_owned(),
            (_, 0) => format!("{count} Passkeys dieses Geräts entfernen?"),
            _ => "Die Passkeys und Passwörter dieses Geräts entfernen?".to_owned(),
        };
        let body = "Was auf diesem Computer gespeichert ist, wird samt dem, was es schützt, entfernt und meldet nirgends mehr \
                    an. Das lässt sich nicht rückgängig machen. Die Konten selbst bleiben bestehen: Sieh zu, dass du dich anders anmelden kannst.";
        (title, body.to_owned(), "Entfernen")
    },
    leave_locked: (
        "Überall abmelden?",
        "Jedes Konto wird auf diesem Computer abgemeldet, und die Passkeys und Passwörter dieses Geräts werden samt dem, was \
         sie schützt, entfernt. Eine Instanz, die nicht erreichbar ist, wird von der Liste genommen. Das lässt sich nicht \
         rückgängig machen. Die Konten selbst bleiben bestehen.",
        "Abmelden",
    ),
    sign_out_all: |count| {
        let title = match count {
            1 => "1 Konto abmelden?".to_owned(),
            _ => format!("{count} Konten abmelden?"),
        };
        (title, "Sie werden auf diesem Computer abgemeldet. Die Konten selbst bleiben bestehen.".to_owned(), "Abmelden")
    },
    remove_instance: |name, count| {
        let body = match count {
            1 => "Ein Konto wird dort abgemeldet. Das Konto selbst bleibt bestehen.".to_owned(),
            _ => format!("{count} Konten werden dort abgemeldet. Die Konten selbst bleiben bestehen."),
        };
        (format!("{name} entfernen?"), body, "Entfernen")
    },
    trust: |names| {
        let title = match names {
            [name] => format!("{name} vertrauen?"),
            _ => format!("{} Zertifizierungsstellen vertrauen?", names.len()),
        };
        let body = format!(
            "Wer den Schlüssel einer solchen Stelle hat, kann lesen und ändern, was Frontdesk an irgendeine Instanz sendet. \
             Mach nur weiter, wenn du diese Datei von denen hast, die dein Netz betreiben.\n\n{}",
            names.join("\n")
        );
        (title, body, "Vertrauen")
    },
    pick_authorities: "CA-Datei wählen",
    pick: "Wählen",
    save_backup_codes: "Ersatzcodes speichern",
    save: "Speichern",
    backup_codes_file: "frontdesk-ersatzcodes.txt",
    programs: (
        "Programme nach Sitzungs-Tokens fragen lassen?",
        "Jedes Programm, das unter deinem Namen auf diesem Computer läuft, kann dann für jeweils etwa eine Minute als \
         jedes angemeldete Konto handeln.",
        "Fragen lassen",
    ),
    tools: (
        "Werkzeuge die Instanz in Frontdesk benutzen lassen?",
        "Jedes Programm auf diesem Computer kann sie dann erreichen. Wer ihren geheimen Schlüssel hat, den du kopieren \
         kannst, liest und ändert alle ihre Konten. Gedacht ist das zum Entwickeln einer Anwendung.",
        "Benutzen lassen",
    ),
    tray: TrayWords {
        open: "Frontdesk öffnen",
        add: "Konto hinzufügen",
        lock: "Frontdesk sperren",
        quit: "Beenden",
        local: "Dieser Computer",
        needs_sign_in: "muss sich neu anmelden",
        offline: "nicht erreichbar",
    },
    notice: NoticeWords {
        open: "Öffnen",
        signed_out: |name| format!("{name} wurde abgemeldet"),
        why: Why {
            expired: "Die Zeit, die eine Anmeldung dort gilt, ist um, oder sie wurde zu lange nicht benutzt. Melde dich neu an, um weiterzumachen.",
            abandoned: "Das Konto wurde länger nicht benutzt, als seine Instanz wartet. Melde dich neu an, um weiterzumachen.",
            revoked: "Die Betreiber der Instanz oder ein anderes Gerät haben die Sitzung beendet. Melde dich neu an, um weiterzumachen.",
            replaced: "Eine andere Anmeldung ist an die Stelle dieser getreten. Melde dich neu an, um weiterzumachen.",
            ended: "Die Sitzung wurde anderswo beendet. Melde dich neu an, um weiterzumachen.",
            removed: "Die Instanz hat diese Sitzung nicht mehr. Melde dich neu an, um weiterzumachen.",
            lost: "Was dich angemeldet hielt, ist von diesem Computer verschwunden. Melde dich neu an, um weiterzumachen.",
            unknown: "Die Instanz kennt diese Sitzung nicht mehr. Melde dich neu an, um weiterzumachen.",
        },
    },
};

/// The language that is spoken outside the page: that of the page, once it has said which.
pub(crate) struct Speech(watch::Sender<&'static Words>);

impl Speech {
    /// Until the page speaks: what the person chose, else what the system's environment says.
    pub(crate) fn new(chosen: Language, variable: impl Fn(&str) -> Option<String>) -> Self {
        let named = |name| variable(name).filter(|value| !value.is_empty());
        Self(watch::Sender::new(match chosen {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
            Language::System => of(&["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(named).unwrap_or_default()),
        }))
    }

    pub(crate) fn speak(&self, locale: &str) {
        self.0.send_replace(of(locale));
    }

    pub(crate) fn words(&self) -> &'static Words {
        *self.0.borrow()
    }

    /// The words, and every change of them.
    pub(crate) fn follow(&self) -> watch::Receiver<&'static Words> {
        self.0.subscribe()
    }
}

fn of(locale: &str) -> &'static Words {
    let german = locale.split(['-', '_', '.']).next().is_some_and(|language| language.eq_ignore_ascii_case("de"));
    if german { &GERMAN } else { &ENGLISH }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cancel(chosen: Language, lang: &'static str) -> &'static str {
        Speech::new(chosen, |name| (name == "LANG").then(|| lang.to_owned())).words().cancel
    }

    #[test]
    fn the_language_is_that_of_the_page_else_the_chosen_one_else_the_systems() {
        assert_eq!(cancel(Language::System, "de_AT.UTF-8"), "Abbrechen");
        assert_eq!(cancel(Language::System, "C.UTF-8"), "Cancel");
        assert_eq!(cancel(Language::English, "de_DE"), "Cancel");
        assert_eq!(cancel(Language::German, ""), "Abbrechen");
        let speech = Speech::new(Language::System, |_| None);
        speech.speak("de-CH");
        assert_eq!(speech.words().cancel, "Abbrechen");
        speech.speak("fr");
        assert_eq!(speech.words().cancel, "Cancel");
    }

    #[test]
    fn of_one_is_said_otherwise_than_of_many() {
        for words in [&ENGLISH, &GERMAN] {
            assert_ne!((words.sign_out_all)(1).0, (words.sign_out_all)(2).0.replace('2', "1"));
            assert_ne!((words.remove_instance)("X", 1).1, (words.remove_instance)("X", 3).1);
        }
    }
}
