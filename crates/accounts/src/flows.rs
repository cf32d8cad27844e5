//! Out to the system browser and back: signing in or up by an account elsewhere, and connecting one.
//!
//! ```text
//! begin     asks the instance for the page, writes the flow down, and has the browser open it
//! asked     what a person does with a flow that waits: cancel, open again, trust its host, paste an address
//! home      what comes back, by whichever way, is put to the instances whose flows wait
//! verdict   what an attempt or a user says of a flow: nothing yet, or how it ended
//! kept      the flows that wait, as they are shown and as they lie in a sealed file
//! outside   what leads out and back: browser, scheme, open ports
//! ```
//!
//! What comes back is believed in nothing: it says which question to ask, with the token of the client that began the
//! flow, and the answer counts. So what somebody else finishes, makes up or sends twice changes nothing.

mod asked;
mod begin;
mod home;
mod kept;
mod outside;
mod verdict;
mod view;

use std::{sync::Weak, time::Duration};

use frontdesk_handoff::Flow;

pub(crate) use begin::{Begun, Connect};
pub(crate) use kept::Kept;
pub(crate) use outside::Outside;
pub use view::{BegunFlow, FlowOutcome, FlowPurpose, FlowState, FlowView};

use crate::{
    core::Core,
    said::Reason,
    snapshot::{AccountKey, Problem},
};

/// Ends what is not waited for any more, and tries again what could not be asked when it came back.
pub(crate) async fn keep(core: Weak<Core>) {
    let Some(mut shown) = core.upgrade().map(|core| core.snapshots()) else { return };
    while shown.wait_for(|shown| shown.flows.iter().any(FlowView::waits)).await.map(drop).is_ok() {
        let pause: Duration = {
            let Some(core) = core.upgrade() else { return };
            core.end_flows_that_are_over().await;
            Box::pin(core.try_again()).await;
            core.pace.flows
        };
        tokio::time::sleep(pause).await;
    }
}

impl Core {
    /// The flow of a name that waits still.
    pub(crate) fn flow(&self, id: &str) -> Option<Flow> {
        self.look(|state| state.flows.book().get(id).cloned())
    }

    /// A flow has ended: with an outcome to show, or without. False when it had ended before. Whoever is signed in by it
    /// is shown from then on, also when the app is killed before the window has come to that.
    pub(crate) async fn end_flow(&self, id: &str, outcome: Option<FlowOutcome>) -> bool {
        let session = match &outcome {
            Some(FlowOutcome::SignedIn { session }) => Some(session.clone()),
            _ => None,
        };
        let shown = self.flow(id).zip(session).map(|(flow, session)| AccountKey { instance: flow.instance, session });
        let ended = self.change(|state| {
            let ended = state.flows.end(id, outcome);
            if ended && shown.is_some() {
                state.active.clone_from(&shown);
            }
            ended
        });
        self.outside.let_go(id);
        if ended && shown.is_some() {
            self.save().await;
        }
        if ended {
            self.save_flows().await;
        }
        ended
    }

    async fn end_flows_that_are_over(&self) {
        let now = self.clock.now();
        let over = self.look(|state| {
            let over = state.flows.book().waiting().iter().filter(|flow| flow.is_over(now));
            over.map(|flow| flow.id.clone()).collect::<Vec<_>>()
        });
        for id in over {
            let problem = Problem::new(
                Reason::FlowExpired,
                "The browser did not come back within ten minutes, so this is not waited for any more. Begin again.",
            );
            self.end_flow(&id, Some(FlowOutcome::Failed { problem })).await;
        }
    }

    /// What belongs to one client is no more, or another attempt takes its place there.
    pub(crate) async fn drop_flows(&self, instance: &str, slot: &str, accounts_too: bool) {
        let dropped = self.change(|state| state.flows.drop_slot(instance, slot, accounts_too));
        self.dropped(&dropped).await;
    }

    /// An instance is no more.
    pub(crate) async fn drop_flows_of_instance(&self, instance: &str) {
        let dropped = self.change(|state| state.flows.drop_instance(instance));
        self.dropped(&dropped).await;
    }

    async fn dropped(&self, dropped: &[Flow]) {
        for flow in dropped {
            self.outside.let_go(&flow.id);
        }
        if !dropped.is_empty() {
            self.save_flows().await;
        }
    }
}
