//! The TraiTel Account Management API.
