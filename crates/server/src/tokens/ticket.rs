//! Tickets: what the holder of a sign-in token or an invitation shows. Each is an id and a code over it, so nothing of it
//! is stored and it can be issued again; whether it is still good is for the store to say.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use frontdesk_identity::{InvitationId, SignInTokenId};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::keys::{Keys, Purpose};

/// Longest ticket that is looked at.
const MAX_LEN: usize = 512;
/// What every ticket begins with, so that it is never taken for another kind of token.
const PREFIX: &str = "fti1_";
/// What a ticket is for.
const SIGN_IN: &[u8] = b"sign in";
const INVITATION: &[u8] = b"invitation";

/// What a ticket stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ticket {
    /// A sign-in token of the owner's.
    SignIn(SignInTokenId),
    /// An invitation.
    Invitation(InvitationId),
}

/// Issues and reads tickets.
#[derive(Clone, Debug)]
pub struct Tickets {
    keys: Arc<Keys>,
}

impl Tickets {
    /// Tickets under these keys.
    #[must_use]
    pub fn new(keys: Arc<Keys>) -> Self {
        Self { keys }
    }

    /// The ticket of a sign-in token; the same every time it is asked for.
    #[must_use]
    pub fn issue(&self, id: &SignInTokenId) -> SecretString {
        self.ticket(id.as_str(), SIGN_IN)
    }

    /// The ticket of an invitation; the same every time it is asked for.
    #[must_use]
    pub fn invite(&self, id: &InvitationId) -> SecretString {
        self.ticket(id.as_str(), INVITATION)
    }

    fn ticket(&self, id: &str, what: &[u8]) -> SecretString {
        let mac = self.keys.mac(Purpose::Ticket, id, what);
        let inner = Zeroizing::new(format!("{id}.{mac}"));
        SecretString::from(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(inner.as_bytes())))
    }

    /// What a ticket stands for, if it is genuine.
    #[must_use]
    pub fn read(&self, ticket: &str) -> Option<Ticket> {
        if ticket.len() > MAX_LEN {
            return None;
        }
        let encoded = ticket.strip_prefix(PREFIX)?;
        let inner = Zeroizing::new(String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()?);
        let (id, mac) = inner.split_once('.')?;
        let (read, what) = match SignInTokenId::parse(id) {
            Ok(token) => (Ticket::SignIn(token), SIGN_IN),
            Err(_) => (Ticket::Invitation(InvitationId::parse(id).ok()?), INVITATION),
        };
        self.keys.mac_matches(Purpose::Ticket, id, what, mac).then_some(read)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::{caller::Carrier, keys::InstanceKey, tokens::ClientTokens};

    fn keys(byte: u8) -> Arc<Keys> {
        Arc::new(Keys::derive(&InstanceKey::new([byte; 32])))
    }

    #[test]
    fn sec_30_a_ticket_is_genuine_under_its_own_key_alone() {
        let (tickets, id) = (Tickets::new(keys(1)), SignInTokenId::from_random([3; 20]));
        let ticket = tickets.issue(&id);
        let text = ticket.expose_secret();
        assert_eq!(tickets.read(text), Some(Ticket::SignIn(id.clone())));
        assert_eq!(Tickets::new(keys(2)).read(text), None);
        let other = Tickets::new(keys(1)).issue(&SignInTokenId::from_random([4; 20]));
        let (id_part, mac_part) = (URL_SAFE_NO_PAD.decode(&text[5..]).unwrap(), other.expose_secret()[5..].to_owned());
        let mac_part = URL_SAFE_NO_PAD.decode(mac_part).unwrap();
        let mixed = [&id_part[..32], &mac_part[32..]].concat();
        for wrong in [
            "",
            "fti1_",
            "fti1_x",
            &text[5..],
            &text[..text.len() - 4],
            &format!("{text}AAAA"),
            &format!("fti1_{}", URL_SAFE_NO_PAD.encode(mixed)),
            &format!("fti1_{}", URL_SAFE_NO_PAD.encode(format!("{id}."))),
            &"x".repeat(600),
        ] {
            assert_eq!(tickets.read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sec_26_the_ticket_of_an_invitation_is_none_of_a_sign_in_token() {
        let (tickets, id) = (Tickets::new(keys(1)), InvitationId::from_random([3; 20]));
        let ticket = tickets.invite(&id);
        assert_eq!(tickets.read(ticket.expose_secret()), Some(Ticket::Invitation(id.clone())));
        // The code of the one over the id of the other.
        for (id, what) in [(id.as_str(), SIGN_IN), (SignInTokenId::from_random([3; 20]).as_str(), INVITATION)] {
            let forged = tickets.ticket(id, what);
            assert_eq!(tickets.read(forged.expose_secret()), None);
        }
    }

    #[test]
    fn sec_26_a_ticket_is_no_client_token_and_the_other_way_round() {
        let (tickets, clients) = (Tickets::new(keys(1)), ClientTokens::new(keys(1)));
        let ticket = tickets.issue(&SignInTokenId::from_random([3; 20]));
        let token = clients.issue(Carrier::Header, "sit_000000000000000000000000000", 1);
        assert_eq!(tickets.read(token.expose_secret()), None);
        assert_eq!(clients.read(Carrier::Header, ticket.expose_secret()), None);
        let renamed = token.expose_secret().replacen("fct1", "fti1", 1);
        assert_eq!(tickets.read(&renamed), None);
    }
}
