//! Leases are granted unfiled where their entries in the indexes by customer are cheaper written later
//! (decision 0016): from time to time all that are not filed are, in a transaction of their own, which nobody
//! waits for but who comes next.

use leaseline_store::record;

use super::Writer;

/// So many are filed at a time, more or less.
const AT_A_TIME: usize = 1_024;

/// How many leases may not be filed.
pub(crate) struct Unfiled(usize);

impl Unfiled {
    /// What a process before this one left is filed together with the first leases of this one.
    pub(crate) const fn at_first() -> Self {
        Self(AT_A_TIME)
    }
}

impl Writer {
    /// So many more were asked for: files them, if they are many by now.
    pub(super) fn file_leases(&mut self, asked: usize) {
        if asked == 0 {
            return;
        }
        self.unfiled.0 += asked;
        if self.unfiled.0 < AT_A_TIME {
            return;
        }
        let now = self.now.now();
        let Self { desk, store, ids, .. } = self;
        match desk.commit(store, &**ids, now, record::leases::file) {
            Ok(_) => {
                self.unfiled.0 = 0;
                self.remembered.outlive_batch();
            }
            Err(error) => tracing::warn!(error = %error.told(), "leases are not filed yet"),
        }
    }
}
