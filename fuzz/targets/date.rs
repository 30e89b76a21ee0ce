#![no_main]

use leaseline_fuzz::text;

libfuzzer_sys::fuzz_target!(|sent: &[u8]| {
    text(sent, |text| {
        leaseline_core::properties::duration(text);
        leaseline_traitel::properties::day(text);
        leaseline_service::config::properties::instant(text);
        leaseline_console::properties::instant(text);
    });
});
