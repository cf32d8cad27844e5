//! Embeds the window's pages, the configuration and the capabilities.

#[path = "command_names.rs"]
mod command_names;

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(&command_names::COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        eprintln!("The shell cannot be put together: {error:#}");
        std::process::exit(1);
    }
}
