#![no_main]

use leaseline_fuzz::which;

libfuzzer_sys::fuzz_target!(|sent: &[u8]| which(sent, leaseline_apigate::properties::request));
