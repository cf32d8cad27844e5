//! The system's clipboard. Where the one who copied has to serve the text, it stays at hand until the app ends; a secret
//! is taken away again after a minute, unless something else was copied meanwhile.

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use frontdesk_accounts::{Reason, intents::IntentError};

use crate::input::refused;

/// What is said when the clipboard does not take the text.
const FAILED: &str = "The text could not be copied: the system's clipboard did not answer. Try again, or select the \
    text and copy it by hand.";
/// How long a secret stays.
pub(crate) const SECRET_STAYS: Duration = Duration::from_mins(1);

/// What the system's clipboard can do.
pub(crate) trait Board: Send + Sized + 'static {
    fn reach() -> Result<Self, arboard::Error>;
    fn put(&mut self, text: String) -> Result<(), arboard::Error>;
    fn holds(&mut self, text: &str) -> Result<bool, arboard::Error>;
    fn clear(&mut self) -> Result<(), arboard::Error>;
}

impl Board for arboard::Clipboard {
    fn reach() -> Result<Self, arboard::Error> {
        Self::new()
    }

    fn put(&mut self, text: String) -> Result<(), arboard::Error> {
        self.set_text(text)
    }

    fn holds(&mut self, text: &str) -> Result<bool, arboard::Error> {
        match self.get_text() {
            // Something else than a text was copied, or nothing is there any more.
            Err(arboard::Error::ContentNotAvailable) => Ok(false),
            held => held.map(|held| held == text),
        }
    }

    fn clear(&mut self) -> Result<(), arboard::Error> {
        arboard::Clipboard::clear(self)
    }
}

/// The clipboard, reached when it is used for the first time.
pub(crate) struct Clipboard<B = arboard::Clipboard>(Arc<Mutex<Held<B>>>);

struct Held<B> {
    board: Option<B>,
    /// The secret that was copied last, for as long as it may be there.
    secret: Option<Arc<str>>,
}

impl<B> Clone for Clipboard<B> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<B> Default for Clipboard<B> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Held { board: None, secret: None })))
    }
}

