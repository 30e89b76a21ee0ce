//! The TraiTel facade alone.
