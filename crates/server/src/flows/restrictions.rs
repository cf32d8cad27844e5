//! Who may come in: what is known of an address or number, for the one rule that every way in asks.

use frontdesk_identity::{Barred, List, Listed, Profile, Recipient, Way, restriction::keys};

use super::{Fault, Turn};
use crate::disposable;

impl Turn<'_> {
    /// Refuses addresses and numbers that may not come in that way, and sign-ups where there are none.
    pub(super) async fn admit(&self, asked: &[Recipient], way: Way) -> Result<(), Fault> {
        let mut known = Vec::with_capacity(asked.len());
        for who in asked {
            known.push((who.clone(), self.listed(who).await?));
        }
        self.policy().admit(&known, way).map_err(|refusal| {
            tracing::info!(target: "audit", event = "not_admitted", ?way, %refusal);
            Fault::Restricted(refusal)
        })
    }

    /// Why what a provider said lets nobody in that way, if it does not.
    pub(super) async fn barred(&self, profile: &Profile, way: Way) -> Result<Option<Barred>, Fault> {
        let asked: Vec<_> = profile.email.iter().cloned().map(Recipient::from).collect();
        match self.admit(&asked, way).await {
            Ok(()) => Ok(None),
            Err(Fault::Restricted(refusal)) => Ok(Some(Barred::from(&refusal))),
            Err(fault) => Err(fault),
        }
    }

    /// What is known of it; rules that are off ask nobody.
    async fn listed(&self, who: &Recipient) -> Result<Listed, Fault> {
        let (rules, store) = (&self.policy().restrictions, self.instance.store());
        let on = async |rule: bool, list: List| {
            if rule { store.is_listed(list, &keys(who, list)).await } else { Ok(false) }
        };
        let disposable = match who {
            Recipient::Email(email) => rules.block_disposable_email_domains && disposable::is_known(email.domain()),
            Recipient::Phone(_) => false,
        };
        Ok(Listed {
            allowed: on(rules.allowlist, List::Allow).await?,
            blocked: on(rules.blocklist, List::Block).await?,
            disposable,
        })
    }
}
