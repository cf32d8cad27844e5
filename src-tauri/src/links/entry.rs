//! A desktop entry that says which program takes the app's links (Desktop Entry Specification 1.5, Association between MIME
//! types and applications 1.0.1).

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use frontdesk_vault::replace_file;

use crate::places::IDENTIFIER;

/// The programs of the desktop that keep who opens what.
pub(super) trait Tools {
    /// Runs one and answers with what it printed; an error means that there is none.
    fn run(&self, program: &str, arguments: &[&str]) -> io::Result<String>;
}

/// What is written down.
pub(super) struct Entry {
    pub(super) program: PathBuf,
    /// What people know it by.
    pub(super) name: String,
}

impl Entry {
    /// Writes the entry where it is not there, and has the desktop use it. An error says why links lead elsewhere.
    pub(super) fn see_to(&self, applications: &Path, tools: &dyn Tools) -> Result<(), String> {
        let file = format!("{IDENTIFIER}-links.desktop");
        let kind = format!("x-scheme-handler/{IDENTIFIER}");
        let (path, text) = (applications.join(&file), self.text(&kind)?);
        let leads_here = || {
            let asked = tools.run("xdg-mime", &["query", "default", &kind]);
            asked.map(|answer| answer.lines().next().map(str::trim) == Some(file.as_str()))
        };
        let written = fs::read_to_string(&path).is_ok_and(|before| before == text);
        let words = |error: io::Error| error.to_string();
        if written && leads_here().map_err(words)? {
            return Ok(());
        }
        fs::create_dir_all(applications).and_then(|()| replace_file(&path, text.as_bytes())).map_err(words)?;
        if let Some(folder) = applications.to_str() {
            // It only makes finding it faster, where it is installed.
            let _made_or_not = tools.run("update-desktop-database", &[folder]);
        }
        tools.run("xdg-mime", &["default", &file, &kind]).map_err(words)?;
        if leads_here().map_err(words)? { Ok(()) } else { Err("the desktop leads them elsewhere".to_owned()) }
    }

    fn text(&self, kind: &str) -> Result<String, String> {
        let program = self.program.to_str().and_then(argument).ok_or("the program's path cannot be written down")?;
        Ok(format!(
            "[Desktop Entry]\nType=Application\nName={}\nExec={program} %u\nMimeType={kind};\nNoDisplay=true\nTerminal=false\n",
            self.name
        ))
    }
}

/// A path as an argument of `Exec`. One that needs no quotes has none: some ways of opening take quotes for a part of the
/// name. None for a path that cannot be written down.
fn argument(path: &str) -> Option<String> {
    if path.chars().any(char::is_control) {
        return None;
    }
    let percent = path.replace('%', "%%");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+@,:%".contains(&byte);
    if percent.bytes().all(plain) {
        return Some(percent);
    }
    let mut quoted = String::from("\"");
    for character in percent.chars() {
        match character {
            // Once for the quotes, and again for the line of the file.
            '\\' => quoted.push_str("\\\\\\\\"),
            '"' | '`' | '$' => quoted.extend(["\\\\", character.encode_utf8(&mut [0; 4])]),
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    Some(quoted)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::cell::RefCell;

    use super::*;

    /// A desktop that remembers who opens what, and what it was asked.
    #[derive(Default)]
    struct Desktop {
        default: RefCell<String>,
        asked: RefCell<Vec<String>>,
        stubborn: bool,
    }

    impl Tools for Desktop {
        fn run(&self, program: &str, arguments: &[&str]) -> io::Result<String> {
            self.asked.borrow_mut().push(format!("{program} {}", arguments[0]));
            match (program, arguments) {
                ("xdg-mime", ["query", "default", _]) => Ok(format!("{}\n", self.default.borrow())),
                ("xdg-mime", ["default", file, _]) if !self.stubborn => {
                    (*file).clone_into(&mut self.default.borrow_mut());
                    Ok(String::new())
                }
                ("xdg-mime", _) => Ok(String::new()),
                _ => Err(io::ErrorKind::NotFound.into()),
            }
        }
    }

    /// A computer without these programs.
    struct Nothing;

    impl Tools for Nothing {
        fn run(&self, _: &str, _: &[&str]) -> io::Result<String> {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    fn entry(program: &str) -> Entry {
        Entry { program: program.into(), name: "Frontdesk".to_owned() }
    }

    #[test]
    fn the_running_program_takes_the_links_and_says_so_once() {
        let root = tempfile::tempdir().unwrap();
        let (folder, desktop) = (root.path().join("applications"), Desktop::default());
        entry("/opt/frontdesk/frontdesk").see_to(&folder, &desktop).unwrap();
        let file = folder.join(format!("{IDENTIFIER}-links.desktop"));
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains("\nExec=/opt/frontdesk/frontdesk %u\n"), "{text}");
        assert!(text.contains(&format!("\nMimeType=x-scheme-handler/{IDENTIFIER};\n")), "{text}");
        desktop.asked.borrow_mut().clear();
        entry("/opt/frontdesk/frontdesk").see_to(&folder, &desktop).unwrap();
        assert_eq!(*desktop.asked.borrow(), ["xdg-mime query"], "nothing is to be done");
        // The program was moved, or somebody else took the links.
        entry("/usr/bin/frontdesk").see_to(&folder, &desktop).unwrap();
        assert!(fs::read_to_string(&file).unwrap().contains("Exec=/usr/bin/frontdesk %u"));
        "other.desktop".clone_into(&mut desktop.default.borrow_mut());
        entry("/usr/bin/frontdesk").see_to(&folder, &desktop).unwrap();
        assert!(desktop.default.borrow().starts_with(IDENTIFIER));
    }

    #[test]
    fn a_desktop_that_leads_links_elsewhere_is_no_way_home() {
        let root = tempfile::tempdir().unwrap();
        let desktop = Desktop { stubborn: true, ..Desktop::default() };
        let error = entry("/usr/bin/frontdesk").see_to(root.path(), &desktop).unwrap_err();
        assert!(error.contains("elsewhere"), "{error}");
        assert!(entry("/usr/bin/frontdesk").see_to(root.path(), &Nothing).is_err());
    }

    #[test]
    fn a_path_stays_one_argument() {
        assert_eq!(argument("/usr/bin/frontdesk").unwrap(), "/usr/bin/frontdesk");
        assert_eq!(argument("/opt/My Apps/front%desk").unwrap(), "\"/opt/My Apps/front%%desk\"");
        assert_eq!(argument("/tmp/$(x)`y`\"z\"").unwrap(), r#""/tmp/\\$(x)\\`y\\`\\"z\\"""#);
        assert_eq!(argument(r"/tmp/a\b").unwrap(), r#""/tmp/a\\\\b""#);
        assert_eq!(argument("/tmp/a\nExec=evil"), None);
    }
}
