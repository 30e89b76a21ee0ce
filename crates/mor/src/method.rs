//! The methods: their names, and which parameters their hashes are over.

/// A method of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `cc_group_create`.
    GroupCreate,
    /// `cc_groups_get`.
    GroupsGet,
    /// `calling_cards_create`.
    CardsCreate,
    /// `calling_cards_get`.
    CardsGet,
    /// `card_from_group_sell`.
    CardSell,
    /// `user_balance_get`.
    BalanceGet,
    /// `system_version_get`.
    VersionGet,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 7] = [
        Self::GroupCreate,
        Self::GroupsGet,
        Self::CardsCreate,
        Self::CardsGet,
        Self::CardSell,
        Self::BalanceGet,
        Self::VersionGet,
    ];

    /// The method of this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// What it is called on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GroupCreate => "cc_group_create",
            Self::GroupsGet => "cc_groups_get",
            Self::CardsCreate => "calling_cards_create",
            Self::CardsGet => "calling_cards_get",
            Self::CardSell => "card_from_group_sell",
            Self::BalanceGet => "user_balance_get",
            Self::VersionGet => "system_version_get",
        }
    }

    /// Whether it changes something when it succeeds.
    pub const fn changes(self) -> bool {
        match self {
            Self::GroupCreate | Self::CardsCreate | Self::CardSell => true,
            Self::GroupsGet | Self::CardsGet | Self::BalanceGet | Self::VersionGet => false,
        }
    }

    /// The parameters whose values are hashed, in that order.
    pub const fn hashed(self) -> &'static [&'static str] {
        match self {
            Self::GroupCreate => &["name"],
            Self::CardsCreate => &["card_group_id", "cards_from", "cards_till"],
            Self::CardSell => &["email", "id", "quantity"],
            Self::BalanceGet => &["user_id"],
            Self::GroupsGet | Self::CardsGet | Self::VersionGet => &[],
        }
    }

    /// The parameters that an idempotency key of it stands for: every one that means something to it,
    /// but for those that say who asks. None where nothing is changed.
    pub(crate) const fn bound_to_key(self) -> &'static [&'static str] {
        match self {
            Self::GroupCreate => &[
                "name",
                "use_external_function",
                "allow_loss_calls",
                "tell_cents",
                "solo_pinless",
                "disable_voucher",
                "callerid_leave",
                "tell_balance_in_currency",
                "disable_topup_from_cards_with_cid",
                "date_from",
                "date_till",
                "tariff_id",
                "lcr_id",
                "location_id",
                "tax_id",
                "currency",
                "price_with_vat",
                "setup_fee",
                "daily_charge",
                "ghost_min_perc",
                "ghost_balance_perc",
                "number_length",
                "pin_length",
                "valid_after_first_use",
                "description",
            ],
            Self::CardsCreate => &[
                "card_group_id",
                "cards_from",
                "cards_till",
                "batch_number",
                "min_balance",
                "distributor_id",
                "language",
            ],
            Self::CardSell => &["email", "id", "quantity", "currency"],
            Self::GroupsGet | Self::CardsGet | Self::BalanceGet | Self::VersionGet => &[],
        }
    }

    /// Whether it is only for those with the right to calling cards.
    pub(crate) const fn is_of_calling_cards(self) -> bool {
        match self {
            Self::GroupCreate
            | Self::GroupsGet
            | Self::CardsCreate
            | Self::CardsGet
            | Self::CardSell => true,
            Self::BalanceGet | Self::VersionGet => false,
        }
    }

    /// What an idempotency key of it is kept under; none where nothing is changed. Other APIs' keys
    /// are kept beside these, so each begins with this one's name.
    pub(crate) const fn operation(self) -> Option<&'static str> {
        match self {
            Self::GroupCreate => Some("mor/cc_group_create"),
            Self::CardsCreate => Some("mor/calling_cards_create"),
            Self::CardSell => Some("mor/card_from_group_sell"),
            Self::GroupsGet | Self::CardsGet | Self::BalanceGet | Self::VersionGet => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_its_method() {
        for method in Method::ALL {
            assert_eq!(Method::by_name(method.name()), Some(method));
            let operation = method.operation();
            assert!(operation.is_none_or(|it| it == format!("mor/{}", method.name())));
        }
        assert_eq!(Method::by_name("CC_GROUP_CREATE"), None);
    }
}
