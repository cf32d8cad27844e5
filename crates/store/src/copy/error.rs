//! Why nothing was copied.

use crate::{OpenError, StoreError};

/// Why a database was not copied, backed up or restored. A target is as empty as it was.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no instance to copy.
    #[error("there is no instance in this database: nothing was copied")]
    Nothing,
    /// The file is something else.
    #[error("this is no backup of an instance: give a file that `frontdesk-server backup` has written")]
    NoBackup,
    /// A later version of the program made it.
    #[error("the backup was made by a newer version of this program (step {0} of the schema): update this program")]
    Newer(i64),
    /// It is not as it was written.
    #[error("the backup is damaged or cut off ({0}): use another one; nothing was restored")]
    Damaged(String),
    /// There is something there already.
    #[error(
        "the database to write to is not empty: give a new, empty one, so that nothing is lost or mixed; nothing was \
         changed"
    )]
    NotEmpty,
    /// What was written is not what was read.
    #[error("the copy differs from what was copied, and was undone: something else writes to one of the databases")]
    Differs,
    /// A column holds what this program does not write.
    #[error("the column {column} of the table {table} has the kind {kind:?}, which this program does not know")]
    Kind {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The kind, as the database calls it.
        kind: String,
    },
    /// The file cannot be read or written.
    #[error("the backup cannot be read or written ({0}): make room on the disk, and check the rights of its folder")]
    Io(#[from] std::io::Error),
}

impl From<sqlx::Error> for CopyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}
