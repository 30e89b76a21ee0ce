//! What each binary does before and after it serves: configuration, keys, logs, start and stop.
