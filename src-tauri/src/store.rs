//! Where secrets lie, as the person chose: what the window asks of it, run aside, since a key takes its time and a
//! keychain may ask a question.

use std::{path::Path, sync::Arc, time::Instant};

use frontdesk_accounts::{
    Accounts, Said,
    intents::{ErrorKind, IntentError},
};
use frontdesk_vault::{ChosenStore, Cost, PassphraseError, Secret, SecretStore, SystemKeychain, VaultError};

use crate::input::refused;

/// The store that was chosen, and the way to the other one.
#[derive(Clone)]
pub(crate) struct Store(Arc<ChosenStore>);

impl Store {
    /// What the data folder says was chosen.
    pub(crate) fn open(data: &Path, keychain: SystemKeychain) -> Self {
        let start = Instant::now();
        let elapsed = Arc::new(move || start.elapsed());
        let store = Arc::new(ChosenStore::new(data, Arc::new(keychain), Cost::default(), elapsed));
        let tidied = store.clone();
        // A keychain may ask before it forgets something.
        let _aside = std::thread::Builder::new().name("tidy".to_owned()).spawn(move || tidied.tidy());
        Self(store)
    }

    /// For the vault above it.
    pub(crate) fn port(&self) -> Arc<dyn SecretStore> {
        self.0.clone()
    }

    pub(crate) async fn unlock(&self, passphrase: String) -> Result<(), IntentError> {
        let passphrase = Secret::new(passphrase.into_bytes());
        self.aside(move |store| store.unlock(&passphrase)).await
    }

    pub(crate) async fn lock(&self, accounts: &Accounts) {
        self.0.shut();
        accounts.let_go().await;
        accounts.recheck_vault().await;
    }

    pub(crate) async fn move_to_passphrase(&self, accounts: &Accounts, passphrase: String) -> Result<(), IntentError> {
        let passphrase = Secret::new(passphrase.into_bytes());
        let items = accounts.vault_items().await?;
        self.aside(move |store| store.move_to_passphrase(&items.names, &passphrase)).await
    }

    pub(crate) async fn move_to_keychain(&self) -> Result<(), IntentError> {
        self.aside(|store| store.move_to_keychain().map_err(PassphraseError::from)).await
    }

    pub(crate) async fn change_passphrase(&self, current: String, new: String) -> Result<(), IntentError> {
        let [current, new] = [current, new].map(|text| Secret::new(text.into_bytes()));
        self.aside(move |store| store.change_passphrase(&current, &new)).await
    }

    async fn aside(
        &self,
        act: impl FnOnce(&ChosenStore) -> Result<(), PassphraseError> + Send + 'static,
    ) -> Result<(), IntentError> {
        let store = self.0.clone();
        let done = tokio::task::spawn_blocking(move || act(&store)).await;
        let lost = || PassphraseError::Store(frontdesk_vault::StoreError::Failed("it ended in the middle".to_owned()));
        done.unwrap_or_else(|_| Err(lost())).map_err(|error| refusal(&error))
    }
}

fn refusal(error: &PassphraseError) -> IntentError {
    let said = Said::from(error);
    match error {
        PassphraseError::Store(error) => {
            let words = VaultError::from(error.clone()).to_string();
            IntentError { kind: ErrorKind::Vault, ..refused(said, &words) }
        }
        _ => refused(said, &error.to_string()),
    }
}
