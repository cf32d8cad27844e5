//! An X server whose screen is a file.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufRead, BufReader},
    os::unix::fs::FileExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

/// More distinct pixel values than this are content: a bare screen and an empty window have one each, and the edges of
/// one line of text have dozens.
const EMPTY: usize = 8;
/// Every how many rows of the screen are looked at; a line of text is higher.
const ROW_STEP: usize = 4;

/// A running X server; dropping it ends it.
pub(crate) struct Screen {
    server: Child,
    display: String,
    file: PathBuf,
    _folder: TempDir,
}

impl Screen {
    pub(crate) fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-br", "-nocursor", "-fbdir"])
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("start Xvfb (Debian package xvfb)")?;
        let mut number = String::new();
        if let Some(output) = server.stdout.take() {
            BufReader::new(output).read_line(&mut number)?;
        }
        let number = number.trim();
        if number.is_empty() {
            let _ended = server.wait();
            bail!("Xvfb did not start");
        }
        Ok(Self { display: format!(":{number}"), file: folder.path().join("Xvfb_screen0"), server, _folder: folder })
    }

    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    /// Whether there is something in a window.
    pub(crate) fn shows_content(&self) -> Result<bool> {
        // The file is an X window dump (XWDFile.h): a header of big-endian words, a colour table, then the rows.
        let file = File::open(&self.file).context("open the screen's file")?;
        let mut header = [0_u8; 100];
        file.read_exact_at(&mut header, 0)?;
        let word = |index: usize| {
            let bytes = [header[index * 4], header[index * 4 + 1], header[index * 4 + 2], header[index * 4 + 3]];
            u32::from_be_bytes(bytes) as usize
        };
        let (header_size, height, bits, line, colours) = (word(0), word(5), word(11), word(12), word(19));
        if bits != 32 {
            bail!("the screen has {bits} bits per pixel, not 32");
        }
        let first = header_size + colours * 12;
        let mut row = vec![0_u8; line];
        let mut seen = BTreeSet::new();
        for number in (0..height).step_by(ROW_STEP) {
            file.read_exact_at(&mut row, (first + number * line) as u64)?;
            seen.extend(row.chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2]]));
            if seen.len() > EMPTY {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _gone = self.server.kill();
        let _waited = self.server.wait();
    }
}
