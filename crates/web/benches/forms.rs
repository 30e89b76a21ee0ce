//! What it costs to read a form: `cargo bench -p leaseline-web --bench forms`.

#![allow(clippy::unwrap_used, reason = "what goes wrong is the end of a measurement")]

use divan::black_box;
use leaseline_web::Form;

fn main() {
    divan::main();
}

/// A request for a lease, with nothing that has to be decoded.
#[divan::bench]
fn plain() -> Form {
    let form = b"customer_id=1&phone=0195730424&expiry_value=1&expiry_unit=months";
    Form::parse(black_box(form)).unwrap()
}

/// A customer whose names are not ASCII.
#[divan::bench]
fn encoded() -> Form {
    let form =
        b"first_name=J%C3%BCrgen+Karl&last_name=M%C3%BCller-L%C3%BCdenscheidt&account_status=1";
    Form::parse(black_box(form)).unwrap()
}
