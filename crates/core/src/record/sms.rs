//! Text messages on their way.

/// How far a message is that is tracked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tracking {
    /// Nobody knows yet.
    Pending,
    /// It was delivered.
    Delivered,
    /// It was not.
    Failed,
}

impl Tracking {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Failed];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// The state of this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// Whether one is further than the other. Delivered and failed are both the end.
    pub fn is_forward(from: Option<Self>, to: Option<Self>) -> bool {
        let place = |tracking| match tracking {
            None => 0,
            Some(Self::Pending) => 1,
            Some(Self::Delivered | Self::Failed) => 2,
        };
        place(to) > place(from)
    }
}
