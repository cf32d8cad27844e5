//! Secrets that everybody would have who has a file: what is built and shipped must hold none.
//!
//! A secret of an application is known by how its provider writes it. One that is written like any other text is found by
//! the name that it is given in a page's scripts; in a program it is not to be told from the rest of it.

/// How every secret of a kind is written.
struct Kind {
    name: &'static str,
    begins: &'static str,
    /// What it goes on with, and at least how often.
    fits: fn(u8) -> bool,
    least: usize,
}

const KINDS: &[Kind] = &[
    Kind { name: "a client secret of Google", begins: "GOCSPX-", fits: is_word, least: 20 },
    Kind { name: "a key of Google", begins: "AIza", fits: is_word, least: 35 },
    Kind { name: "a token of Google", begins: "ya29.", fits: is_word, least: 20 },
    Kind { name: "a token of GitHub", begins: "ghp_", fits: is_alphanumeric, least: 36 },
    Kind { name: "a token of GitHub", begins: "gho_", fits: is_alphanumeric, least: 36 },
    Kind { name: "a token of GitHub", begins: "ghu_", fits: is_alphanumeric, least: 36 },
    Kind { name: "a token of GitHub", begins: "ghs_", fits: is_alphanumeric, least: 36 },
    Kind { name: "a token of GitHub", begins: "ghr_", fits: is_alphanumeric, least: 36 },
    Kind { name: "a token of GitHub", begins: "github_pat_", fits: is_word, least: 22 },
    Kind { name: "a secret key of an instance", begins: "sk_live_", fits: is_alphanumeric, least: 20 },
    Kind { name: "a secret key of an instance", begins: "sk_test_", fits: is_alphanumeric, least: 20 },
    Kind { name: "a private key", begins: "PRIVATE KEY-----\n", fits: is_base64, least: 40 },
    Kind { name: "a private key", begins: "PRIVATE KEY-----\r\n", fits: is_base64, least: 40 },
    // Not secret, but nobody has one compiled in without the secret.
    Kind { name: "a client id of Google", begins: ".apps.googleusercontent.com", fits: |_| true, least: 0 },
];

/// Names that scripts and settings give to secrets of an application.
const NAMES: [&str; 4] = ["client_secret", "clientSecret", "app_secret", "appSecret"];
/// Shortest text that such a name stands for.
const SHORTEST: usize = 8;

/// What a file holds that must not be shipped, by the kinds of it.
#[must_use]
pub fn secrets_in(bytes: &[u8]) -> Vec<&'static str> {
    let mut found = Vec::new();
    // Programs are long, and most of their bytes are none that a kind begins with: one look at each.
    let mut kinds: [Vec<&Kind>; 256] = [const { Vec::new() }; 256];
    for kind in KINDS {
        kinds[usize::from(kind.begins.as_bytes()[0])].push(kind);
    }
    for (at, byte) in bytes.iter().enumerate() {
        for kind in &kinds[usize::from(*byte)] {
            if kind.is_at(&bytes[at..]) && !found.contains(&kind.name) {
                found.push(kind.name);
            }
        }
    }
    found
}

impl Kind {
    fn is_at(&self, bytes: &[u8]) -> bool {
        let rest = bytes.strip_prefix(self.begins.as_bytes()).and_then(|rest| rest.get(..self.least));
        rest.is_some_and(|rest| rest.iter().all(|byte| (self.fits)(*byte)))
    }
}

/// Whether a script or a setting gives a text to a secret of an application: `client_secret: "…"`, `"client_secret":"…"`.
#[must_use]
pub fn names_a_secret(text: &str) -> bool {
    NAMES.iter().any(|name| {
        text.match_indices(name).any(|(at, _)| {
            let rest = text[at + name.len()..].trim_start_matches(['"', '\'', '`', ']', ' ']);
            let Some(rest) = rest.strip_prefix([':', '=']) else { return false };
            let rest = rest.trim_start();
            let Some(quote) = rest.chars().next().filter(|first| matches!(first, '"' | '\'' | '`')) else {
                return false;
            };
            rest[1..].split(quote).next().is_some_and(|value| value.len() >= SHORTEST)
        })
    })
}

fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Joined here, so that this program is no find.
    fn written(begins: &str, rest: &str) -> Vec<u8> {
        [b"\x00\x7fELF wor\xffds ".as_slice(), begins.as_bytes(), rest.as_bytes(), b" and more \x00"].concat()
    }

    #[test]
    fn sec_15_every_kind_is_found_in_the_middle_of_a_program_and_its_beginning_alone_is_none() {
        let rest = "Zk3".repeat(20);
        for kind in KINDS {
            assert_eq!(secrets_in(&written(kind.begins, &rest)), [kind.name]);
            if kind.least > 0 {
                assert_eq!(secrets_in(&written(kind.begins, "")), [""; 0], "{}", kind.begins);
                assert_eq!(secrets_in(&written(kind.begins, &rest[..kind.least - 1])), [""; 0], "{}", kind.begins);
            }
        }
        assert_eq!(secrets_in(b""), [""; 0]);
        let both = [written("GOCSPX-", &rest), written("gho_", &rest), written("ghs_", &rest)].concat();
        assert_eq!(secrets_in(&both), ["a client secret of Google", "a token of GitHub"]);
    }

    #[test]
    fn sec_15_a_secret_in_a_script_is_found_by_its_name() {
        for given in [
            "const o={client_id:\"x\",client_secret:\"hunter2hunter2\"}",
            "{\"client_secret\": \"hunter2hunter2\"}",
            "clientSecret = 'hunter2hunter2'",
            "e[\"app_secret\"]=`hunter2hunter2`",
        ] {
            assert!(names_a_secret(given), "{given}");
        }
        for other in [
            "client_secret_file = \"/etc/secret-of-acme\"",
            "client_secret",
            "client_secret: null",
            "clientSecret:\"\"",
            "clientSecret===t",
        ] {
            assert!(!names_a_secret(other), "{other}");
        }
    }
}
