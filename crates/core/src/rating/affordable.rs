//! How long a call may last.

use super::cost::Usage;
use super::rate::Rate;
use crate::money::Credits;

impl Rate {
    /// The most whole seconds, up to a limit, that cost no more than this. A cost never falls when
    /// a call lasts longer, so the seconds can be searched by halves.
    pub fn affordable_seconds(&self, limit: u64, available: Credits) -> u64 {
        let fits =
            |seconds| self.cost(Usage::seconds(seconds)).is_ok_and(|rated| rated.cost <= available);
        let (mut fitting, mut above) = (0, limit.saturating_add(1));
        while above - fitting > 1 {
            let middle = fitting + (above - fitting) / 2;
            if fits(middle) { fitting = middle } else { above = middle }
        }
        fitting
    }
}
