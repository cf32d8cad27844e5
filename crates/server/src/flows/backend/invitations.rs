//! Invitations: the owner writes to an address, and whoever reads its mail makes an account by it, once.

use std::collections::HashSet;

use frontdesk_identity::{
    Claim, Email, Invitation as IdentityInvitation, InvitationId, InvitationState, Metadata, Recipient, time::DAY,
};
use frontdesk_store::{Changes, InvitationFilter};
use frontdesk_wire::backend::Invitation;

use super::Part;
use crate::{
    delivery::{Language, Message},
    flows::{Fault, Turn},
    limits::Class,
    redirects, views,
};

/// How long an invitation is good for when nobody says, in days (protocol §7).
pub const USUAL_DAYS: i64 = 30;
/// The field that an invitation is refused by.
const EMAIL: &str = "email_address";

/// Whom the owner wants to invite.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The address.
    pub email: Email,
    /// What the account gets as its public metadata.
    pub public_metadata: Metadata,
    /// The page of the application that takes the invitation.
    pub redirect_url: Option<String>,
    /// Whether the instance writes to the address.
    pub notify: bool,
    /// Whether it does not matter that the address is invited already, or has an account.
    pub ignore_existing: bool,
    /// How long it is good for, in milliseconds.
    pub lifetime_ms: i64,
    /// Whether the mail says that the person was on the waitlist.
    pub from_waitlist: bool,
    /// The language of the mail.
    pub language: Language,
}

impl Wanted {
    /// An invitation of which nothing is said but to whom it goes.
    pub(super) fn usual(email: Email) -> Self {
        Self {
            email,
            public_metadata: Metadata::default(),
            redirect_url: None,
            notify: true,
            ignore_existing: false,
            lifetime_ms: USUAL_DAYS * DAY,
            from_waitlist: false,
            language: Language::default(),
        }
    }
}

/// Invites all of them, or nobody. `class` says by which kind of request.
pub async fn create(turn: &Turn<'_>, class: Class, wanted: &[Wanted]) -> Result<Vec<Invitation>, Fault> {
    turn.limit_owner(class).await?;
    let mut seen = HashSet::new();
    if wanted.iter().any(|wanted| !seen.insert(&wanted.email) && !wanted.ignore_existing) {
        return Err(Fault::Invited);
    }
    let work = || async move {
        let mut changes = Changes::new(turn.now);
        let mut made = Vec::with_capacity(wanted.len());
        for wanted in wanted {
            made.push(invite(turn, &mut changes, wanted).await?);
        }
        turn.commit(changes).await?;
        turn.instance.wake_delivery();
        for invitation in &made {
            tracing::info!(target: "audit", event = "invitation_created_by_owner", invitation = %invitation.id);
        }
        Ok(made.iter().map(|invitation| turn.invitation_view(invitation)).collect())
    };
    turn.again(work).await
}

/// Invites somebody, in the commit that these changes become.
pub(super) async fn invite(
    turn: &Turn<'_>,
    changes: &mut Changes,
    wanted: &Wanted,
) -> Result<IdentityInvitation, Fault> {
    let email = &wanted.email;
    if !turn.policy().email_address.requirement.is_on() {
        return Err(Fault::InvitationsOff);
    }
    if let Some(url) = &wanted.redirect_url {
        redirects::check(url).map_err(|fault| Fault::RedirectField { param: "redirect_url", fault })?;
    }
    if !wanted.ignore_existing {
        if turn.claim_of(&email.clone().into()).await? == Claim::Claimed {
            return Err(Fault::Taken(EMAIL));
        }
        if turn.instance.store().is_invited(email, turn.now).await? {
            return Err(Fault::Invited);
        }
    }
    let invitation = IdentityInvitation {
        id: InvitationId::from_random(turn.instance.random_id()),
        email: email.clone(),
        public_metadata: wanted.public_metadata.clone(),
        redirect_url: wanted.redirect_url.clone(),
        state: InvitationState::Pending,
        expire_at: turn.now.plus(wanted.lifetime_ms),
        created_at: turn.now,
        updated_at: turn.now,
    };
    changes.invite(invitation.clone(), wanted.ignore_existing);
    // Test addresses get no mail.
    if wanted.notify && turn.policy().fixed_code(email).is_none() {
        let heading = turn.heading(wanted.language);
        let message = Message::invitation(heading, email, turn.invitation_link(&invitation.id), wanted.from_waitlist);
        changes.deliver(turn.message(&Recipient::from(email.clone()), &message, true));
    }
    Ok(invitation)
}

/// A part of the invitations that fit.
pub async fn list(turn: &Turn<'_>, filter: &InvitationFilter, part: (u32, u32)) -> Result<Part<Invitation>, Fault> {
    let store = turn.instance.store();
    let entries = store.invitations(filter, part, turn.now).await?;
    let total = store.count_invitations(filter, turn.now).await?;
    Ok(Part {
        entries: entries.iter().map(|invitation| turn.invitation_view(invitation)).collect(),
        total: usize::try_from(total).unwrap_or_default(),
    })
}

/// Takes an invitation back that nobody has accepted.
pub async fn revoke(turn: &Turn<'_>, id: &str) -> Result<Invitation, Fault> {
    let id = &InvitationId::parse(id).map_err(|_| Fault::NotFound)?;
    let work = || async move {
        let invitation = turn.instance.store().invitation(id).await?.ok_or(Fault::NotFound)?;
        let revoked = invitation.revoke(turn.now).map_err(Fault::InvitationOver)?;
        let mut changes = Changes::new(turn.now);
        changes.settle_invitation(revoked.id.clone(), InvitationState::Revoked);
        turn.commit(changes).await?;
        tracing::info!(target: "audit", event = "invitation_revoked_by_owner", invitation = %id);
        Ok(turn.invitation_view(&revoked))
    };
    turn.again(work).await
}

impl Turn<'_> {
    /// An invitation as the owner sees it. Its link is there as long as it leads somewhere.
    pub(in crate::flows) fn invitation_view(&self, invitation: &IdentityInvitation) -> Invitation {
        let open = invitation.may_accept(self.now).is_ok();
        let url = open.then(|| self.invitation_link(&invitation.id).to_string());
        views::backend::invitation(invitation, url, self.now)
    }
}
