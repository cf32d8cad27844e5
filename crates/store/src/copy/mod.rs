//! The whole of a database, out and in again: backups, and copies from one kind of database to the other.
//!
//! A backup is text, one JSON value a line: what it is and which instance it is of, then each table with its rows, then
//! how many there were and a digest of everything before. It is read from one consistent picture of the database, and
//! written in one transaction into an empty one of either kind, at the step of the schema that it was made at; the later
//! steps follow. Sealed values stay sealed: the instance key is no part of it.

mod back_up;
mod error;
mod format;
mod restore;
mod table;
mod tally;

use tokio::io::BufReader;

pub use error::CopyError;
pub use format::BackedUp;
pub use restore::Backup;
pub use tally::Tally;

use crate::{Location, Store};

/// Bytes that are under way between the two databases of a copy.
const UNDER_WAY: usize = 256 * 1024;

/// Copies everything from one database into another one that is empty, and compares the two.
pub async fn copy(from: &Location, to: &Location) -> Result<Tally, CopyError> {
    let source = Store::open_as_it_is(from).await?;
    let (mut writes, reads) = tokio::io::duplex(UNDER_WAY);
    let out = async move {
        let tally = source.back_up(&mut writes).await;
        drop(writes);
        source.close().await;
        tally
    };
    let into = async move {
        let backup = Backup::open(BufReader::new(reads)).await?;
        let (store, tally) = backup.restore(to).await?;
        store.close().await;
        Ok(tally)
    };
    // When one side fails, the other finds the way between them closed: what failed first is what counts.
    let (sent, received) = futures_util::future::join(out, into).await;
    match (sent, received) {
        (Ok(sent), Ok(received)) if sent == received => Ok(received),
        (Ok(_), Ok(_)) => Err(CopyError::Differs),
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => Err(error),
        (Err(sent), Err(CopyError::Damaged(_) | CopyError::NoBackup)) => Err(sent),
        (Err(_), Err(received)) => Err(received),
    }
}
