//! The desktop shell: the window, its commands and capabilities, and the instance inside the app. No rules of its own.

pub mod app_room;
mod clipboard;
mod commands;
mod confirm;
#[cfg(target_os = "linux")]
mod desktop_signals;
mod diagnostics;
mod display;
mod input;
#[cfg(unix)]
mod local;
mod logs;
mod notices;
mod places;
mod preferences;
mod presence;
mod shell;
mod speech;
mod store;
mod tray;
mod window;

use std::process::ExitCode;

/// Opens the app and stays until it is quit. A failure is one sentence on standard error.
#[must_use]
pub fn run() -> ExitCode {
    match display::check(|name| std::env::var_os(name)).and_then(|()| shell::build()) {
        Ok(app) => {
            logs::report_panics();
            ExitCode::from(u8::try_from(app.run_return(|app, event| shell::on_event(app, &event))).unwrap_or(1))
        }
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}
