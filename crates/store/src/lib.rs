//! What the store remembers: Diesel on SQLite and PostgreSQL.
