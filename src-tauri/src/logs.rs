//! The log: one bounded file in the data folder, with nothing secret in it, and what is said of a panic.

use std::{
    fs::{self, File},
    io::{self, Write},
    panic::PanicHookInfo,
    path::{Path, PathBuf},
    sync::Mutex,
};

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer as _, filter::filter_fn, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::places;

/// The file that is written to.
pub(crate) const FILE: &str = "frontdesk.log";
/// The file before it.
const OLD: &str = "frontdesk.old.log";
/// Bytes after which a file is put aside.
const MOST: u64 = 5 * 1024 * 1024;
/// Says which levels are wanted, as `RUST_LOG` does in other programs.
const VARIABLE: &str = "FRONTDESK_LOG";

/// Begins to write the log. Without a folder to write to, it goes to standard error.
pub(crate) fn start(folder: &Path) {
    let filter = std::env::var(VARIABLE).ok().and_then(|wanted| EnvFilter::try_new(wanted).ok());
    let filter = filter.unwrap_or_else(|| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry();
    let done = match BoundedFile::open(folder, MOST) {
        Ok(file) => {
            let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Mutex::new(file));
            registry.with(lines.with_filter(filter).with_filter(filter_fn(is_ours_or_grave))).try_init()
        }
        Err(error) => {
            let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(io::stderr);
            let done = registry.with(lines.with_filter(filter).with_filter(filter_fn(is_ours_or_grave))).try_init();
            tracing::warn!("the log goes to standard error, its folder cannot be used: {error}");
            done
        }
    };
    if let Err(error) = done {
        eprintln!("Frontdesk writes no log: {error}.");
    }
}

/// Other people's code may say everything at its finer levels, headers and statements included: only its warnings are
/// taken, whatever is asked for.
fn is_ours_or_grave(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("frontdesk") || *metadata.level() <= Level::WARN
}

/// A file that is put aside when it has grown, so that the two together stay below twice the bound and one line.
struct BoundedFile {
    folder: PathBuf,
    file: File,
    length: u64,
    most: u64,
}

impl BoundedFile {
    fn open(folder: &Path, most: u64) -> io::Result<Self> {
        places::make_private(folder)?;
        let file = append_to(&folder.join(FILE))?;
        let length = file.metadata()?.len();
        let mut bounded = Self { folder: folder.to_owned(), file, length, most };
        bounded.put_aside_if_full()?;
        Ok(bounded)
    }

    fn put_aside_if_full(&mut self) -> io::Result<()> {
        if self.length >= self.most {
            fs::rename(self.folder.join(FILE), self.folder.join(OLD))?;
            self.file = append_to(&self.folder.join(FILE))?;
            self.length = 0;
        }
        Ok(())
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl Write for BoundedFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let written = self.file.write(line)?;
        self.length += written as u64;
        self.put_aside_if_full()?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// From now on a panic is one line in the log and on standard error. What it says of itself is left out: it may quote
/// what was being worked on.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let sentence = describe(panic);
        tracing::error!("{sentence}");
        eprintln!("{sentence}");
    }));
}

fn describe(panic: &PanicHookInfo<'_>) -> String {
    let place =
        panic.location().map_or_else(|| "an unknown place".to_owned(), |at| format!("{}:{}", at.file(), at.line()));
    let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
    format!("Frontdesk hit an error of its own at {place} in thread {thread}. Please report it with this line.")
}

#[cfg(test)]
mod tests;
