//! Writing to the disk, apart, so that tests can end it at any point.

use std::{fs, io, path::Path};

use crate::replace_file;

pub(crate) trait Disk: Send + Sync + 'static {
    /// Replaces a file as a whole; it is on the disk when this returns.
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Removes a file; one that is not there is removed already.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

pub(crate) struct RealDisk;

impl Disk for RealDisk {
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        replace_file(path, bytes)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
