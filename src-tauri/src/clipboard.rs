//! The system's clipboard. Where the one who copied has to serve the text, it stays at hand until the app ends.

use std::sync::{Arc, Mutex, PoisonError};

use frontdesk_accounts::{Reason, intents::IntentError};

use crate::input::refused;

/// What is said when the clipboard does not take the text.
const FAILED: &str = "The text could not be copied: the system's clipboard did not answer. Try again, or select the \
    text and copy it by hand.";

/// The clipboard, reached when it is used for the first time.
#[derive(Clone, Default)]
pub(crate) struct Clipboard(Arc<Mutex<Option<arboard::Clipboard>>>);

impl Clipboard {
    /// Puts a text on the clipboard. The system may take its time, so this runs aside.
    pub(crate) async fn copy(&self, text: String) -> Result<(), IntentError> {
        let held = self.0.clone();
        let copied = tokio::task::spawn_blocking(move || {
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            let mut clipboard = match held.take() {
                Some(clipboard) => clipboard,
                None => arboard::Clipboard::new()?,
            };
            clipboard.set_text(text)?;
            // One that failed is dropped instead: the next try begins anew.
            *held = Some(clipboard);
            Ok::<(), arboard::Error>(())
        });
        match copied.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::warn!("nothing was copied: {error}");
                Err(refused(Reason::ClipboardFailed, FAILED))
            }
            Err(_) => Err(refused(Reason::ClipboardFailed, FAILED)),
        }
    }

    /// Lets go of the clipboard, which hands the text to the system's clipboard keeper where there is one.
    pub(crate) fn release(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
