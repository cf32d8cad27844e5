//! The list of instances: looking at a key, adding, removing, loading again, the outbox.

use std::sync::Arc;

use frontdesk_wire::PublishableKey;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    address::Address,
    core::Core,
    fault::{Fault, refused},
    intents::{InstanceRequest, IntentError, KeyPreview, OutboxMessage},
    keeper,
    link::When,
    plain::plain,
    said::Reason,
    sessions::answer,
    snapshot::InstanceKind,
    transport::{Answer, Request},
};

/// Most characters of a name of one's own.
const LONGEST_NAME: usize = 64;
/// Where a development instance shows what it would have sent; not part of the Frontend API.
const OUTBOX: &str = "/frontdesk/outbox";

impl Core {
    pub(crate) async fn instance(self: &Arc<Self>, request: InstanceRequest) -> Result<Value, IntentError> {
        match request {
            InstanceRequest::Inspect { key_or_address } => self.inspect(&key_or_address).await,
            InstanceRequest::Add { publishable_key } => {
                let line = self.add(&parse(&publishable_key)?).await?;
                keeper::start(self, &line);
                Ok(json!({ "instance": line.id }))
            }
            InstanceRequest::Rename { instance, name } => self.rename(&instance, &name).await,
            InstanceRequest::Move { instance, to } => self.move_to(&instance, to).await,
            InstanceRequest::Remove { instance } => self.remove_instance(&instance).await,
            InstanceRequest::Reload { instance } => self.reload(&instance).await,
            InstanceRequest::LeaveAttempt { instance } => self.leave_attempt(&instance).await,
            InstanceRequest::CancelFlow { flow } => self.cancel_flow(&flow).await,
            InstanceRequest::OpenFlow { flow } => self.open_flow(&flow),
            InstanceRequest::TrustFlowHost { flow } => self.trust_flow_host(&flow).await,
            InstanceRequest::PasteAddress { flow, address } => Box::pin(self.paste_address(&flow, &address)).await,
            InstanceRequest::Outbox { instance } => self.outbox(&instance).await,
            InstanceRequest::SetCredentials { instance, identifier, password, may_choose_pin } => {
                Box::pin(self.set_credentials(&instance, identifier, password, may_choose_pin)).await
            }
            InstanceRequest::ClearCredentials { instance } => self.clear_credentials(&instance).await,
            InstanceRequest::Picture { instance, image_url } => self.picture(&instance, &image_url).await,
        }
    }

    /// Nobody is asked but whoever is at an address that was typed, and only for a key.
    async fn inspect(&self, text: &str) -> Result<Value, IntentError> {
        let (key, asked_host) = if text.trim().starts_with("pk_") {
            (parse(text)?, None)
        } else {
            let address = Address::parse(text)?;
            let key = address.key(&self.pace, &self.way()).await?;
            let elsewhere = !address.is_of(&key);
            (key, elsewhere.then(|| address.host()))
        };
        self.must_be_new(&key)?;
        answer(&KeyPreview { asked_host, ..preview(&key) })
    }

    async fn rename(&self, instance: &str, name: &str) -> Result<Value, IntentError> {
        self.line(instance)?;
        let name = given(name);
        self.change(|state| state.entry_mut(instance).map(|entry| entry.rename((!name.is_empty()).then_some(name))));
        self.save().await;
        Ok(Value::Null)
    }

    async fn move_to(&self, instance: &str, to: usize) -> Result<Value, IntentError> {
        self.line(instance)?;
        self.change(|state| {
            if let Some(from) = state.entries.iter().position(|entry| entry.view.id == instance) {
                let entry = state.entries.remove(from);
                state.entries.insert(to.min(state.entries.len()), entry);
            }
        });
        self.save().await;
        Ok(Value::Null)
    }

