//! What the room keeps on disk: the list of instances in plain text, and what they said in sealed files.

mod merge;

use std::{
    collections::HashSet,
    ffi::OsStr,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use frontdesk_vault::{SealKey, replace_file, unfinished};
use frontdesk_wire as wire;
use serde::{Deserialize, Serialize};

use crate::{
    link,
    passkeys::MadeHere,
    saved_password,
    snapshot::{AccountKey, ClientView},
};

/// The instances the app knows, in order, and the account it shows. Nothing here is secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct List {
    pub(crate) instances: Vec<Listed>,
    #[serde(default)]
    pub(crate) active: Option<AccountKey>,
    /// Keychain items that are of no use any more and could not be deleted yet.
    #[serde(default)]
    pub(crate) doomed: Vec<String>,
    /// Whether the lock of the app is on: it is shut at every start.
    #[serde(default)]
    pub(crate) lock: bool,
}

impl List {
    /// There is one instance inside the app: of several entries for it the one that `is_it` stays, or else the first.
    fn keep_one_local(&mut self, is_it: impl Fn(&Listed) -> bool) {
        let local = || self.instances.iter().filter(|listed| listed.local);
        let kept = local().find(|listed| is_it(listed)).or_else(|| local().next()).map(|listed| listed.id.clone());
        let stays = |listed: &Listed| !listed.local || Some(&listed.id) == kept.as_ref();
        let (stay, gone): (Vec<_>, Vec<_>) = std::mem::take(&mut self.instances).into_iter().partition(stays);
        self.instances = stay;
        for listed in &gone {
            self.doom(listed);
        }
    }

    /// What the keychain has for an entry that is not in the list is of no use any more.
    fn doom(&mut self, gone: &Listed) {
        let tokens = gone.slots.iter().filter(|slot| slot.has_client).map(|slot| link::item(&gone.id, &slot.id));
        for item in tokens.chain([saved_password::item(&gone.id)]) {
            if !self.doomed.contains(&item) {
                self.doomed.push(item);
            }
        }
    }
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
    /// What it is called in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) own_name: Option<String>,
    /// For the local one, the key of its last run.
    pub(crate) publishable_key: Option<String>,
    /// How somebody signed in there last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_strategy: Option<String>,
    /// Hosts of pages that the person has let the browser open there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) hosts: Vec<String>,
    /// Passkeys of users there that this app has made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) passkeys: Vec<MadeHere>,
    /// The clients the app has there.
    #[serde(default)]
    pub(crate) slots: Vec<ListedSlot>,
    /// In lists of before there were slots: what is now said of the one called [`FIRST_SLOT`].
    #[serde(default, rename = "has_client", skip_serializing)]
    pub(crate) had_client: bool,
}

/// One client of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ListedSlot {
    pub(crate) id: String,
    /// Whether the keychain has a client token for it: the keychain itself is not asked what it has.
    pub(crate) has_client: bool,
}

/// The slot that an instance begins with.
pub(crate) const FIRST_SLOT: &str = "1";

impl Listed {
    pub(crate) fn new(id: String, name: String, publishable_key: Option<String>) -> Self {
        let slots = vec![ListedSlot { id: FIRST_SLOT.to_owned(), has_client: false }];
        Self {
            id,
            local: false,
            name,
            own_name: None,
            publishable_key,
            last_strategy: None,
            hosts: Vec::new(),
            passkeys: Vec::new(),
            slots,
            had_client: false,
        }
    }

    /// Leaves out what names no file and no keychain item; there is always a slot.
    fn settle(&mut self) {
        self.slots.retain(|slot| is_id(&slot.id));
        if self.slots.is_empty() {
            self.slots.push(ListedSlot { id: FIRST_SLOT.to_owned(), has_client: self.had_client });
        }
        self.had_client = false;
    }
}

/// What an instance said last, to everybody and to one slot; kept sealed.
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
    tokens: PathBuf,
    flows: PathBuf,
    lock: PathBuf,
}

impl Files {
    /// Makes the folders where they are not there, for their owner alone.
    pub(crate) fn new(folder: &Path) -> Self {
        let files = Self {
            list: folder.join("instances.json"),
            cache: folder.join("cache"),
            tokens: folder.join("tokens"),
            flows: folder.join("flows.sealed"),
            lock: folder.join("instances.lock"),
        };
        for folder in [folder, &files.cache, &files.tokens] {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            if let Err(error) = builder.create(folder) {
                tracing::warn!(%error, "a folder of the app cannot be made; nothing is remembered");
            }
        }
        // Nobody writes while the lock is held.
        if let Err(error) = files.alone(|| files.remove_leftovers()) {
            tracing::warn!(%error, "something that nobody needs stays in a folder of the app");
        }
        files
    }

