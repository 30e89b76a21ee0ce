#![no_main]

libfuzzer_sys::fuzz_target!(|sent: &[u8]| leaseline_web::properties::form(sent));
