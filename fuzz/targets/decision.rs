#![no_main]

use leaseline_fuzz::halves;

libfuzzer_sys::fuzz_target!(|sent: &[u8]| halves(sent, leaseline_switch::properties::decision));
