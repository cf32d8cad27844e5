//! Secrets at rest: the OS keychain and files sealed with a key from it.
