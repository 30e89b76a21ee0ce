//! PINs are an input too.

/// Where the digits of PINs come from.
pub trait Digits: Send + Sync + 'static {
    /// Fills this with digits from 0 to 9, each as likely as any other.
    fn fill(&self, digits: &mut [u8]);
}

/// Digits of the operating system's random source.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomDigits;

/// From here on a byte says nothing: 256 is no multiple of ten.
const TOO_MANY: u8 = 250;

/// So many bytes are asked for at once.
const AT_ONCE: usize = 64;

impl Digits for RandomDigits {
    fn fill(&self, digits: &mut [u8]) {
        let mut bytes = [0; AT_ONCE];
        let mut drawn: &[u8] = &[];
        for digit in digits {
            *digit = loop {
                let Some((byte, rest)) = drawn.split_first() else {
                    getrandom::fill(&mut bytes).expect("the system gives bytes, as it did for ids");
                    drawn = &bytes;
                    continue;
                };
                let byte = *byte;
                drawn = rest;
                if byte < TOO_MANY {
                    break byte % 10;
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_comes_up() {
        let mut digits = [255; 2_000];
        RandomDigits.fill(&mut digits);
        let times = |wanted| digits.iter().filter(|digit| **digit == wanted).count();
        // A digit that came up less than 100 times of 2,000 would have been unlucky by 7 sigma.
        assert!((0..10).all(|digit| times(digit) > 100));
        assert!(digits.iter().all(|digit| *digit < 10));
    }
}
