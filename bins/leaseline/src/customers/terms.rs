//! Terms of a kind of lease, as they are typed: `enabled=true,block=20,rate=1,max=0`.

use leaseline_core::customer::{BlockRate, BlockSeconds, Limit, ServiceChange};

/// Reads those that are named; the others are left as they are.
pub(super) fn parse(text: &str) -> Result<ServiceChange, String> {
    let mut terms = ServiceChange::default();
    for pair in text.split(',') {
        let (key, value) = pair.split_once('=').ok_or_else(|| usage(pair))?;
        let number = value.parse::<i64>().ok();
        let known = match key {
            "enabled" => set(&mut terms.enabled, value.parse().ok()),
            "block" => set(&mut terms.charge_block, number.and_then(BlockSeconds::new)),
            "rate" => set(&mut terms.charge_rate, number.and_then(BlockRate::new)),
            "max" => set(&mut terms.max_leases, number.and_then(Limit::new)),
            _ => false,
        };
        if !known {
            return Err(usage(pair));
        }
    }
    Ok(terms)
}

fn set<T>(term: &mut Option<T>, value: Option<T>) -> bool {
    *term = value;
    term.is_some()
}

fn usage(pair: &str) -> String {
    format!(
        "{pair:?} is none of enabled=true|false, block=SECONDS (from 1 on), rate=CREDITS (from 0 \
         on), max=LEASES (0 is no limit)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_read_by_their_names() {
        let terms = parse("enabled=true,block=20,rate=0").unwrap();
        assert_eq!(terms.enabled, Some(true));
        assert_eq!(terms.charge_block, BlockSeconds::new(20));
        assert_eq!(terms.charge_rate, BlockRate::new(0));
        assert_eq!(terms.max_leases, None);
        for wrong in ["", "enabled", "enabled=yes", "block=0", "rate=-1", "max=x", "price=1"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
