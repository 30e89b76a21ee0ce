//! Sub-accounts (TraiTel 1.0, "Sub-Account Management").

use super::{Email, EmailOwner, FreeText, ShownName};
use crate::ids::{AccountId, SubAccountId};

/// A part of an account with a name of its own, to which numbers and records can belong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubAccount {
    /// Its id, which stays its own after it was deleted.
    pub id: SubAccountId,
    /// Whose it is.
    pub account: AccountId,
    /// What is known of it.
    pub profile: SubAccountProfile,
}

/// What is known of a sub-account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubAccountProfile {
    /// Its name, unique within the account.
    pub alias: ShownName,
    /// Its e-mail address, which no other account or sub-account has.
    pub email: Option<Email>,
    /// First name of its owner.
    pub first_name: FreeText,
    /// Last name of its owner.
    pub last_name: FreeText,
    /// Its owner's organisation.
    pub company: FreeText,
    /// What stands at the head of faxes that it sends.
    pub fax_headline: FreeText,
}

/// A change of a sub-account: what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubAccountChange {
    /// Its name.
    pub alias: Option<ShownName>,
    /// Its address, or that it has none any more.
    pub email: Option<Option<Email>>,
    /// First name.
    pub first_name: Option<FreeText>,
    /// Last name.
    pub last_name: Option<FreeText>,
    /// Organisation.
    pub company: Option<FreeText>,
    /// Headline.
    pub fax_headline: Option<FreeText>,
}

/// Why a sub-account is not as it was asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubAccountNo {
    /// The account has no such sub-account.
    #[error("the account has no such sub-account")]
    Unknown,
    /// The address belongs to another account or sub-account.
    #[error("another account or sub-account has this e-mail address")]
    EmailTaken,
    /// Another sub-account of the account has this alias.
    #[error("another sub-account of the account has this alias")]
    AliasTaken,
}

/// What a decision on a sub-account may see: who has what it asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubAccountView {
    /// Who has the e-mail address that is asked for.
    pub email: Option<EmailOwner>,
    /// Which sub-account of the account has the alias that is asked for.
    pub alias: Option<SubAccountId>,
}

impl SubAccountView {
    /// Whether a new sub-account may be made.
    ///
    /// # Errors
    /// [`SubAccountNo::EmailTaken`], then [`SubAccountNo::AliasTaken`].
    pub fn permit_new(self) -> Result<(), SubAccountNo> {
        self.permit(None)
    }

    /// The sub-account after the change. What it has already is no clash.
    ///
    /// # Errors
    /// [`SubAccountNo::Unknown`], [`SubAccountNo::EmailTaken`], then [`SubAccountNo::AliasTaken`].
    pub fn change(
        self,
        found: Option<SubAccount>,
        change: SubAccountChange,
    ) -> Result<SubAccount, SubAccountNo> {
        let sub_account = found.ok_or(SubAccountNo::Unknown)?;
        self.permit(Some(sub_account.id))?;
        Ok(SubAccount { profile: sub_account.profile.changed(change), ..sub_account })
    }

    fn permit(self, to: Option<SubAccountId>) -> Result<(), SubAccountNo> {
        EmailOwner::may_give(self.email, to.map(EmailOwner::SubAccount))
            .map_err(|_| SubAccountNo::EmailTaken)?;
        if self.alias.is_none() || self.alias == to {
            Ok(())
        } else {
            Err(SubAccountNo::AliasTaken)
        }
    }
}

impl SubAccountProfile {
    /// The profile of a sub-account of which nothing but its name is known.
    pub fn named(alias: ShownName) -> Self {
        Self {
            alias,
            email: None,
            first_name: FreeText::default(),
            last_name: FreeText::default(),
            company: FreeText::default(),
            fax_headline: FreeText::default(),
        }
    }

    fn changed(self, change: SubAccountChange) -> Self {
        Self {
            alias: change.alias.unwrap_or(self.alias),
            email: change.email.unwrap_or(self.email),
            first_name: change.first_name.unwrap_or(self.first_name),
            last_name: change.last_name.unwrap_or(self.last_name),
            company: change.company.unwrap_or(self.company),
            fax_headline: change.fax_headline.unwrap_or(self.fax_headline),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(id: i64) -> SubAccountId {
        SubAccountId::new(id).expect("from 1 on")
    }

    #[test]
    fn what_stands_against_a_sub_account() {
        let mine = SubAccount {
            id: id(1),
            account: AccountId::new(1).expect("from 1 on"),
            profile: SubAccountProfile::named(ShownName::parse("desk").expect("a name")),
        };
        let check = |email: Option<EmailOwner>, alias: Option<i64>, [new, change]: [_; 2]| {
            let view = SubAccountView { email, alias: alias.map(id) };
            assert_eq!(view.permit_new().err(), new, "{view:?}");
            let changed = view.change(Some(mine.clone()), SubAccountChange::default());
            assert_eq!(changed.err(), change, "{view:?}");
        };
        let email = Some(SubAccountNo::EmailTaken);
        let alias = Some(SubAccountNo::AliasTaken);
        check(None, None, [None, None]);
        check(Some(EmailOwner::SubAccount(id(1))), Some(1), [email, None]);
        check(Some(EmailOwner::SubAccount(id(2))), Some(2), [email, email]);
        check(AccountId::new(1).map(EmailOwner::Account), None, [email, email]);
        check(None, Some(2), [alias, alias]);
        let unknown = SubAccountView::default().change(None, SubAccountChange::default());
        assert_eq!(unknown, Err(SubAccountNo::Unknown));
    }

    #[test]
    fn what_is_not_named_stays() {
        let text = |text| FreeText::parse(text).expect("a text");
        let named = SubAccountProfile::named(ShownName::parse("desk").expect("a name"));
        let change = SubAccountChange {
            email: Some(Email::parse("a@b.example")),
            company: Some(text("Acme")),
            ..SubAccountChange::default()
        };
        let changed = named.clone().changed(change);
        assert_eq!(changed.alias, named.alias);
        assert_eq!(changed.company, text("Acme"));
        let emptied = SubAccountChange { email: Some(None), ..SubAccountChange::default() };
        assert_eq!(changed.changed(emptied).email, None);
    }
}