impl<B: Board> Clipboard<B> {
    /// Puts a text on the clipboard. The system may take its time, so this runs aside.
    pub(crate) async fn copy(&self, text: String) -> Result<(), IntentError> {
        let held = self.clone();
        let copied = tokio::task::spawn_blocking(move || held.held().put(text)).await;
        match copied {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::warn!("nothing was copied: {error}");
                Err(refused(Reason::ClipboardFailed, FAILED))
            }
            Err(_) => Err(refused(Reason::ClipboardFailed, FAILED)),
        }
    }

    /// Puts a secret on the clipboard, and takes it away once `over` has come, if it is still there.
    pub(crate) async fn copy_secret(
        &self,
        text: String,
        over: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), IntentError> {
        let secret: Arc<str> = text.as_str().into();
        self.copy(text).await?;
        self.held().secret = Some(secret.clone());
        let held = self.clone();
        tokio::spawn(async move {
            over.await;
            let cleared = tokio::task::spawn_blocking(move || {
                let mut held = held.held();
                // Another secret has a minute of its own.
                let last = held.secret.as_ref().is_some_and(|last| Arc::ptr_eq(last, &secret));
                if last { held.take_secret() } else { Ok(()) }
            });
            if let Ok(Err(error)) = cleared.await {
                tracing::warn!("a secret stays on the clipboard: {error}");
            }
        });
        Ok(())
    }

    /// Lets go of the clipboard, which hands the text to the system's clipboard keeper where there is one; a secret is
    /// taken away first.
    pub(crate) fn release(&self) {
        let mut held = self.held();
        if let Err(error) = held.take_secret() {
            tracing::warn!("a secret stays on the clipboard: {error}");
        }
        held.board = None;
    }

    fn held(&self) -> MutexGuard<'_, Held<B>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<B: Board> Held<B> {
    fn put(&mut self, text: String) -> Result<(), arboard::Error> {
        let mut board = match self.board.take() {
            Some(board) => board,
            None => B::reach()?,
        };
        board.put(text)?;
        // One that failed is dropped instead: the next try begins anew.
        self.board = Some(board);
        Ok(())
    }

    /// One that cannot be taken away is known of until the end, when that is tried once more.
    fn take_secret(&mut self) -> Result<(), arboard::Error> {
        let Some(secret) = &self.secret else { return Ok(()) };
        // There is no board where the last copy failed; the secret of before may be there all the same.
        let mut board = match self.board.take() {
            Some(board) => board,
            None => B::reach()?,
        };
        let taken = board.holds(secret).and_then(|there| if there { board.clear() } else { Ok(()) });
        self.board = Some(board);
        taken?;
        self.secret = None;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::sync::atomic::{AtomicBool, Ordering};

    use tokio::sync::oneshot;

    use super::*;

    /// A clipboard in memory, which others may use too.
    struct Shared(Arc<Mutex<String>>);

    impl Board for Shared {
        fn reach() -> Result<Self, arboard::Error> {
            Err(arboard::Error::ClipboardNotSupported)
        }

        fn put(&mut self, text: String) -> Result<(), arboard::Error> {
            *self.0.lock().unwrap() = text;
            Ok(())
        }

        fn holds(&mut self, text: &str) -> Result<bool, arboard::Error> {
            Ok(*self.0.lock().unwrap() == text)
        }

        fn clear(&mut self) -> Result<(), arboard::Error> {
            self.0.lock().unwrap().clear();
            Ok(())
        }
    }

    fn clipboard() -> (Clipboard<Shared>, Arc<Mutex<String>>) {
        let text: Arc<Mutex<String>> = Arc::default();
        let board = Some(Shared(text.clone()));
        (Clipboard(Arc::new(Mutex::new(Held { board, secret: None }))), text)
    }

    /// Copies a secret; its minute is over when the sender is told, and done with when the receiver hears.
    async fn copy(clipboard: &Clipboard<Shared>, text: &str) -> oneshot::Sender<()> {
        let (end, over) = oneshot::channel::<()>();
        let over = async move { drop(over.await) };
        clipboard.copy_secret(text.to_owned(), over).await.unwrap();
        end
    }

    /// Waits until the clipboard knows of no secret any more.
    async fn done(clipboard: &Clipboard<Shared>) {
        while clipboard.held().secret.is_some() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn sec_100_a_copied_secret_goes_after_its_minute() {
        let (clipboard, text) = clipboard();
        let minute = copy(&clipboard, "a token").await;
        assert_eq!(*text.lock().unwrap(), "a token");
        minute.send(()).unwrap();
        done(&clipboard).await;
        assert_eq!(*text.lock().unwrap(), "");
    }

    #[tokio::test(start_paused = true)]
    async fn sec_100_the_minute_of_a_secret_is_one() {
        let (clipboard, text) = clipboard();
        clipboard.copy_secret("a token".to_owned(), tokio::time::sleep(SECRET_STAYS)).await.unwrap();
        tokio::time::sleep(Duration::from_secs(59)).await;
        assert_eq!(*text.lock().unwrap(), "a token");
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(*text.lock().unwrap(), "");
    }

    #[tokio::test]
    async fn what_was_copied_meanwhile_stays() {
        let (clipboard, text) = clipboard();
        let minute = copy(&clipboard, "a token").await;
        "a shopping list".clone_into(&mut text.lock().unwrap());
        minute.send(()).unwrap();
        done(&clipboard).await;
        assert_eq!(*text.lock().unwrap(), "a shopping list");
    }

    #[tokio::test]
    async fn a_later_secret_has_its_own_minute() {
        let (clipboard, text) = clipboard();
        let first = copy(&clipboard, "one token").await;
        let second = copy(&clipboard, "another token").await;
        first.send(()).unwrap();
        tokio::task::yield_now().await;
        assert_eq!(*text.lock().unwrap(), "another token");
        second.send(()).unwrap();
        done(&clipboard).await;
        assert_eq!(*text.lock().unwrap(), "");
    }

    /// A clipboard that is reached anew, and that another program can hold. There is one, as in a system.
    struct OfTheSystem;

    static TEXT: Mutex<String> = Mutex::new(String::new());
    static IS_HELD: AtomicBool = AtomicBool::new(false);

    impl OfTheSystem {
        fn text() -> Result<MutexGuard<'static, String>, arboard::Error> {
            let is_held = IS_HELD.load(Ordering::Relaxed);
            if is_held { Err(arboard::Error::ClipboardOccupied) } else { Ok(TEXT.lock().unwrap()) }
        }
    }

    impl Board for OfTheSystem {
        fn reach() -> Result<Self, arboard::Error> {
            Ok(Self)
        }

        fn put(&mut self, text: String) -> Result<(), arboard::Error> {
            Self::text().map(|mut held| *held = text)
        }

        fn holds(&mut self, text: &str) -> Result<bool, arboard::Error> {
            Self::text().map(|held| *held == text)
        }

        fn clear(&mut self) -> Result<(), arboard::Error> {
            Self::text().map(|mut held| held.clear())
        }
    }

    #[tokio::test]
    async fn sec_100_a_secret_goes_also_where_another_program_held_the_clipboard_meanwhile() {
        let clipboard = Clipboard::<OfTheSystem>::default();
        let hold = |held: bool| IS_HELD.store(held, Ordering::Relaxed);
        let copy = async || {
            let (end, over) = oneshot::channel::<()>();
            clipboard.copy_secret("a token".to_owned(), async move { drop(over.await) }).await.unwrap();
            hold(true);
            clipboard.copy("a shopping list".to_owned()).await.unwrap_err();
            hold(false);
            assert_eq!(*TEXT.lock().unwrap(), "a token");
            end
        };
        copy().await.send(()).unwrap();
        while clipboard.held().secret.is_some() {
            tokio::task::yield_now().await;
        }
        assert_eq!(*TEXT.lock().unwrap(), "");

        // It is held when the minute is over as well: then the secret goes with the app.
        let _minute = copy().await;
        hold(true);
        clipboard.held().take_secret().unwrap_err();
        hold(false);
        clipboard.release();
        assert_eq!(*TEXT.lock().unwrap(), "");
    }

    #[tokio::test]
    async fn sec_100_an_app_that_ends_takes_its_secret_along() {
        let (clipboard, text) = clipboard();
        let _minute = copy(&clipboard, "a token").await;
        clipboard.release();
        assert_eq!(*text.lock().unwrap(), "");
    }
}
