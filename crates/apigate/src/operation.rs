//! The operations: their names, their parameters, who may use them.

use leaseline_core::api_user::Role;
use leaseline_core::lease::LeaseKind;

/// An operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Request(LeaseKind),
    Release(LeaseKind),
    Query(LeaseKind),
    Reserve,
    TopUp,
    View,
    Create,
    Update,
    Activate,
    Deactivate,
}

use LeaseKind::{Group, Single};

impl Operation {
    pub(crate) const ALL: [Self; 13] = [
        Self::Request(Single),
        Self::Release(Single),
        Self::Query(Single),
        Self::Request(Group),
        Self::Release(Group),
        Self::Query(Group),
        Self::Reserve,
        Self::TopUp,
        Self::View,
        Self::Create,
        Self::Update,
        Self::Activate,
        Self::Deactivate,
    ];

    /// The operation at this path, which is what follows the version.
    pub(crate) fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.path() == path)
    }

    /// Where it is, and what it is called in the log.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Request(Single) => "leasesingle/request",
            Self::Request(Group) => "leasegroup/request",
            Self::Release(Single) => "leasesingle/release",
            Self::Release(Group) => "leasegroup/release",
            Self::Query(Single) => "leasesingle/query",
            Self::Query(Group) => "leasegroup/query",
            Self::Reserve => "customer/reserve",
            Self::TopUp => "customer/topup",
            Self::View => "customer/view",
            Self::Create => "customer/create",
            Self::Update => "customer/update",
            Self::Activate => "customer/activate",
            Self::Deactivate => "customer/deactivate",
        }
    }

    /// Whether it changes something when it succeeds.
    pub(crate) const fn changes(self) -> bool {
        !matches!(self, Self::Query(_) | Self::View)
    }

    /// Its parameters, in the order in which they are judged.
    pub(crate) const fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Request(Single) => {
                &["customer_id", "phone", "imsi", "mcc", "mnc", "expiry_value", "expiry_unit"]
            }
            Self::Request(Group) => &[
                "customer_id",
                "phone1",
                "imsi1",
                "mcc1",
                "mnc1",
                "phone2",
                "imsi2",
                "mcc2",
                "mnc2",
                "expiry_value",
                "expiry_unit",
            ],
            Self::Release(_) | Self::Query(_) => &["reference_id"],
            Self::Reserve => &["customer_id", "quantity"],
            Self::TopUp => &["customer_id", "credit"],
            Self::View | Self::Activate | Self::Deactivate => &["customer_id"],
            Self::Create => &[
                "first_name",
                "last_name",
                "account_status",
                "account_credit",
                "charge_method",
                "enable_single_service",
                "charge_block_single",
                "charge_rate_single",
                "enable_group_service",
                "charge_block_group",
                "charge_rate_group",
                "max_lease_single",
                "max_lease_group",
            ],
            Self::Update => &[
                "customer_id",
                "first_name",
                "last_name",
                "account_status",
                "charge_method",
                "enable_single_service",
                "charge_block_single",
                "charge_rate_single",
                "enable_group_service",
                "charge_block_group",
                "charge_rate_group",
                "max_lease_single",
                "max_lease_group",
            ],
        }
    }

    /// Whether a user of this role may use it at all.
    pub(crate) const fn is_open_to(self, role: &Role) -> bool {
        match (self, role) {
            (_, Role::Admin) => true,
            (Self::TopUp, Role::Client { may_top_up, .. }) => *may_top_up,
            (
                Self::Request(_) | Self::Release(_) | Self::Query(_) | Self::Reserve | Self::View,
                Role::Client { .. },
            ) => true,
            (
                Self::Create | Self::Update | Self::Activate | Self::Deactivate,
                Role::Client { .. },
            ) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_leads_to_its_operation() {
        for operation in Operation::ALL {
            assert_eq!(Operation::at(operation.path()), Some(operation));
        }
        assert_eq!(Operation::at("leasesingle/"), None);
    }
}
