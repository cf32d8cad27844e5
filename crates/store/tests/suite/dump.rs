//! Everything that is in a database, as somebody would see it who stole it.

use frontdesk_store::Location;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

/// One text for each row: table and values.
pub(crate) async fn dump(location: &Location) -> Vec<String> {
    match location {
        Location::Sqlite(path) => {
            let mut file = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
            let sql = "SELECT m.name, group_concat('quote(' || c.name || ')', ' || '' '' || ') FROM sqlite_master m, \
                       pragma_table_info(m.name) c WHERE m.type = 'table' GROUP BY m.name ORDER BY m.name";
            let tables: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut file).await.unwrap();
            let mut rows = Vec::new();
            for (table, columns) in tables {
                let sql = AssertSqlSafe(format!("SELECT '{table} ' || {columns} FROM {table} ORDER BY 1"));
                rows.extend(sqlx::query_scalar::<_, String>(sql).fetch_all(&mut file).await.unwrap());
            }
            file.close().await.unwrap();
            rows
        }
        Location::Postgres(url) => {
            let mut server = PgConnection::connect(url).await.unwrap();
            let sql = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
            let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut server).await.unwrap();
            let mut rows = Vec::new();
            for table in tables {
                let sql = AssertSqlSafe(format!("SELECT '{table} ' || t::text FROM {table} t ORDER BY 1"));
                rows.extend(sqlx::query_scalar::<_, String>(sql).fetch_all(&mut server).await.unwrap());
            }
            server.close().await.unwrap();
            rows
        }
    }
}

/// Changes a database behind the store's back, with foreign keys as they are declared.
pub(crate) async fn execute(location: &Location, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    match location {
        Location::Sqlite(path) => {
            let mut file = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut file).await.unwrap();
            file.close().await.unwrap();
        }
        Location::Postgres(url) => {
            let mut server = PgConnection::connect(url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut server).await.unwrap();
            server.close().await.unwrap();
        }
    }
}
