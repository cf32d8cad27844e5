//! The six commands of the window. Each checks who asks and what, asks the person where a page must not decide, and
//! hands the request to the accounts room.

use frontdesk_accounts::{
    Accounts, Reason, Said,
    intents::{AccountRequest, InstanceRequest, IntentError},
};
use serde_json::Value;
use tauri::{Manager as _, State, WebviewWindow};
use tauri_plugin_autostart::ManagerExt as _;

use crate::{
    app_room::{AppAnswer, AppRequest, Diagnostics, Preferences},
    clipboard::SECRET_STAYS,
    confirm, diagnostics,
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
    let request: AccountRequest = admit(window.label(), request)?;
    let question = confirm::of_account(&request, &shell.accounts.snapshots().borrow(), shell.speech.words());
    confirm::ask(window.app_handle(), question).await?;
    shell.accounts.account(request).await
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
    let question = confirm::of_instance(&request, &shell.accounts.snapshots().borrow(), shell.speech.words());
    confirm::ask(window.app_handle(), question).await?;
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
        AppRequest::Preferences => Ok(AppAnswer::Preferences(preferences(&window, &shell))),
        AppRequest::SetPreferences { preferences } => {
            set_preferences(&window, &shell, preferences)?;
            Ok(AppAnswer::Done)
        }
        AppRequest::Speak { locale } => {
            shell.speech.speak(&locale);
            shell.accounts.set_locale(locale);
            Ok(AppAnswer::Done)
        }
        AppRequest::Present { in_sight } => {
            // A page cannot be seen in a window that is not.
            shell.presence.in_sight(in_sight && window.is_visible().unwrap_or(true));
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
            text: diagnostics::text(shell.version, &shell.places, &shell.accounts, shell.presence.attention()),
        })),
        AppRequest::EstimatePassword { password, inputs } => {
            Ok(AppAnswer::EstimatePassword(Accounts::estimate_password(&password, &inputs)))
        }
        AppRequest::Copy { text, secret: false } => shell.clipboard.copy(text).await.map(|()| AppAnswer::Done),
        AppRequest::Copy { text, secret: true } => {
            let over = tokio::time::sleep(SECRET_STAYS);
            shell.clipboard.copy_secret(text, over).await.map(|()| AppAnswer::Done)
        }
    }
}

/// What the person chose; whether the app is started at login, the system knows.
fn preferences(window: &WebviewWindow, shell: &Shell) -> Preferences {
    let start_at_login = window.autolaunch().is_enabled().unwrap_or_else(|error| {
        tracing::warn!("the system does not say what it starts at login: {error}");
        false
    });
    Preferences { start_at_login, ..shell.preferences().current() }
}

fn set_preferences(window: &WebviewWindow, shell: &Shell, new: Preferences) -> Result<(), IntentError> {
    if new.start_at_login != preferences(window, shell).start_at_login {
        let login = window.autolaunch();
        let set = if new.start_at_login { login.enable() } else { login.disable() };
        set.map_err(|error| {
            let message = format!(
                "What the system starts at login could not be changed: {error}. Change it in the system's own settings."
            );
            refused(Said::from(Reason::StartAtLoginFailed).detail(&error), &message)
        })?;
    }
    shell.preferences().set(new).map_err(|error| {
        let file = shell.places.preferences().display().to_string();
        let message = format!(
            "The settings could not be written to {file}: {error}. The ones before stay. Make room on the disk or make the \
             file writable, then try again."
        );
        refused(Said::from(Reason::PreferencesUnwritable).detail(format!("{file}: {error}")), &message)
    })?;
    window::set_theme(window, new.theme);
    Ok(())
}
