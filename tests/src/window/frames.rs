//! The frame of the app's window, as a window manager sees it. There is none on the desktops of the tests.

use anyhow::{Context as _, Result};
use x11rb::{
    connection::Connection as _,
    protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, MapState},
    rust_connection::RustConnection,
};

/// What the window of the app is called.
const TITLE: &[u8] = b"Frontdesk";

/// A window that belongs to a program's frame.
pub(super) struct Frame {
    server: RustConnection,
    window: u32,
}

impl Frame {
    /// Finds the window of the app, in sight or not; none when it has none.
    pub(super) fn find(display: &str) -> Result<Option<Self>> {
        let (server, screen) = x11rb::connect(Some(display)).context("reach the X server")?;
        let root = server.setup().roots[screen].root;
        let protocols = server.intern_atom(false, b"WM_PROTOCOLS")?.reply()?.atom;
        let windows = server.query_tree(root)?.reply()?.children;
        for window in windows {
            let title = server.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64)?.reply();
            let takes = server.get_property(false, window, protocols, AtomEnum::ANY, 0, 1)?.reply();
            let (Ok(title), Ok(takes)) = (title, takes) else { continue };
            if title.value == TITLE && takes.length > 0 {
                return Ok(Some(Self { server, window }));
            }
        }
        Ok(None)
    }

    /// Asks the window to close, as its button does.
    pub(super) fn close(&self) -> Result<()> {
        let protocols = self.server.intern_atom(false, b"WM_PROTOCOLS")?.reply()?.atom;
        let close = self.server.intern_atom(false, b"WM_DELETE_WINDOW")?.reply()?.atom;
        let event = ClientMessageEvent::new(32, self.window, protocols, [close, 0, 0, 0, 0]);
        self.server.send_event(false, self.window, EventMask::NO_EVENT, event)?.check()?;
        Ok(())
    }

    /// Where its upper left corner is on the screen.
    pub(super) fn place(&self) -> Result<(i16, i16)> {
        let root = self.server.setup().roots[0].root;
        let place = self.server.translate_coordinates(self.window, root, 0, 0)?.reply()?;
        Ok((place.dst_x, place.dst_y))
    }

    pub(super) fn is_in_sight(&self) -> Result<bool> {
        Ok(self.server.get_window_attributes(self.window)?.reply()?.map_state == MapState::VIEWABLE)
    }
}
