//! The smallest window the shell could open, with one line of text.
//!
//! `cargo xtask bench` starts it in turn with the app and gives the app's start and memory as a multiple of it: what is
//! left is what the app adds to the price of a webview. It has no commands, no plugins and no state, and it does nothing
//! to be measured; both windows are watched from outside, in the pixels of the X server.

fn main() {
    if let Err(error) = tauri::Builder::default().run(tauri::generate_context!()) {
        eprintln!("The window could not be opened: {error}");
        std::process::exit(1);
    }
}
