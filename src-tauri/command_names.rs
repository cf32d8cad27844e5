//! The commands that the window may call. The build makes one permission of each, so that a capability has to grant it.

/// Names of the commands, as the window calls them.
pub(crate) const COMMANDS: [&str; 6] = ["sign_in", "sign_up", "session", "account", "instance", "app"];
