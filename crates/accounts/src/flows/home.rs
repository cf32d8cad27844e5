//! What comes back from the browser, by whichever way.

use std::sync::Arc;

use frontdesk_handoff::{Callback, Flow, Nonce, Purpose, Redirect};
use frontdesk_wire as wire;
use futures_util::future::join_all;
use http::Method;
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    FlowOutcome, FlowState,
    outside::Pending,
    verdict::{self, Verdict},
};
use crate::{
    attempts::{SIGN_INS, SIGN_UPS},
    core::Core,
    fault::Fault,
    link::{Busy, Link},
    said::Reason,
    snapshot::{AccountKey, Problem},
    transport::Request,
};

/// What became of something that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// A flow has gone on by it.
    Taken,
    /// It is nothing to any flow.
    Unknown,
    /// Not all could be asked; they are asked again by themselves.
    Later,
}

/// What one flow made of something that came back.
enum Tried {
    /// See [`Arrival::Taken`].
    Taken,
    /// See [`Arrival::Unknown`].
    Unknown,
    /// Its instance could not be asked, for this reason.
    Later(Problem),
}

/// An attempt of the other kind is made from what the browser has proven.
#[derive(Serialize)]
struct Transfer<'a> {
    #[serde(rename = "transfer")]
    wanted: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsafe_metadata: Option<&'a str>,
}

impl Core {
    /// A link of the app's scheme came. Where nothing waits for one, it does nothing. Of what it says nothing is logged.
    pub(crate) async fn come_home(self: &Arc<Self>, address: Zeroizing<String>) {
        let Some(link) = self.outside.link() else {
            return tracing::warn!("a link came, and the app has none; it is ignored");
        };
        let callback = match Callback::parse(&address, &link) {
            Ok(callback) => Arc::new(callback),
            Err(error) => return tracing::info!(%error, "a link that came was ignored"),
        };
        let mut known = self.outside.follow_known();
        let was_known = *known.borrow();
        let arrival = Box::pin(self.arrived(self.flows_by_link(), callback.clone())).await;
        if arrival != Arrival::Unknown {
            return;
        }
        if was_known {
            return tracing::info!("a link came that nothing waits for; it is ignored");
        }
        // It may be for a flow of the run before, which cannot be read yet.
        if known.wait_for(|known| *known).await.map(drop).is_ok()
            && Box::pin(self.arrived(self.flows_by_link(), callback)).await == Arrival::Unknown
        {
            tracing::info!("a link came that nothing waits for; it is ignored");
        }
    }

    /// The flows that come back by a link, the youngest first.
    fn flows_by_link(&self) -> Vec<String> {
        self.look(|state| {
            let flows = state.flows.book().waiting().iter().rev();
            let by_link = flows.filter(|flow| matches!(flow.redirect, Redirect::Scheme { .. }));
            by_link.map(|flow| flow.id.clone()).collect()
        })
    }

    /// Asks the instances of flows whether something that came back is theirs. Each is asked with the token of the client
    /// that began its flow, so a nonce is of use to one of them at most.
    pub(super) async fn arrived(self: &Arc<Self>, flows: Vec<String>, callback: Arc<Callback>) -> Arrival {
        // What may be of several flows is shown of none before somebody has said whose it is.
        let alone = flows.len() == 1;
        let said = &callback;
        let asked = flows.iter().map(|id| async move { (id, Box::pin(self.try_flow(id, said, alone)).await) });
        let tried = join_all(asked).await;
        let taken = tried.iter().any(|(_, tried)| matches!(tried, Tried::Taken));
        let came_back = *callback != Callback::default();
        let mut later = Vec::new();
        self.change(|state| {
            for (id, tried) in tried {
                let Tried::Later(problem) = tried else { continue };
                if taken {
                    // It was another one's, so nothing has come back to this one.
                    state.flows.set_waiting(id);
                    continue;
                }
                if came_back {
                    state.flows.set_returning(id, Some(problem));
                }
                later.push(id.clone());
            }
        });
        if taken {
            return Arrival::Taken;
        }
        if later.is_empty() {
            return Arrival::Unknown;
        }
        self.outside.put_off(Pending { callback, flows: later });
        Arrival::Later
    }

    /// Asks again what could not be asked when it came back.
    pub(super) async fn try_again(self: &Arc<Self>) {
        for Pending { callback, flows } in self.outside.take_pending() {
            Box::pin(self.arrived(flows, callback)).await;
        }
    }

    /// The flows of the run before may have gone on without the app.
    pub(crate) fn look_after_flows(self: &Arc<Self>, flows: Vec<String>) {
        let core = self.clone();
        tokio::spawn(async move {
            let asked = flows.into_iter().map(|id| core.arrived(vec![id], Arc::default()));
            join_all(asked).await;
        });
    }

