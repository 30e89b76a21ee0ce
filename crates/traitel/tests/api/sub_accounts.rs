//! Sub-accounts.

use crate::harness::{ALIAS_TAKEN, DONE, EMAIL, EMAIL_TAKEN, INCOMPLETE, SUB_ACCOUNT, on_both};

const HEADER: &str = "Ok\nSub-ID,Email,First Name,Last Name,Company,Fax Headline\n";

#[test]
fn sub_accounts_are_made_listed_changed_and_deleted() {
    on_both(|api| {
        api.check("querysubaccounts", "", HEADER);
        let all = "alias=desk&email=Desk@acme.example&firstname=Ada&lastname=Lim\
                   &company=Acme,+Inc.&faxheadline=%22Fax%22";
        api.check("addsubaccount", all, "Ok\n1\n");
        api.check("addsubaccount", "alias=van", "Ok\n2\n");
        let first = "1,Desk@acme.example,Ada,Lim,\"Acme, Inc.\",\"\"\"Fax\"\"\"\n";
        api.check("querysubaccounts", "", &format!("{HEADER}{first}2,,,,,\n"));
        api.check("updatesubaccount", "subid=1&email=&firstname=Bea&alias=Desk", DONE);
        let first = "1,,Bea,Lim,\"Acme, Inc.\",\"\"\"Fax\"\"\"\n";
        api.check("querysubaccounts", "", &format!("{HEADER}{first}2,,,,,\n"));
        api.check("delsubaccount", "subid=1", DONE);
        api.check("delsubaccount", "subid=1", SUB_ACCOUNT);
        api.check("querysubaccounts", "", &format!("{HEADER}2,,,,,\n"));
        api.check("addsubaccount", "alias=desk", "Ok\n3\n");
        assert_eq!(api.ask_as("plain", "querysubaccounts", ""), HEADER);
    });
}

#[test]
fn what_is_wrong_with_a_new_sub_account() {
    on_both(|api| {
        let check = |parameters: &str, expected| api.check("addsubaccount", parameters, expected);
        check("", INCOMPLETE);
        check("alias=", INCOMPLETE);
        check("alias=&email=nonsense", INCOMPLETE);
        check("alias=a&email=nonsense", EMAIL);
        check("alias=a&email=nonsense&firstname==x", EMAIL);
        check("alias=%3D1&email=nonsense", INCOMPLETE);
        for formula in ["=1", "@x", "%09x", "%0Dx"] {
            for name in ["firstname", "lastname", "company", "faxheadline"] {
                check(&format!("alias=a&{name}={formula}"), INCOMPLETE);
            }
        }
        check("alias=a&email=OPS@acme.example", EMAIL_TAKEN);
        check("alias=a&email=plain@acme.example", EMAIL_TAKEN);
        check("alias=a&email=a@acme.example", "Ok\n1\n");
        check("alias=a&email=A@ACME.example", EMAIL_TAKEN);
        check("alias=a", ALIAS_TAKEN);
        assert_eq!(api.ask_as("plain", "addsubaccount", "alias=a"), "Ok\n2\n");
    });
}

#[test]
fn what_is_wrong_with_a_change_or_a_deletion() {
    on_both(|api| {
        api.check("addsubaccount", "alias=a&email=a@acme.example", "Ok\n1\n");
        api.check("addsubaccount", "alias=b", "Ok\n2\n");
        let others = api.ask_as("plain", "addsubaccount", "alias=a");
        assert_eq!(others, "Ok\n3\n");
        let check =
            |parameters: &str, expected| api.check("updatesubaccount", parameters, expected);
        check("", INCOMPLETE);
        check("subid=", INCOMPLETE);
        check("subid=0", SUB_ACCOUNT);
        check("subid=x&email=nonsense", SUB_ACCOUNT);
        check("subid=2&email=nonsense", EMAIL);
        check("subid=2&email=nonsense&alias=", EMAIL);
        check("subid=2&alias=", INCOMPLETE);
        check("subid=9&email=a@acme.example", SUB_ACCOUNT);
        check("subid=3", SUB_ACCOUNT);
        check("subid=2&email=A@acme.example&alias=a", EMAIL_TAKEN);
        check("subid=2&alias=a", ALIAS_TAKEN);
        check("subid=1&email=a@acme.example&alias=a", DONE);
        check("subid=2", DONE);
        for (parameters, expected) in [
            ("", INCOMPLETE),
            ("subid=0", SUB_ACCOUNT),
            ("subid=01", SUB_ACCOUNT),
            ("subid=9223372036854775808", SUB_ACCOUNT),
            ("subid=3", SUB_ACCOUNT),
        ] {
            api.check("delsubaccount", parameters, expected);
        }
    });
}
