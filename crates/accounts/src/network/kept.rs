//! What the person chose, in a file of its own. Nothing in it is secret.

use std::{fs, io, path::Path};

use frontdesk_vault::replace_file;
use serde::{Deserialize, Serialize};

use super::{authorities::Authority, view::ProxyChoice};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) choice: ProxyChoice,
    /// Whether the vault has the password of the proxy: the vault itself is not asked what it has.
    pub(crate) has_password: bool,
    pub(crate) authorities: Vec<Authority>,
}

/// The same as it is written.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Written {
    proxy: ProxyChoice,
    has_password: bool,
    /// Certificates in base64.
    authorities: Vec<String>,
}

impl Kept {
    /// What cannot be read has its default: the system's settings, and nobody trusted besides whom the system trusts.
    pub(crate) fn read(file: &Path) -> Self {
        let text = match fs::read(file) {
            Ok(text) => text,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(%error, "the settings of the network cannot be read, the defaults are used");
                }
                return Self::default();
            }
        };
        let Ok(Written { proxy, has_password, authorities }) = serde_json::from_slice(&text) else {
            tracing::warn!("the settings of the network are damaged, the defaults are used");
            return Self::default();
        };
        let authorities = authorities.iter().filter_map(|text| {
            let read = Authority::from_base64(text);
            read.inspect_err(|error| tracing::warn!(%error, "a kept authority is left out")).ok()
        });
        Self { choice: proxy, has_password, authorities: authorities.collect() }
    }

    pub(crate) fn write(&self, file: &Path) -> io::Result<()> {
        let written = Written {
            proxy: self.choice.clone(),
            has_password: self.has_password,
            authorities: self.authorities.iter().map(Authority::to_base64).collect(),
        };
        replace_file(file, &serde_json::to_vec_pretty(&written)?)
    }
}
