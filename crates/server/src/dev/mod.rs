//! `frontdesk-server dev`: a development instance without any set-up, and the lines that applications need for it.

use std::{
    fmt::Write as _,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use frontdesk_wire::KeyKind;

use crate::{
    folder::{self, FolderError},
    instance::Instance,
    offline::{Data, OfflineError},
    packages::{NoPackages, Packages},
    public_url::PublicUrl,
    serve::{ServeError, ServeOptions, Server},
};

mod env_file;
mod lines;
pub mod provider;

pub use env_file::{EnvFileError, write};
pub use lines::Lines;

/// The data folder, unless another one is named: in the folder of the application.
const DATA: &str = ".frontdesk";
/// Where npm puts packages.
const NODE_MODULES: &str = "node_modules";
/// The port of an instance that never had one.
const PORT: u16 = 4010;

/// What is asked of it; nothing has to be.
#[derive(Clone, Debug, Default)]
pub struct DevOptions {
    /// The data folder.
    pub data_dir: Option<PathBuf>,
    /// Where to listen.
    pub listen: Option<SocketAddr>,
    /// A `.env` file that is to hold the lines.
    pub env_file: Option<PathBuf>,
    /// A `node_modules` folder that holds the scripts of Clerk's SDKs.
    pub sdk_dir: Option<PathBuf>,
}

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
pub enum DevError {
    /// Such an instance is for real users.
    #[error(
        "{} holds a production instance: serve it with `frontdesk-server serve`, or give this one another folder with \
         --data", .0.display()
    )]
    Production(PathBuf),
    /// The folder cannot be made.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Something in the folder cannot be written.
    #[error("cannot write {} ({error}): give its folder to this program's user", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// What is in the folder cannot be read.
    #[error(transparent)]
    Offline(#[from] OfflineError),
    /// There are no scripts.
    #[error(transparent)]
    Packages(#[from] NoPackages),
    /// The `.env` file cannot be used.
    #[error(transparent)]
    EnvFile(#[from] EnvFileError),
    /// It cannot be served.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// A development instance, served; and what its owner should read.
#[derive(Debug)]
pub struct Dev {
    /// The server.
    pub server: Server,
    /// What to print: it holds the secret key, unless that was written to a file.
    pub greeting: String,
}

impl Dev {
    /// Opens the instance of the folder, or makes one there, and serves it on this computer.
    pub async fn start(options: DevOptions) -> Result<Self, DevError> {
        let data_dir = options.data_dir.unwrap_or_else(|| DATA.into());
        let stored_port = if folder::has_database(&data_dir) { port_of(&data_dir).await? } else { None };
        make(&data_dir)?;
        let packages = match &options.sdk_dir {
            Some(folder) => Some(Packages::find(folder)?),
            None => Packages::find(Path::new(NODE_MODULES)).ok(),
        };
        let listen = options.listen;
        let server = Server::start(ServeOptions {
            data_dir: data_dir.clone(),
            listen: listen.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, stored_port.unwrap_or(PORT)).into()),
            // The keys lead to where it listens, also when that changes.
            public_url: listen.filter(|address| address.port() != 0).map(|address| format!("http://{address}")),
            database: None,
            config: None,
            tls: None,
            metrics: None,
            packages: packages.clone(),
        })
        .await?;
        let lines = Lines::of(server.instance(), packages.as_ref());
        if let Some(path) = &options.env_file
            && let Err(error) = write(path, &lines)
        {
            server.stop().await;
            return Err(error.into());
        }
        let greeting = greeting(server.instance(), &data_dir, options.env_file.as_deref(), &lines, packages.is_some());
        Ok(Self { server, greeting })
    }
}

/// The port that the keys of the instance in this folder lead to, if it is one of this computer.
async fn port_of(data_dir: &Path) -> Result<Option<u16>, DevError> {
    let data = Data::open(data_dir, None).await?;
    match data.kind() {
        KeyKind::Production => Err(DevError::Production(data_dir.to_owned())),
        KeyKind::Development => Ok(Some(data.public_url()).filter(|url| url.is_loopback()).map(PublicUrl::port)),
    }
}

/// Makes the folder. It often lies among the sources of an application, and its key belongs into no repository.
fn make(data_dir: &Path) -> Result<(), DevError> {
    if data_dir.exists() {
        return Ok(());
    }
    folder::make(data_dir)?;
    let path = data_dir.join(".gitignore");
    std::fs::write(&path, "*\n").map_err(|error| DevError::Io { path, error })
}

fn greeting(instance: &Instance, data_dir: &Path, file: Option<&Path>, lines: &Lines, has_scripts: bool) -> String {
    let url = instance.public_url();
    let mut text = format!("Frontdesk is ready at {url}; its data is in {}.\n\n", data_dir.display());
    if let Some(path) = file {
        let _ = writeln!(text, "{} holds the lines that applications need.", path.display());
    } else {
        text.push_str("Lines for the .env file of your application (--env-file .env writes them):\n\n");
        text.push_str(lines.reveal());
    }
    let _ = writeln!(text, "\nMails and their codes: {url}/frontdesk/outbox");
    if has_scripts {
        let _ = writeln!(text, "Scripts of Clerk's SDKs: served from node_modules, without the internet");
    } else {
        let _ = writeln!(
            text,
            "Scripts of Clerk's SDKs: none. An application that does not bundle them needs `npm install \
             @clerk/clerk-js @clerk/ui` and --sdk-dir node_modules"
        );
    }
    text.push_str("Stop it with Ctrl+C.\n");
    text
}
