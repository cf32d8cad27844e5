//! A home, a screen, a bus and a keychain that nobody else uses.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output},
};

use anyhow::{Context, Result};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    app::{Window, program},
    browser::{self, Browser},
    bus::Bus,
    display::Display,
    frames::Frame,
    keychain::{self, Daemon, Item, Keychain},
    login::LoginManager,
    patience::wait_for,
    processes::{self, MARK},
    questions,
    shell::DesktopShell,
};

/// How many desktops there may be at once: a window is three busy processes.
static ROOM: Semaphore = Semaphore::const_new(2);

/// A throw-away desktop. Dropping it ends everything that was started in it and removes its home.
pub struct Desktop {
    // In this order: the keychain and the bus go before the folder they write to.
    keychain: Option<Daemon>,
    surroundings: Surroundings,
    _room: SemaphorePermit<'static>,
}

/// Folders and environment of a desktop.
pub(super) struct Surroundings {
    bus: Option<Bus>,
    display: Option<Display>,
    /// Where libraries lie that are none.
    broken_libraries: Option<PathBuf>,
    folder: TempDir,
}

impl Desktop {
    /// Starts one, when there is room.
    ///
    /// # Errors
    /// A program that it needs is missing or does not start.
    pub async fn start(keychain: Keychain) -> Result<Self> {
        let room = ROOM.acquire().await?;
        let mut surroundings = Surroundings::new()?;
        let display = Display::start(&mut surroundings.command(Path::new("Xvfb")))?;
        surroundings.display = Some(display);
        let folder = surroundings.folder.path().join("bus");
        let bus = Bus::start(&mut surroundings.command(Path::new("dbus-daemon")), &folder)?;
        surroundings.bus = Some(bus);
        let keychain = keychain::start(&surroundings, keychain)?;
        Ok(Self { keychain, surroundings, _room: room })
    }

    /// Opens the app and waits for its window.
    ///
    /// # Errors
    /// The app is not built, or no window came.
    pub async fn open(&self) -> Result<Window> {
        self.open_with(&[]).await
    }

    /// Opens the app with these arguments.
    ///
    /// # Errors
    /// The app is not built, or no window came.
    pub async fn open_with(&self, arguments: &[&str]) -> Result<Window> {
        Window::open(&self.surroundings, arguments).await
    }

    /// Gives the desktop a tray, and notices.
    ///
    /// # Errors
    /// The bus does not take them.
    pub async fn shell(&self) -> Result<DesktopShell> {
        let bus = self.surroundings.bus.as_ref().context("the desktop has a bus")?;
        DesktopShell::start(&bus.address).await
    }

    /// Gives the desktop a login manager.
    ///
    /// # Errors
    /// The bus does not take it.
    pub async fn login_manager(&self) -> Result<LoginManager> {
        let bus = self.surroundings.bus.as_ref().context("the desktop has a bus")?;
        LoginManager::start(&bus.address).await
    }

