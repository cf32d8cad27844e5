//! What the window shows and asks of the network; nothing of it is secret.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which way to the network the person chose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ProxyChoice {
    /// As the process's variables say, else as the desktop's settings say.
    #[default]
    System,
    /// Without a proxy.
    Direct,
    /// Through this one.
    Manual {
        /// What it speaks.
        kind: ProxyKind,
        /// Its name or number.
        host: String,
        /// Its port.
        port: u16,
        /// Hosts that are reached without it, with commas between them.
        exceptions: String,
        /// The name it knows the person by; empty where it asks for none.
        user: String,
    },
}

/// What a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProxyKind {
    /// HTTP with CONNECT.
    Http,
    /// SOCKS 5; names are resolved there.
    Socks5,
}

/// The network as the app uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct NetworkView {
    /// What the person chose.
    pub choice: ProxyChoice,
    /// Whether a password for the proxy of one's own is kept in the vault.
    pub password_kept: bool,
    /// The proxy that is in use; none where there is none.
    pub proxy: Option<ProxyView>,
    /// Address of a file of the desktop's that would choose a proxy and is not run; empty where the network itself is
    /// to be asked for one.
    pub script: Option<String>,
    /// The authorities that are trusted besides the system's.
    pub authorities: Vec<AuthorityView>,
}

/// A proxy in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ProxyView {
    /// Its address, without what it knows the person by.
    pub address: String,
    /// Who named it.
    pub source: ProxySource,
    /// The variable that names it, where one does.
    pub variable: Option<String>,
    /// Hosts that are reached without it, with commas between them.
    pub exceptions: String,
}

/// Who named a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProxySource {
    /// The person, in the app.
    Manual,
    /// A variable of the process.
    Environment,
    /// The desktop's settings.
    Desktop,
}

/// A private authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AuthorityView {
    /// SHA-256 of its certificate, in hexadecimal.
    pub fingerprint: String,
    /// Whom the certificate names.
    pub subject: String,
    /// Until when it counts, in milliseconds since the epoch.
    #[ts(type = "number")]
    pub expires_at: i64,
    /// Whether that is over.
    pub expired: bool,
}
