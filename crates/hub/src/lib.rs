//! The shell: an async handle, group commit, clock and ids.
