//! Sign-in by a ticket, which says who it is and proves it.

use super::{Found, SignIn, SignInRefusal};
use crate::{Account, Effect, NewSession, Scene, SignInToken, Step, Strategy, TicketRefusal};

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
}