    async fn try_flow(&self, id: &str, callback: &Callback, alone: bool) -> Tried {
        let asking = self.outside.asking(id);
        let _asking = asking.lock().await;
        let flow = self.flow(id).filter(|flow| !flow.is_over(self.clock.now()));
        let Some(flow) = flow else {
            // What the lock was made for is no more.
            if self.flow(id).is_none() {
                self.outside.let_go(id);
            }
            return Tried::Unknown;
        };
        let stood = self.look(|state| state.flows.stands(id).cloned());
        let before = stood.filter(|state| !matches!(state, FlowState::Returning { .. })).unwrap_or(FlowState::Waiting);
        if alone && *callback != Callback::default() {
            self.change(|state| state.flows.set_returning(id, None));
        }
        match Box::pin(self.ask_about(&flow, callback)).await {
            Ok(Some(outcome)) => {
                self.end_flow(id, Some(outcome)).await;
                Tried::Taken
            }
            Err(fault) if fault.is_temporary() || matches!(fault, Fault::Vault(_)) => {
                tracing::info!(code = fault.word(), "what came back from the browser cannot be asked about yet");
                Tried::Later(fault.problem(&self.name(&flow.instance)))
            }
            answered => {
                if let Err(fault) = answered {
                    tracing::info!(code = fault.word(), "what came back from the browser is not of this flow");
                }
                self.change(|state| state.flows.set_standing(id, before));
                Tried::Unknown
            }
        }
    }

    /// What the instance says of a flow; nothing while it waits.
    async fn ask_about(&self, flow: &Flow, callback: &Callback) -> Result<Option<FlowOutcome>, Fault> {
        let link = self.look(|state| {
            let link = &state.entry(&flow.instance)?.slot(&flow.slot)?.link;
            Some((link.clone(), Busy::new(link)))
        });
        let Some((link, _busy)) = link else { return Ok(None) };
        if let Some(outcome) = Box::pin(self.find_transferred(flow, &link)).await? {
            return Ok(Some(outcome));
        }
        if let Some(nonce) = &callback.nonce {
            match Box::pin(self.redeem(flow, &link, Some(nonce.clone()))).await {
                // Another flow's, or redeemed already: then what it brought stands at the instance.
                Err(fault @ Fault::Refused { .. }) if !fault.is_temporary() => {}
                answered => return answered,
            }
        }
        Box::pin(self.redeem(flow, &link, None)).await
    }

    async fn redeem(&self, flow: &Flow, link: &Link, nonce: Option<Nonce>) -> Result<Option<FlowOutcome>, Fault> {
        match &flow.purpose {
            Purpose::SignIn { attempt } => {
                let request = Request::get(format!("{SIGN_INS}/{attempt}")).nonce(nonce);
                let attempt = self.enveloped::<wire::SignIn>(link, &request).await?;
                match verdict::of_sign_in(&attempt, &flow.strategy) {
                    Verdict::Transfers => self.transfer_to_sign_up(flow, link).await.map(Some),
                    Verdict::Waits => Ok(None),
                    verdict => {
                        self.note_sign_in(link, &attempt).await;
                        Ok(self.outcome(link, verdict))
                    }
                }
            }
            Purpose::SignUp { attempt } => {
                let request = Request::get(format!("{SIGN_UPS}/{attempt}")).nonce(nonce);
                let attempt = self.enveloped::<wire::SignUp>(link, &request).await?;
                match verdict::of_sign_up(&attempt) {
                    Verdict::Transfers => self.transfer_to_sign_in(flow, link).await.map(Some),
                    Verdict::Waits => Ok(None),
                    verdict => {
                        self.note_sign_up(link, &attempt).await;
                        Ok(self.outcome(link, verdict))
                    }
                }
            }
            Purpose::Connect { session, external_account, .. } => {
                let account = AccountKey { instance: flow.instance.clone(), session: session.clone() };
                if self.account(&account).is_err() {
                    return Ok(None);
                }
                let user = self.reload_user(link, session, nonce).await?;
                Ok(self.outcome(link, verdict::of_user(&user, external_account)))
            }
        }
    }

    async fn transfer_to_sign_up(&self, flow: &Flow, link: &Link) -> Result<FlowOutcome, Fault> {
        self.note_transfer(flow, link).await;
        let made = self.transfer::<wire::SignUp>(link, SIGN_UPS, flow.unsafe_metadata.as_deref()).await;
        let attempt = match made {
            Ok(attempt) => attempt,
            Err(fault) => return self.refusal(link, fault),
        };
        self.becomes(flow, Purpose::SignUp { attempt: attempt.id.clone() });
        self.note_sign_up(link, &attempt).await;
        let verdict = verdict::of_transfer(verdict::of_sign_up(&attempt));
        Ok(self.outcome(link, verdict).unwrap_or(FlowOutcome::GoesOn))
    }

