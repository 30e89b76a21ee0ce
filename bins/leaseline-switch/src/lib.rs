//! From the configuration to the switch interface's settings, for this binary and for the combined
//! one.

use leaseline_service::Config;
use leaseline_switch::Settings;

/// The interface's settings. Its bodies are larger than those of clients: a thousand records come
/// at once.
pub fn settings(config: &Config) -> Settings {
    let mut limits = config.limits.web;
    limits.body_bytes = config.switch.body_bytes;
    Settings {
        single_caller_id: config.switch.single_caller_id,
        longest_seconds: config.switch.max_call_seconds,
        trusted_proxies: config.trusted_proxies.clone(),
        limits,
    }
}
