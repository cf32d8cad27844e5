//! The instance inside the app as another process serves it.

use std::{io, path::PathBuf};

/// Where that process serves it.
pub(super) struct Beside {
    socket: PathBuf,
    publishable_key: String,
    /// Open as long as the place is spoken to: the name of a pipe that nobody has open is whoever's takes it first.
    #[cfg(windows)]
    #[expect(dead_code, reason = "held, so that the pipe's name stays that process's")]
    door: std::fs::File,
}

impl Beside {
    /// Looks whose door it is.
    ///
    /// # Errors
    /// It has ended, or it is somebody else's.
    #[cfg_attr(unix, expect(clippy::unnecessary_wraps, reason = "a socket lies where nobody else can put one"))]
    pub(super) fn find(socket: PathBuf, publishable_key: String) -> io::Result<Self> {
        Ok(Self {
            #[cfg(windows)]
            door: frontdesk_platform::pipe::open(&socket)?,
            socket,
            publishable_key,
        })
    }

    /// Whether this is it.
    pub(super) fn is_at(&self, socket: &std::path::Path, publishable_key: &str) -> bool {
        self.socket == socket && self.publishable_key == publishable_key
    }
}
