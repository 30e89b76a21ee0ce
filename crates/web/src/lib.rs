//! The HTTP shell that the binaries share; it knows no facade.
