//! Talks to instances: attempts, sessions, tokens, accounts.
