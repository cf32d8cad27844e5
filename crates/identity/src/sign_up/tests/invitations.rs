//! Sign-ups by an invitation.

use super::*;
use crate::{Effect, Invitation, InvitationState, samples::invitation};

fn by(invitation: &Invitation) -> Invited<'_> {
    Invited { invitation, proof: code(77).id }
}

fn begin(world: &World, invitation: &Invitation, form: &SignUpForm<'_>) -> Result<Step<SignUp>, SignUpRefusal> {
    let id = SignUpId::from_random(bytes(1));
    let fields = world.fields(form);
    SignUp::begin_invited(id, &by(invitation), fields, Some(digest()), Claim::Free, seed(1), &world.scene())
}

#[test]
fn an_invitation_proves_its_address_and_brings_metadata() {
    let mut world = World::new(Policy::default());
    let invited = invitation(JANE);
    let (attempt, effects) = world.take(begin(&world, &invited, &SignUpForm::default()).unwrap());
    assert_eq!(attempt.status(START), SignUpStatus::Complete);
    let account = created(&effects).unwrap();
    assert_eq!(
        account.email.as_ref().map(|address| (&address.email, address.verified_at)),
        Some((&invited.email, Some(START)))
    );
    assert_eq!(account.user.public_metadata, invited.public_metadata);
    assert_eq!(
        effects[0],
        Effect::AcceptInvitation(invited.id),
        "the commit fails if it was used or revoked meanwhile"
    );
    assert_eq!(world.client.last_strategy, Some(Strategy::Ticket));
}

#[test]
fn an_invitation_that_is_over_or_whose_address_has_an_account_makes_none() {
    let world = World::new(Policy::default());
    let pending = invitation(JANE);
    for (state, refusal) in [
        (InvitationState::Accepted, InvitationRefusal::Accepted),
        (InvitationState::Revoked, InvitationRefusal::Revoked),
    ] {
        let over = Invitation { state, ..pending.clone() };
        assert_eq!(begin(&world, &over, &SignUpForm::default()), Err(refusal.into()));
    }
    let late = World { now: pending.expire_at, ..World::new(Policy::default()) };
    assert_eq!(begin(&late, &pending, &SignUpForm::default()), Err(InvitationRefusal::Expired.into()));
    let id = SignUpId::from_random(bytes(1));
    let fields = world.fields(&SignUpForm::default());
    let taken = SignUp::begin_invited(id, &by(&pending), fields, None, Claim::Claimed, seed(1), &world.scene());
    assert_eq!(taken, Err(InvitationRefusal::AccountExists.into()));
}

#[test]
fn sec_87_who_is_invited_comes_in_by_the_invited_address_alone() {
    let mut world = World::new(Policy::default());
    let invited = invitation(JANE);
    let refused = begin(&world, &invited, &with_email("else@example.com"));
    let fault = FieldError::new(EMAIL, FieldFault::Disabled);
    let refusal = SignUpRefusal::Form(FormFaults { fields: vec![fault], ..FormFaults::default() });
    assert_eq!(refused, Err(refusal.clone()));
    assert_eq!(begin(&world, &invited, &with_email("")), Err(refusal), "it cannot be cleared either");
    assert!(begin(&world, &invited, &with_email(JANE)).is_ok(), "said once more it is the same");
    // An attempt that was under way by another address.
    let attempt = world.begin(&with_email("else@example.com"), false, Claim::Free).unwrap();
    let attempt = attempt.invited(&by(&invited), Claim::Free, &world.scene()).unwrap();
    assert_eq!(attempt.draft.email.as_ref(), Some(&invited.email));
    assert!(attempt.email_proof().is_verified() && attempt.keeps_email());
    let step = attempt.update(SignUpFields::default(), Some(digest()), Claim::Free, seed(1), &world.scene()).unwrap();
    let account = created(&step.effects).unwrap();
    assert_eq!(account.email.as_ref().map(|address| &address.email), Some(&invited.email));
}
