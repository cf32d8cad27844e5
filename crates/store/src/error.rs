//! What goes wrong between the store and its database, in sentences.

use sqlx::error::DatabaseError;

/// The database did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no room.
    #[error("the disk is full: the database could not be written, and is as it was before; make room and try again")]
    DiskFull,
    /// It cannot be written.
    #[error("the database may only be read: give this program's user the right to write it")]
    ReadOnly,
    /// The file is damaged.
    #[error("the database file is damaged ({0}): restore it from a backup")]
    Corrupt(String),
    /// It does not answer.
    #[error("the database does not answer ({0}): check that it is running and can be reached")]
    Unavailable(String),
    /// A row does not hold what this program writes.
    #[error("the {what} {id} in the database cannot be read ({reason}): it was changed by something else")]
    Malformed {
        /// Kind of the row.
        what: &'static str,
        /// Its id.
        id: String,
        /// What is wrong.
        reason: String,
    },
    /// It refused something that this program should not have asked.
    #[error("the database refused a statement ({0})")]
    Refused(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => of_database(database.as_ref()),
            sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::StorageFull => Self::DiskFull,
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            _ => Self::Refused(error.to_string()),
        }
    }
}

fn of_database(error: &dyn DatabaseError) -> StoreError {
    let said = error.message().to_owned();
    match code(error) {
        Code::DiskFull => StoreError::DiskFull,
        Code::ReadOnly => StoreError::ReadOnly,
        Code::Corrupt => StoreError::Corrupt(said),
        Code::Unavailable => StoreError::Unavailable(said),
        Code::Race | Code::Other => StoreError::Refused(said),
    }
}

/// What kind of trouble an error of either database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    DiskFull,
    ReadOnly,
    Corrupt,
    Unavailable,
    /// Two transactions got in each other's way; the one that is told has to begin again.
    Race,
    Other,
}

/// Reads the error codes: extended result codes of SQLite, SQLSTATE of PostgreSQL.
pub(crate) fn code(error: &dyn DatabaseError) -> Code {
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        return match code.as_ref() {
            "53100" => Code::DiskFull,
            "25006" => Code::ReadOnly,
            "40001" | "40P01" => Code::Race,
            "XX001" | "XX002" => Code::Corrupt,
            other if ["08", "53", "57", "58"].iter().any(|class| other.starts_with(class)) => Code::Unavailable,
            _ => Code::Other,
        };
    }
    // The low byte is the primary code; https://sqlite.org/rescode.html.
    match code.parse::<u32>().unwrap_or_default() & 0xff {
        13 => Code::DiskFull,
        8 => Code::ReadOnly,
        11 | 26 => Code::Corrupt,
        // Busy, locked, a failed read or write, a file that cannot be opened.
        5 | 6 | 10 | 14 => Code::Unavailable,
        _ => Code::Other,
    }
}

#[cfg(test)]
mod tests;
