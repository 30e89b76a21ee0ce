//! Retention: what is past its term goes from everywhere, and nothing else does.

#![allow(clippy::unwrap_used, reason = "in a test, what goes wrong is its failure")]

mod beside;
mod erased;
mod late;
mod scene;
