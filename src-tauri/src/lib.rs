//! The desktop shell: the window, its commands and capabilities, and the instance inside the app. No rules of its own.

pub mod app_room;
mod ask;
mod clipboard;
mod commands;
mod confirm;
#[cfg(target_os = "linux")]
mod desktop_proxy;
#[cfg(target_os = "linux")]
mod desktop_signals;
mod diagnostics;
mod display;
mod door;
mod input;
mod links;
mod local;
mod logs;
mod notices;
mod picking;
mod places;
mod preferences;
mod presence;
mod programs;
mod shell;
mod speech;
mod store;
mod tray;
mod window;

use std::process::ExitCode;

/// Opens the app and stays until it is quit, or asks the one that runs. A failure is one sentence on standard error.
#[must_use]
pub fn run() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if ask::is_meant(&arguments) {
        return ask::run(arguments);
    }
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
