//! The six commands of the window. Each checks who asks and what, and hands the request to the accounts room.

use frontdesk_accounts::{
    Accounts, Reason, Said,
    intents::{InstanceRequest, IntentError},
};
use serde_json::Value;
use tauri::{State, WebviewWindow};

use crate::{
    app_room::{AppAnswer, AppRequest, Diagnostics},
    diagnostics,
    input::{admit, refused},
    shell::Shell,
    window,
};

/// One step of a sign-in.
#[tauri::command]
pub(crate) async fn sign_in(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    request: Value,
) -> Result<Value, IntentError> {
    shell.accounts.sign_in(admit(window.label(), request)?).await
}

/// One step of a sign-up.
#[tauri::command]
pub(crate) async fn sign_up(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    request: Value,
) -> Result<Value, IntentError> {
    shell.accounts.sign_up(admit(window.label(), request)?).await
}

/// Something done with one session.
#[tauri::command]
pub(crate) async fn session(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    request: Value,
) -> Result<Value, IntentError> {
    shell.accounts.session(admit(window.label(), request)?).await
}

/// Something done with accounts and users.
#[tauri::command]
pub(crate) async fn account(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    request: Value,
) -> Result<Value, IntentError> {
    shell.accounts.account(admit(window.label(), request)?).await
}

/// Something done with instances.
#[tauri::command]
pub(crate) async fn instance(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    request: Value,
) -> Result<Value, IntentError> {
    let request = admit(window.label(), request)?;
    // Who loads an instance again may have mended what kept the one inside the app from starting.
    if matches!(request, InstanceRequest::Reload { .. }) {
        shell.try_local_again();
    }
    shell.accounts.instance(request).await
}

/// Something asked of the app itself.
#[tauri::command]
pub(crate) async fn app(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    request: Value,
) -> Result<AppAnswer, IntentError> {
    match admit(window.label(), request)? {
        AppRequest::Snapshot => {
            let snapshot = shell.accounts.snapshots().borrow().clone();
            Ok(AppAnswer::Snapshot(snapshot.as_ref().clone()))
        }
        AppRequest::Preferences => Ok(AppAnswer::Preferences(shell.preferences().current())),
        AppRequest::SetPreferences { preferences } => {
            shell.preferences().set(preferences).map_err(|error| {
                let file = shell.places.preferences().display().to_string();
                let message = format!(
                    "The settings could not be written to {file}: {error}. The ones before stay. Make room on the disk \
                     or make the file writable, then try again."
                );
                refused(Said::from(Reason::PreferencesUnwritable).detail(format!("{file}: {error}")), &message)
            })?;
            window::set_theme(&window, preferences.theme);
            Ok(AppAnswer::Done)
        }
        AppRequest::Speak { locale } => {
            shell.accounts.set_locale(locale);
            Ok(AppAnswer::Done)
        }
        AppRequest::RecheckVault => {
            shell.ask_vault_again().await;
            Ok(AppAnswer::Done)
        }
        AppRequest::UnlockVault { passphrase } => {
            shell.store.unlock(passphrase).await?;
            shell.ask_vault_again().await;
            Ok(AppAnswer::Done)
        }
        AppRequest::LockVault => {
            shell.store.lock(&shell.accounts).await;
            Ok(AppAnswer::Done)
        }
        AppRequest::MoveToPassphrase { passphrase } => {
            shell.store.move_to_passphrase(&shell.accounts, passphrase).await?;
            shell.ask_vault_again().await;
            Ok(AppAnswer::Done)
        }
        AppRequest::MoveToKeychain => {
            shell.store.move_to_keychain().await?;
            shell.ask_vault_again().await;
            Ok(AppAnswer::Done)
        }
        AppRequest::ChangePassphrase { passphrase, new_passphrase } => {
            shell.store.change_passphrase(passphrase, new_passphrase).await?;
            Ok(AppAnswer::Done)
        }
        AppRequest::Diagnostics => Ok(AppAnswer::Diagnostics(Diagnostics {
            text: diagnostics::text(shell.version, &shell.places, &shell.accounts),
        })),
        AppRequest::EstimatePassword { password, inputs } => {
            Ok(AppAnswer::EstimatePassword(Accounts::estimate_password(&password, &inputs)))
        }
        AppRequest::Copy { text } => shell.clipboard.copy(text).await.map(|()| AppAnswer::Done),
    }
}
