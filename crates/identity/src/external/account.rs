//! The account that a user has elsewhere.

use super::{ExternalOutcome, ExternalProof, ExternalRefusal, Profile};
use crate::{ExternalAccountId, IdentificationId, Timestamp, UserId, VerificationId};

/// An account that a user has elsewhere, or is about to connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalAccount {
    /// Id.
    pub id: ExternalAccountId,
    /// Whose it is.
    pub user_id: UserId,
    /// How it was proven, or is being proven once more.
    pub proof: ExternalProof,
    /// What the provider said; nothing until it is proven.
    pub profile: Option<Profile>,
    /// Whether the instance still has what the provider gave it for the person, and so may do there what they allowed.
    pub granted: bool,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl ExternalAccount {
    /// One that the user is about to connect.
    #[must_use]
    pub fn begun(id: ExternalAccountId, user_id: UserId, proof: ExternalProof, now: Timestamp) -> Self {
        Self { id, user_id, proof, profile: None, granted: false, created_at: now, updated_at: now }
    }

    /// One that is proven.
    #[must_use]
    pub(crate) fn linked(
        id: ExternalAccountId,
        user_id: UserId,
        flow: &VerificationId,
        profile: Profile,
        now: Timestamp,
    ) -> Self {
        let proof = ExternalProof {
            id: flow.clone(),
            connection: profile.connection,
            url: String::new(),
            expire_at: now,
            outcome: ExternalOutcome::Verified,
        };
        Self { id, user_id, proof, profile: Some(profile), granted: true, created_at: now, updated_at: now }
    }

    /// Whether it leads to its user.
    #[must_use]
    pub fn is_linked(&self) -> bool {
        self.profile.is_some()
    }

    /// What the instance may do there, as the person has allowed it.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        self.profile.as_ref().filter(|_| self.granted).map_or(&[], |profile| &profile.scopes)
    }

    /// The id under which it is one of the user's identifications.
    #[must_use]
    pub fn identification_id(&self) -> IdentificationId {
        let body = self.id.as_str().strip_prefix("eac_").unwrap_or_default();
        IdentificationId::parse(&format!("idn_{body}")).unwrap_or_else(|_| IdentificationId::from_random([0; 20]))
    }

    /// The same with what the provider says of it now.
    #[must_use]
    pub(crate) fn renewed(&self, flow: &VerificationId, profile: Profile, now: Timestamp) -> Self {
        let fresh = Self::linked(self.id.clone(), self.user_id.clone(), flow, profile, now);
        Self { created_at: self.created_at, updated_at: self.updated_at.grown(now), ..fresh }
    }

    /// The same after a way out that led to nothing. What it was linked to stays.
    #[must_use]
    pub(crate) fn refused(&self, refusal: ExternalRefusal, now: Timestamp) -> Self {
        let proof = self.proof.ended(ExternalOutcome::Failed(refusal));
        Self { proof, updated_at: self.updated_at.grown(now), ..self.clone() }
    }

    /// The same while its holder is asked once more.
    #[must_use]
    pub fn asked_again(&self, proof: ExternalProof, now: Timestamp) -> Self {
        Self { proof, updated_at: self.updated_at.grown(now), ..self.clone() }
    }
}
