//! Databases for tests: one each, gone afterwards.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::{Location, Store};

mod crowd;

pub use crowd::{crowd, member};

/// Names the variable with the URL of a PostgreSQL server's maintenance database, where tests may make databases.
pub const SERVER: &str = "FRONTDESK_TEST_POSTGRES";
/// Names the variable with the name of a database there that [`Store::open`] has brought up to date, to be copied.
pub const TEMPLATE: &str = "FRONTDESK_TEST_POSTGRES_TEMPLATE";

/// A database that one test has to itself.
#[derive(Debug)]
pub struct TestDatabase {
    location: Location,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Sqlite { _folder: TempDir },
    Postgres { server: String, name: String },
}

impl TestDatabase {
    /// A SQLite file in a folder of its own.
    ///
    /// # Panics
    /// When no folder can be made.
    #[must_use]
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test's database");
        Self { location: Location::Sqlite(folder.path().join("frontdesk.db")), kind: Kind::Sqlite { _folder: folder } }
    }

    /// A copy of the template on the PostgreSQL server that the environment names; none where it names none.
    ///
    /// # Panics
    /// When the server does not make it.
    pub async fn postgres() -> Option<Self> {
        let server = std::env::var(SERVER).ok()?;
        let template = std::env::var(TEMPLATE).ok().filter(|name| is_plain(name)).expect("a template database");
        Some(Self::make(server, &template).await)
    }

    /// A database of each kind there is here, in which no step of the schema was taken yet.
    pub async fn each_empty() -> Vec<Self> {
        let mut all = vec![Self::sqlite()];
        match std::env::var(SERVER) {
            Ok(server) => all.push(Self::make(server, "template0").await),
            Err(_) => println!("SKIPPED on PostgreSQL: {SERVER} is not set"),
        }
        all
    }

    async fn make(server: String, template: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("frontdesk_").rand_bytes(12).tempdir().expect("a name");
        let name = folder.path().file_name().and_then(|name| name.to_str()).expect("a name").to_lowercase();
        run(&server, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        let (start, query) = server.split_once('?').map_or((server.as_str(), None), |(url, query)| (url, Some(query)));
        let (start, _maintenance) = start.rsplit_once('/').expect("a URL that names a database");
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let location = Location::Postgres(format!("{start}/{name}{query}"));
        Self { location, kind: Kind::Postgres { server, name } }
    }

    /// A fresh database of each kind there is here.
    pub async fn each() -> Vec<Self> {
        let mut all = vec![Self::sqlite()];
        match Self::postgres().await {
            Some(database) => all.push(database),
            None => println!("SKIPPED on PostgreSQL: {SERVER} is not set"),
        }
        all
    }

    /// Where it is.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Opens it.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn open(&self) -> Store {
        Store::open(&self.location).await.expect("the test's database opens")
    }

    /// The steps of the schema that were taken here, in their order, with the digest that is kept of each.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub async fn steps(&self) -> Vec<(i64, String)> {
        const SQL: &str = "SELECT version, checksum FROM _sqlx_migrations ORDER BY version";
        let steps: Vec<(i64, Vec<u8>)> = match &self.location {
            Location::Sqlite(path) => {
                let url = format!("sqlite://{}", path.display());
                let mut file = SqliteConnection::connect(&url).await.expect("the test's database opens");
                sqlx::query_as(SQL).fetch_all(&mut file).await.expect("the steps")
            }
            Location::Postgres(url) => {
                let mut server = PgConnection::connect(url).await.expect("the test's database opens");
                sqlx::query_as(SQL).fetch_all(&mut server).await.expect("the steps")
            }
        };
        let hex = |digest: Vec<u8>| digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        steps.into_iter().map(|(version, digest)| (version, hex(digest))).collect()
    }

    /// Removes it. One that a failing test leaves behind goes with its server.
    pub async fn remove(self) {
        if let Kind::Postgres { server, name } = self.kind {
            run(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// Runs a test on each kind of database, one after the other.
pub async fn on_each(test: impl AsyncFn(&TestDatabase)) {
    for database in TestDatabase::each().await {
        println!("on {:?}", database.location());
        test(&database).await;
        database.remove().await;
    }
}

async fn run(server: &str, statement: String) {
    let mut connection = PgConnection::connect(server).await.expect("the test's PostgreSQL server answers");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.expect("the test's PostgreSQL server obeys");
    connection.close().await.expect("the test's PostgreSQL server lets go");
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
