//! The flows that wait, as they are shown and as they are written down.

use std::collections::HashMap;

use frontdesk_handoff::{Book, Flow, Purpose};
use tokio::task::spawn_blocking;

use super::{FlowOutcome, FlowPurpose, FlowState, FlowView};
use crate::{core::Core, snapshot::Problem};

/// Most flows that have ended and that nobody has taken note of.
const MOST_ENDED: usize = 16;

/// The flows of the state behind the snapshot.
#[derive(Default)]
pub(crate) struct Kept {
    book: Book,
    /// Where those of the book stand that do not simply wait.
    standing: HashMap<String, FlowState>,
    ended: Vec<FlowView>,
}

impl Kept {
    pub(crate) fn book(&self) -> &Book {
        &self.book
    }

    pub(crate) fn views(&self) -> Vec<FlowView> {
        let waiting = self.book.waiting().iter().map(|flow| {
            let state = self.standing.get(&flow.id).cloned();
            view(flow, state.unwrap_or(FlowState::Waiting))
        });
        waiting.chain(self.ended.iter().cloned()).collect()
    }

    /// A flow begins; answers with those whose place it takes. What ended before it there is old news.
    pub(super) fn begin(&mut self, flow: Flow, state: FlowState) -> Vec<Flow> {
        self.ended.retain(|ended| {
            let about = view(&flow, FlowState::Waiting);
            let alike = std::mem::discriminant(&ended.purpose) == std::mem::discriminant(&about.purpose);
            ended.instance != flow.instance || !alike
        });
        self.standing.insert(flow.id.clone(), state);
        let replaced = self.book.begin(flow);
        self.forget_standing(&replaced);
        replaced
    }

    pub(super) fn stands(&self, id: &str) -> Option<&FlowState> {
        self.standing.get(id)
    }

    pub(super) fn set_standing(&mut self, id: &str, state: FlowState) {
        if self.book.get(id).is_some() {
            self.standing.insert(id.to_owned(), state);
        }
    }

    /// Something came back that may be this one's. To a page that was never opened, nothing does.
    pub(super) fn set_returning(&mut self, id: &str, problem: Option<Problem>) {
        if !matches!(self.stands(id), Some(FlowState::Asking)) {
            self.set_standing(id, FlowState::Returning { problem });
        }
    }

    /// What came back was another one's.
    pub(super) fn set_waiting(&mut self, id: &str) {
        if matches!(self.stands(id), Some(FlowState::Returning { .. })) {
            self.set_standing(id, FlowState::Waiting);
        }
    }

    pub(super) fn transfers(&mut self, id: &str, signed_in: Vec<String>) {
        self.book.transfers(id, signed_in);
    }

    pub(super) fn becomes(&mut self, id: &str, purpose: Purpose) {
        self.book.becomes(id, purpose);
    }

    pub(super) fn end(&mut self, id: &str, outcome: Option<FlowOutcome>) -> bool {
        let Some(flow) = self.book.end(id) else { return false };
        self.standing.remove(id);
        if let Some(outcome) = outcome {
            self.ended.push(view(&flow, FlowState::Ended { outcome }));
            let many = self.ended.len().saturating_sub(MOST_ENDED);
            self.ended.drain(..many);
        }
        true
    }

    /// Somebody has taken note of how a flow ended.
    pub(super) fn dismiss(&mut self, id: &str) {
        self.ended.retain(|ended| ended.id != id);
    }

    pub(super) fn drop_slot(&mut self, instance: &str, slot: &str, accounts_too: bool) -> Vec<Flow> {
        let dropped = self.book.take_slot(instance, slot, accounts_too);
        self.forget_standing(&dropped);
        dropped
    }

    pub(super) fn drop_instance(&mut self, instance: &str) -> Vec<Flow> {
        self.ended.retain(|ended| ended.instance != instance);
        let dropped = self.book.take_instance(instance);
        self.forget_standing(&dropped);
        dropped
    }

    /// The slots of an instance whose clients wait for the browser.
    pub(crate) fn slots(&self, instance: &str) -> Vec<String> {
        let flows = self.book.waiting().iter().filter(|flow| flow.instance == instance);
        flows.map(|flow| flow.slot.clone()).collect()
    }

    fn forget_standing(&mut self, gone: &[Flow]) {
        for flow in gone {
            self.standing.remove(&flow.id);
        }
    }
}

fn view(flow: &Flow, state: FlowState) -> FlowView {
    FlowView {
        id: flow.id.clone(),
        instance: flow.instance.clone(),
        purpose: match &flow.purpose {
            Purpose::SignIn { .. } => FlowPurpose::SignIn,
            Purpose::SignUp { .. } => FlowPurpose::SignUp,
            Purpose::Connect { session, .. } => FlowPurpose::Connect { session: session.clone() },
        },
        strategy: flow.strategy.clone(),
        host: flow.outgoing.host(),
        begun_at: flow.begun_at,
        expires_at: flow.expires_at(),
        state,
    }
}

impl Core {
    /// Reads the flows of the run before, once there is a key for them. Answers with their names.
    pub(crate) async fn recall_flows(&self) -> Vec<String> {
        let Some(key) = self.seal_key().filter(|_| !self.outside.is_known()) else { return Vec::new() };
        let (path, now) = (self.files.flows().to_owned(), self.clock.now());
        let read = spawn_blocking(move || key.read(&path)).await;
        let bytes = match read {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(error)) => {
                tracing::warn!(%error, "what waited for the browser cannot be read");
                None
            }
            Err(_ended) => return Vec::new(),
        };
        let mut earlier = bytes.map(|bytes| Book::from_bytes(&bytes, now)).unwrap_or_default();
        let recalled = self.change(|state| {
            for flow in earlier.waiting().to_vec() {
                // Whose client is gone cannot be redeemed.
                if state.entry(&flow.instance).and_then(|entry| entry.slot(&flow.slot)).is_none() {
                    earlier.end(&flow.id);
                }
            }
            let ids: Vec<String> = earlier.waiting().iter().map(|flow| flow.id.clone()).collect();
            state.flows.book.recall(earlier);
            ids
        });
        self.outside.set_known();
        self.save_flows().await;
        recalled
    }

    /// Writes the flows that wait. Without a key for them, they last as long as the app.
    pub(crate) async fn save_flows(&self) {
        // What lies there from the run before is read first.
        let Some(key) = self.seal_key().filter(|_| self.outside.is_known()) else { return };
        let _writing = self.outside.writing.lock().await;
        let bytes = self.look(|state| {
            let book = state.flows.book();
            (!book.waiting().is_empty()).then(|| frontdesk_vault::Secret::new(book.to_bytes()))
        });
        let files = self.files.clone();
        let written = spawn_blocking(move || files.write_flows(&key, bytes.as_ref())).await;
        match written {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "what waits for the browser cannot be written down"),
            Err(error) => tracing::warn!(%error, "what waits for the browser was not written down"),
        }
    }
}
