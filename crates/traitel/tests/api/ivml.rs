//! IVR menus and IVML configurations.

use crate::harness::{DONE, INCOMPLETE, IVML, NAME_TAKEN, NO_IVR, on_both};

const LISTED: &str = "Ok\nID,Name,LaunchURL,ResultURL,DIDs\n";

const URL: &str = "https://acme.example/run";

#[test]
fn menus_and_configurations_are_listed_with_their_numbers() {
    on_both(|api| {
        api.check("listivr", "", "Ok\nID,Name,DIDs\n1,Main menu,\n2,Campaign,outbound\n");
        api.check("listivml", "", LISTED);
        api.check("addivml", &format!("name=In&launchurl={URL}&type=inbound"), "Ok\n1\n");
        let out = format!("name=Out&launchurl={URL}?a,b&resulturl=http://b.example&type=outbound");
        api.check("addivml", &out, "Ok\n2\n");
        let second = format!("2,Out,\"{URL}?a,b\",http://b.example,outbound\n");
        api.check("listivml", "", &format!("{LISTED}1,In,{URL},,\n{second}"));
        for did in ["0280000000", "0280000001"] {
            let place = "service=voice&country=Australia&city=Sydney";
            api.check("subscribedid", &format!("{place}&did={did}"), DONE);
            let to = format!("number={did}&service=voice&servicetype=IVML&serviceid=1");
            api.check("assignnumber", &to, DONE);
        }
        let first = format!("1,In,{URL},,0280000000 0280000001\n");
        api.check("listivml", "", &format!("{LISTED}{first}{second}"));
        let to = "number=0280000001&service=voice&servicetype=IVR&serviceid=1";
        api.check("assignnumber", to, DONE);
        let menus = "Ok\nID,Name,DIDs\n1,Main menu,0280000001\n2,Campaign,outbound\n";
        api.check("listivr", "", menus);
        api.check("updateivml", "ivmlid=1&type=outbound", INCOMPLETE);
        let change = "ivmlid=2&name=Later&launchurl=http://c.example&resulturl=&type=inbound";
        api.check("updateivml", change, DONE);
        api.check("deleteivml", "ivmlid=1", DONE);
        api.check("listivml", "", &format!("{LISTED}2,Later,http://c.example,,\n"));
        let numbers = api.ask("querynumbers", "");
        assert!(numbers.contains("0280000000,voice,,\n"), "{numbers}");
        api.check("addivml", &format!("name=In&launchurl={URL}&type=inbound"), "Ok\n3\n");
    });
}

#[test]
fn what_is_wrong_with_a_configuration() {
    on_both(|api| {
        let add = |parameters: &str, expected| api.check("addivml", parameters, expected);
        add("name=a&type=inbound", INCOMPLETE);
        add(&format!("name=a&launchurl={URL}"), INCOMPLETE);
        add(&format!("launchurl={URL}&type=inbound"), INCOMPLETE);
        add(&format!("name=@a&launchurl={URL}&type=inbound"), INCOMPLETE);
        for wrong in ["ftp://a.example", "a.example", "/run", "http://ada@a.example", "http://"] {
            add(&format!("name=a&launchurl={wrong}&type=inbound"), INCOMPLETE);
            add(&format!("name=a&launchurl={URL}&resulturl={wrong}&type=inbound"), INCOMPLETE);
        }
        add(&format!("name=a&launchurl={URL}&type=both"), INCOMPLETE);
        add(&format!("name=a&launchurl={URL}&type=inbound"), "Ok\n1\n");
        add(&format!("name=a&launchurl={URL}&type=outbound"), NAME_TAKEN);
        add(&format!("name=b&launchurl={URL}&type=outbound"), "Ok\n2\n");
        let update = |parameters: &str, expected| api.check("updateivml", parameters, expected);
        update("name=a", INCOMPLETE);
        update("ivmlid=0&name=", IVML);
        update("ivmlid=9&name=", INCOMPLETE);
        update("ivmlid=9&launchurl=", INCOMPLETE);
        update("ivmlid=9&type=", INCOMPLETE);
        update("ivmlid=9&name=a", IVML);
        update("ivmlid=2&name=a", NAME_TAKEN);
        update("ivmlid=1&name=a", DONE);
        api.check("deleteivml", "", INCOMPLETE);
        api.check("deleteivml", "ivmlid=x", IVML);
        api.check("deleteivml", "ivmlid=9", IVML);
    });
}

#[test]
fn an_account_without_the_service_has_none_of_it() {
    on_both(|api| {
        let check = |mode, parameters: &str, expected| {
            assert_eq!(api.ask_as("plain", mode, parameters), expected, "{mode}");
        };
        check("listivr", "", "Ok\nID,Name,DIDs\n");
        check("listivml", "", LISTED);
        check("addivml", &format!("name=a&launchurl={URL}&type=inbound"), NO_IVR);
        check("addivml", "name=a&launchurl=x&type=inbound", INCOMPLETE);
        check("updateivml", "ivmlid=9", NO_IVR);
        check("updateivml", "ivmlid=x", IVML);
        check("deleteivml", "ivmlid=9", IVML);
    });
}
