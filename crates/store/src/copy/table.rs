//! Tables and their values, the same for both databases.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{AssertSqlSafe, ColumnIndex, Decode, Row, SqlSafeStr as _, SqlStr, Type};

use super::CopyError;
use crate::db::{Tx, rows};

/// A table: its name, and its columns in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Number,
    Text,
    Bytes,
    Truth,
}

rows! {
    ColumnRow {
        table_name: String,
        column_name: String,
        kind: String,
    }
}

/// The tables of a database but for the one that keeps the steps of its schema, and the one that counts for seconds only
/// and is not in every kind of database.
pub(super) async fn tables(tx: &mut Tx) -> Result<Vec<Table>, CopyError> {
    const SQLITE: &str = "SELECT m.name AS table_name, c.name AS column_name, c.type AS kind \
        FROM sqlite_master m JOIN pragma_table_info(m.name) c \
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name <> '_sqlx_migrations'";
    const POSTGRES: &str = "SELECT table_name::text, column_name::text, data_type::text AS kind \
        FROM information_schema.columns WHERE table_schema = current_schema() \
        AND table_name NOT IN ('_sqlx_migrations', 'request_buckets')";
    let rows: Vec<ColumnRow> = match tx {
        Tx::Sqlite(tx) => sqlx::query_as(SQLITE).fetch_all(&mut **tx).await?,
        Tx::Postgres(tx) => sqlx::query_as(POSTGRES).fetch_all(&mut **tx).await?,
    };
    let mut tables: std::collections::BTreeMap<String, Vec<Column>> = std::collections::BTreeMap::new();
    for ColumnRow { table_name, column_name, kind } in rows {
        let kind = match kind.as_str() {
            "INTEGER" | "bigint" => Kind::Number,
            "TEXT" | "text" => Kind::Text,
            "BLOB" | "bytea" => Kind::Bytes,
            "BOOLEAN" | "boolean" => Kind::Truth,
            _ => return Err(CopyError::Kind { table: table_name, column: column_name, kind }),
        };
        tables.entry(table_name).or_default().push(Column { name: column_name, kind });
    }
    Ok(tables
        .into_iter()
        .map(|(name, mut columns)| {
            columns.sort_by(|one, other| one.name.cmp(&other.name));
            Table { name, columns }
        })
        .collect())
}

impl Table {
    /// Reads every row.
    pub(super) fn select(&self) -> SqlStr {
        AssertSqlSafe(format!("SELECT {} FROM {}", self.list(), self.name)).into_sql_str()
    }

    /// Writes one row.
    pub(super) fn insert(&self) -> SqlStr {
        let places: Vec<_> = (1..=self.columns.len()).map(|place| format!("${place}")).collect();
        let sql = format!("INSERT INTO {} ({}) VALUES ({})", self.name, self.list(), places.join(", "));
        AssertSqlSafe(sql).into_sql_str()
    }

    /// Tells whether there is a row.
    pub(super) fn any(&self) -> SqlStr {
        AssertSqlSafe(format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1) AS first", self.name)).into_sql_str()
    }

    fn list(&self) -> String {
        self.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// A row as a backup holds it.
    pub(super) fn values<'r, R: Row>(&self, row: &'r R) -> sqlx::Result<Vec<Value>>
    where
        usize: ColumnIndex<R>,
        i64: Decode<'r, R::Database> + Type<R::Database>,
        String: Decode<'r, R::Database> + Type<R::Database>,
        Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
        bool: Decode<'r, R::Database> + Type<R::Database>,
    {
        let value = |(at, column): (usize, &Column)| {
            Ok(match column.kind {
                Kind::Number => row.try_get::<Option<i64>, _>(at)?.map(Value::from),
                Kind::Text => row.try_get::<Option<String>, _>(at)?.map(Value::from),
                Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(at)?.map(|bytes| STANDARD.encode(bytes).into()),
                Kind::Truth => row.try_get::<Option<bool>, _>(at)?.map(Value::from),
            }
            .unwrap_or_default())
        };
        self.columns.iter().enumerate().map(value).collect()
    }
}

/// A value on its way into a database.
pub(super) enum Cell {
    Number(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Truth(Option<bool>),
}

impl Kind {
    /// The value that a backup holds for a column of this kind, if it is one.
    pub(super) fn cell(self, value: Value) -> Option<Cell> {
        let there = !value.is_null();
        Some(match (self, value) {
            (Self::Number, value) => Cell::Number(there.then(|| value.as_i64().ok_or(())).transpose().ok()?),
            (Self::Truth, value) => Cell::Truth(there.then(|| value.as_bool().ok_or(())).transpose().ok()?),
            (Self::Text, Value::String(text)) => Cell::Text(Some(text)),
            (Self::Text, Value::Null) => Cell::Text(None),
            (Self::Bytes, Value::String(text)) => Cell::Bytes(Some(STANDARD.decode(text).ok()?)),
            (Self::Bytes, Value::Null) => Cell::Bytes(None),
            _ => return None,
        })
    }
}
