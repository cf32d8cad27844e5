//! The instance itself: what the owner sees of it and may set.

use frontdesk_identity::Metadata;
use frontdesk_store::{Changes, Instance as Stored};
use frontdesk_wire::backend::Instance;

use crate::{
    flows::{Fault, Turn},
    settings::Settings,
    views,
};

/// A change of settings: `None` leaves one as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsChange {
    /// Whether test addresses exist.
    pub test_mode: Option<bool>,
    /// Whom people may write to; an empty text is nobody.
    pub support_email: Option<String>,
    /// Origins that may use the API, in place of those that are listed.
    pub allowed_origins: Option<Vec<String>>,
    /// Whether a client holds one session only.
    pub single_session: Option<bool>,
    /// Longest life of a session, in milliseconds; 0 turns the limit off.
    pub max_lifetime_ms: Option<i64>,
    /// Longest idle time of a session, in milliseconds; 0 turns the limit off.
    pub inactivity_ms: Option<i64>,
    /// Whether passwords are looked up in known breaches.
    pub look_up_breaches: Option<bool>,
    /// Claims that are added to session tokens, in place of those that are.
    pub session_claims: Option<Metadata>,
    /// Whether only who is on the allowlist comes in.
    pub allowlist: Option<bool>,
    /// Whether who is on the blocklist does not.
    pub blocklist: Option<bool>,
    /// Whether addresses are refused of which one mailbox has many.
    pub block_email_subaddresses: Option<bool>,
    /// Whether addresses are refused that are made to be thrown away.
    pub block_disposable_email_domains: Option<bool>,
}

/// The instance, with what another process has set until now.
pub async fn show(turn: &Turn<'_>) -> Result<Instance, Fault> {
    let instance = turn.instance;
    instance.look().await?;
    Ok(views::backend::instance(instance.id(), instance.kind(), &instance.settings()))
}

/// Changes settings. They count for every request that begins after this one, and in other processes a few seconds later.
pub async fn update(turn: &Turn<'_>, change: &SettingsChange) -> Result<(), Fault> {
    let by_file = change.fields().into_iter().find(|(_, pointer)| turn.instance.is_set_by_file(pointer));
    if let Some((param, _)) = by_file {
        return Err(Fault::SetByFile(param));
    }
    let work = || async move {
        let stored = turn.instance.store().instance().await?.ok_or(Fault::NotFound)?;
        let mut settings: Settings = serde_json::from_value(stored.value.settings.clone()).map_err(|error| {
            tracing::error!(%error, "the settings in the database cannot be read");
            Fault::Contended
        })?;
        change.apply(&mut settings);
        let faults = turn.instance.faults_of(&settings);
        if !faults.is_empty() {
            return Err(Fault::Settings(faults));
        }
        // Longer limits bring nothing back that was over by the old ones.
        if change.max_lifetime_ms.is_some() || change.inactivity_ms.is_some() {
            turn.instance.store().note_over(turn.policy(), turn.now).await?;
        }
        let mut changes = Changes::new(turn.now);
        changes.save_instance(stored.with(Stored { settings: settings.to_document(), ..stored.value.clone() }));
        turn.commit(changes).await
    };
    turn.again(work).await?;
    let fields: Vec<_> = change.fields().into_iter().map(|(param, _)| param).collect();
    tracing::info!(target: "audit", event = "settings_changed_by_owner", ?fields);
    Ok(turn.instance.look().await?)
}

impl SettingsChange {
    /// The fields that are set, each with its place in the document of settings.
    fn fields(&self) -> Vec<(&'static str, &'static str)> {
        let all = [
            (self.test_mode.is_some(), ("test_mode", "/policy/test_mode")),
            (self.support_email.is_some(), ("support_email", "/support_email")),
            (self.allowed_origins.is_some(), ("allowed_origins", "/allowed_origins")),
            (self.single_session.is_some(), ("single_session_mode", "/policy/sessions/single_session")),
            (self.max_lifetime_ms.is_some(), ("session_max_lifetime_ms", "/policy/sessions/max_lifetime_ms")),
            (self.inactivity_ms.is_some(), ("session_inactivity_ms", "/policy/sessions/inactivity_ms")),
            (self.look_up_breaches.is_some(), ("hibp", "/breaches/enabled")),
            (self.session_claims.is_some(), ("session_claims", "/session_claims")),
            (self.allowlist.is_some(), ("allowlist", "/policy/restrictions/allowlist")),
            (self.blocklist.is_some(), ("blocklist", "/policy/restrictions/blocklist")),
            (
                self.block_email_subaddresses.is_some(),
                ("block_email_subaddresses", "/policy/restrictions/block_email_subaddresses"),
            ),
            (
                self.block_disposable_email_domains.is_some(),
                ("block_disposable_email_domains", "/policy/restrictions/block_disposable_email_domains"),
            ),
        ];
        all.into_iter().filter(|(given, _)| *given).map(|(_, field)| field).collect()
    }

    fn apply(&self, settings: &mut Settings) {
        if let Some(test_mode) = self.test_mode {
            settings.policy.test_mode = test_mode;
        }
        if let Some(address) = &self.support_email {
            settings.support_email = (!address.is_empty()).then(|| address.clone());
        }
        if let Some(claims) = &self.session_claims {
            settings.session_claims.clone_from(claims);
        }
        if let Some(enabled) = self.look_up_breaches {
            settings.breaches.enabled = enabled;
        }
        if let Some(origins) = &self.allowed_origins {
            settings.allowed_origins.clone_from(origins);
        }
        let rules = &mut settings.policy.restrictions;
        for (given, rule) in [
            (self.allowlist, &mut rules.allowlist),
            (self.blocklist, &mut rules.blocklist),
            (self.block_email_subaddresses, &mut rules.block_email_subaddresses),
            (self.block_disposable_email_domains, &mut rules.block_disposable_email_domains),
        ] {
            *rule = given.unwrap_or(*rule);
        }
        let sessions = &mut settings.policy.sessions;
        if let Some(single) = self.single_session {
            sessions.single_session = single;
        }
        let limits =
            [(self.max_lifetime_ms, &mut sessions.max_lifetime_ms), (self.inactivity_ms, &mut sessions.inactivity_ms)];
        for (given, limit) in limits {
            if let Some(span) = given {
                *limit = (span != 0).then_some(span);
            }
        }
    }
}
