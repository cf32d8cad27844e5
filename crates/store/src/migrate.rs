//! The schema, and how a database gets to it: forward only.

use sqlx::{
    AssertSqlSafe, SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
};

/// Version, name, and the text for each database. What was released is never changed: the database keeps a digest.
struct Step {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

const STEPS: [Step; 1] = [Step {
    version: 1,
    name: "begin",
    sqlite: include_str!("../migrations/sqlite/0001_begin.sql"),
    postgres: include_str!("../migrations/postgres/0001_begin.sql"),
}];

/// The steps of a SQLite file.
pub(crate) fn sqlite() -> Migrator {
    migrator(|step| step.sqlite)
}

/// The steps of a PostgreSQL database.
pub(crate) fn postgres() -> Migrator {
    migrator(|step| step.postgres)
}

fn migrator(text: impl Fn(&Step) -> &'static str) -> Migrator {
    let steps = STEPS.iter().map(|step| {
        let sql = AssertSqlSafe(text(step)).into_sql_str();
        Migration::new(step.version, step.name.into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(steps.collect())
}
