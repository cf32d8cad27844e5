//! The text of a report: what helps to help, and no secret.

use std::fmt::Write as _;

use frontdesk_accounts::Accounts;

use crate::{places::Places, presence::Attention};

/// The app, the system, the folders; then what the accounts room says of keychain and instances, secrets masked.
pub(crate) fn text(version: &str, places: &Places, accounts: &Accounts, attention: Attention) -> String {
    let mut text = format!("Frontdesk {version}\n");
    let mut line = |name: &str, value: &str| {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{name}: {value}");
    };
    line("System", &system());
    line("WebKit", &tauri::webview_version().unwrap_or_else(|_| "unknown".to_owned()));
    line("Window", attention.as_str());
    line("Data folder", &places.data().display().to_string());
    line("Log", &places.logs().join(crate::logs::FILE).display().to_string());
    text.push_str(accounts.diagnostics().trim_end());
    text.push('\n');
    text
}

/// The system's name and the processor's kind.
fn system() -> String {
    let name = if cfg!(target_os = "linux") {
        std::fs::read_to_string("/etc/os-release").ok().and_then(|text| pretty_name(&text))
    } else {
        None
    };
    format!("{} ({})", name.unwrap_or_else(|| std::env::consts::OS.to_owned()), std::env::consts::ARCH)
}

/// The name in an `os-release` file (os-release(5)).
fn pretty_name(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(value.trim_matches(['"', '\'']).to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_is_named_as_its_file_says() {
        let text = "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\n";
        assert_eq!(pretty_name(text).as_deref(), Some("Debian GNU/Linux 12 (bookworm)"));
        assert_eq!(pretty_name("PRETTY_NAME=Arch\n").as_deref(), Some("Arch"));
        assert_eq!(pretty_name("PRETTY_NAME=\"\"\nID=x\n"), None);
        assert_eq!(pretty_name("ID=x\n"), None);
    }
}
