//! Session tokens for other programs of the same person, where the person allows it.

use frontdesk_accounts::{
    Accounts, AppLock, InstanceView, Reason, SessionRequest, SessionView, Snapshot,
    intents::{ErrorKind, IntentError},
    snapshot::{AccountKey, VaultKeeper, VaultState},
};

use crate::door::{Answer, Refused, TokenRequest, Why};

/// A token, if programs may have one.
pub(crate) async fn token(accounts: &Accounts, allowed: bool, request: TokenRequest) -> Answer {
    if !allowed {
        return refused(
            Why::NotAllowed,
            "Programs may not ask for tokens. Allow it in Frontdesk: Settings, Programs on this computer.",
        );
    }
    let found = find(&accounts.snapshots().borrow(), &request);
    let account = match found {
        Ok(account) => account,
        Err(refused) => return Answer::Refused(refused),
    };
    let TokenRequest { template, organization: organization_id, .. } = request;
    let request =
        SessionRequest::Token { account, template, organization_id, skip_cache: false, leeway_in_seconds: None };
    match accounts.session(request).await {
        Ok(answer) => match answer.get("jwt").and_then(|jwt| jwt.as_str()) {
            Some(token) => Answer::Token(token.to_owned()),
            None => refused(Why::NotGiven, "The instance gave no token. Try again."),
        },
        Err(error) => Answer::Refused(Refused { why: why(&error), message: sentence(error) }),
    }
}

fn refused(why: Why, message: impl Into<String>) -> Answer {
    Answer::Refused(Refused { why, message: message.into() })
}

fn why(error: &IntentError) -> Why {
    let reason = error.said.as_ref().map(|said| said.reason);
    match (reason, error.kind, error.status) {
        (Some(Reason::AppLocked), ..) | (_, ErrorKind::Vault, _) => Why::Locked,
        (Some(Reason::AccountGone), ..) | (_, ErrorKind::Api, Some(401)) => Why::SignedOut,
        (_, ErrorKind::Network, _) => Why::Unreachable,
        _ => Why::NotGiven,
    }
}

/// What the instance says where it says something, which the app's own words do not repeat.
fn sentence(error: IntentError) -> String {
    let said: Vec<_> = error.errors.into_iter().map(|error| error.long_message).filter(|it| !it.is_empty()).collect();
    if said.is_empty() { error.message } else { said.join(" ") }
}

/// The one account that is meant.
fn find(shown: &Snapshot, TokenRequest { account, instance, .. }: &TokenRequest) -> Result<AccountKey, Refused> {
    let refuse = |why, message: String| Err(Refused { why, message });
    if shown.vault.keeper == VaultKeeper::Passphrase && shown.vault.state == VaultState::Locked {
        return refuse(Why::Locked, "Frontdesk is locked. Unlock it with your passphrase, then try again.".to_owned());
    }
    if shown.lock == AppLock::Shut {
        return refuse(Why::Locked, "Frontdesk is locked. Unlock it, then try again.".to_owned());
    }
    let at = shown.instances.iter().filter(|view| instance.as_deref().is_none_or(|text| is_instance(view, text)));
    let found: Vec<_> = at
        .flat_map(|view| view.client.iter().flat_map(|client| &client.sessions).map(move |session| (view, session)))
        .filter(|(_, session)| is_account(session, account))
        .collect();
    let signed_in: Vec<_> = found.iter().filter(|(_, session)| session.is_signed_in()).collect();
    match (signed_in.as_slice(), found.as_slice()) {
        ([(view, session)], _) => Ok(AccountKey { instance: view.id.clone(), session: session.id.clone() }),
        ([], []) => refuse(Why::NotFound, format!("No account in Frontdesk is called {account:?}.")),
        ([], [(view, session), ..]) => refuse(
            Why::SignedOut,
            format!("{} is signed out at {}. Sign in again in Frontdesk.", session.name(), view.name),
        ),
        (several, _) => {
            let each = several.iter().map(|(view, session)| format!("{} at {}", session.id, view.name));
            let each = each.collect::<Vec<_>>().join(", ");
            refuse(
                Why::NotFound,
                format!("Several accounts are called {account:?}: {each}. Name one by its id, or add --instance."),
            )
        }
    }
}

fn is_instance(view: &InstanceView, text: &str) -> bool {
    let same = |name: &str| name.eq_ignore_ascii_case(text);
    view.id == text || same(&view.name) || same(&view.host) || view.publishable_key.as_deref() == Some(text)
}

fn is_account(session: &SessionView, text: &str) -> bool {
    let same = |name: &str| name.eq_ignore_ascii_case(text);
    let Some(user) = &session.user else { return session.id == text };
    session.id == text
        || user.id == text
        || user.username.as_deref().is_some_and(same)
        || user.email_addresses.iter().any(|address| same(&address.email_address))
        || user.phone_numbers.iter().any(|number| number.phone_number == text)
}

#[cfg(test)]
mod tests;
