//! Whether the data folder and the keychain are sound.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Desktop;

/// Whether the vault behind a passphrase is the one that counts.
///
/// # Errors
/// The note that says so is damaged.
pub fn has_passphrase(data: &Path) -> Result<bool> {
    let note = match fs::read(data.join("vault.json")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        note => serde_json::from_slice::<Value>(&note?).context("vault.json is damaged")?,
    };
    Ok(note["keeper"] == "passphrase")
}

/// Waits until everything is in its place after the start that follows a kill: no file is half written or set aside, every
/// file is of somebody, and the keychain holds exactly what the list of instances says.
///
/// # Errors
/// It does not come to that; the error says what is wrong.
pub fn until_sound(desktop: &Desktop) -> Result<()> {
    let last = RefCell::new(String::new());
    let sound = || {
        let fault = fault(desktop).unwrap_or_else(|error| Some(format!("{error:#}")));
        *last.borrow_mut() = fault.clone().unwrap_or_default();
        fault.is_none()
    };
    desktop.until("folder and keychain are sound", sound).with_context(|| last.borrow().clone())
}

/// The first thing that is wrong.
fn fault(desktop: &Desktop) -> Result<Option<String>> {
    let data = desktop.data()?;
    for file in files(&data)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".new") || name.ends_with(".damaged") || name.starts_with(".probe") {
            return Ok(Some(format!("{} is left over", file.display())));
        }
    }
    let list: Value = serde_json::from_slice(&fs::read(data.join("instances.json"))?).context("read the list")?;
    if list["doomed"].as_array().is_none_or(|doomed| !doomed.is_empty()) {
        return Ok(Some(format!("something waits to be deleted: {}", list["doomed"])));
    }
    let (mut clients, mut sealed) = (BTreeSet::new(), BTreeSet::new());
    for instance in list["instances"].as_array().context("instances are a list")? {
        let id = instance["id"].as_str().context("an instance has an id")?;
        let slots = instance["slots"].as_array().context("slots are a list")?;
        if slots.is_empty() {
            // Where nobody is signed in, the settings lie in one file, of whichever slot was left. The next start removes
            // it where that was not the one that an instance begins with.
            let own = files(&data.join("cache"))?
                .into_iter()
                .filter_map(|file| file.file_name()?.to_str().map(str::to_owned));
            sealed.extend(own.filter(|name| name.starts_with(id)).take(1));
        }
        for slot in slots {
            let slot_id = slot["id"].as_str().context("a slot has an id")?;
            if slot["has_client"] == true {
                clients.insert(format!("client/{id}/{slot_id}"));
            }
            sealed.insert(if slot_id == "1" { format!("{id}.sealed") } else { format!("{id}-{slot_id}.sealed") });
        }
    }
    for file in files(&data.join("cache"))? {
        if file.file_name().and_then(|name| name.to_str()).is_none_or(|name| !sealed.contains(name)) {
            return Ok(Some(format!("{} is of nobody in {list}", file.display())));
        }
    }
    let mut kept: BTreeSet<String> = desktop.keychain_items()?.into_iter().map(|item| item.name).collect();
    if has_passphrase(&data)? {
        return Ok((!kept.is_empty()).then(|| format!("the keychain holds {kept:?} while the other vault counts")));
    }
    if data.join("vault.sealed").exists() {
        return Ok(Some("there is a vault that does not count".to_owned()));
    }
    for key in ["cache-key", "instance-key/local"] {
        kept.remove(key);
    }
    Ok((kept != clients).then(|| format!("the keychain holds {kept:?}, the list says {clients:?}")))
}

/// Every file of a folder and of the folders in it.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    Ok(found)
}
