use frontdesk_identity::{self as identity, Account, DeviceActivity, Policy, Timestamp};
use frontdesk_wire::{ActiveSession, Session, SessionActivity, Token, User};

use super::account;
use crate::public_url::PublicUrl;

/// A session with its user, as `user` shows them. `token` is there for sessions that somebody is signed in by.
#[must_use]
pub fn session(
    session: &identity::Session,
    account: &Account,
    user: User,
    token: Option<String>,
    url: &PublicUrl,
    policy: &Policy,
    now: Timestamp,
) -> Session {
    Session {
        object: "session".to_owned(),
        id: session.id.to_string(),
        status: session.status(policy, now).as_str().to_owned(),
        expire_at: session.expire_at(policy).0,
        abandon_at: session.abandon_at(policy).0,
        last_active_at: session.last_active_at.0,
        last_active_token: token.map(self::token),
        user: Some(user),
        public_user_data: Some(account::public_user_data(account, url)),
        factor_verification_age: session.factor_ages(now).to_vec(),
        created_at: session.created_at.0,
        updated_at: session.updated_at.0,
        ..Session::default()
    }
}

/// A session as the list of a user's devices shows it.
#[must_use]
pub fn active_session(session: &identity::Session, policy: &Policy, now: Timestamp) -> ActiveSession {
    ActiveSession {
        object: "session".to_owned(),
        id: session.id.to_string(),
        status: session.status(policy, now).as_str().to_owned(),
        expire_at: session.expire_at(policy).0,
        abandon_at: session.abandon_at(policy).0,
        last_active_at: session.last_active_at.0,
        latest_activity: Some(activity(session)),
        created_at: session.created_at.0,
        updated_at: session.updated_at.0,
        ..ActiveSession::default()
    }
}

/// A token for an answer.
fn token(jwt: String) -> Token {
    Token { object: "token".to_owned(), jwt }
}

fn activity(session: &identity::Session) -> SessionActivity {
    let agent = session.activity.user_agent.as_deref().unwrap_or_default();
    let (browser_name, browser_version) = program(agent);
    SessionActivity {
        object: "session_activity".to_owned(),
        id: session.id.as_str().replacen("sess_", "sess_activity_", 1),
        device_type: system(agent).map(str::to_owned),
        is_mobile: ["Mobile", "Android", "iPhone", "iPad"].iter().any(|word| agent.contains(word)),
        browser_name,
        browser_version,
        ip_address: session.activity.ip_address.clone(),
        ..SessionActivity::default()
    }
}

/// What a device is, as far as it is known: its program, its system and its address.
#[must_use]
pub fn device_words(device: &DeviceActivity) -> Option<String> {
    let agent = device.user_agent.as_deref().unwrap_or_default();
    let parts = [program(agent).0, system(agent).map(str::to_owned), device.ip_address.clone()];
    let known: Vec<_> = parts.into_iter().flatten().collect();
    (!known.is_empty()).then(|| known.join(", "))
}

/// The system that a program says it runs on. The order matters: phones name the system they descend from as well.
fn system(agent: &str) -> Option<&'static str> {
    let known = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Macintosh", "Macintosh"),
        ("macOS", "Macintosh"),
        ("Linux", "Linux"),
    ];
    known.iter().find(|(word, _)| agent.contains(word)).map(|(_, system)| *system)
}

/// Name and version of a program. Browsers name several others first, and themselves last.
fn program(agent: &str) -> (Option<String>, Option<String>) {
    let products = agent.split_ascii_whitespace().filter_map(|word| word.split_once('/'));
    let own = |name: &str| ["Firefox", "Edg", "OPR"].contains(&name);
    let browser =
        products.clone().find(|(name, _)| own(name)).or_else(|| products.clone().find(|(name, _)| *name == "Chrome"));
    let (name, version) = match browser.or_else(|| products.clone().find(|(name, _)| *name == "Safari")) {
        Some(product) => product,
        None => match products.clone().next() {
            Some(product) => product,
            None => return ((!agent.is_empty()).then(|| agent.to_owned()), None),
        },
    };
    (Some(name.to_owned()), Some(version.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_systems_are_recognised() {
        let seen = |agent: &str| (program(agent).0.unwrap_or_default(), system(agent).unwrap_or_default());
        assert_eq!(seen("Frontdesk/0.1.0 (Linux x86_64)"), ("Frontdesk".to_owned(), "Linux"));
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        assert_eq!(seen(chrome), ("Chrome".to_owned(), "Linux"));
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1";
        assert_eq!(seen(phone), ("Safari".to_owned(), "iPhone"));
        assert_eq!(
            seen("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/141.0"),
            ("Firefox".to_owned(), "Windows")
        );
        assert_eq!(seen("node"), ("node".to_owned(), ""));
        assert_eq!(program(""), (None, None));
    }
}
