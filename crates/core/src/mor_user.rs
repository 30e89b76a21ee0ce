//! Users of MOR's interface, and what each one sees.

use crate::ids::{CustomerId, MorUserId};

/// What a user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MorRole {
    /// Sees and does everything.
    Admin,
    /// Sees what it owns, and what has no owner.
    Reseller,
    /// Acts for the administrator.
    Accountant,
    /// Is a subscriber, and may use no method.
    User,
}

/// A user of MOR's interface. Its secret is kept apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MorUser {
    /// Its id.
    pub id: MorUserId,
    /// Its name, unique.
    pub username: String,
    /// What it is and may do.
    pub profile: MorProfile,
}

/// What a user is and may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MorProfile {
    /// What it is.
    pub role: MorRole,
    /// Whether it may make, see and sell calling cards.
    pub calling_cards: bool,
    /// A disabled user can do nothing.
    pub enabled: bool,
    /// The customer whose balance is this user's.
    pub customer: Option<CustomerId>,
}

/// A change of a profile: what is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MorChange {
    /// What it is.
    pub role: Option<MorRole>,
    /// Whether it may make, see and sell calling cards.
    pub calling_cards: Option<bool>,
    /// Whether it may do anything.
    pub enabled: Option<bool>,
    /// The customer whose balance is this user's.
    pub customer: Option<CustomerId>,
}

/// A user who may use methods: the one under whose name they are decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MorCaller {
    user: MorUserId,
    sees_everything: bool,
}

impl MorUser {
    /// This user as the one who asks; `None` for a role that may use no method, and for a
    /// disabled user.
    pub fn caller(&self) -> Option<MorCaller> {
        let sees_everything = match self.profile.role {
            MorRole::Admin | MorRole::Accountant => true,
            MorRole::Reseller => false,
            MorRole::User => return None,
        };
        self.profile.enabled.then_some(MorCaller { user: self.id, sees_everything })
    }
}

impl MorProfile {
    /// A new user's: enabled, without calling cards and without a customer.
    pub const fn of_new(role: MorRole) -> Self {
        Self { role, calling_cards: false, enabled: true, customer: None }
    }

    /// This profile after the change.
    #[must_use]
    pub fn changed(&self, change: MorChange) -> Self {
        Self {
            role: change.role.unwrap_or(self.role),
            calling_cards: change.calling_cards.unwrap_or(self.calling_cards),
            enabled: change.enabled.unwrap_or(self.enabled),
            customer: change.customer.or(self.customer),
        }
    }
}

impl MorCaller {
    /// Whoever looks at everything for the operator; its id is nobody's, so it must make nothing.
    pub fn onlooker() -> Self {
        let user = MorUserId::new(i64::MAX).expect("at least 1");
        Self { user, sees_everything: true }
    }

    /// Which user it is.
    pub const fn user(&self) -> MorUserId {
        self.user
    }

    /// The only owner whose things it sees, besides those without one; `None` sees everything.
    pub fn only_owner(&self) -> Option<MorUserId> {
        (!self.sees_everything).then_some(self.user)
    }

    /// Whether it sees what this user owns, or what nobody does.
    pub fn sees(&self, owner: Option<MorUserId>) -> bool {
        self.sees_everything || owner.is_none_or(|owner| owner == self.user)
    }

    /// Whether it may know another user's balance. Users have no owner, but each has its own.
    pub fn sees_balance_of(&self, user: MorUserId) -> bool {
        self.sees_everything || user == self.user
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(value: i64) -> MorUserId {
        MorUserId::new(value).expect("at least 1")
    }

    fn user(role: MorRole) -> MorUser {
        MorUser { id: id(7), username: "u".into(), profile: MorProfile::of_new(role) }
    }

    #[test]
    fn a_role_decides_what_is_seen() {
        let check = |role, expected: Option<[bool; 4]>| {
            let caller = user(role).caller();
            let seen = caller.map(|it| {
                let balance = it.sees_balance_of(id(8));
                [it.sees(Some(id(7))), it.sees(None), it.sees(Some(id(8))), balance]
            });
            assert_eq!(seen, expected, "{role:?}");
        };
        check(MorRole::Admin, Some([true, true, true, true]));
        check(MorRole::Accountant, Some([true, true, true, true]));
        check(MorRole::Reseller, Some([true, true, false, false]));
        check(MorRole::User, None);
    }

    #[test]
    fn a_disabled_user_asks_nothing() {
        let mut admin = user(MorRole::Admin);
        let disable = MorChange { enabled: Some(false), ..MorChange::default() };
        admin.profile = admin.profile.changed(disable);
        assert_eq!(admin.caller(), None);
    }
}
