//! From the configuration to the TraiTel facade's settings, for this binary and for the combined
//! one.

use leaseline_service::Config;
use leaseline_traitel::Settings;

/// The facade's settings.
pub fn settings(config: &Config) -> Settings {
    Settings { limits: config.limits.web, trusted_proxies: config.trusted_proxies.clone() }
}
