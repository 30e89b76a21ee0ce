//! Files applied and numbers imported, on both databases.

mod apply;
mod imports;
mod place;
