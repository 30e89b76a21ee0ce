//! The MOR facade alone.
