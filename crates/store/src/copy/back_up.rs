//! Out: everything in one consistent picture, while others go on writing.

use futures_util::TryStreamExt as _;
use serde::Serialize;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::{
    CopyError, Tally,
    format::{BackedUp, End, FORMAT, Head, Line, WHAT},
    table::{self, Table},
    tally::Digest,
};
use crate::{
    Store,
    db::{Tx, rows},
};

rows! {
    BackedUpRow {
        id: String,
        public_url: String,
        key_id: String,
        key_check: String,
    }
}

impl Store {
    /// Writes a backup, and tells what is in it.
    pub async fn back_up(&self, out: &mut (impl AsyncWrite + Unpin)) -> Result<Tally, CopyError> {
        let mut tx = self.read.snapshot().await?;
        let instance = instance(&mut tx).await?;
        let tables = table::tables(&mut tx).await?;
        let step = step(&mut tx).await?;
        let mut pen = Pen { to: out, digest: Digest::new(), tally: Tally::default() };
        pen.line(&Head { what: WHAT.to_owned(), format: FORMAT, step, instance, tables: tables.clone() }).await?;
        for table in &tables {
            pen.line(&Line::Of { table: table.name.clone() }).await?;
            pen.table(&mut tx, table).await?;
        }
        let end = End { rows: pen.tally.rows(), sha256: pen.digest.finish() };
        let last = serde_json::to_string(&Line::End { end }).map_err(std::io::Error::other)?;
        pen.to.write_all(format!("{last}\n").as_bytes()).await?;
        pen.to.flush().await?;
        Ok(pen.tally)
    }
}

async fn instance(tx: &mut Tx) -> Result<BackedUp, CopyError> {
    const SQL: &str = "SELECT id, public_url, key_id, key_check FROM instance WHERE one = 1";
    let row: Option<BackedUpRow> = match tx {
        Tx::Sqlite(tx) => sqlx::query_as(SQL).fetch_optional(&mut **tx).await?,
        Tx::Postgres(tx) => sqlx::query_as(SQL).fetch_optional(&mut **tx).await?,
    };
    let BackedUpRow { id, public_url, key_id, key_check } = row.ok_or(CopyError::Nothing)?;
    Ok(BackedUp { id, public_url, key_id, key_check })
}

/// The step of the schema.
pub(super) async fn step(tx: &mut Tx) -> Result<i64, CopyError> {
    const SQL: &str = "SELECT max(version) FROM _sqlx_migrations";
    let (step,): (Option<i64>,) = match tx {
        Tx::Sqlite(tx) => sqlx::query_as(SQL).fetch_one(&mut **tx).await?,
        Tx::Postgres(tx) => sqlx::query_as(SQL).fetch_one(&mut **tx).await?,
    };
    Ok(step.unwrap_or_default())
}

/// What the tables hold, as this transaction sees it.
pub(super) async fn tally(tx: &mut Tx, tables: &[Table]) -> Result<Tally, CopyError> {
    let mut nowhere = tokio::io::sink();
    let mut pen = Pen { to: &mut nowhere, digest: Digest::new(), tally: Tally::default() };
    for table in tables {
        pen.table(tx, table).await?;
    }
    Ok(pen.tally)
}

struct Pen<'a, W> {
    to: &'a mut W,
    digest: Digest,
    tally: Tally,
}

impl<W: AsyncWrite + Unpin> Pen<'_, W> {
    async fn line(&mut self, line: &impl Serialize) -> Result<(), CopyError> {
        let mut text = serde_json::to_vec(line).map_err(std::io::Error::other)?;
        text.push(b'\n');
        self.digest.line(&text);
        Ok(self.to.write_all(&text).await?)
    }

    async fn row(&mut self, table: &Table, row: Vec<serde_json::Value>) -> Result<(), CopyError> {
        let line = serde_json::to_string(&row).map_err(std::io::Error::other)?;
        self.tally.row(&table.name, &line);
        self.line(&row).await
    }

    /// Every row of a table, one at a time: it may be larger than memory.
    async fn table(&mut self, tx: &mut Tx, table: &Table) -> Result<(), CopyError> {
        self.tally.table(&table.name);
        match tx {
            Tx::Sqlite(tx) => {
                let mut rows = sqlx::query(table.select()).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await? {
                    self.row(table, table.values(&row)?).await?;
                }
            }
            Tx::Postgres(tx) => {
                let mut rows = sqlx::query(table.select()).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await? {
                    self.row(table, table.values(&row)?).await?;
                }
            }
        }
        Ok(())
    }
}
