//! The desktop shell: windows, commands and capabilities.
