//! What a desktop shows beside windows: the icons of its tray with their menus, and notices. A program of the tests' own
//! takes the place of both.
#![allow(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the interfaces of the desktop say what methods take, whether or not it is of use here"
)]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::{Context as _, Result, bail};
use zbus::{
    Connection, connection, interface,
    message::Header,
    object_server::SignalEmitter,
    zvariant::{OwnedObjectPath, OwnedValue, Value},
};

use super::patience::wait_for_async;

const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// The tray and the notices of a desktop; dropping it takes both away.
pub struct DesktopShell {
    bus: Connection,
    seen: Arc<Mutex<Seen>>,
}

/// What programs asked the desktop to show.
#[derive(Default)]
struct Seen {
    /// Name on the bus and path of every icon.
    icons: Vec<(String, String)>,
    notices: Vec<DesktopNotice>,
}

/// A notice as it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesktopNotice {
    /// Its number.
    pub id: u32,
    /// Its first line.
    pub title: String,
    /// What else it says.
    pub body: String,
}

/// An entry of the tray's menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    id: i32,
    /// What it says.
    pub label: String,
    /// Whether it has a mark.
    pub marked: bool,
}

/// A node of a menu as the bus carries it: number, properties, children.
type Node = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

struct Watcher(Arc<Mutex<Seen>>);

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        // What is registered is a path of the sender, or a name of the bus.
        let icon = if service.starts_with('/') {
            (sender, service.to_owned())
        } else {
            (service.to_owned(), "/StatusNotifierItem".to_owned())
        };
        lock(&self.0).icons.push(icon);
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        lock(&self.0).icons.iter().map(|(name, path)| format!("{name}{path}")).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

struct Notices(Arc<Mutex<Seen>>);

#[interface(name = "org.freedesktop.Notifications")]
impl Notices {
    #[expect(clippy::too_many_arguments, reason = "the interface has that many")]
    fn notify(
        &self,
        _app_name: &str,
        _replaces: u32,
        _icon: &str,
        summary: &str,
        body: &str,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        let notices = &mut lock(&self.0).notices;
        let id = u32::try_from(notices.len() + 1).unwrap_or(u32::MAX);
        notices.push(DesktopNotice { id, title: summary.to_owned(), body: body.to_owned() });
        id
    }

    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned(), "actions".to_owned()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("tests".to_owned(), "tests".to_owned(), "1".to_owned(), "1.2".to_owned())
    }

    fn close_notification(&self, _id: u32) {}

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str) -> zbus::Result<()>;
}

impl DesktopShell {
    pub(super) async fn start(address: &str) -> Result<Self> {
        let seen = Arc::<Mutex<Seen>>::default();
        let bus = connection::Builder::address(address)?
            .serve_at("/StatusNotifierWatcher", Watcher(seen.clone()))?
            .serve_at("/org/freedesktop/Notifications", Notices(seen.clone()))?
            .name("org.kde.StatusNotifierWatcher")?
            .name("org.freedesktop.Notifications")?
            .build()
            .await
            .context("take the place of the tray and the notices")?;
        Ok(Self { bus, seen })
    }

    /// What the menu of the one icon in the tray holds, once there is one. Lines between entries are left out.
    ///
    /// # Errors
    /// No icon comes, or it has no menu.
    pub async fn menu(&self) -> Result<Vec<Entry>> {
        let (name, menu) = self.find_menu().await?;
        let asked = (0_i32, -1_i32, Vec::<String>::new());
        let answer = self.bus.call_method(Some(&*name), &menu, Some(MENU), "GetLayout", &asked).await?;
        let (_revision, (_, _, children)): (u32, Node) = answer.body().deserialize()?;
        let mut entries = Vec::new();
        for child in children {
            let (id, properties, _): Node = child.try_into().context("an entry of the menu")?;
            let text = properties.get("label").and_then(|label| <&str>::try_from(label).ok());
            // A single underline marks the letter of a short-cut.
            let Some(label) = text.map(|label| label.replace("__", "_")) else { continue };
            let marked = properties.get("toggle-state").and_then(|state| i32::try_from(state).ok()) == Some(1);
            entries.push(Entry { id, label, marked });
        }
        Ok(entries)
    }

    /// Waits until the menu has an entry that says this, and whether it is marked.
    ///
    /// # Errors
    /// It does not come; the error says what is there instead.
    pub async fn entry(&self, label: &str, marked: bool) -> Result<Entry> {
        let what = format!("the tray said “{label}”");
        let found = wait_for_async(&what, async || {
            Ok(self.menu().await?.into_iter().find(|entry| entry.label == label && entry.marked == marked))
        });
        match found.await {
            Ok(entry) => Ok(entry),
            Err(error) => Err(error.context(format!("the tray holds {:?}", self.menu().await?))),
        }
    }

    /// Chooses an entry of the menu.
    ///
    /// # Errors
    /// The program does not take it.
    pub async fn choose(&self, entry: &Entry) -> Result<()> {
        let (name, menu) = self.find_menu().await?;
        let event = (entry.id, "clicked", Value::from(0_i32), 0_u32);
        self.bus.call_method(Some(&*name), &menu, Some(MENU), "Event", &event).await?;
        Ok(())
    }

    /// The notices that were shown so far.
    #[must_use]
    pub fn notices(&self) -> Vec<DesktopNotice> {
        lock(&self.seen).notices.clone()
    }

    /// Presses a notice.
    ///
    /// # Errors
    /// The bus is gone.
    pub async fn press(&self, notice: &DesktopNotice) -> Result<()> {
        let served = self.bus.object_server().interface::<_, Notices>("/org/freedesktop/Notifications").await?;
        Ok(Notices::action_invoked(served.signal_emitter(), notice.id, "default").await?)
    }

    async fn find_menu(&self) -> Result<(String, OwnedObjectPath)> {
        let icon = wait_for_async("an icon came into the tray", async || Ok(lock(&self.seen).icons.last().cloned()));
        let (name, path) = icon.await?;
        let asked = (ITEM, "Menu");
        let properties = Some("org.freedesktop.DBus.Properties");
        let answer = self.bus.call_method(Some(&*name), &*path, properties, "Get", &asked).await?;
        let menu: OwnedValue = answer.body().deserialize()?;
        match OwnedObjectPath::try_from(menu) {
            Ok(menu) => Ok((name, menu)),
            Err(error) => bail!("the icon has no menu: {error}"),
        }
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
