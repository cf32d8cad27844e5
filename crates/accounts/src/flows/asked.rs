//! What a person does with a flow that waits.

use std::sync::Arc;

use frontdesk_handoff::{AddressError, Callback, Flow, Purpose};
use http::Method;
use serde_json::Value;

use super::{
    FlowState,
    home::Arrival,
    verdict::{self, Verdict},
};
use crate::{
    core::Core,
    fault::refused,
    intents::IntentError,
    said::{Reason, Said},
    sessions::{EXTERNAL_ACCOUNTS, part_of},
    snapshot::AccountKey,
    transport::Request,
};

impl Core {
    /// Stops waiting; what comes back later is nothing to anybody. An account elsewhere that the flow was the first to
    /// list goes again. A flow that has ended is taken off the list.
    pub(crate) async fn cancel_flow(self: &Arc<Self>, id: &str) -> Result<Value, IntentError> {
        let (flow, asking) = (self.flow(id), self.outside.asking(id));
        let stopped = self.end_flow(id, None).await;
        self.change(|state| state.flows.dismiss(id));
        if let Some(Flow { instance, purpose: Purpose::Connect { session, external_account, is_new: true }, .. }) =
            flow.filter(|_| stopped)
        {
            let core = self.clone();
            // Nobody waits for that: it is stopped also where the instance cannot be reached.
            tokio::spawn(async move {
                // What was on its way back meanwhile has been taken then, or never will be.
                let _asking = asking.lock().await;
                Box::pin(core.take_back(&AccountKey { instance, session }, &external_account)).await;
            });
        }
        Ok(Value::Null)
    }

    /// Removes an account elsewhere that was never connected. Where that fails it stays as unfinished, to be removed by
    /// hand.
    async fn take_back(&self, account: &AccountKey, external_account: &str) {
        let Ok(link) = self.account(account) else { return };
        let user = match Box::pin(self.reload_user(&link, &account.session, None)).await {
            Ok(user) => user,
            Err(fault) => return tracing::info!(code = fault.word(), "what was cancelled cannot be removed"),
        };
        let is_listed = user.external_accounts.iter().any(|external| external.id == external_account);
        if !is_listed || verdict::of_user(&user, external_account) == Verdict::Connected {
            return;
        }
        let Ok(path) = part_of(EXTERNAL_ACCOUNTS, external_account) else { return };
        let removed = self.change_user_as::<Value>(account, Request::send(Method::DELETE, path)).await;
        if let Err(error) = removed {
            let code = error.errors.first().map_or("", |error| error.code.as_str());
            tracing::info!(code, "what was cancelled cannot be removed");
        }
    }

    /// Has the browser open the page once more. One whose host is not known is asked about first.
    pub(crate) fn open_flow(&self, id: &str) -> Result<Value, IntentError> {
        let flow = self.waiting(id)?;
        if !self.look(|state| matches!(state.flows.stands(id), Some(FlowState::Asking))) {
            self.open(id, &flow.outgoing);
        }
        Ok(Value::Null)
    }

    /// Remembers that the person knows the host of a page, and has the browser open it.
    pub(crate) async fn trust_flow_host(&self, id: &str) -> Result<Value, IntentError> {
        let flow = self.waiting(id)?;
        let host = flow.outgoing.host();
        self.change(|state| {
            if let Some(entry) = state.entry_mut(&flow.instance)
                && !entry.hosts.contains(&host)
            {
                entry.hosts.push(host);
            }
        });
        self.save().await;
        self.open(id, &flow.outgoing);
        Ok(Value::Null)
    }

    /// Goes on by an address that was pasted.
    pub(crate) async fn paste_address(self: &Arc<Self>, id: &str, address: &str) -> Result<Value, IntentError> {
        let flow = self.waiting(id)?;
        let callback = Callback::parse(address, &flow.redirect).map_err(unfit)?;
        match Box::pin(self.arrived(vec![id.to_owned()], Arc::new(callback))).await {
            Arrival::Taken | Arrival::Later => Ok(Value::Null),
            Arrival::Unknown => Err(refused(
                Said::from(Reason::CallbackUnknown).of(self.name(&flow.instance).subject),
                "The instance knows nothing of this address: it was used already, or belongs to another try. Open the page \
                 again and finish there.",
            )),
        }
    }

    fn waiting(&self, id: &str) -> Result<Flow, IntentError> {
        let flow = self.flow(id).filter(|flow| !flow.is_over(self.clock.now()));
        flow.ok_or_else(|| refused(Reason::FlowUnknown, "This is not waited for any more. Begin again."))
    }
}

/// Why an address that was pasted is none that leads back.
fn unfit(error: AddressError) -> IntentError {
    match error {
        AddressError::Elsewhere => refused(
            Reason::CallbackElsewhere,
            "This address does not lead back to Frontdesk. Finish in the browser first, then copy the whole address that it \
             shows at the end.",
        ),
        AddressError::TooLong
        | AddressError::Characters
        | AddressError::Fragment
        | AddressError::Twice(_)
        | AddressError::Value(_) => refused(
            Reason::CallbackDamaged,
            format!("This address is damaged: {error}. Copy the whole address from the browser once more."),
        ),
    }
}
