//! How the app gets out, the same for every instance: through which proxy, and whose certificates it trusts besides
//! those that the system trusts.
//!
//! ```text
//! room         what the person chooses, and what happens then
//!  ├ kept         the file it is remembered in; the proxy's password is in the vault
//!  ├ sources      what the process and the desktop say of a proxy
//!  ├ authorities  certificates of private authorities
//!  └ way          what a transport is built with
//!     └ trust        refuses a certificate and says who issued it
//! ```

mod authorities;
mod kept;
mod room;
mod sources;
mod trust;
mod view;
mod way;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use frontdesk_vault::Secret;

pub use authorities::LARGEST_FILE as LARGEST_CA_FILE;
pub(crate) use room::PASSWORD_ITEM;
pub use sources::{DesktopProxy, ProxyEnvironment};
pub(crate) use trust::UnknownIssuer;
pub use view::{AuthorityView, NetworkView, ProxyChoice, ProxyKind, ProxySource, ProxyView};
pub(crate) use way::Way;

use kept::Kept;

/// See the module.
pub(crate) struct Network {
    file: PathBuf,
    environment: ProxyEnvironment,
    state: Mutex<State>,
    /// Held while transports are built and put in their places, so that none of an older way replaces a newer one.
    building: Mutex<()>,
    /// Held while something is chosen, so that file and vault say the same.
    choosing: tokio::sync::Mutex<()>,
}

struct State {
    kept: Kept,
    desktop: DesktopProxy,
    /// The password of the proxy that was set by hand, once the vault has given it.
    password: Option<Secret>,
    way: Arc<Way>,
}

impl Network {
    pub(crate) fn new(folder: &Path, environment: ProxyEnvironment) -> Self {
        let file = folder.join("network.json");
        let (kept, desktop) = (Kept::read(&file), DesktopProxy::default());
        let way = Arc::new(Way::new(&kept, &environment, &desktop, None));
        let state = Mutex::new(State { kept, desktop, password: None, way });
        Self { file, environment, state, building: Mutex::default(), choosing: tokio::sync::Mutex::default() }
    }

    /// What transports are built with now.
    pub(crate) fn way(&self) -> Arc<Way> {
        self.state().way.clone()
    }

    /// Keeps whoever else builds transports waiting.
    pub(crate) fn building(&self) -> MutexGuard<'_, ()> {
        self.building.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something; whether transports have to be built anew.
    fn change(&self, change: impl FnOnce(&mut State)) -> bool {
        let mut state = self.state();
        change(&mut state);
        let way = Way::new(&state.kept, &self.environment, &state.desktop, state.password.as_ref());
        let other = !way.is_like(&state.way);
        if other {
            state.way = Arc::new(way);
        }
        other
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
