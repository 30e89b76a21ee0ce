//! How much of it: the suite's short form, or what `just torture` asks for.

/// So many, unless the variable says otherwise.
pub(crate) fn amount(variable: &str, usually: usize) -> usize {
    std::env::var(variable).map_or(usually, |text| text.parse().expect("a number"))
}