    /// Gives the desktop a browser, which pages of these origins may open the app from, and the first page that is opened.
    ///
    /// # Errors
    /// The desktop does not take it.
    pub fn browser(&self, origins: &[String]) -> Result<Browser<'_>> {
        Browser::install(&self.surroundings, origins)
    }

    /// Opens an address as any program of the desktop does.
    ///
    /// # Errors
    /// Nothing opens it.
    pub fn open_link(&self, address: &str) -> Result<()> {
        browser::open_link(&mut self.command("xdg-open"), address)
    }

    /// From now on programs find something else in the place of these libraries, and cannot load them.
    ///
    /// # Errors
    /// The files cannot be written.
    pub fn break_libraries(&mut self, names: &[&str]) -> Result<()> {
        let folder = self.home().join("libraries");
        fs::create_dir_all(&folder)?;
        for name in names {
            fs::write(folder.join(name), "no library")?;
        }
        self.surroundings.broken_libraries = Some(folder);
        Ok(())
    }

    /// Presses the button of the window's frame that closes it.
    ///
    /// # Errors
    /// There is no window.
    pub fn close_window(&self) -> Result<()> {
        self.frame()?.context("there is a window to close")?.close()
    }

    /// Whether the window is in sight.
    ///
    /// # Errors
    /// The X server is gone.
    pub fn window_is_in_sight(&self) -> Result<bool> {
        self.frame()?.map_or(Ok(false), |frame| frame.is_in_sight())
    }

    /// Where the upper left corner of the window is on the screen, which is 1280 wide and 900 high.
    ///
    /// # Errors
    /// There is no window.
    pub fn window_place(&self) -> Result<(i16, i16)> {
        self.frame()?.context("there is a window")?.place()
    }

    fn frame(&self) -> Result<Option<Frame>> {
        Frame::find(&self.surroundings.display.as_ref().context("the desktop has a display")?.name)
    }

    /// A program as this desktop would start it.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        self.surroundings.command(Path::new(program))
    }

    /// Starts the app once more beside the one that runs, and waits until this one has ended.
    ///
    /// # Errors
    /// It does not start.
    pub fn start_again(&self) -> Result<ExitStatus> {
        self.surroundings.command(&program()?).status().context("start the app again")
    }

    /// The same where the app finds no session bus.
    ///
    /// # Errors
    /// It does not start.
    pub fn start_again_without_bus(&self) -> Result<ExitStatus> {
        let mut command = self.surroundings.command(&program()?);
        // An address that leads nowhere: without one, the bus is looked for in its usual place.
        let nowhere = format!("unix:path={}", self.home().join("nowhere").display());
        command.env("DBUS_SESSION_BUS_ADDRESS", nowhere).status().context("start the app again")
    }

    /// Runs the app's program with these arguments, as in a terminal, until it ends.
    ///
    /// # Errors
    /// It does not start.
    pub fn run(&self, arguments: &[&str]) -> Result<Output> {
        self.surroundings.command(&program()?).args(arguments).output().context("run the app's program")
    }

    /// Starts the app, and waits for nothing.
    ///
    /// # Errors
    /// It does not start.
    pub fn begin(&self) -> Result<Child> {
        self.surroundings.command(&program()?).spawn().context("start the app")
    }

    /// What a process of this desktop was started with, its program first.
    #[must_use]
    pub fn arguments(&self, process: u32) -> Vec<String> {
        let given = processes::given(process, "cmdline");
        let words = given.split(|byte| *byte == 0).filter(|word| !word.is_empty());
        words.map(|word| String::from_utf8_lossy(word).into_owned()).collect()
    }

    /// Ends a process of this desktop at once, as `kill -9` does.
    pub fn kill(&self, process: u32) {
        processes::kill(process);
    }

    /// Every process of this desktop that runs the app.
    #[must_use]
    pub fn apps(&self) -> Vec<u32> {
        program().map(|program| self.surroundings.running(&program)).unwrap_or_default()
    }

    /// Ends the keychain and starts it again in another state; what it holds stays.
    ///
    /// # Errors
    /// It does not start.
    pub fn set_keychain(&mut self, keychain: Keychain) -> Result<()> {
        self.keychain = None;
        self.keychain = keychain::start(&self.surroundings, keychain)?;
        Ok(())
    }

    /// Locks the open keychain, as a screen saver or its owner would while the app runs.
    ///
    /// # Errors
    /// It cannot be locked.
    pub fn lock_keychain(&self) -> Result<()> {
        keychain::lock(&self.surroundings)
    }

    /// Types the password into the keychain's unlock window, once it is there.
    ///
    /// # Errors
    /// It does not come.
    pub fn answer_unlock_prompt(&self) -> Result<()> {
        keychain::answer_prompt(&self.surroundings, true)
    }

    /// Sends the keychain's unlock window away, once it is there.
    ///
    /// # Errors
    /// It does not come.
    pub fn dismiss_unlock_prompt(&self) -> Result<()> {
        keychain::answer_prompt(&self.surroundings, false)
    }

    /// Answers a question that the app asks in a dialog of the system, once it is there.
    ///
    /// # Errors
    /// It does not come.
    pub fn answer_question(&self, title: &str, confirm: bool) -> Result<()> {
        questions::answer(&self.surroundings, title, confirm)
    }

    /// Picks a file in the dialog of the system with this title, once it is there.
    ///
    /// # Errors
    /// It does not come or does not go.
    pub fn pick_file(&self, title: &str, file: &Path) -> Result<()> {
        questions::pick(&self.surroundings, title, &file.to_string_lossy())
    }

    /// Takes the app's window off the screen, as a desktop does with one that is hidden.
    ///
    /// # Errors
    /// There is none.
    pub fn hide(&self) -> Result<()> {
        self.xdotool(&["search", "--onlyvisible", "--name", "Frontdesk", "windowunmap", "%@"])
    }

    /// Brings the app's window back.
    ///
    /// # Errors
    /// There is none.
    pub fn show(&self) -> Result<()> {
        self.xdotool(&["search", "--name", "Frontdesk", "windowmap", "%@"])
    }

    /// Pastes what is on the clipboard to where the focus is, as a person does.
    ///
    /// # Errors
    /// The keys do not reach the window.
    pub fn paste(&self) -> Result<()> {
        self.xdotool(&["search", "--onlyvisible", "--name", "Frontdesk", "windowfocus", "--sync", "key", "ctrl+v"])
    }

    fn xdotool(&self, arguments: &[&str]) -> Result<()> {
        let status = self.command("xdotool").args(arguments).status().context("xdotool (Debian package xdotool)")?;
        anyhow::ensure!(status.success(), "xdotool {} ended with {status}", arguments.join(" "));
        Ok(())
    }

    /// Sends a signal over the session bus, as a program of the desktop would: interface and member, and one value as
    /// `dbus-send` spells it.
    ///
    /// # Errors
    /// It is not sent.
    pub fn signal(&self, name: &str, value: &str) -> Result<()> {
        let sent = self.command("dbus-send").args(["--session", "--type=signal", "/", name, value]).status();
        let sent = sent.context("send a signal (dbus-send, Debian package dbus)")?;
        anyhow::ensure!(sent.success(), "dbus-send ended with {sent}");
        Ok(())
    }

    /// What the app keeps in the (open) keychain.
    ///
    /// # Errors
    /// It cannot be asked.
    pub fn keychain_items(&self) -> Result<Vec<Item>> {
        keychain::items(&self.surroundings, &identifier()?)
    }

    /// What the app's items in the keychain show to everybody: labels and attributes, a line each.
    ///
    /// # Errors
    /// It cannot be asked.
    pub fn keychain_descriptions(&self) -> Result<Vec<String>> {
        keychain::descriptions(&self.surroundings, &identifier()?)
    }

    /// The home folder, in which everything lies that the app may write to.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.surroundings.folder.path()
    }

    /// The app's data folder.
    ///
    /// # Errors
    /// The app's identifier cannot be read.
    pub fn data(&self) -> Result<PathBuf> {
        Ok(self.surroundings.home().join(".local/share").join(identifier()?))
    }

    /// The file that says where the window was.
    ///
    /// # Errors
    /// The app's identifier cannot be read.
    pub fn window_state(&self) -> Result<PathBuf> {
        Ok(self.surroundings.home().join(".config").join(identifier()?).join(".window-state.json"))
    }

    /// The folder of the private socket of the instance inside the app.
    ///
    /// # Errors
    /// The app's identifier cannot be read.
    pub fn door(&self) -> Result<PathBuf> {
        Ok(self.surroundings.folder.path().join("run").join(identifier()?))
    }

    /// Waits until something holds.
    ///
    /// # Errors
    /// It does not.
    pub fn until(&self, what: &str, mut holds: impl FnMut() -> bool) -> Result<()> {
        wait_for(what, || Ok(holds().then_some(())))
    }

    /// Every process of this desktop that runs.
    #[must_use]
    pub fn processes(&self) -> Vec<u32> {
        processes::of_desktop(self.surroundings.folder.path())
    }

    /// The same with whatever they have started that is not marked, as a browser's own.
    #[must_use]
    pub fn started(&self) -> Vec<u32> {
        processes::with_descendants(self.processes())
    }
}

