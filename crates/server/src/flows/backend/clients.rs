//! Clients of everybody: look at one, by its id or by its token.

use frontdesk_wire::backend::Client;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    caller::Carrier,
    flows::{
        Fault, Turn,
        gather::{Known, shown_at},
    },
    views,
};

/// A client.
pub async fn show(turn: &Turn<'_>, id: &str) -> Result<Client, Fault> {
    let known = turn.known(id).await?.ok_or(Fault::NotFound)?;
    Ok(view(turn, &known))
}

/// The client of a token. One that is not good any more is refused, and nothing else: whoever asks is not its client.
pub async fn verify(turn: &Turn<'_>, token: &SecretString) -> Result<Client, Fault> {
    let read = turn.instance.client_tokens().read(Carrier::Cookie, token.expose_secret());
    let (id, generation) = read.ok_or(Fault::StaleToken)?;
    let known = turn.known(&id).await?.ok_or(Fault::StaleToken)?;
    known.client.value.judge(generation, turn.now).map_err(|_stale| Fault::StaleToken)?;
    Ok(view(turn, &known))
}

fn view(turn: &Turn<'_>, known: &Known) -> Client {
    let listed = known.sessions.iter().filter(|session| session.value.is_listed(turn.policy(), turn.now));
    let sessions = listed.map(|session| views::backend::session_of(&session.value, turn.policy(), turn.now)).collect();
    views::backend::client_of(&known.client.value, shown_at(known), sessions)
}
