//! The TraiTel facade alone.

fn main() {}
