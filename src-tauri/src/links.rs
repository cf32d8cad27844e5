//! Links of the app's scheme: the system is told to lead them here, and they are taken from what the app was started with.
//!
//! Nothing is told to the system before somebody goes out to the browser for the first time. What a link says is looked at
//! by the accounts room, and is nothing to anybody where nothing waits for it.

use std::time::Duration;

use frontdesk_accounts::Accounts;
use tauri::AppHandle;
use tokio::{sync::OnceCell, time::timeout};

use crate::places::IDENTIFIER;

/// How long the system may take: somebody waits for the browser to open.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether links of the app lead here, once that has been seen to.
#[derive(Default)]
pub(crate) struct Links(OnceCell<bool>);

impl Links {
    /// Sees to it that browsers find a way back: by a link, or by a port of this computer where the person wants that or
    /// the system leads links nowhere.
    pub(crate) async fn see_to(&self, app: &AppHandle, accounts: &Accounts, by_port: bool) {
        if by_port {
            return accounts.set_by_scheme(false);
        }
        let app = app.clone();
        let lead_here = self.0.get_or_init(|| async {
            let told = timeout(PATIENCE, tokio::task::spawn_blocking(move || system::lead_here(&app))).await;
            let told = match told {
                Ok(Ok(told)) => told,
                Ok(Err(_)) => Err("it ended in the middle".to_owned()),
                Err(_) => Err("the system took too long".to_owned()),
            };
            told.inspect_err(|error| {
                tracing::warn!("links of the app do not lead here, browsers come back by a port: {error}");
            })
            .is_ok()
        });
        accounts.set_by_scheme(*lead_here.await);
    }
}

/// The links among what the app was started with.
pub(crate) fn among(arguments: &[String]) -> impl Iterator<Item = &String> {
    arguments.iter().filter(|argument| {
        let rest = argument.strip_prefix(IDENTIFIER);
        rest.is_some_and(|rest| rest.starts_with(':'))
    })
}

#[cfg(target_os = "linux")]
mod system {
    use std::process::Command;

    use tauri::AppHandle;

    use super::entry::{Entry, Tools};

    struct Xdg;

    impl Tools for Xdg {
        fn run(&self, program: &str, arguments: &[&str]) -> std::io::Result<String> {
            let output = Command::new(program).args(arguments).output()?;
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        }
    }

    pub(super) fn lead_here(app: &AppHandle) -> Result<(), String> {
        let data = dirs::data_dir().ok_or("the system names no folder for it")?;
        // An image that mounts itself is started by its file, not by what it holds.
        let program = std::env::var_os("APPIMAGE").map(Into::into);
        let program = program.map_or_else(std::env::current_exe, Ok).map_err(|error| error.to_string())?;
        let name = app.package_info().name.clone();
        Entry { program, name }.see_to(&data.join("applications"), &Xdg)
    }
}

#[cfg(target_os = "linux")]
mod entry;

#[cfg(windows)]
mod system {
    use tauri::AppHandle;
    use tauri_plugin_deep_link::DeepLinkExt as _;

    use super::IDENTIFIER;

    pub(super) fn lead_here(app: &AppHandle) -> Result<(), String> {
        let links = app.deep_link();
        if links.is_registered(IDENTIFIER).unwrap_or(false) {
            return Ok(());
        }
        links.register(IDENTIFIER).map_err(|error| error.to_string())
    }
}

/// The bundle of the app says so itself there. One that was started without its bundle gets no links.
#[cfg(not(any(windows, target_os = "linux")))]
mod system {
    use tauri::AppHandle;

    pub(super) fn lead_here(_app: &AppHandle) -> Result<(), String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let bundled = program.ancestors().any(|folder| folder.extension().is_some_and(|it| it == "app"));
        if bundled { Ok(()) } else { Err("this is not the app as it is installed".to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_21_links_alone_are_taken_from_what_the_app_was_started_with() {
        let link = format!("{IDENTIFIER}://callback?rotating_token_nonce=a");
        let started = ["--hidden", &link, "https://example.com", IDENTIFIER, &format!("{IDENTIFIER}2://callback"), ""];
        let started = started.map(str::to_owned);
        assert_eq!(among(&started).collect::<Vec<_>>(), [&link]);
    }
}
