#![no_main]

libfuzzer_sys::fuzz_target!(|sent: &[u8]| leaseline_switch::properties::record(sent));
