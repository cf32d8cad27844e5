//! Has the store migrate a database that tests then copy: `postgres-template URL`. `cargo xtask test` runs it.

use anyhow::{Context, Result};
use frontdesk_store::{Location, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let url = std::env::args().nth(1).context("name the database by its URL")?;
    Store::open(&Location::Postgres(url)).await.context("migrate the template database")?;
    println!("the template database is migrated");
    Ok(())
}
