//! Sign-in by a ticket, which says who it is and proves it: one that the owner gave to a user, or an invitation of an
//! address that has an account.

use super::{Found, SignIn, SignInRefusal};
use crate::{
    Account, Effect, Identifier, Invitation, InvitationRefusal, NewSession, Scene, SignInToken, Step, Strategy,
    TicketRefusal,
};

impl SignIn {
    /// Takes a ticket, for the account that it was given out for. What was said and proven before does not matter.
    pub fn redeem_ticket(
        &self,
        token: &SignInToken,
        account: &Account,
        session: NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        if token.user_id != account.user.id {
            return Err(TicketRefusal::Unknown.into());
        }
        token.may_redeem(scene.now)?;
        if let Some(remaining_ms) = account.lockout.remaining_ms(scene.now) {
            return Err(SignInRefusal::Locked { remaining_ms });
        }
        let identifier = account.identifier().ok_or(TicketRefusal::NoIdentifier)?;
        let step = self.identify(identifier, &Found::Account(account), scene)?;
        step.and(scene, |attempt, scene| {
            let proof = Effect::RedeemTicket(token.id.clone());
            attempt.complete(account, Strategy::Ticket, proof, session, scene)
        })
    }

    /// Takes an invitation, for the account that has proven its address: whoever has the invitation reads its mail.
    pub fn redeem_invitation(
        &self,
        invitation: &Invitation,
        account: &Account,
        session: NewSession,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignInRefusal> {
        invitation.may_accept(scene.now)?;
        let has = |address: &crate::EmailAddress| address.email == invitation.email && address.verified_at.is_some();
        if !account.emails.iter().any(has) {
            return Err(InvitationRefusal::NoAccount.into());
        }
        if let Some(remaining_ms) = account.lockout.remaining_ms(scene.now) {
            return Err(SignInRefusal::Locked { remaining_ms });
        }
        let step = self.identify(Identifier::from(invitation.email.clone()), &Found::Account(account), scene)?;
        step.and(scene, |attempt, scene| {
            let proof = Effect::AcceptInvitation(invitation.id.clone());
            attempt.complete(account, Strategy::Ticket, proof, session, scene)
        })
    }
}
