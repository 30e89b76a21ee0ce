#![no_main]

use leaseline_fuzz::text;

libfuzzer_sys::fuzz_target!(|sent: &[u8]| {
    text(sent, |text| {
        leaseline_core::properties::decimal(text);
        leaseline_mor::properties::amounts(text);
    });
});
