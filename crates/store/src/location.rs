//! Where a database is, and what its folder lies on.

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Where a database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file, made if it is not there. Its folder has to exist.
    Sqlite(PathBuf),
    /// A PostgreSQL database by its URL, `postgres://user:password@host/database`.
    Postgres(String),
}

impl fmt::Debug for Location {
    /// Never shows the URL: it may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}

/// What a folder lies on. SQLite's lock and its shared memory do not work over a network: two writers would damage the
/// file (<https://sqlite.org/wal.html>, "WAL does not work over a network filesystem").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileSystem {
    /// A disk of this computer, or nothing that is known to be otherwise.
    Local,
    /// A share of another computer, by the name the system has for its kind, such as `nfs4`.
    Network(String),
}

impl FileSystem {
    /// Finds out what an existing folder lies on. What cannot be found out counts as local.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        system::file_system(&folder)
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::{fs, os::unix::ffi::OsStringExt as _, path::Path, path::PathBuf};

    use super::FileSystem;

    /// Kinds that are shares of other computers; `fuse.` is left out before they are compared.
    const NETWORK: [&str; 16] = [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "ncpfs",
        "afs",
        "ceph",
        "glusterfs",
        "lustre",
        "beegfs",
        "sshfs",
        "rclone",
        "davfs",
        "s3fs",
        "gcsfuse",
    ];

    pub(super) fn file_system(folder: &Path) -> FileSystem {
        let mounts = fs::read("/proc/self/mountinfo").unwrap_or_default();
        kind(&mounts, folder).map_or(FileSystem::Local, |kind| {
            let bare = kind.strip_prefix("fuse.").unwrap_or(&kind);
            if NETWORK.contains(&bare) { FileSystem::Network(kind) } else { FileSystem::Local }
        })
    }

    /// Kind of the file system that a folder lies on: that of the deepest mount point above it, the last one mounted
    /// there (`proc_pid_mountinfo(5)`).
    pub(super) fn kind(mounts: &[u8], folder: &Path) -> Option<String> {
        let mounted = mounts.split(|byte| *byte == b'\n').filter_map(mount);
        let above = mounted.filter(|(point, _)| folder.starts_with(point));
        above.max_by_key(|(point, _)| point.components().count()).map(|(_, kind)| kind)
    }

    /// Mount point and kind of one line: `36 35 98:0 / /home rw,noatime shared:1 - ext4 /dev/vda rw`.
    fn mount(line: &[u8]) -> Option<(PathBuf, String)> {
        let mut words = line.split(|byte| *byte == b' ');
        let point = words.nth(4)?;
        let kind = words.skip_while(|word| *word != b"-").nth(1)?;
        Some((PathBuf::from(std::ffi::OsString::from_vec(unescape(point))), String::from_utf8_lossy(kind).into_owned()))
    }

    /// Blanks and backslashes of a path are written as three octal digits.
    fn unescape(word: &[u8]) -> Vec<u8> {
        let mut plain = Vec::with_capacity(word.len());
        let mut rest = word;
        while let Some((byte, after)) = rest.split_first() {
            let code = after.get(..3).filter(|_| *byte == b'\\').and_then(|digits| std::str::from_utf8(digits).ok());
            if let Some(code) = code.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
                plain.push(code);
                rest = &after[3..];
            } else {
                plain.push(*byte);
                rest = after;
            }
        }
        plain
    }
}

#[cfg(target_os = "macos")]
mod system {
    use std::path::Path;

    use super::FileSystem;

    /// `MNT_LOCAL` of `sys/mount.h`.
    const LOCAL: u32 = 0x1000;

    pub(super) fn file_system(folder: &Path) -> FileSystem {
        match rustix::fs::statfs(folder) {
            Ok(found) if found.f_flags & LOCAL == 0 => FileSystem::Network("network volume".to_owned()),
            _ => FileSystem::Local,
        }
    }
}

#[cfg(windows)]
mod system {
    use std::path::{Component, Path, Prefix};

    use super::FileSystem;

    pub(super) fn file_system(folder: &Path) -> FileSystem {
        let share = matches!(folder.components().next(), Some(Component::Prefix(prefix))
            if matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..)));
        if share { FileSystem::Network("network share".to_owned()) } else { FileSystem::Local }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_deepest_mount_point_says_what_a_folder_lies_on() {
        let mounts = b"22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n\
            36 22 0:40 / /data rw shared:1 - nfs4 server:/data rw\n\
            37 36 0:41 / /data/ann/my\\040disk rw shared:2 master:1 - fuse.sshfs ann@host: rw\n\
            38 36 254:1 / /data/local rw - xfs /dev/vdb rw\n";
        let kind = |folder: &str| system::kind(mounts, Path::new(folder)).unwrap_or_default();
        assert_eq!(kind("/srv/data"), "ext4");
        assert_eq!(kind("/data/ann"), "nfs4");
        assert_eq!(kind("/data/ann/my disk/data"), "fuse.sshfs");
        assert_eq!(kind("/data/local/data"), "xfs");
        assert_eq!(kind("/database"), "ext4");
    }

    #[test]
    fn a_folder_of_this_computer_is_local() {
        assert_eq!(FileSystem::of(Path::new("/proc/self")), FileSystem::Local);
        assert_eq!(FileSystem::of(&std::env::temp_dir()), FileSystem::Local);
    }
}
