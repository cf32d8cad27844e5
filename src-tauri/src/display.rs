//! Whether there is a screen to open a window on, said in a sentence before the window toolkit gives up without one.

use std::ffi::OsString;

/// What is said when there is no screen.
pub(crate) const NO_DISPLAY: &str = "Frontdesk cannot open its window: this session has no display. Start it from a desktop \
    session, or set DISPLAY or WAYLAND_DISPLAY to one that you may use.";

/// Looks for a display in the environment, given as a lookup by name. Only Linux needs to be told.
pub(crate) fn check(variable: impl Fn(&str) -> Option<OsString>) -> Result<(), String> {
    let named = |name| variable(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !named("DISPLAY") && !named("WAYLAND_DISPLAY") {
        return Err(NO_DISPLAY.to_owned());
    }
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_session_without_a_display_gets_a_sentence() {
        let session = |name: &'static str, value: &'static str| {
            check(move |asked| (asked == name).then(|| OsString::from(value)))
        };
        assert_eq!(session("DISPLAY", ":0"), Ok(()));
        assert_eq!(session("WAYLAND_DISPLAY", "wayland-0"), Ok(()));
        assert_eq!(session("DISPLAY", ""), Err(NO_DISPLAY.to_owned()));
        assert_eq!(session("HOME", "/people/a"), Err(NO_DISPLAY.to_owned()));
    }
}
