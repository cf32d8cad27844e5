//! What an application server is told of a browser that came to it: who is signed in, as it stands now. It travels through
//! the browser itself, signed, or waits here for whoever shows its nonce and the secret key.

use frontdesk_identity::time::MINUTE;
use frontdesk_store::SealedBytes;
use frontdesk_wire::Session;
use secrecy::SecretString;

use super::{
    Failure, Fault, Reply, TokenNews, Turn,
    sessions::note_use,
    turn::{Visit, signed_in_at},
};
use crate::{
    caller::Carrier,
    instance::Instance,
    keys::{Keys, Purpose, Sealed},
    random::new_id,
    redirects,
};

/// How long a handshake waits for its application server, in milliseconds.
const WAIT_MS: i64 = MINUTE;

/// Who is signed in.
#[derive(Debug)]
pub struct Presence {
    /// A session token of the session used last; none if nobody is signed in.
    pub session_token: Option<SecretString>,
    /// The token of the development browser, old or new; production has none.
    pub dev_browser: Option<SecretString>,
}

/// Who is signed in at the client of the caller. A client that is not known, or not any more, has nobody: the page that
/// the browser wants to see must not depend on it. The token is for the origin of the caller.
pub async fn presence(turn: &Turn<'_>) -> Result<Reply<Presence>, Failure> {
    let (known, token) = match turn.visit().await {
        Ok(Visit { known, token, .. }) => (known, token),
        Err(Fault::StaleToken) => (None, TokenNews::Gone),
        Err(fault) => return Err(fault.into()),
    };
    let Some(known) = known else {
        let dev_browser = turn.instance.is_development().then(|| turn.instance.new_browser());
        let response = Presence { session_token: None, dev_browser };
        return Ok(Reply { response, client: None, token, signed_in_at: Some(0) });
    };
    let client = turn.client_view(&known).await?;
    let signed_in_at = Some(signed_in_at(&client));
    let last = client.last_active_session_id.as_deref();
    let signed_in = client.sessions.iter().filter(|session| session.last_active_token.is_some());
    let session = signed_in.max_by_key(|session: &&Session| (Some(&*session.id) == last, session.last_active_at));
    if let Some((stored, _)) = session.and_then(|session| known.session(&session.id)) {
        note_use(turn, stored).await;
    }
    let session_token = session.and_then(|session| session.last_active_token.clone());
    let stored = &known.client.value;
    let browser = || turn.instance.client_tokens().issue(Carrier::DevBrowser, stored.id.as_str(), stored.generation);
    let response = Presence {
        session_token: session_token.map(|token| SecretString::from(token.jwt)),
        dev_browser: turn.instance.is_development().then(browser),
    };
    Ok(Reply { response, client: None, token, signed_in_at })
}

/// Whether the owner has listed this address as one to which a browser may be sent back.
pub async fn is_listed(instance: &Instance, address: &str) -> Result<bool, Fault> {
    let listed = instance.store().redirect_urls().await?;
    Ok(listed.iter().any(|listed| redirects::is_listed(&listed.url, address)))
}

/// Keeps what a handshake hands over, and answers with the nonce that stands for it.
pub async fn keep(turn: &Turn<'_>, cookies: &[String]) -> Result<String, Fault> {
    let (instance, nonce) = (turn.instance, new_id(turn.instance.random(), ""));
    let id = id_of(instance.keys(), &nonce);
    let sealed = instance.keys().seal(&row(&id), cookies.join("\n").as_bytes());
    let sealed = SealedBytes { key_id: sealed.key_id, bytes: sealed.bytes };
    instance.store().keep_handshake(&id, sealed, turn.now.plus(WAIT_MS)).await?;
    Ok(nonce)
}

/// What a nonce stands for; once, and not for long.
pub async fn redeem(turn: &Turn<'_>, nonce: &str) -> Result<Vec<String>, Fault> {
    let keys = turn.instance.keys();
    let id = id_of(keys, nonce);
    let SealedBytes { key_id, bytes } =
        turn.instance.store().take_handshake(&id, turn.now).await?.ok_or(Fault::NotFound)?;
    let opened = keys.open(&row(&id), &Sealed { key_id, bytes });
    let opened = opened.ok().and_then(|bytes| String::from_utf8(bytes.to_vec()).ok()).ok_or(Fault::NotFound)?;
    Ok(opened.lines().map(str::to_owned).collect())
}

/// What stands for a nonce in the database, where nobody can learn it from.
fn id_of(keys: &Keys, nonce: &str) -> String {
    keys.mac(Purpose::Nonce, "handshake", nonce.as_bytes())
}

fn row(id: &str) -> String {
    format!("handshake {id}")
}
