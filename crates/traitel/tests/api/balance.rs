//! `querybalance`.

use crate::harness::on_both;

#[test]
fn the_balance_is_that_of_all_who_share_it() {
    on_both(|api| {
        api.check("querybalance", "", "Ok\n14.0000\n");
        assert_eq!(api.ask_as("plain", "querybalance", ""), "Ok\n14.0000\n");
        let did = "service=voice&country=Australia&city=Sydney&did=0280000000";
        assert_eq!(api.ask_as("plain", "subscribedid", did), "Ok\n");
        api.check("querybalance", "", "Ok\n12.5000\n");
    });
}
