//! Users of an API, and how far each one reaches.

use std::collections::HashSet;
use std::sync::Arc;

use crate::Refusal;
use crate::ids::{ApiUserId, CustomerId};

/// Which customers a user may act for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All of them.
    Everyone,
    /// These and no others.
    Only(Arc<HashSet<CustomerId>>),
}

/// What a user may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Every operation, for every customer.
    Admin,
    /// Leases, reservations and views, for the customers it was given.
    Client {
        /// Those customers.
        customers: Arc<HashSet<CustomerId>>,
        /// Whether it may top up too.
        may_top_up: bool,
    },
}

/// The two roles by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleKind {
    /// [`Role::Admin`].
    Admin,
    /// [`Role::Client`].
    Client,
}

/// A change of a role: what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleChange {
    /// Which role.
    pub kind: Option<RoleKind>,
    /// Exactly these customers; an administrator has no list.
    pub customers: Option<Arc<HashSet<CustomerId>>>,
    /// Whether it may top up; an administrator may.
    pub may_top_up: Option<bool>,
}

/// A user of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiUser {
    /// Its id.
    pub id: ApiUserId,
    /// Its name, unique.
    pub name: Arc<str>,
    /// What it may do.
    pub role: Role,
    /// A disabled user can do nothing.
    pub enabled: bool,
}

/// Rights of a client that can be given and taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// To act for these customers.
    pub customers: Vec<CustomerId>,
    /// To top up.
    pub top_up: bool,
}

/// An administrator has every right, so that there is none to give or to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an administrator has every right")]
pub struct HasEveryRight;

/// Somebody who has proved who he is: the one under whose name a command is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    user: Option<ApiUserId>,
    reach: Reach,
}

impl Role {
    /// A client without customers, from whom every new role begins.
    pub fn of_nobody() -> Self {
        Self::Client { customers: Arc::default(), may_top_up: false }
    }

    /// This role after the change. An administrator who becomes a client begins without customers.
    #[must_use]
    pub fn changed(self, change: RoleChange) -> Self {
        let becomes_admin = match change.kind {
            Some(kind) => kind == RoleKind::Admin,
            None => self == Self::Admin,
        };
        if becomes_admin {
            return Self::Admin;
        }
        let (customers, may_top_up) = match self {
            Self::Client { customers, may_top_up } => (customers, may_top_up),
            Self::Admin => (Arc::default(), false),
        };
        Self::Client {
            customers: change.customers.unwrap_or(customers),
            may_top_up: change.may_top_up.unwrap_or(may_top_up),
        }
    }

    /// This role with these rights besides those it has.
    ///
    /// # Errors
    /// [`HasEveryRight`].
    pub fn granted(&self, rights: &Rights) -> Result<Self, HasEveryRight> {
        let Self::Client { customers, may_top_up } = self else { return Err(HasEveryRight) };
        let mut customers = HashSet::clone(customers);
        customers.extend(&rights.customers);
        let may_top_up = *may_top_up || rights.top_up;
        Ok(Self::Client { customers: Arc::new(customers), may_top_up })
    }

    /// This role without these rights.
    ///
    /// # Errors
    /// [`HasEveryRight`].
    pub fn revoked(&self, rights: &Rights) -> Result<Self, HasEveryRight> {
        let Self::Client { customers, may_top_up } = self else { return Err(HasEveryRight) };
        let mut customers = HashSet::clone(customers);
        customers.retain(|customer| !rights.customers.contains(customer));
        let may_top_up = *may_top_up && !rights.top_up;
        Ok(Self::Client { customers: Arc::new(customers), may_top_up })
    }
}

impl ApiUser {
    /// This user as the one who asks.
    pub fn caller(&self) -> Caller {
        let reach = match &self.role {
            Role::Admin => Reach::Everyone,
            Role::Client { customers, .. } => Reach::Only(Arc::clone(customers)),
        };
        Caller::new(self.id, reach)
    }
}

impl Caller {
    /// A user of an API, with this reach.
    pub const fn new(user: ApiUserId, reach: Reach) -> Self {
        Self { user: Some(user), reach }
    }

    /// The operator, who has proved it by being let in to the database: no user of an API, and
    /// acts for every customer.
    pub const fn operator() -> Self {
        Self { user: None, reach: Reach::Everyone }
    }

    /// Which user of an API it is; none for the operator.
    pub const fn user(&self) -> Option<ApiUserId> {
        self.user
    }

    /// Whether it may act for the customer.
    pub fn reaches(&self, customer: CustomerId) -> bool {
        match &self.reach {
            Reach::Everyone => true,
            Reach::Only(customers) => customers.contains(&customer),
        }
    }

    /// The customer that the caller named, if it may know of it and there is one.
    ///
    /// # Errors
    /// [`Refusal::NotYourCustomer`] before anything is said about its existence, then
    /// [`Refusal::CustomerUnknown`].
    pub fn customer<T>(&self, id: CustomerId, found: Option<T>) -> Result<T, Refusal> {
        if !self.reaches(id) {
            return Err(Refusal::NotYourCustomer);
        }
        found.ok_or(Refusal::CustomerUnknown)
    }
}
