//! What it costs to prove a request's hash: `cargo bench -p leaseline-mor --bench hashes`.

use divan::black_box;

fn main() {
    divan::main();
}

/// The values of a request for cards, and a secret of forty characters.
#[divan::bench]
fn of_a_request() -> String {
    let values: [&[u8]; 4] = [b"admin", b"17", b"100", b"2026-11-25"];
    let secret = [b's'; 40];
    leaseline_mor::hash::hex(black_box(values), black_box(&secret))
}