    async fn transfer_to_sign_in(&self, flow: &Flow, link: &Link) -> Result<FlowOutcome, Fault> {
        self.note_transfer(flow, link).await;
        let attempt = match self.transfer::<wire::SignIn>(link, SIGN_INS, None).await {
            Ok(attempt) => attempt,
            Err(fault) => return self.refusal(link, fault),
        };
        self.becomes(flow, Purpose::SignIn { attempt: attempt.id.clone() });
        self.note_sign_in(link, &attempt).await;
        let verdict = verdict::of_transfer(verdict::of_sign_in(&attempt, &flow.strategy));
        Ok(self.outcome(link, verdict).unwrap_or(FlowOutcome::GoesOn))
    }

    /// Where a transfer was asked for and no answer came, it may have happened: then it is not asked for again.
    async fn find_transferred(&self, flow: &Flow, link: &Link) -> Result<Option<FlowOutcome>, Fault> {
        let Some(before) = &flow.before_transfer else { return Ok(None) };
        Box::pin(self.read_client(link)).await?;
        if let Some(session) = self.signed_in(link).into_iter().find(|session| !before.contains(session)) {
            return Ok(Some(FlowOutcome::SignedIn { session }));
        }
        let made = self.look(|state| {
            let client = state.slot(link)?.client.as_ref()?;
            let sign_up = client.sign_up.as_ref().filter(|it| verdict::of_sign_up(it) == Verdict::GoesOn);
            let sign_in = client.sign_in.as_ref();
            let sign_in = sign_in.filter(|it| verdict::of_sign_in(it, &flow.strategy) == Verdict::GoesOn);
            Some(match &flow.purpose {
                Purpose::SignUp { .. } => Purpose::SignIn { attempt: sign_in?.id.clone() },
                _ => Purpose::SignUp { attempt: sign_up?.id.clone() },
            })
        });
        Ok(made.and_then(|purpose| {
            self.becomes(flow, purpose);
            self.outcome(link, Verdict::GoesOn)
        }))
    }

    /// A transfer is about to be asked for. It is written down before: a start after a kill has to know.
    async fn note_transfer(&self, flow: &Flow, link: &Link) {
        let signed_in = self.signed_in(link);
        self.change(|state| state.flows.transfers(&flow.id, signed_in));
        self.save_flows().await;
    }

    async fn transfer<T: serde::de::DeserializeOwned>(
        &self,
        link: &Link,
        path: &str,
        unsafe_metadata: Option<&str>,
    ) -> Result<T, Fault> {
        let locale = self.locale();
        let form = Transfer { wanted: "true", locale: locale.as_deref(), unsafe_metadata };
        self.enveloped(link, &Request::send(Method::POST, path).form(&form)).await
    }

    /// A transfer that is refused ends the flow: what the browser has proven is of no use without it.
    fn refusal(&self, link: &Link, fault: Fault) -> Result<FlowOutcome, Fault> {
        if fault.is_temporary() || matches!(fault, Fault::Vault(_)) {
            return Err(fault);
        }
        let problem = match &fault {
            Fault::Refused { errors, .. } => errors.errors.first().map(verdict::problem),
            _ => None,
        };
        Ok(FlowOutcome::Failed { problem: problem.unwrap_or_else(|| fault.problem(&self.name(&link.id))) })
    }

    fn becomes(&self, flow: &Flow, purpose: Purpose) {
        self.change(|state| state.flows.becomes(&flow.id, purpose));
    }

    /// How a flow has ended; nothing while it waits. The attempt is the one under way from here on.
    fn outcome(&self, link: &Link, verdict: Verdict) -> Option<FlowOutcome> {
        let outcome = match verdict {
            Verdict::Waits | Verdict::Transfers => return None,
            Verdict::SignedIn { session } if !self.is_signed_in(link, &session) => {
                let words = "The instance says that somebody is signed in, and does not list them. Sign in once more.";
                FlowOutcome::Failed { problem: Problem::new(Reason::AccountGone, words) }
            }
            Verdict::SignedIn { session } => FlowOutcome::SignedIn { session },
            Verdict::GoesOn => FlowOutcome::GoesOn,
            Verdict::Connected => FlowOutcome::Connected,
            Verdict::Failed(error) => FlowOutcome::Failed { problem: verdict::problem(&error) },
        };
        if outcome == FlowOutcome::GoesOn {
            self.change(|state| {
                if let Some(entry) = state.entry_mut(&link.id) {
                    entry.resume_attempt(&link.slot);
                }
            });
        }
        Some(outcome)
    }
}
