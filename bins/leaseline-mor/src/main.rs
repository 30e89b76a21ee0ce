//! The MOR facade alone.

fn main() {}
