//! MOR calling-card groups.
