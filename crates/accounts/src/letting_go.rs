//! What happens to what was read from the vault when the person locks it: it is let go of, and comes back with the
//! passphrase.

use crate::{core::Core, network::PASSWORD_ITEM};

impl Core {
    /// Every item of the vault that may hold something of this room, but for passkeys.
    pub(crate) fn items(&self) -> Vec<String> {
        self.look(|state| {
            let slots = state.entries.iter().flat_map(|entry| &entry.slots);
            let password = self.has_proxy_password().then(|| PASSWORD_ITEM.to_owned());
            slots.map(|slot| slot.link.item()).chain(state.doomed.iter().cloned()).chain(password).collect()
        })
    }

    /// Forgets tokens, accounts and the key of the cache, as far as the vault has them. Answers that are under way are
    /// not shown any more; a token that one of them brings is another one for the same client, and the instance goes on
    /// taking the one that is kept.
    pub(crate) async fn let_go(&self) {
        self.cancel_passkey(None);
        for link in self.all_links() {
            link.let_go().await;
        }
        for instance in self.look(|state| state.entries.iter().map(|it| it.view.id.clone()).collect::<Vec<_>>()) {
            self.tokens.retain(&instance, |_| false);
        }
        self.let_go_of_proxy_password();
        self.drop_seal_key();
        self.change(|state| {
            state.passkeys.let_go();
            for entry in &mut state.entries {
                for slot in entry.slots.iter_mut().filter(|slot| slot.has_client) {
                    slot.client = None;
                    slot.remembered = None;
                }
                entry.show_clients();
            }
        });
    }
}
