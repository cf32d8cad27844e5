//! The schema, and how a database gets to it: forward only.

use sqlx::{
    AssertSqlSafe, PgPool, SqlSafeStr as _, SqlitePool,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

/// Version, name, and the text for each database. What was released is never changed: the database keeps a digest.
struct Step {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

const STEPS: &[Step] = &[
    Step {
        version: 1,
        name: "begin",
        sqlite: include_str!("../migrations/sqlite/0001_begin.sql"),
        postgres: include_str!("../migrations/postgres/0001_begin.sql"),
    },
    Step {
        version: 2,
        name: "idle clients",
        sqlite: include_str!("../migrations/sqlite/0002_idle_clients.sql"),
        postgres: include_str!("../migrations/postgres/0002_idle_clients.sql"),
    },
    Step {
        version: 5,
        name: "directory",
        sqlite: include_str!("../migrations/sqlite/0005_directory.sql"),
        postgres: include_str!("../migrations/postgres/0005_directory.sql"),
    },
    Step {
        version: 6,
        name: "address codes",
        sqlite: include_str!("../migrations/sqlite/0006_address_codes.sql"),
        postgres: include_str!("../migrations/postgres/0006_address_codes.sql"),
    },
    Step {
        version: 7,
        name: "pictures",
        sqlite: include_str!("../migrations/sqlite/0007_pictures.sql"),
        postgres: include_str!("../migrations/postgres/0007_pictures.sql"),
    },
];

/// Brings a SQLite file up to date. Processes that start at once wait for each other, and a file that cannot be written
/// is found out now and not by the first who signs in.
pub(crate) async fn sqlite(pool: &SqlitePool) -> Result<(), MigrateError> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    // What `run` does, for a connection that is borrowed across threads.
    migrator(|step| step.sqlite).run_direct(None, &mut *tx, false).await?;
    // There is no such row. But SQLite opens a file without asking for the right to write, until something writes.
    sqlx::query("DELETE FROM instance WHERE one <> 1").execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}

/// Brings a PostgreSQL database up to date. Processes that start at once wait for each other.
pub(crate) async fn postgres(pool: &PgPool) -> Result<(), MigrateError> {
    migrator(|step| step.postgres).run(pool).await
}

fn migrator(text: impl Fn(&Step) -> &'static str) -> Migrator {
    let steps = STEPS.iter().map(|step| {
        let sql = AssertSqlSafe(text(step)).into_sql_str();
        Migration::new(step.version, step.name.into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(steps.collect())
}

#[cfg(test)]
mod tests;
