//! Embeds the window's pages, the configuration and the capabilities, and tells the program its identifier, which the
//! configuration alone spells.

#[path = "command_names.rs"]
mod command_names;

fn main() {
    println!("cargo::rerun-if-changed=tauri.conf.json");
    let Some(identifier) = identifier() else {
        eprintln!("tauri.conf.json names no identifier");
        std::process::exit(1);
    };
    println!("cargo::rustc-env=FRONTDESK_IDENTIFIER={identifier}");
    let manifest = tauri_build::AppManifest::new().commands(&command_names::COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        eprintln!("The shell cannot be put together: {error:#}");
        std::process::exit(1);
    }
}

fn identifier() -> Option<String> {
    let text = std::fs::read_to_string("tauri.conf.json").ok()?;
    let configuration: serde_json::Value = serde_json::from_str(&text).ok()?;
    Some(configuration.get("identifier")?.as_str()?.to_owned())
}
