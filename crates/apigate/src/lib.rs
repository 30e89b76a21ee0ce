//! The Apigate Voice northbound API: JSON, JWT bearer.
