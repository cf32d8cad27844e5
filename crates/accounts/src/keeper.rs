//! One task per instance: loads it, tries again while the network fails, and keeps what is shown fresh.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use frontdesk_vault::VaultError;
use frontdesk_wire as wire;
use futures_util::future::join_all;

use crate::{
    core::Core,
    fault::Fault,
    line::Line,
    link::{Link, When},
    options::Pace,
    said::{Reason, Said},
    snapshot::Problem,
    transport::{Answer, Request},
};

const ENVIRONMENT: &str = "/v1/environment";

/// Begins to keep an instance.
pub(crate) fn start(core: &Arc<Core>, line: &Arc<Line>) {
    let keeper = tokio::spawn(keep(Arc::downgrade(core), line.clone()));
    core.set_keeper(line, keeper.abort_handle());
}

/// The room itself is held only while there is something to do, so that it can end.
async fn keep(core: Weak<Core>, line: Arc<Line>) {
    let mut failures = 0;
    loop {
        let Some(strong) = core.upgrade() else { return };
        let loaded = Box::pin(strong.load(&line)).await;
        let pause = match loaded {
            Err(Fault::Removed) => return,
            Err(fault) if fault.is_network() => {
                failures += 1;
                back_off(&strong.pace, failures)
            }
            _ => {
                failures = 0;
                strong.pace.refresh
            }
        };
        drop(strong);
        tokio::select! {
            () = line.poke.notified() => failures = 0,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// The pause after so many failures in a row.
fn back_off(pace: &Pace, failures: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
    pace.reconnect.saturating_mul(doubled).min(pace.reconnect_longest)
}

impl Core {
    /// Asks an instance for its settings and its clients, and shows how that went.
    pub(crate) async fn load(&self, line: &Line) -> Result<(), Fault> {
        let loaded = self.try_load(line).await;
        self.change(|state| {
            let Some(entry) = state.entry_mut(&line.id) else { return };
            match &loaded {
                Ok(()) => entry.loaded(),
                Err(fault) => entry.failed(fault),
            }
        });
        self.forget_idle_slots(&line.id).await;
        for link in self.links(&line.id) {
            self.remember(&link).await;
        }
        loaded
    }

    async fn try_load(&self, line: &Line) -> Result<(), Fault> {
        line.ready()?;
        let links = self.links(&line.id);
        let clients = links.iter().map(|link| async {
            self.miss_client(link).await?;
            self.read_client(link).await
        });
        let (environment, clients) = tokio::join!(self.read_environment(line), join_all(clients));
        clients.into_iter().fold(environment, Result::and)
    }

    /// The settings are for everybody, so they are asked for without a token.
    async fn read_environment(&self, line: &Line) -> Result<(), Fault> {
        let answer = line.exchange_as_nobody(&Request::get(ENVIRONMENT)).await?;
        let environment = Answer::parse::<wire::Environment>(answer)?;
        let now = self.clock.now();
        self.change(|state| {
            if let Some(entry) = state.entry_mut(&line.id) {
                entry.view.environment = Some(environment);
                entry.view.answered_at = Some(now);
            }
        });
        Ok(())
    }

    /// Looks whether the client token that the index knows of is in the keychain. Where the keychain works and has
    /// none, nobody is signed in any more; where it cannot be asked, nothing is known and nothing is lost.
    async fn miss_client(&self, link: &Link) -> Result<(), Fault> {
        let expected = self.look(|state| state.slot(link).is_some_and(|slot| slot.has_client));
        if !expected || link.token(self).await.map_err(Fault::Vault)?.is_some() {
            return Ok(());
        }
        let reason = match link.look_again(self).await {
            Ok(true) => {
                let name = self.name(&link.id);
                let gone =
                    format!("Your keychain no longer has what kept you signed in at {name}. Sign in again to go on.");
                let said = Said::from(Reason::VaultItemMissing).of(name.subject);
                self.forget(link, Some(Problem::new(said, gone)), When::UnlessHeld).await;
                return Ok(());
            }
            Err(error @ VaultError::Damaged(_)) => Problem::new(&error, error.to_string()),
            Ok(false) | Err(_) => return Ok(()),
        };
        self.change(|state| {
            if let Some(entry) = state.entry_mut(&link.id) {
                entry.reason = Some(reason);
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let pace =
            Pace { reconnect: Duration::from_secs(1), reconnect_longest: Duration::from_mins(1), ..Pace::default() };
        let pauses: Vec<u64> = [1, 2, 3, 6, 7, 8, 400].map(|failures| back_off(&pace, failures).as_secs()).to_vec();
        assert_eq!(pauses, [1, 2, 4, 32, 60, 60, 60]);
    }
}