    /// Removes what processes that ended in the middle left: half a file, and what was said to slots that are no more.
    /// Without a list nobody knows which those are.
    fn remove_leftovers(&self) -> io::Result<()> {
        let slots = self.try_read_list().ok().flatten().map(|list| {
            let slots = list.instances.iter().flat_map(|listed| listed.slots.iter().map(|slot| (&listed.id, &slot.id)));
            slots.map(|(instance, slot)| self.sealed(instance, slot)).collect::<HashSet<_>>()
        });
        let of_nobody = |path: &Path| slots.as_ref().is_some_and(|slots| !slots.contains(path));
        let cache = fs::read_dir(&self.cache)?.flatten().map(|entry| entry.path());
        let left = cache.filter(|path| match path.extension().and_then(OsStr::to_str) {
            Some("new") => true,
            Some("sealed") => of_nobody(path),
            Some("damaged") => of_nobody(&path.with_extension("")),
            _ => false,
        });
        left.chain([unfinished(&self.list), unfinished(&self.flows)]).try_for_each(|path| match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
    }

    /// Where tokens are handed on.
    pub(crate) fn tokens(&self) -> &Path {
        &self.tokens
    }

    /// What waits for the browser, sealed.
    pub(crate) fn flows(&self) -> &Path {
        &self.flows
    }

    /// Writes what waits for the browser; where nothing does, there is no file.
    pub(crate) fn write_flows(&self, key: &SealKey, flows: Option<&frontdesk_vault::Secret>) -> io::Result<()> {
        match flows {
            Some(flows) => key.write(&self.flows, flows.expose()),
            None => match fs::remove_file(&self.flows) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
        }
    }

    /// The list; an empty one when there is none, or none that can be read. One that is damaged is set aside; one that
    /// the system does not give is left as it is, since it may be given the next time.
    pub(crate) fn read_list(&self) -> List {
        let read = self.try_read_list();
        let read = read.inspect_err(|error| {
            tracing::warn!(%error, file = ?self.list.file_name(), "the list of instances cannot be read");
        });
        read.ok().flatten().unwrap_or_default()
    }

    /// None where there is no list.
    fn try_read_list(&self) -> io::Result<Option<List>> {
        let text = match fs::read(&self.list) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read?,
        };
        match serde_json::from_slice::<List>(&text) {
            Ok(mut list) => {
                list.instances.retain(|listed| is_id(&listed.id));
                list.instances.iter_mut().for_each(Listed::settle);
                list.keep_one_local(|_| true);
                Ok(Some(list))
            }
            Err(error) => {
                tracing::warn!(%error, "the list of instances is damaged and is set aside");
                self.set_aside(&self.list.with_extension("json.damaged"))?;
                Ok(None)
            }
        }
    }

    /// Writes the list. What another process has changed since `before` was read or written here stays. A list that still
    /// cannot be read is never written over: it is set aside, and where that cannot be done nothing is written.
    pub(crate) fn write_list(&self, before: &List, list: &List) -> io::Result<()> {
        self.alone(|| {
            let theirs = self.try_read_list().or_else(|error| {
                let aside = self.unreadable();
                tracing::warn!(%error, file = ?aside.file_name(), "the list of instances cannot be read and is set aside");
                self.set_aside(&aside).map(|()| None)
            })?;
            let merged = theirs.map(|theirs| merge::merged(before, list, theirs));
            replace_file(&self.list, &serde_json::to_vec_pretty(merged.as_ref().unwrap_or(list))?)
        })
    }

    /// A free name for a list that cannot be read: what was set aside before may be one that somebody wants back.
    fn unreadable(&self) -> PathBuf {
        let beside = |number: u32| self.list.with_extension(format!("json.unreadable-{number}"));
        (1..u32::MAX).map(beside).find(|path| !path.exists()).unwrap_or_else(|| beside(0))
    }

    fn set_aside(&self, aside: &Path) -> io::Result<()> {
        fs::rename(&self.list, aside).map_err(|error| {
            let words = format!("{} cannot be read, and not be set aside either: {error}", self.list.display());
            io::Error::new(error.kind(), words)
        })
    }

    /// Does something while no other process writes into the folder. The system lets go of the lock however it ends.
    fn alone(&self, work: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let lock = options.open(&self.lock)?;
        match lock.lock() {
            // Where the file system has no locks, there is one process, as nearly always.
            Err(error) if error.kind() != io::ErrorKind::Unsupported => return Err(error),
            _ => {}
        }
        work()
    }

    /// What an instance said last to a slot, if that is known and can be opened.
    pub(crate) fn read(&self, key: &SealKey, instance: &str, slot: &str) -> Option<Remembered> {
        let plain = key
            .read(&self.sealed(instance, slot))
            .inspect_err(|error| tracing::warn!(%error, "a file of the cache cannot be read"))
            .ok()??;
        serde_json::from_slice(&plain)
            .inspect_err(|error| tracing::warn!(line = error.line(), "a file of the cache is of another version"))
            .ok()
    }

    pub(crate) fn write(
        &self,
        key: &SealKey,
        (instance, slot): (&str, &str),
        remembered: &Remembered,
    ) -> io::Result<()> {
        let plain = frontdesk_vault::Secret::new(serde_json::to_vec(remembered)?);
        self.alone(|| key.write(&self.sealed(instance, slot), plain.expose()))
    }

    /// Forgets what an instance said to a slot, and what was set aside of it.
    pub(crate) fn remove(&self, instance: &str, slot: &str) -> io::Result<()> {
        let path = self.sealed(instance, slot);
        for path in [path.with_extension("sealed.damaged"), path] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// The first slot's file has the name it had when there was one for each instance.
    fn sealed(&self, instance: &str, slot: &str) -> PathBuf {
        self.cache.join(match slot {
            FIRST_SLOT => format!("{instance}.sealed"),
            _ => format!("{instance}-{slot}.sealed"),
        })
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

#[cfg(test)]
mod tests;
