//! The desktop shell: windows, commands and capabilities.

pub mod app_room;
mod command_names;
