#![no_main]

use leaseline_fuzz::text;

libfuzzer_sys::fuzz_target!(|sent: &[u8]| {
    text(sent, |text| {
        leaseline_console::properties::place(text);
        leaseline_console::properties::cell(text);
    });
});
