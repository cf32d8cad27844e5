//! In: a backup into an empty database, all of it or nothing.

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _};

use super::{
    BackedUp, CopyError, Tally,
    back_up::tally,
    format::{FORMAT, Head, Line, WHAT},
    table::{self, Cell, Table},
    tally::Digest,
};
use crate::{Location, OpenError, Store, db::Tx, migrate, open::Steps};

/// Longest line that is read: no row comes near it.
const MAX_LINE: u64 = 64 * 1024 * 1024;

/// A backup whose first line was read.
pub struct Backup<R> {
    from: R,
    head: Head,
    digest: Digest,
    /// How many lines were read.
    line: u64,
}

impl<R> std::fmt::Debug for Backup<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Backup({})", self.head.instance.id)
    }
}

impl<R: AsyncBufRead + Unpin> Backup<R> {
    /// Begins to read a backup.
    pub async fn open(mut from: R) -> Result<Self, CopyError> {
        let mut text = Vec::new();
        (&mut from).take(MAX_LINE).read_until(b'\n', &mut text).await?;
        let head: Head = serde_json::from_slice(&text).map_err(|_| CopyError::NoBackup)?;
        if head.what != WHAT {
            return Err(CopyError::NoBackup);
        }
        if head.format > FORMAT || head.step > migrate::newest() {
            return Err(CopyError::Newer(head.step));
        }
        let mut digest = Digest::new();
        digest.line(&text);
        Ok(Self { from, head, digest, line: 1 })
    }

    /// Which instance it is of.
    #[must_use]
    pub fn instance(&self) -> &BackedUp {
        &self.head.instance
    }

    /// Writes everything into an empty database, which is made if it is a file, compares, and brings it up to date.
    pub async fn restore(self, to: &Location) -> Result<(Store, Tally), CopyError> {
        let step = self.head.step;
        let store = match Store::open_at(to, Steps::Until(step)).await {
            Ok(store) => store,
            // It has steps already that the backup was made before.
            Err(OpenError::Newer { version }) if version <= migrate::newest() => return Err(CopyError::NotEmpty),
            Err(error) => return Err(error.into()),
        };
        let tally = match self.write(&store).await {
            Ok(tally) => tally,
            Err(error) => {
                store.close().await;
                return Err(error);
            }
        };
        store.close().await;
        Ok((Store::open(to).await?, tally))
    }

    async fn write(mut self, store: &Store) -> Result<Tally, CopyError> {
        let mut tx = store.write.begin().await?;
        let tables = table::tables(&mut tx).await?;
        if tables != self.head.tables {
            return Err(CopyError::Damaged("its tables are not those of its schema".to_owned()));
        }
        for table in &tables {
            let (rows,): (i64,) = match &mut tx {
                Tx::Sqlite(tx) => sqlx::query_as(table.any()).fetch_one(&mut **tx).await?,
                Tx::Postgres(tx) => sqlx::query_as(table.any()).fetch_one(&mut **tx).await?,
            };
            if rows > 0 {
                return Err(CopyError::NotEmpty);
            }
        }
        let mut written = Tally::default();
        let mut table = None;
        let end = loop {
            match self.next().await? {
                (Line::Of { table: name }, _) => {
                    written.table(&name);
                    table = tables.iter().find(|table| table.name == name);
                }
                (Line::Row(row), text) => {
                    let table = table.ok_or_else(|| self.damaged())?;
                    written.row(&table.name, &text);
                    let cells = cells(table, row).ok_or_else(|| self.damaged())?;
                    insert(&mut tx, table, cells).await?;
                }
                (Line::End { end }, _) => break end,
            }
        };
        if end.rows != written.rows() || end.sha256 != self.digest.finish() {
            return Err(CopyError::Damaged("its digest is another one".to_owned()));
        }
        if tally(&mut tx, &tables).await? != written {
            return Err(CopyError::Differs);
        }
        tx.commit().await?;
        Ok(written)
    }

    /// The next line, and its text without the end.
    async fn next(&mut self) -> Result<(Line, String), CopyError> {
        let mut text = String::new();
        let read = (&mut self.from).take(MAX_LINE).read_line(&mut text).await;
        self.line += 1;
        match read {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => return Err(self.damaged()),
            Err(error) => return Err(error.into()),
        }
        let line = serde_json::from_str(&text).map_err(|_| self.damaged())?;
        if !matches!(line, Line::End { .. }) {
            self.digest.line(text.as_bytes());
        }
        text.truncate(text.trim_end().len());
        Ok((line, text))
    }

    fn damaged(&self) -> CopyError {
        CopyError::Damaged(format!("line {} is none of a backup", self.line))
    }
}

fn cells(table: &Table, row: Vec<serde_json::Value>) -> Option<Vec<Cell>> {
    if row.len() != table.columns.len() {
        return None;
    }
    table.columns.iter().zip(row).map(|(column, value)| column.kind.cell(value)).collect()
}

async fn insert(tx: &mut Tx, table: &Table, cells: Vec<Cell>) -> Result<(), CopyError> {
    macro_rules! bound {
        ($tx:expr) => {{
            let mut query = sqlx::query(table.insert());
            for cell in cells {
                query = match cell {
                    Cell::Number(value) => query.bind(value),
                    Cell::Text(value) => query.bind(value),
                    Cell::Bytes(value) => query.bind(value),
                    Cell::Truth(value) => query.bind(value),
                };
            }
            query.execute(&mut **$tx).await.map(drop)
        }};
    }
    match tx {
        Tx::Sqlite(tx) => bound!(tx),
        Tx::Postgres(tx) => bound!(tx),
    }?;
    Ok(())
}
