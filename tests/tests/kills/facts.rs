//! What the app shows of accounts, names and vault, and what a step changes of it.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// How many instances there are.
pub(crate) const HOUSES: usize = 2;
/// How many people each of them knows.
pub(crate) const PEOPLE: u64 = 3;
/// Of the vault.
pub(crate) const PASSPHRASE: &str = "seven boats in the harbour";

/// An account: at which of the instances, and its address.
pub(crate) type Who = (usize, String);

pub(crate) fn address(house: usize, person: u64) -> String {
    format!("person-{person}@house-{house}.example")
}

/// Something that somebody does.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    SignIn(Who),
    Switch(Who),
    Token(Who),
    SignOut(Who),
    SignOutAll(usize),
    Name(Who, String),
    Label(usize, String),
    Reload(usize),
    ToPassphrase,
    ToKeychain,
}

/// What has to be the same after a kill.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Facts {
    /// Who is signed in, under which session, called what.
    pub(crate) accounts: BTreeMap<Who, Account>,
    /// Names of one's own for the instances.
    labels: Vec<Option<String>>,
    /// Whether the vault behind a passphrase counts.
    pub(crate) passphrase: bool,
    /// Who is looked at.
    active: Option<Who>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Account {
    /// None when it is not known yet.
    session: Option<String>,
    name: Option<String>,
}

impl Facts {
    /// Of a snapshot.
    pub(crate) fn of(snapshot: &Value, houses: &[String]) -> Result<Self> {
        let mut facts = Self { passphrase: snapshot["vault"]["keeper"] == "passphrase", ..Self::default() };
        for (house, id) in houses.iter().enumerate() {
            let listed = snapshot["instances"].as_array().context("there are instances")?.iter();
            let view = listed.into_iter().find(|view| view["id"] == id.as_str());
            let view = view.with_context(|| format!("the instance {id} is gone"))?;
            let own = view["own_name"] == true;
            facts.labels.push(view["name"].as_str().filter(|_| own).map(str::to_owned));
            let sessions = view["client"]["sessions"].as_array().cloned().unwrap_or_default();
            for session in sessions.iter().filter(|session| session["status"] == "active") {
                let address = session["user"]["email_addresses"][0]["email_address"].as_str();
                let who = (house, address.context("a user has an address")?.to_owned());
                let text = |value: &Value| value.as_str().map(str::to_owned);
                if snapshot["active"]["instance"] == id.as_str() && snapshot["active"]["session"] == session["id"] {
                    facts.active = Some(who.clone());
                }
                let account = Account { session: text(&session["id"]), name: text(&session["user"]["first_name"]) };
                anyhow::ensure!(facts.accounts.insert(who, account).is_none(), "one person is there twice: {view}");
            }
        }
        Ok(facts)
    }

    /// What they are once the step is done.
    pub(crate) fn after(&self, step: &Step) -> Self {
        let mut after = self.clone();
        match step {
            Step::SignIn(who) => {
                after.accounts.insert(who.clone(), Account { session: None, name: None });
            }
            Step::Switch(who) => after.active = Some(who.clone()),
            Step::SignOut(who) => drop(after.accounts.remove(who)),
            Step::SignOutAll(house) => after.accounts.retain(|(at, _), _| at != house),
            Step::Name(who, name) => {
                if let Some(account) = after.accounts.get_mut(who) {
                    account.name = Some(name.clone());
                }
            }
            Step::Label(house, name) => after.labels[*house] = Some(name.clone()),
            Step::ToPassphrase => after.passphrase = true,
            Step::ToKeychain => after.passphrase = false,
            Step::Token(_) | Step::Reload(_) => {}
        }
        after
    }

    /// Whether each of them is as it was before or as it is after a step.
    pub(crate) fn between(&self, before: &Self, after: &Self, step: &Step) -> bool {
        let accounts = self.accounts.keys().chain(before.accounts.keys()).chain(after.accounts.keys());
        let mut accounts = accounts.map(|who| {
            let [found, before, after] = [self, before, after].map(|facts| facts.accounts.get(who));
            same(found, before, step, who) || same(found, after, step, who)
        });
        let labels = self.labels.iter().zip(before.labels.iter().zip(&after.labels));
        // Whoever was looked at and is signed out has left their place to nobody, or to somebody who is there.
        let left = |facts: &Self| facts.active.as_ref().is_none_or(|who| !self.accounts.contains_key(who));
        accounts.all(|fits| fits)
            && labels.into_iter().all(|(found, (before, after))| found == before || found == after)
            && (self.passphrase == before.passphrase || self.passphrase == after.passphrase)
            && (self.active == before.active || self.active == after.active || left(before) || left(after))
    }
}

/// A person who signs in gets a session and has a name that nobody here knows.
fn same(found: Option<&Account>, said: Option<&Account>, step: &Step, who: &Who) -> bool {
    match (found, said) {
        (Some(_), Some(said)) if said.session.is_none() => matches!(step, Step::SignIn(signed_in) if signed_in == who),
        _ => found == said,
    }
}

impl Step {
    /// What kind it is.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::SignIn(_) => "sign in",
            Self::Switch(_) => "switch",
            Self::Token(_) => "token",
            Self::SignOut(_) => "sign out",
            Self::SignOutAll(_) => "sign out of all",
            Self::Name(..) => "name",
            Self::Label(..) => "label",
            Self::Reload(_) => "reload",
            Self::ToPassphrase => "to the passphrase vault",
            Self::ToKeychain => "to the keychain",
        }
    }

    /// The room that does it, and what it is asked.
    pub(crate) fn request(&self, houses: &[String], facts: &Facts, password: &str) -> (&'static str, Value) {
        let session = |who: &Who| facts.accounts.get(who).and_then(|account| account.session.clone());
        let account = |who: &Who| json!({ "instance": houses[who.0], "session": session(who) });
        match self {
            Self::SignIn((house, address)) => (
                "sign_in",
                json!({ "type": "create", "instance": houses[*house], "identifier": address, "password": password }),
            ),
            Self::Switch(who) => ("account", json!({ "type": "set_active", "account": account(who) })),
            Self::Token(who) => ("session", json!({ "type": "token", "account": account(who), "skip_cache": true })),
            Self::SignOut(who) => {
                ("account", json!({ "type": "sign_out", "instance": houses[who.0], "session": session(who) }))
            }
            Self::SignOutAll(house) => ("account", json!({ "type": "sign_out", "instance": houses[*house] })),
            Self::Name(who, name) => {
                ("account", json!({ "type": "update", "account": account(who), "first_name": name }))
            }
            Self::Label(house, name) => {
                ("instance", json!({ "type": "rename", "instance": houses[*house], "name": name }))
            }
            Self::Reload(house) => ("instance", json!({ "type": "reload", "instance": houses[*house] })),
            Self::ToPassphrase => ("vault", json!({ "to_passphrase": PASSPHRASE })),
            Self::ToKeychain => ("vault", json!("to_keychain")),
        }
    }
}
