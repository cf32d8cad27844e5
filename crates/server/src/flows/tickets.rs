//! Where the link of an invitation leads. Nothing is used up by it: programs that look into mails follow links too.

use frontdesk_identity::{Claim, Invitation, InvitationId, InvitationRefusal};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::{Fault, Turn};
use crate::tokens::Ticket;

/// Where links of invitations lead.
pub const ACCEPT: &str = "/v1/tickets/accept";
/// What applications read the ticket and what to do with it from (protocol §1.6).
const TICKET: &str = "__clerk_ticket";
const STATUS: &str = "__clerk_status";

/// What becomes of somebody who follows the link.
#[derive(Debug)]
pub enum Arrival {
    /// They go on to the application, with the ticket.
    Onward(Url),
    /// The application has no page: they take the ticket there themselves.
    Here {
        /// What they take there.
        ticket: SecretString,
        /// Whether the address has an account, so that it signs in.
        signs_in: bool,
    },
}

/// Looks where the ticket of an invitation leads now.
pub async fn accept(turn: &Turn<'_>, ticket: &SecretString) -> Result<Arrival, Fault> {
    let Some(Ticket::Invitation(id)) = turn.instance.tickets().read(ticket.expose_secret()) else {
        return Err(Fault::Invitation(InvitationRefusal::Unknown));
    };
    let invitation = turn.invitation(&id).await?;
    invitation.may_accept(turn.now).map_err(Fault::Invitation)?;
    let signs_in = turn.claim_of(&invitation.email.clone().into()).await? == Claim::Claimed;
    let Some(page) = &invitation.redirect_url else {
        return Ok(Arrival::Here { ticket: ticket.clone(), signs_in });
    };
    let mut page = Url::parse(page).map_err(|_| Fault::Invitation(InvitationRefusal::Unknown))?;
    page.query_pairs_mut()
        .append_pair(TICKET, ticket.expose_secret())
        .append_pair(STATUS, if signs_in { "sign_in" } else { "sign_up" });
    Ok(Arrival::Onward(page))
}

impl Turn<'_> {
    /// The invitation of that id.
    pub(super) async fn invitation(&self, id: &InvitationId) -> Result<Invitation, Fault> {
        let known = self.instance.store().invitation(id).await?;
        known.ok_or(Fault::Invitation(InvitationRefusal::Unknown))
    }

    /// The link of an invitation.
    pub(super) fn invitation_link(&self, id: &InvitationId) -> Url {
        let mut link = self.instance.public_url().at(ACCEPT);
        link.query_pairs_mut()
            .append_pair(frontdesk_wire::form::TICKET, self.instance.tickets().invite(id).expose_secret());
        link
    }
}
