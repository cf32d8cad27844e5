//! Files and folders that their owner alone can read. On Windows a folder of a person's profile is closed to others, and
//! what is made in it is so as well.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io,
    path::Path,
};

/// How a file is opened that is closed to others if it is made by this.
pub(crate) fn options() -> OpenOptions {
    #[cfg(unix)]
    return {
        let mut options = File::options();
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
    };
    #[cfg(not(unix))]
    File::options()
}

/// Makes a folder that is closed to others, and those above it, where they are missing.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Returns when the names in a folder are on the disk. Windows writes them with the files and opens no folder for it.
pub(crate) fn sync_names(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Whether others can read an open file.
pub(crate) fn is_exposed(file: &File) -> io::Result<bool> {
    #[cfg(unix)]
    return Ok(std::os::unix::fs::PermissionsExt::mode(&file.metadata()?.permissions()) & 0o077 != 0);
    #[cfg(not(unix))]
    return file.metadata().map(|_| false);
}