    /// Signs out and forgets. An instance that cannot be reached is forgotten all the same: its token is gone from this
    /// computer, which is what can be done here.
    pub(crate) async fn remove_instance(&self, instance: &str) -> Result<Value, IntentError> {
        let line = self.line(instance)?;
        if line.local {
            return Err(refused(
                Reason::LocalStays,
                "The instance on this computer is part of the app and cannot be removed.",
            ));
        }
        let links = self.links(instance);
        for left in join_all(links.iter().map(|link| self.leave_all(link, Vec::new()))).await {
            if let Err(fault) = left {
                tracing::warn!(code = fault.word(), "an instance is removed without having been signed out of");
            }
        }
        line.remove();
        // Those that came meanwhile as well: after this no more do.
        for link in self.links(instance) {
            self.forget(&link, None, When::Removed).await;
        }
        self.doom_password(instance).await;
        self.remove(&line).await;
        line.poke.notify_one();
        // The list first: nothing in the keychain is without somebody who knows of it.
        self.delete_doomed().await;
        self.save().await;
        Ok(Value::Null)
    }

    /// Loads an instance now. Where it is still starting, its place on the screen says so.
    async fn reload(&self, instance: &str) -> Result<Value, IntentError> {
        let line = self.line(instance)?;
        match self.load(&line).await {
            Ok(()) | Err(Fault::NotServing(_)) => Ok(Value::Null),
            Err(fault) => {
                // The keeper takes over: it knows when to try again.
                line.poke.notify_one();
                Err(fault.intent(&self.name(instance)))
            }
        }
    }

    async fn outbox(&self, instance: &str) -> Result<Value, IntentError> {
        let line = self.line(instance)?;
        let local = |state: &crate::core::State| {
            state.entry(instance).is_some_and(|entry| entry.view.kind == InstanceKind::Local)
        };
        if !self.look(local) {
            return Err(refused(
                Reason::OutboxElsewhere,
                "Only the instance on this computer keeps its messages where this app can read them.",
            ));
        }
        let messages = line.exchange_as_nobody(&Request::get(OUTBOX)).await;
        let messages = messages.and_then(Answer::parse_list::<OutboxMessage>);
        answer(&messages.map_err(|fault| fault.intent(&self.name(instance)))?)
    }
}

fn parse(publishable_key: &str) -> Result<PublishableKey, IntentError> {
    PublishableKey::parse(publishable_key).map_err(|error| refused(error, format!("This key cannot be used: {error}.")))
}

/// A name that somebody gives, as it is kept.
fn given(name: &str) -> String {
    plain(name).trim().chars().take(LONGEST_NAME).collect()
}

fn preview(key: &PublishableKey) -> KeyPreview {
    let host = key.frontend_api.clone();
    let (unicode, _bad_labels_stay_as_they_are) = idna::domain_to_unicode(&host);
    KeyPreview {
        publishable_key: key.to_string(),
        asked_host: None,
        host_unicode: (unicode != host).then_some(unicode),
        host,
        environment_type: key.kind.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(host: &str) -> PublishableKey {
        PublishableKey { kind: frontdesk_wire::KeyKind::Production, frontend_api: host.to_owned() }
    }

    #[test]
    fn a_key_shows_its_host_as_it_is_and_as_people_read_it() {
        let plain = preview(&key("clerk.example.com:8443"));
        assert_eq!((plain.host.as_str(), plain.host_unicode), ("clerk.example.com:8443", None));
        assert_eq!(plain.environment_type, "production");
        let punycode = preview(&key("xn--bcher-kva.example"));
        assert_eq!(punycode.host, "xn--bcher-kva.example");
        assert_eq!(punycode.host_unicode.as_deref(), Some("bücher.example"));
    }

    #[test]
    fn what_is_no_key_is_refused_with_a_sentence() {
        for text in ["", "pk_test", "sk_test_Zm9vLmJhciQ", "pk_live_!!!", "https://clerk.example.com"] {
            let error = parse(text).unwrap_err();
            assert!(error.message.ends_with('.'), "{text}: {}", error.message);
        }
    }
}
