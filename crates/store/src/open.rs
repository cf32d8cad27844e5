//! Opens a database and brings its schema up to date.

use std::{
    fs, io,
    path::{Path, PathBuf},
    str::FromStr as _,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sqlx::{
    Connection as _, PgPool, SqlitePool,
    migrate::MigrateError,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    FileSystem, Location, Store, StoreError,
    db::Pool,
    error::{Code, code},
    migrate,
};

/// How long a statement waits for its turn at a SQLite file that another process writes, and how long a request waits
/// for a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections that read a SQLite file at once.
const READERS: u32 = 8;
/// Programs that may open a new SQLite file at the same moment.
const MOST_AT_ONCE: u32 = 32;
/// Connections to a PostgreSQL server. It has about a hundred for all replicas.
const CONNECTIONS: u32 = 16;

/// Why a database cannot be opened. Nothing in it was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It lies on another computer's disk.
    #[error(
        "{} lies on a network file system ({kind}), where a database file is damaged by the first two programs that \
         write it: use a folder on a disk of this computer", path.display()
    )]
    NetworkFileSystem {
        /// The database file.
        path: PathBuf,
        /// Kind of the file system.
        kind: String,
    },
    /// The file or its folder cannot be written.
    #[error(
        "the database file {} cannot be opened for writing ({error}): check that its folder exists, and that this \
         program's user may write both", path.display()
    )]
    NotWritable {
        /// The database file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// A later version of the program made it.
    #[error(
        "the database was written by a newer version of this program (its schema has step {version}): update this \
         program; nothing was changed"
    )]
    Newer {
        /// The step that this program does not know.
        version: i64,
    },
    /// Its schema is not this program's.
    #[error("the database has a schema that is not this program's ({0}): use another file or database")]
    Foreign(String),
    /// The URL cannot be read.
    #[error("the database URL cannot be read ({0}): write it as postgres://user:password@host/database")]
    Url(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<MigrateError> for OpenError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => Self::Newer { version },
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) if !is_in_the_way(&error) => {
                error.into()
            }
            other => Self::Foreign(other.to_string()),
        }
    }
}

/// Whether a step of the schema failed because of what the database holds: tables of another program.
fn is_in_the_way(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if code(error.as_ref()) == Code::Other)
}

/// To which step a database is brought when it is opened.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Steps {
    /// To this one.
    Until(i64),
    /// To none: it stays where it is.
    AsItIs,
}

impl Store {
    /// Opens a database. One that is not there yet is made, an older one is brought up to date.
    pub async fn open(location: &Location) -> Result<Self, OpenError> {
        Self::open_at(location, Steps::Until(i64::MAX)).await
    }

    /// Opens a database that is there, and leaves its schema as it is: for those who only read it as a whole.
    pub async fn open_as_it_is(location: &Location) -> Result<Self, OpenError> {
        if let Location::Sqlite(path) = location
            && !path.exists()
        {
            let error = io::Error::from(io::ErrorKind::NotFound);
            return Err(OpenError::NotWritable { path: path.clone(), error });
        }
        Self::open_at(location, Steps::AsItIs).await
    }

    pub(crate) async fn open_at(location: &Location, steps: Steps) -> Result<Self, OpenError> {
        match location {
            Location::Sqlite(path) => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                open_file(path, &FileSystem::of(folder.unwrap_or(Path::new("."))), steps).await
            }
            Location::Postgres(url) => open_server(url, steps).await,
        }
    }

    /// Opens a SQLite file whose folder lies on that file system.
    pub async fn open_file(path: &Path, file_system: &FileSystem) -> Result<Self, OpenError> {
        open_file(path, file_system, Steps::Until(i64::MAX)).await
    }

    /// Closes all connections, once their statements are done.
    pub async fn close(&self) {
        for pool in [&self.read, &self.write] {
            match pool {
                Pool::Sqlite(pool) => pool.close().await,
                Pool::Postgres(pool) => pool.close().await,
            }
        }
    }
}

