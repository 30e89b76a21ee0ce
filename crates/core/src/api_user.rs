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

/// A user of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiUser {
    /// Its id.
    pub id: ApiUserId,
    /// Its name, unique.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// A disabled user can do nothing.
    pub enabled: bool,
}

/// Somebody who has proved who he is: the one under whose name a command is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    user: ApiUserId,
    reach: Reach,
}

impl ApiUser {
    /// This user as the one who asks.
    pub fn caller(&self) -> Caller {
        let reach = match &self.role {
            Role::Admin => Reach::Everyone,
            Role::Client { customers, .. } => Reach::Only(Arc::clone(customers)),
        };
        Caller { user: self.id, reach }
    }
}

impl Caller {
    /// A caller with this reach.
    pub const fn new(user: ApiUserId, reach: Reach) -> Self {
        Self { user, reach }
    }

    /// Who it is.
    pub const fn user(&self) -> ApiUserId {
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
