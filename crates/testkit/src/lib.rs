//! For tests only: builders, a model, both databases.
