//! The dialogs in which the system asks something for the app. The page cannot draw them, and WebDriver cannot see them.

use std::{path::Path, process::Stdio};

use anyhow::{Context, Result, bail};

use super::{desktop::Surroundings, patience::wait_for};

/// Answers the dialog with this title, once it is there, and waits until it has gone.
pub(super) fn answer(surroundings: &Surroundings, title: &str, confirm: bool) -> Result<()> {
    focus(surroundings, title)?;
    // The button that does nothing has the focus; the other one comes after it.
    let keys: &[&str] = if confirm { &["key", "Tab", "space"] } else { &["key", "Escape"] };
    xdotool(surroundings, keys)?;
    gone(surroundings, title)
}

/// Picks a file, or a place for one, in the dialog with this title, once it is there, by typing where it is.
pub(super) fn pick(surroundings: &Surroundings, title: &str, file: &str) -> Result<()> {
    focus(surroundings, title)?;
    // Opens the line that a path is typed in, in place of the name that a file to be saved has there.
    xdotool(surroundings, &["key", "ctrl+l", "ctrl+a"])?;
    xdotool(surroundings, &["type", "--delay", "20", file])?;
    xdotool(surroundings, &["key", "Return"])?;
    gone(surroundings, title)
}

/// Waits for a dialog, and turns the keys to it: there is no window manager to do that.
fn focus(surroundings: &Surroundings, title: &str) -> Result<()> {
    let dialog = wait_for(&format!("the system asked “{title}”"), || Ok(find(surroundings, title)?.pop()))?;
    xdotool(surroundings, &["windowfocus", "--sync", &dialog])
}

fn xdotool(surroundings: &Surroundings, arguments: &[&str]) -> Result<()> {
    let status = surroundings.command(Path::new("xdotool")).args(arguments).status();
    let status = status.context("answer the dialog (Debian package xdotool)")?;
    if status.success() { Ok(()) } else { bail!("xdotool {} ended with {status}", arguments.join(" ")) }
}

fn gone(surroundings: &Surroundings, title: &str) -> Result<()> {
    wait_for(&format!("the question “{title}” went"), || Ok(find(surroundings, title)?.is_empty().then_some(())))
}

/// The numbers of the windows in sight with this title.
fn find(surroundings: &Surroundings, title: &str) -> Result<Vec<String>> {
    // The name is a pattern to xdotool.
    let pattern: String = title.chars().map(|it| if it.is_alphanumeric() { it } else { '.' }).collect();
    let mut search = surroundings.command(Path::new("xdotool"));
    let found = search.args(["search", "--onlyvisible", "--name", &format!("^{pattern}$")]).stderr(Stdio::null());
    Ok(String::from_utf8_lossy(&found.output()?.stdout).lines().map(str::to_owned).collect())
}
