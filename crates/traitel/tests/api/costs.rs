//! Costs.

use crate::harness::{DESTINATION, INCOMPLETE, on_both};

const VOICE: &str = "Ok\nFlagFall,PerSecond,PerMinute,BillingType,Cost\n";
const FAX: &str = "Ok\nFlagFall,PerSecond,PerMinute,PerPage,BillingType,Cost\n";

#[test]
fn what_a_call_costs() {
    on_both(|api| {
        let check = |number: &str, expected: &str| {
            let parameters = format!("number={number}");
            api.check("queryvoicecost", &parameters, &format!("{VOICE}{expected}\n"));
        };
        check("61390001111", "0.1000,0.0000,0.0600,PerMinute,0.1600");
        check("%2B61390001111", "0.1000,0.0000,0.0600,PerMinute,0.1600");
        // A longer prefix; 0.00255 a second is 0.0026, but 60 of them are 0.153.
        check("+61280001111", "0.0000,0.0026,0.0000,PerSecond,0.1530");
        check("4930123456", "0.0000,0.0000,0.2000,PerMinute,0.2000");
    });
}

#[test]
fn what_a_fax_costs() {
    on_both(|api| {
        let check = |number: &str, expected: &str| {
            let parameters = format!("number={number}");
            api.check("queryfaxcost", &parameters, &format!("{FAX}{expected}\n"));
        };
        check("61390001111", "0.0200,0.0000,0.0000,0.1500,PerPage,0.1700");
        check("4930123456", "0.0000,0.0000,0.1200,0.0100,Mixed,0.1300");
        check("442071234567", "0.0000,0.0010,0.0000,0.0000,PerSecond,0.0600");
    });
}

#[test]
fn what_a_message_costs() {
    on_both(|api| {
        for mode in ["querysmscost", "querysmcost"] {
            api.check(mode, "number=61400000000&type=replies", "Ok\n0.0900\n");
            api.check(mode, "number=61400000000&type=masktrack", "Ok\n0.1400\n");
            api.check(mode, "number=61400000000&type=masking", DESTINATION);
            api.check(mode, "number=61400000000", INCOMPLETE);
            api.check(mode, "number=61400000000&type=Replies", INCOMPLETE);
            api.check(mode, "number=x&type=x", DESTINATION);
        }
    });
}

#[test]
fn where_nothing_can_be_reached() {
    on_both(|api| {
        for mode in ["queryvoicecost", "queryfaxcost"] {
            api.check(mode, "", INCOMPLETE);
            for wrong in
                ["x", "612800", "6128000111122223", "0280001111", "12025550123", "-61280001111"]
            {
                api.check(mode, &format!("number={wrong}"), DESTINATION);
            }
            assert_eq!(api.ask_as("plain", mode, "number=61390001111"), DESTINATION);
        }
    });
}