impl Surroundings {
    fn new() -> Result<Self> {
        // Short: the path of a socket below has at most 107 bytes.
        let folder = tempfile::Builder::new().prefix("fd-").tempdir()?;
        let run = folder.path().join("run");
        fs::create_dir(&run)?;
        fs::set_permissions(&run, fs::Permissions::from_mode(0o700))?;
        fs::create_dir(folder.path().join("home"))?;
        Ok(Self { bus: None, display: None, broken_libraries: None, folder })
    }

    pub(super) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A program of this desktop. Of the environment around the tests it sees nothing but where programs are.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear();
        for name in ["PATH", "FRONTDESK_TEST_RUN"] {
            if let Some(value) = env::var_os(name) {
                command.env(name, value);
            }
        }
        let folder = self.folder.path();
        command
            .current_dir(self.home())
            .env(MARK, folder)
            .env("HOME", self.home())
            .env("XDG_RUNTIME_DIR", folder.join("run"))
            .env("LANG", "C.UTF-8")
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1");
        if let Some(display) = &self.display {
            command.env("DISPLAY", &display.name);
        }
        if let Some(folder) = &self.broken_libraries {
            command.env("LD_LIBRARY_PATH", folder);
        }
        if let Some(bus) = &self.bus {
            // What the services of the computer say is not for tests either.
            for name in ["DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"] {
                command.env(name, &bus.address);
            }
        }
        command
    }

    /// Every process of this desktop that runs a program.
    pub(super) fn running(&self, program: &Path) -> Vec<u32> {
        let mut found = processes::of_desktop(self.folder.path());
        found.retain(|process| processes::runs(*process, program));
        found
    }
}

impl Drop for Surroundings {
    fn drop(&mut self) {
        for process in processes::with_descendants(processes::of_desktop(self.folder.path())) {
            processes::kill(process);
        }
    }
}

/// The application identifier, from the one file that spells it.
///
/// # Errors
/// The file cannot be read.
pub fn identifier() -> Result<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/tauri.conf.json");
    let text = fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
    let configuration: Value = serde_json::from_str(&text)?;
    Ok(configuration["identifier"].as_str().context("tauri.conf.json has no identifier")?.to_owned())
}
