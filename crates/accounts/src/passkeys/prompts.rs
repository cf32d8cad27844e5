//! The person, as authenticators see them: what they ask appears in the snapshot, and a request of the window answers.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use frontdesk_authenticator::{AccountName, Cancel, HeldPassword, Kind, Person, PinAsked, PinReason, Sign};
use frontdesk_vault::Secret;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use super::view::{CeremonyPrompt, CeremonyPurpose, CeremonyView, PasskeyAccount, PasskeysView, PinAgain};
use crate::core::Core;

/// How long an answer is waited for at most, where the authenticator itself does not say.
const LONGEST: Duration = Duration::from_mins(10);

/// Passkeys in the state behind the snapshot.
#[derive(Default)]
pub(crate) struct Shown {
    /// Everything but the ceremony.
    pub(super) view: PasskeysView,
    /// The passwords of this device, as far as the keychain has said.
    pub(super) passwords: Option<Vec<HeldPassword>>,
    running: Option<Running>,
}

/// A ceremony that goes on.
struct Running {
    view: CeremonyView,
    cancel: Cancel,
    /// How many questions were asked.
    asked: u32,
    /// Who waits for the answer to the last one.
    waits: Option<Waits>,
}

enum Waits {
    Pin(oneshot::Sender<Secret>),
    /// For a place in a list of so many.
    Account(oneshot::Sender<usize>, usize),
}

impl Shown {
    pub(crate) fn view(&self) -> PasskeysView {
        PasskeysView { ceremony: self.running.as_ref().map(|running| running.view.clone()), ..self.view.clone() }
    }

    /// A ceremony begins; the one before is ended.
    pub(super) fn begin(&mut self, view: CeremonyView, cancel: Cancel) {
        self.end(|_| true);
        self.running = Some(Running { view, cancel, asked: 0, waits: None });
    }

    /// Ends the ceremony, if it is one of these; whether it was.
    pub(crate) fn end(&mut self, which: impl FnOnce(&CeremonyView) -> bool) -> bool {
        let ended = self.running.take_if(|running| which(&running.view));
        if let Some(ended) = &ended {
            ended.cancel.cancel();
        }
        ended.is_some()
    }

    /// Forgets what the vault has said.
    pub(crate) fn let_go(&mut self) {
        self.view = PasskeysView::default();
        self.passwords = None;
    }

    pub(crate) fn passwords(&self) -> Option<&[HeldPassword]> {
        self.passwords.as_deref()
    }

    /// Ends a sign-in with an authenticator at this instance: another attempt takes its place, or nobody wants it any more.
    pub(crate) fn end_sign_in(&mut self, instance: &str) {
        self.end(|view| match &view.purpose {
            CeremonyPurpose::SignIn { instance: at } | CeremonyPurpose::UsePassword { instance: at } => at == instance,
            _ => false,
        });
    }

    fn running(&mut self, id: &str) -> Option<&mut Running> {
        self.running.as_mut().filter(|running| running.view.id == id)
    }

    /// Takes who waits for the answer to this question, if it fits. None where it was answered already, or nobody asks any
    /// more.
    fn take(&mut self, id: &str, question: u32, fits: impl Fn(&Waits) -> bool) -> Option<Waits> {
        let running = self.running(id).filter(|running| running.asked == question)?;
        let waits = running.waits.take_if(|waits| fits(waits))?;
        running.view.prompt = CeremonyPrompt::Working;
        Some(waits)
    }

    pub(super) fn answer_pin(&mut self, id: &str, question: u32, pin: Secret) {
        if let Some(Waits::Pin(tell)) = self.take(id, question, |waits| matches!(waits, Waits::Pin(_))) {
            // Who asked may have gone.
            tell.send(pin).ok();
        }
    }

    pub(super) fn choose_account(&mut self, id: &str, question: u32, chosen: usize) {
        let fits = |waits: &Waits| matches!(waits, Waits::Account(_, many) if chosen < *many);
        if let Some(Waits::Account(tell, _)) = self.take(id, question, fits) {
            tell.send(chosen).ok();
        }
    }
}

/// The person during one ceremony.
pub(super) struct AtTheWindow {
    core: Weak<Core>,
    id: String,
}

impl AtTheWindow {
    pub(super) fn new(core: &Arc<Core>, id: String) -> Self {
        Self { core: Arc::downgrade(core), id }
    }

    /// Shows a question. None where the ceremony is over.
    fn ask(&self, prompt: impl FnOnce(u32) -> CeremonyPrompt, waits: Waits) -> Option<()> {
        self.core.upgrade()?.change(|state| {
            let running = state.passkeys.running(&self.id)?;
            running.asked += 1;
            running.view.prompt = prompt(running.asked);
            running.waits = Some(waits);
            Some(())
        })
    }
}

impl Person for AtTheWindow {
    fn pin(&self, asked: PinAsked) -> BoxFuture<'_, Option<Secret>> {
        Box::pin(async move {
            let (tell, told) = oneshot::channel();
            self.ask(|question| pin_prompt(&asked.reason, question, asked.kind), Waits::Pin(tell))?;
            answered(told).await
        })
    }

    fn show(&self, sign: Sign) {
        let prompt = match sign {
            Sign::PlugIn => CeremonyPrompt::PlugIn,
            Sign::TouchOne => CeremonyPrompt::TouchOne,
            Sign::Touch => CeremonyPrompt::Touch,
            Sign::Scan(code) => CeremonyPrompt::Scan { code: code.0 },
            Sign::Connecting => CeremonyPrompt::Connecting,
            Sign::OnPhone => CeremonyPrompt::OnPhone,
            Sign::System(gesture) => CeremonyPrompt::System { gesture: gesture.into() },
            Sign::Working => CeremonyPrompt::Working,
        };
        if let Some(core) = self.core.upgrade() {
            core.change(|state| {
                // A question stays until it is answered.
                if let Some(running) = state.passkeys.running(&self.id).filter(|running| running.waits.is_none()) {
                    running.view.prompt = prompt;
                }
            });
        }
    }

    fn choose(&self, accounts: Vec<AccountName>) -> BoxFuture<'_, Option<usize>> {
        Box::pin(async move {
            let (tell, told) = oneshot::channel();
            let many = accounts.len();
            let account = |AccountName { name, display_name }| PasskeyAccount { name, display_name };
            let accounts = accounts.into_iter().map(account).collect();
            let prompt = |question| CeremonyPrompt::ChooseAccount { question, accounts };
            self.ask(prompt, Waits::Account(tell, many))?;
            answered(told).await
        })
    }
}

fn pin_prompt(reason: &PinReason, question: u32, kind: Kind) -> CeremonyPrompt {
    match reason {
        PinReason::Use => CeremonyPrompt::Pin { question, again: None },
        PinReason::Wrong(tries_left) => {
            CeremonyPrompt::Pin { question, again: Some(PinAgain::Wrong { tries_left: *tries_left }) }
        }
        PinReason::Choose => CeremonyPrompt::ChoosePin { question, flaw: None },
        // A security key has its PIN already; what can be none was not tried.
        PinReason::Flawed(flaw) if kind == Kind::SecurityKey => {
            CeremonyPrompt::Pin { question, again: Some(PinAgain::Impossible { problem: (*flaw).into() }) }
        }
        PinReason::Flawed(flaw) => CeremonyPrompt::ChoosePin { question, flaw: Some((*flaw).into()) },
    }
}

async fn answered<T>(told: oneshot::Receiver<T>) -> Option<T> {
    tokio::time::timeout(LONGEST, told).await.ok()?.ok()
}
