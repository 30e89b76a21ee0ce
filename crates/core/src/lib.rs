//! The rules of leasing telephone numbers: pure, with time and ids as arguments.
