//! Black-box tests over loopback.
