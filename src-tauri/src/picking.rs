//! Files that the person picks in a dialog of the system's own: the page learns neither which nor what is in them.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    path::Path,
};

use frontdesk_accounts::{LARGEST_CA_FILE, Reason, Said, intents::IntentError};

pub(crate) use self::dialog::{authorities, place_for_backup_codes};
use crate::input::refused;

/// Writes a secret text into a file that nobody else of this computer may read, in place of what was there.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), IntentError> {
    let written = tempfile_beside(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map(drop).map_err(|error| error.error)
    });
    written.map_err(|error| {
        refused(
            Said::from(Reason::FileUnwritable).detail(&error),
            &format!("This file cannot be written ({error}), so nothing was saved. Choose another place."),
        )
    })
}

/// A file that only this person may read, which takes the other's name once it is whole.
fn tempfile_beside(path: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    tempfile::NamedTempFile::new_in(path.parent().unwrap_or_else(|| Path::new(".")))
}

/// The bytes of a file that was picked; of one that is too large only so many that it is seen.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, IntentError> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(LARGEST_CA_FILE).unwrap_or(u64::MAX).saturating_add(1);
    let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|error| {
        refused(
            Said::from(Reason::AuthorityUnreadable).detail(&error),
            &format!("This file cannot be read ({error}), so nothing was changed. Pick another one."),
        )
    })
}

#[cfg(target_os = "linux")]
mod dialog {
    use std::path::PathBuf;

    use gtk::prelude::{DialogExt as _, FileChooserExt as _, GtkWindowExt as _, WidgetExt as _};
    use tauri::{AppHandle, Manager as _, Runtime};
    use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

    use crate::{input::WINDOW, speech::Words};

    /// Has a file with certificates picked; none where the person picks none.
    pub(crate) async fn authorities<R: Runtime>(app: &AppHandle<R>, words: &'static Words) -> Option<PathBuf> {
        asked(app, gtk::FileChooserAction::Open, words).await
    }

    /// Has a place for a file with backup codes named; none where the person wants none.
    pub(crate) async fn place_for_backup_codes<R: Runtime>(
        app: &AppHandle<R>,
        words: &'static Words,
    ) -> Option<PathBuf> {
        asked(app, gtk::FileChooserAction::Save, words).await
    }

    async fn asked<R: Runtime>(
        app: &AppHandle<R>,
        action: gtk::FileChooserAction,
        words: &'static Words,
    ) -> Option<PathBuf> {
        let (tell, mut told) = unbounded_channel();
        let windows = app.clone();
        let shown = app.run_on_main_thread(move || {
            let above = windows.get_webview_window(WINDOW).and_then(|window| window.gtk_window().ok());
            draw(action, words, above.as_ref(), tell);
        });
        if shown.is_err() { None } else { told.recv().await.flatten() }
    }

    fn draw(
        action: gtk::FileChooserAction,
        words: &Words,
        above: Option<&gtk::ApplicationWindow>,
        tell: UnboundedSender<Option<PathBuf>>,
    ) {
        let saving = action == gtk::FileChooserAction::Save;
        let (title, go) =
            if saving { (words.save_backup_codes, words.save) } else { (words.pick_authorities, words.pick) };
        let dialog = gtk::FileChooserDialog::with_buttons(
            Some(title),
            above,
            action,
            &[(words.cancel, gtk::ResponseType::Cancel), (go, gtk::ResponseType::Accept)],
        );
        dialog.set_modal(true);
        dialog.set_current_folder(gtk::glib::home_dir());
        if saving {
            dialog.set_current_name(words.backup_codes_file);
            dialog.set_do_overwrite_confirmation(true);
        }
        dialog.set_default_response(gtk::ResponseType::Accept);
        dialog.connect_response(move |dialog, response| {
            let picked = (response == gtk::ResponseType::Accept).then(|| dialog.filename()).flatten();
            let _nobody_waits = tell.send(picked);
            dialog.close();
        });
        dialog.show();
        dialog.present();
    }
}

#[cfg(not(target_os = "linux"))]
mod dialog {
    use std::path::PathBuf;

    use rfd::AsyncFileDialog;
    use tauri::{AppHandle, Manager as _, Runtime};
    use tokio::sync::oneshot;

    use crate::{input::WINDOW, speech::Words};

    /// Has a file with certificates picked; none where the person picks none.
    pub(crate) async fn authorities<R: Runtime>(app: &AppHandle<R>, words: &'static Words) -> Option<PathBuf> {
        let (tell, told) = oneshot::channel();
        let windows = app.clone();
        let shown = app.run_on_main_thread(move || {
            let mut dialog = AsyncFileDialog::new()
                .set_title(words.pick_authorities)
                .add_filter("PEM", &["pem", "crt", "cer", "ca-bundle"]);
            if let Some(window) = windows.get_webview_window(WINDOW) {
                dialog = dialog.set_parent(&window);
            }
            let _nobody_waits = tell.send(dialog.pick_file());
        });
        shown.ok()?;
        Some(told.await.ok()?.await?.path().to_owned())
    }

    /// Has a place for a file with backup codes named; none where the person wants none.
    pub(crate) async fn place_for_backup_codes<R: Runtime>(
        app: &AppHandle<R>,
        words: &'static Words,
    ) -> Option<PathBuf> {
        let (tell, told) = oneshot::channel();
        let windows = app.clone();
        let shown = app.run_on_main_thread(move || {
            let mut dialog =
                AsyncFileDialog::new().set_title(words.save_backup_codes).set_file_name(words.backup_codes_file);
            if let Some(window) = windows.get_webview_window(WINDOW) {
                dialog = dialog.set_parent(&window);
            }
            let _nobody_waits = tell.send(dialog.save_file());
        });
        shown.ok()?;
        Some(told.await.ok()?.await?.path().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_file_without_end_no_more_is_read_than_is_needed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.pem");
        std::fs::write(&path, vec![b' '; LARGEST_CA_FILE + 100]).unwrap();
        assert_eq!(read(&path).unwrap().len(), LARGEST_CA_FILE + 1);
        let error = read(&folder.path().join("none.pem")).unwrap_err();
        assert_eq!(error.said.unwrap().reason, Reason::AuthorityUnreadable);
        assert!(read(folder.path()).is_err(), "a folder is no file");
    }

    #[cfg(unix)]
    #[test]
    fn backup_codes_are_written_as_a_whole_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("codes.txt");
        std::fs::write(&path, "what was there before, and longer than what comes").unwrap();
        write(&path, "one\ntwo\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let error = write(&folder.path().join("none/codes.txt"), "one").unwrap_err();
        assert_eq!(error.said.unwrap().reason, Reason::FileUnwritable);
    }
}
