//! Start of a server to its first answer, and its memory while nobody asks, ÷ a bare HTTP server.

use std::{
    net::SocketAddr,
    path::Path,
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::Result;
use axum::{Router, routing::get};
use tokio::{net::TcpListener, runtime::Runtime};

use crate::{
    instance::{Server, connection, free_address},
    processes,
    report::Report,
    rounds::Rounds,
};

/// How long a server is left alone before its memory is read.
const SETTLING: Duration = Duration::from_secs(1);

/// What both are compared with: it answers one path and knows nothing.
pub(crate) async fn serve_nothing(address: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(address).await?;
    axum::serve(listener, Router::new().route("/v1/health", get(|| async {}))).await?;
    Ok(())
}

pub(crate) fn measure(runtime: &Runtime, program: &Path, rounds: usize, report: &mut Report) -> Result<()> {
    let bare = std::env::current_exe()?;
    let data = tempfile::tempdir()?;
    let (mut first, mut again, mut memory) = (Rounds::default(), Rounds::default(), Rounds::default());
    for round in 0..=rounds {
        let fresh = tempfile::tempdir()?;
        let new = runtime.block_on(start(serve(program, fresh.path())))?;
        let known = runtime.block_on(start(serve(program, data.path())))?;
        let nothing = runtime.block_on(start(|address: &str| {
            let mut command = Command::new(&bare);
            command.args(["--serve-nothing", address]);
            command
        }))?;
        if round > 0 {
            first.push(new.milliseconds, nothing.milliseconds);
            again.push(known.milliseconds, nothing.milliseconds);
            memory.push(known.mebibytes, nothing.mebibytes);
        }
    }
    report.add("start: new instance (draws its keys) to first answer ÷ bare server", "ms", &first);
    report.add("start: instance to first answer ÷ bare server", "ms", &again);
    report.add("start: idle memory (PSS) ÷ bare server", "MiB", &memory);
    Ok(())
}

fn serve<'a>(program: &'a Path, data: &'a Path) -> impl FnOnce(&str) -> Command + 'a {
    move |address| {
        let mut command = Command::new(program);
        command.args(["serve", "--listen", address, "--data"]).arg(data);
        command
    }
}

struct Start {
    milliseconds: f64,
    mebibytes: f64,
}

async fn start(command: impl FnOnce(&str) -> Command) -> Result<Start> {
    let (http, address) = (connection()?, free_address()?);
    let mut command = command(&address);
    let started = Instant::now();
    let mut server = Server::start(&mut command)?;
    server.answers(&http, &format!("http://{address}/v1/health"), Duration::from_millis(1)).await?;
    let milliseconds = started.elapsed().as_secs_f64() * 1e3;
    sleep(SETTLING);
    Ok(Start { milliseconds, mebibytes: processes::proportional_mebibytes(server.id()) })
}
