# What a developer types. The tests themselves are scripts/test; all that a change must pass is .ci/run.

# The combined server and command line: just run demo
run *arguments='serve':
    cargo run --locked -- {{ arguments }}

# Every test on both databases, or those that match the filters
test *filters:
    scripts/test {{ filters }}

# Formatting, lints, licences: the quick half of .ci/run
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    cargo deny --locked check --hide-inclusion-graph licenses bans sources

# The load tool
bench *arguments='compare':
    cargo run --release --locked -p leaseline-load -- {{ arguments }}

# What can go wrong, at length: kills, outages, faults, clocks, races, overload, hostile input; within
# three quarters of an hour
torture *filters:
    scripts/torture {{ filters }}

# Only the black-box tests, against the real binaries
e2e *filters:
    cargo build --workspace --bins --examples --locked
    scripts/postgres cargo test -p leaseline-tests --locked -- {{ filters }}

# The documentation of our own crates, in the browser
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --open

# Known vulnerabilities in what we depend on; needs a network
advisories:
    cargo deny --locked check advisories

fmt:
    cargo fmt --all
