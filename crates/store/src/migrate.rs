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
        name: "sign-in tokens",
        sqlite: include_str!("../migrations/sqlite/0006_sign_in_tokens.sql"),
        postgres: include_str!("../migrations/postgres/0006_sign_in_tokens.sql"),
    },
    Step {
        version: 7,
        name: "redirect urls",
        sqlite: include_str!("../migrations/sqlite/0007_redirect_urls.sql"),
        postgres: include_str!("../migrations/postgres/0007_redirect_urls.sql"),
    },
    Step {
        version: 8,
        name: "secret keys",
        sqlite: include_str!("../migrations/sqlite/0008_secret_keys.sql"),
        postgres: include_str!("../migrations/postgres/0008_secret_keys.sql"),
    },
    Step {
        version: 9,
        name: "address codes",
        sqlite: include_str!("../migrations/sqlite/0009_address_codes.sql"),
        postgres: include_str!("../migrations/postgres/0009_address_codes.sql"),
    },
    Step {
        version: 10,
        name: "pictures",
        sqlite: include_str!("../migrations/sqlite/0010_pictures.sql"),
        postgres: include_str!("../migrations/postgres/0010_pictures.sql"),
    },
    Step {
        version: 11,
        name: "handshakes",
        sqlite: include_str!("../migrations/sqlite/0011_handshakes.sql"),
        postgres: include_str!("../migrations/postgres/0011_handshakes.sql"),
    },
    Step {
        version: 12,
        name: "audit log",
        sqlite: include_str!("../migrations/sqlite/0012_audit_log.sql"),
        postgres: include_str!("../migrations/postgres/0012_audit_log.sql"),
    },
    Step {
        version: 13,
        name: "limits of sessions",
        sqlite: include_str!("../migrations/sqlite/0013_session_limits.sql"),
        postgres: include_str!("../migrations/postgres/0013_session_limits.sql"),
    },
    Step {
        version: 14,
        name: "jwt templates",
        sqlite: include_str!("../migrations/sqlite/0014_jwt_templates.sql"),
        postgres: include_str!("../migrations/postgres/0014_jwt_templates.sql"),
    },
    Step {
        version: 15,
        name: "external accounts",
        sqlite: include_str!("../migrations/sqlite/0015_external_accounts.sql"),
        postgres: include_str!("../migrations/postgres/0015_external_accounts.sql"),
    },
    Step {
        version: 16,
        name: "second factors",
        sqlite: include_str!("../migrations/sqlite/0016_second_factors.sql"),
        postgres: include_str!("../migrations/postgres/0016_second_factors.sql"),
    },
    Step {
        version: 17,
        name: "passkeys",
        sqlite: include_str!("../migrations/sqlite/0017_passkeys.sql"),
        postgres: include_str!("../migrations/postgres/0017_passkeys.sql"),
    },
    Step {
        version: 18,
        name: "reverifications",
        sqlite: include_str!("../migrations/sqlite/0018_reverifications.sql"),
        postgres: include_str!("../migrations/postgres/0018_reverifications.sql"),
    },
    Step {
        version: 19,
        name: "identifiers",
        sqlite: include_str!("../migrations/sqlite/0019_identifiers.sql"),
        postgres: include_str!("../migrations/postgres/0019_identifiers.sql"),
    },
    Step {
        version: 20,
        name: "second factor numbers",
        sqlite: include_str!("../migrations/sqlite/0020_second_factor_numbers.sql"),
        postgres: include_str!("../migrations/postgres/0020_second_factor_numbers.sql"),
    },
    Step {
        version: 21,
        name: "restrictions",
        sqlite: include_str!("../migrations/sqlite/0021_restrictions.sql"),
        postgres: include_str!("../migrations/postgres/0021_restrictions.sql"),
    },
    Step {
        version: 22,
        name: "invitations",
        sqlite: include_str!("../migrations/sqlite/0022_invitations.sql"),
        postgres: include_str!("../migrations/postgres/0022_invitations.sql"),
    },
    Step {
        version: 23,
        name: "lanes of wrong tries",
        sqlite: include_str!("../migrations/sqlite/0023_lanes.sql"),
        postgres: include_str!("../migrations/postgres/0023_lanes.sql"),
    },
    Step {
        version: 24,
        name: "buckets of all processes",
        sqlite: include_str!("../migrations/sqlite/0024_buckets.sql"),
        postgres: include_str!("../migrations/postgres/0024_buckets.sql"),
    },
    Step {
        version: 25,
        name: "revoked for good",
        sqlite: include_str!("../migrations/sqlite/0025_revoked.sql"),
        postgres: include_str!("../migrations/postgres/0025_revoked.sql"),
    },
];

/// Brings a SQLite file up to date. Processes that start at once wait for each other, and a file that cannot be written
/// is found out now and not by the first who signs in.
pub(crate) async fn sqlite(pool: &SqlitePool, until: i64) -> Result<(), MigrateError> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    // What `run` does, for a connection that is borrowed across threads.
    migrator(until, |step| step.sqlite).run_direct(None, &mut *tx, false).await?;
    // There is no such row. But SQLite opens a file without asking for the right to write, until something writes.
    sqlx::query("DELETE FROM instance WHERE one <> 1").execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}

/// Brings a PostgreSQL database up to date. Processes that start at once wait for each other.
pub(crate) async fn postgres(pool: &PgPool, until: i64) -> Result<(), MigrateError> {
    migrator(until, |step| step.postgres).run(pool).await
}

/// The newest step that this program knows.
pub(crate) fn newest() -> i64 {
    STEPS.last().map_or(0, |step| step.version)
}

fn migrator(until: i64, text: impl Fn(&Step) -> &'static str) -> Migrator {
    let steps = STEPS.iter().filter(|step| step.version <= until).map(|step| {
        let sql = AssertSqlSafe(text(step)).into_sql_str();
        Migration::new(step.version, step.name.into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(steps.collect())
}

#[cfg(test)]
mod tests;
