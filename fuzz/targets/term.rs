#![no_main]

libfuzzer_sys::fuzz_target!(|asked: (u8, i64, i64)| {
    let (unit, value, now) = asked;
    leaseline_core::properties::term(value, unit, now);
});
