//! What the room keeps on disk: the list of instances in plain text, and what they said in sealed files.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use frontdesk_vault::{SealKey, replace_file};
use frontdesk_wire as wire;
use serde::{Deserialize, Serialize};

use crate::snapshot::{AccountKey, ClientView};

/// The instances the app knows, in order, and the account it shows. Nothing here is secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct List {
    pub(crate) instances: Vec<Listed>,
    #[serde(default)]
    pub(crate) active: Option<AccountKey>,
    /// Keychain items that are of no use any more and could not be deleted yet.
    #[serde(default)]
    pub(crate) doomed: Vec<String>,
}

/// One instance of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Listed {
    /// The random id the app gave it.
    pub(crate) id: String,
    /// Whether it is the one inside the app.
    #[serde(default)]
    pub(crate) local: bool,
    pub(crate) name: String,
    /// For the local one, the key of its last run.
    pub(crate) publishable_key: Option<String>,
    /// Whether the keychain has a client token for it: the keychain itself is not asked what it has.
    #[serde(default)]
    pub(crate) has_client: bool,
}

/// What an instance said last; kept sealed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    pub(crate) environment: Option<wire::Environment>,
    pub(crate) client: Option<ClientView>,
    pub(crate) answered_at: Option<i64>,
}

/// The folder.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    list: PathBuf,
    cache: PathBuf,
}

impl Files {
    /// Makes the folders where they are not there, for their owner alone.
    pub(crate) fn new(folder: &Path) -> Self {
        let files = Self { list: folder.join("instances.json"), cache: folder.join("cache") };
        for folder in [folder, &files.cache] {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            if let Err(error) = builder.create(folder) {
                tracing::warn!(%error, "a folder of the app cannot be made; nothing is remembered");
            }
        }
        files
    }

    /// The list; an empty one when there is none, or none that can be read. Such a file is set aside.
    pub(crate) fn read_list(&self) -> List {
        let text = match fs::read(&self.list) {
            Ok(text) => text,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(%error, "the list of instances cannot be read");
                }
                return List::default();
            }
        };
        serde_json::from_slice(&text).unwrap_or_else(|error| {
            tracing::warn!(%error, "the list of instances is damaged and is set aside");
            let _kept_where_it_is = fs::rename(&self.list, self.list.with_extension("json.damaged"));
            List::default()
        })
    }

    pub(crate) fn write_list(&self, list: &List) -> io::Result<()> {
        replace_file(&self.list, &serde_json::to_vec_pretty(list)?)
    }

    /// What an instance said last, if that is known and can be opened.
    pub(crate) fn read(&self, key: &SealKey, instance: &str) -> Option<Remembered> {
        let plain = key
            .read(&self.sealed(instance))
            .inspect_err(|error| tracing::warn!(%error, "a file of the cache cannot be read"))
            .ok()??;
        serde_json::from_slice(&plain)
            .inspect_err(|error| tracing::warn!(line = error.line(), "a file of the cache is of another version"))
            .ok()
    }

    pub(crate) fn write(&self, key: &SealKey, instance: &str, remembered: &Remembered) -> io::Result<()> {
        let plain = frontdesk_vault::Secret::new(serde_json::to_vec(remembered)?);
        key.write(&self.sealed(instance), plain.expose())
    }

    /// Forgets what an instance said, and what was set aside of it.
    pub(crate) fn remove(&self, instance: &str) -> io::Result<()> {
        let path = self.sealed(instance);
        for path in [path.with_extension("sealed.damaged"), path] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn sealed(&self, instance: &str) -> PathBuf {
        self.cache.join(format!("{instance}.sealed"))
    }
}

/// A random id of 128 bits in hexadecimal; none when the system has no random numbers.
pub(crate) fn random_id() -> Option<String> {
    let bytes = frontdesk_vault::Secret::random(16)?;
    Some(bytes.expose().iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    }))
}

/// Whether an id is one of ours: ids name files and keychain items.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
