#![no_main]

use leaseline_fuzz::text;

libfuzzer_sys::fuzz_target!(|sent: &[u8]| text(sent, leaseline_core::properties::phone));
