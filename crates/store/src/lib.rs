//! What is remembered: one API over SQLite and PostgreSQL.
