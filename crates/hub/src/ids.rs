//! New ids are an input too.

use uuid::Uuid;

/// Where new ids come from.
pub trait Ids: Send + Sync + 'static {
    /// An id that nobody has had before.
    fn next(&self) -> Uuid;
}

/// Random ids that ascend with time (version 7), so that new rows are neighbours in an index.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that makes ids")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}
