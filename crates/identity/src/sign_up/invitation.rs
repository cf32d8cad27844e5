//! Sign-up by an invitation, which proves the address that it was sent to.

use serde::{Deserialize, Serialize};

use super::{Claim, Draft, SignUp, SignUpFields, SignUpRefusal, SignUpState, Taken};
use crate::{
    AccountSeed, CodeProof, Invitation, InvitationId, InvitationRefusal, Metadata, PasswordDigest, Scene, SignUpId,
    Step, VerificationId,
};

/// The invitation that an account is made by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftInvitation {
    /// Which one.
    pub id: InvitationId,
    /// What the account gets as its public metadata.
    #[serde(default)]
    pub public_metadata: Metadata,
}

/// An invitation that was shown, and the id that its proof of the address gets.
#[derive(Clone, Debug)]
pub struct Invited<'a> {
    /// The invitation.
    pub invitation: &'a Invitation,
    /// The id.
    pub proof: VerificationId,
}

impl SignUp {
    /// Begins an attempt by an invitation. `taken` is about its address, and the number and the name of the fields.
    pub fn begin_invited(
        id: SignUpId,
        invited: &Invited<'_>,
        fields: SignUpFields,
        password: Option<PasswordDigest>,
        taken: impl Into<Taken>,
        seed: AccountSeed,
        scene: &Scene<'_>,
    ) -> Result<Step<Self>, SignUpRefusal> {
        let taken = taken.into();
        Self::begun(id, scene)?.and(scene, |empty, scene| {
            empty.invited(invited, taken.email, scene)?.update(fields, password, taken, seed, scene)
        })
    }

    /// The attempt with an invitation: its address takes the place of any other, and counts as proven, since whoever has
    /// the invitation reads its mail. Nothing is made of it before the next step. `claim` is about the address.
    pub fn invited(&self, invited: &Invited<'_>, claim: Claim, scene: &Scene<'_>) -> Result<Self, SignUpRefusal> {
        let (open, invitation) = (self.open(scene)?, invited.invitation);
        invitation.may_accept(scene.now)?;
        if claim == Claim::Claimed {
            return Err(InvitationRefusal::AccountExists.into());
        }
        let state = SignUpState::MissingRequirements {
            password: open.password.cloned(),
            email_proof: CodeProof::Verified { id: invited.proof.clone(), at: scene.now },
            phone_proof: open.phone_proof.clone(),
        };
        let by = DraftInvitation { id: invitation.id.clone(), public_metadata: invitation.public_metadata.clone() };
        let email = Some(invitation.email.clone());
        Ok(self.with(Draft { email, invitation: Some(by), ..self.draft.clone() }, state, scene))
    }
}