async fn open_file(path: &Path, file_system: &FileSystem, steps: Steps) -> Result<Store, OpenError> {
    if let FileSystem::Network(kind) = file_system {
        return Err(OpenError::NetworkFileSystem { path: path.to_path_buf(), kind: kind.clone() });
    }
    let not_writable = |error| OpenError::NotWritable { path: path.to_path_buf(), error };
    make_private(path).map_err(not_writable)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // What was answered must be true after a power cut: a code that was used stays used.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE);
    let pool = || SqlitePoolOptions::new().acquire_timeout(PATIENCE).idle_timeout(None).max_lifetime(None);
    let opened = async {
        let write = writer(&pool(), &options).await?;
        if let Steps::Until(step) = steps {
            migrate::sqlite(&write, step).await?;
        }
        let read = pool().max_connections(READERS).connect_lazy_with(options.read_only(true));
        Ok::<(SqlitePool, SqlitePool), OpenFault>((read, write))
    };
    let (read, write) = opened.await.map_err(|fault| match fault {
        // The files beside the database cannot be made or written.
        OpenFault::Database(sqlx::Error::Database(error)) if is_denied(error.as_ref()) => {
            not_writable(io::Error::other(error.message().to_owned()))
        }
        OpenFault::Database(error) => error.into(),
        OpenFault::Schema(error) => error.into(),
    })?;
    Ok(Store { read: Pool::Sqlite(read), write: Pool::Sqlite(write) })
}

/// Connects the one writer of a SQLite file.
async fn writer(pool: &SqlitePoolOptions, options: &SqliteConnectOptions) -> sqlx::Result<SqlitePool> {
    let mut tries = 1;
    loop {
        let pool = pool.clone().max_connections(1).before_acquire(|connection, _| {
            // After some failures, such as a full disk, SQLite has undone the transaction by itself. The connection
            // still counts it and could begin no other: another one takes its place.
            let usable = !connection.is_in_transaction();
            Box::pin(async move { Ok(usable) })
        });
        match pool.connect_with(options.clone()).await {
            // Of several programs that turn a new file to WAL at once, SQLite lets one go on and tells the others, who
            // would wait for each other, that it is locked. The next try waits for the one.
            Err(sqlx::Error::Database(error)) if tries < MOST_AT_ONCE && primary_code(error.as_ref()) == Some(5) => {
                tries += 1;
            }
            connected => return connected,
        }
    }
}

/// What fails while a file is opened.
enum OpenFault {
    Database(sqlx::Error),
    Schema(MigrateError),
}

impl From<sqlx::Error> for OpenFault {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<MigrateError> for OpenFault {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) if !is_in_the_way(&error) => {
                Self::Database(error)
            }
            other => Self::Schema(other),
        }
    }
}

fn is_denied(error: &dyn sqlx::error::DatabaseError) -> bool {
    // 14: unable to open a file.
    primary_code(error) == Some(14) || code(error) == Code::ReadOnly
}

/// SQLite's primary result code, the low byte of the extended one (<https://sqlite.org/rescode.html>).
fn primary_code(error: &dyn sqlx::error::DatabaseError) -> Option<u32> {
    error.code()?.parse::<u32>().ok().map(|code| code & 0xff)
}

/// Makes the file, if it is not there, so that only its owner reads it; SQLite gives the files beside it the same rights.
///
/// One that is there is never opened here: closing it would drop the locks that other connections of this process hold
/// (<https://sqlite.org/howtocorrupt.html>, section 2.2), and nobody may connect while a new one is still to be closed.
fn make_private(path: &Path) -> io::Result<()> {
    static MAKING: Mutex<()> = Mutex::new(());
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

async fn open_server(url: &str, steps: Steps) -> Result<Store, OpenError> {
    // The error of the parser may quote the URL, which may hold a password.
    let unreadable = || OpenError::Url("it is not a PostgreSQL URL".to_owned());
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(unreadable());
    }
    let options = PgConnectOptions::from_str(url).map_err(|_| unreadable())?.application_name("frontdesk");
    let pool: PgPool =
        PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE).connect_with(options).await?;
    if let Steps::Until(step) = steps {
        migrate::postgres(&pool, step).await?;
    }
    Ok(Store { read: Pool::Postgres(pool.clone()), write: Pool::Postgres(pool) })
}
