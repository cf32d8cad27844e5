//! Keeps the lines of a development instance in an application's `.env` file, beside everything else that is there.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::Lines;
use crate::private;

/// What stands before and after the lines that are ours. Nothing outside is touched.
const BEGIN: &str = "# Written by `frontdesk-server dev`; what stands up to the end mark is replaced.";
const END: &str = "# End of what `frontdesk-server dev` wrote.";

/// Why the file is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum EnvFileError {
    /// It cannot be read or written.
    #[error("cannot {action} {} ({error}): give another file with --env-file", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// Somebody else's line would fight with ours.
    #[error(
        "{} sets {} already, which may belong to another instance: remove that line, or give another file with \
         --env-file; nothing was changed", path.display(), names.join(", ")
    )]
    Taken {
        /// The file.
        path: PathBuf,
        /// What it sets.
        names: Vec<String>,
    },
    /// An end mark is missing.
    #[error(
        "{} has the first mark of `frontdesk-server dev` without the last one, so it is not known which lines may be \
         replaced: remove that line; nothing was changed", .0.display()
    )]
    Unclosed(PathBuf),
}

/// Writes the lines into the file, in place of those that were written before. The file is replaced as a whole, and is
/// closed to other users: it holds a secret key.
pub fn write(path: &Path, lines: &Lines) -> Result<(), EnvFileError> {
    // A link stays a link.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let fault = |action| move |error| EnvFileError::Io { action, path: path.clone(), error };
    let before = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(fault("read")(error)),
    };
    let others = without_ours(&before).ok_or_else(|| EnvFileError::Unclosed(path.clone()))?;
    let names: Vec<_> = lines.names().iter().filter(|name| sets(&others, name)).cloned().collect();
    if !names.is_empty() {
        return Err(EnvFileError::Taken { path: path.clone(), names });
    }
    let gap = if others.is_empty() || others.ends_with('\n') { "" } else { "\n" };
    let after = format!("{others}{gap}{BEGIN}\n{}{END}\n", lines.reveal());
    if after == before {
        return Ok(());
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let written = replace(&beside, path, after.as_bytes());
    if written.is_err() {
        let _gone = fs::remove_file(&beside);
    }
    written.map_err(fault("write"))
}

fn replace(beside: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private::options().write(true).create_new(true).open(beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(beside, path)
}

/// The text without the lines between our marks; none if one of the marks is missing.
fn without_ours(text: &str) -> Option<String> {
    let mut others = String::with_capacity(text.len());
    let mut ours = false;
    for line in text.split_inclusive('\n') {
        match line.trim() {
            BEGIN if !ours => ours = true,
            END if ours => ours = false,
            _ if ours => {}
            _ => others.push_str(line),
        }
    }
    (!ours).then_some(others)
}

/// Whether a line gives a value to this name.
fn sets(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
        line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(['=', ':']))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn lines(key: &str) -> Lines {
        Lines::made([("CLERK_SECRET_KEY", key.to_owned()), ("VITE_CLERK_PUBLISHABLE_KEY", "pk_test_x=".to_owned())])
    }

    #[test]
    fn other_lines_stay_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        fs::write(&path, "# mine\nPORT=3000\nMY_CLERK_SECRET_KEY=x\n#CLERK_SECRET_KEY=old\nLAST=1").unwrap();
        write(&path, &lines("sk_test_one")).unwrap();
        let first = fs::read_to_string(&path).unwrap();
        assert!(first.starts_with("# mine\nPORT=3000\nMY_CLERK_SECRET_KEY=x\n#CLERK_SECRET_KEY=old\nLAST=1\n"));
        assert!(first.contains("\nCLERK_SECRET_KEY=sk_test_one\nVITE_CLERK_PUBLISHABLE_KEY=pk_test_x=\n"), "{first}");
        fs::write(&path, format!("{first}AFTER=2\n")).unwrap();
        write(&path, &lines("sk_test_two")).unwrap();
        let second = fs::read_to_string(&path).unwrap();
        assert!(!second.contains("sk_test_one") && second.contains("sk_test_two") && second.contains("AFTER=2\n"));
        assert_eq!(second.matches(BEGIN).count(), 1);
        write(&path, &lines("sk_test_two")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), second, "writing again changes nothing");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn the_file_is_closed_to_others_and_a_link_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join(".env"));
        fs::write(&real, "A=1\n").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o644)).unwrap();
        symlink(&real, &link).unwrap();
        write(&link, &lines("sk_test_one")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o600);
        let new = folder.path().join("new");
        write(&new, &lines("sk_test_one")).unwrap();
        assert_eq!(fs::metadata(&new).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_line_of_somebody_else_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        for theirs in ["CLERK_SECRET_KEY=sk_live_real\n", "export CLERK_SECRET_KEY = x\n", "CLERK_SECRET_KEY: y\n"] {
            fs::write(&path, theirs).unwrap();
            let refused = write(&path, &lines("sk_test_one")).unwrap_err();
            assert!(matches!(&refused, EnvFileError::Taken { names, .. } if names == &["CLERK_SECRET_KEY"]));
            assert!(!refused.to_string().contains("sk_"), "{refused}");
            assert_eq!(fs::read_to_string(&path).unwrap(), theirs);
        }
        fs::write(&path, format!("{BEGIN}\nPORT=3000\n")).unwrap();
        assert!(matches!(write(&path, &lines("sk_test_one")), Err(EnvFileError::Unclosed(_))));
        let nowhere = folder.path().join("missing").join(".env");
        assert!(write(&nowhere, &lines("x")).unwrap_err().to_string().contains("--env-file"));
    }
}
