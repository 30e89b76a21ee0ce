//! Numbers: those that are offered, and those that an account has.

use crate::harness::{
    CITY, COUNTRY, DID, DID_TAKEN, DONE, INCOMPLETE, IVML, IVR, NO_SERVICE, SERVICE, SUB_ACCOUNT,
    on_both,
};

const NUMBERS: &str = "Ok\nNumber,Service,Assigned-Service,Assigned-ID\n";

const SYDNEY: &str = "country=Australia&city=Sydney";

#[test]
fn what_can_be_subscribed_to() {
    on_both(|api| {
        api.check("querydidcountries", "service=voice", "Ok\nCountryName\nAustralia\nMalaysia\n");
        api.check("querydidcountries", "service=fax", "Ok\nCountryName\nAustralia\n");
        api.check("querydidcountries", "service=.sms", "Ok\nCountryName\nAustralia\n");
        let cities = "Ok\nCountryName,CityName\nAustralia,Sydney\n";
        api.check("querydidcities", "service=voice&country=AUSTRALIA", cities);
        let perth = "Ok\nCountryName,CityName\nAustralia,Perth\n";
        api.check("querydidcities", "service=sms&country=Australia", perth);
        let one = "Ok\nCountryName, CityName, DID\nAustralia,Sydney,0280000000\n";
        api.check("querydids", &format!("service=voice&{SYDNEY}"), one);
        api.check("querydids", "service=fax&country=australia&city=sydney&quantity=1", one);
        let two = format!("{one}Australia,Sydney,0280000001\n");
        api.check("querydids", &format!("service=voice&{SYDNEY}&quantity=2"), &two);
        let ten = api.ask("querydids", &format!("service=voice&{SYDNEY}&quantity=10"));
        assert_eq!(ten.lines().count(), 12);
    });
}

#[test]
fn what_is_wrong_with_a_question_for_numbers() {
    on_both(|api| {
        api.check("querydidcountries", "", INCOMPLETE);
        api.check("querydidcountries", "service=", INCOMPLETE);
        api.check("querydidcountries", "service=Voice", SERVICE);
        api.check("querydidcities", "service=voice", INCOMPLETE);
        api.check("querydidcities", "service=x&country=", INCOMPLETE);
        api.check("querydidcities", "service=x&country=Mars", SERVICE);
        api.check("querydidcities", "service=voice&country=Mars", COUNTRY);
        api.check("querydidcities", "service=sms&country=Malaysia", COUNTRY);
        let check = |parameters: &str, expected| api.check("querydids", parameters, expected);
        check("service=voice&country=Australia", INCOMPLETE);
        check(&format!("service=x&{SYDNEY}&quantity=0"), SERVICE);
        for wrong in ["0", "11", "-1", "x", "1.5", "01"] {
            check(&format!("service=voice&{SYDNEY}&quantity={wrong}"), INCOMPLETE);
        }
        check("service=voice&country=Mars&city=Sydney&quantity=0", INCOMPLETE);
        check("service=voice&country=Mars&city=Sydney", COUNTRY);
        check("service=voice&country=Australia&city=Perth", CITY);
        check("service=sms&country=Malaysia&city=Perth", COUNTRY);
    });
}

#[test]
fn a_number_is_subscribed_to_once_for_each_service() {
    on_both(|api| {
        let subscribe = |user, service, did: &str| {
            let parameters = format!("service={service}&{SYDNEY}&did={did}");
            api.ask_as(user, "subscribedid", &parameters)
        };
        assert_eq!(subscribe("demo", "voice", "0280000000"), DONE);
        assert_eq!(subscribe("demo", "voice", "0280000000"), DID_TAKEN);
        assert_eq!(subscribe("plain", "fax", "0280000000"), DID_TAKEN);
        assert_eq!(subscribe("demo", "fax", "%2B61280000000"), DONE);
        assert_eq!(subscribe("plain", "fax", "+61280000001"), DONE);
        api.check("querybalance", "", "Ok\n9.5000\n");
        let numbers = format!("{NUMBERS}0280000000,voice,,\n0280000000,fax,,\n");
        api.check("querynumbers", "", &numbers);
        let offered = api.ask("querydids", &format!("service=voice&{SYDNEY}"));
        assert!(offered.ends_with("Australia,Sydney,0280000002\n"), "{offered}");
    });
}

#[test]
fn what_is_wrong_with_a_subscription() {
    on_both(|api| {
        let check = |parameters: &str, expected| api.check("subscribedid", parameters, expected);
        check(&format!("service=voice&{SYDNEY}"), INCOMPLETE);
        check(&format!("service=x&{SYDNEY}&did=nonsense"), SERVICE);
        check("service=voice&country=Mars&city=Sydney&did=0280000000", COUNTRY);
        check("service=voice&country=Australia&city=Mars&did=0280000000", CITY);
        check("service=voice&country=Malaysia&city=Kuala+Lumpur&did=0280000000", DID);
        check(&format!("service=voice&{SYDNEY}&did=nonsense"), DID);
        check(&format!("service=voice&{SYDNEY}&did=0290000000"), DID);
        // Twenty dollars, of which there are fourteen.
        check("service=sms&country=Australia&city=Perth&did=0890000000", DID_TAKEN);
        api.check("querybalance", "", "Ok\n14.0000\n");
    });
}

#[test]
fn numbers_are_assigned_and_listed() {
    on_both(|api| {
        for service in ["voice", "fax"] {
            let parameters = format!("service={service}&{SYDNEY}&did=0280000000");
            api.check("subscribedid", &parameters, DONE);
        }
        api.check("addsubaccount", "alias=desk", "Ok\n1\n");
        let ivml = "name=Survey&launchurl=http://acme.example/&type=inbound";
        api.check("addivml", ivml, "Ok\n1\n");
        let voice = |assigned| {
            let filter = api.ask("querynumbers", "service=voice");
            assert_eq!(filter, format!("{NUMBERS}0280000000,voice,{assigned}\n"));
        };
        let assign = |parameters: &str| {
            let parameters = format!("number=0280000000&service=voice&{parameters}");
            api.check("assignnumber", &parameters, DONE);
        };
        voice(",");
        assign("servicetype=IVR&serviceid=1");
        voice("IVR,1");
        assign("servicetype=ivml&serviceid=1");
        voice("IVML,1");
        assign("servicetype=SIP&serviceid=0");
        voice("SIP,0");
        assign("servicetype=Sip&serviceid=1");
        voice("SIP,1");
        let fax = |parameters: &str, assigned| {
            api.check(
                "assignnumber",
                &format!("number=%2B61280000000&service=fax{parameters}"),
                DONE,
            );
            let expected = format!("{NUMBERS}0280000000,fax,,{assigned}\n");
            api.check("querynumbers", "service=fax", &expected);
        };
        fax("", "0");
        fax("&servicetype=nonsense&serviceid=1", "1");
        fax("&serviceid=", "0");
        let of_one = format!("{NUMBERS}0280000000,voice,SIP,1\n");
        api.check("querynumbers", "subid=1", &of_one);
        let of_main = format!("{NUMBERS}0280000000,fax,,0\n");
        api.check("querynumbers", "subid=0", &of_main);
        api.check("querynumbers", "subid=0&service=voice", NUMBERS);
        api.check("delsubaccount", "subid=1", DONE);
        voice(",");
    });
}

#[test]
fn what_is_wrong_with_an_assignment_or_a_list() {
    on_both(|api| {
        api.check("subscribedid", &format!("service=voice&{SYDNEY}&did=0280000000"), DONE);
        let out = "name=Out&launchurl=http://acme.example/&type=outbound";
        api.check("addivml", out, "Ok\n1\n");
        let check = |parameters: &str, expected| api.check("assignnumber", parameters, expected);
        check("number=0280000000", INCOMPLETE);
        check("number=x&service=sms", SERVICE);
        check("number=x&service=Voice&servicetype=IVR&serviceid=1", SERVICE);
        check("number=x&service=voice&servicetype=IVR", INCOMPLETE);
        check("number=x&service=voice&serviceid=1", INCOMPLETE);
        check("number=x&service=voice&servicetype=PBX&serviceid=x", SERVICE);
        check("number=x&service=voice&servicetype=IVR&serviceid=0", IVR);
        check("number=x&service=voice&servicetype=IVML&serviceid=0", IVML);
        check("number=x&service=voice&servicetype=SIP&serviceid=x", SUB_ACCOUNT);
        check("number=x&service=fax&serviceid=x", SUB_ACCOUNT);
        check("number=x&service=fax", DID);
        check("number=0280000001&service=voice&servicetype=IVR&serviceid=9", DID);
        check("number=0280000000&service=fax&serviceid=9", NO_SERVICE);
        let voice = |parameters: &str, expected| {
            check(&format!("number=0280000000&service=voice&{parameters}"), expected);
        };
        voice("servicetype=IVR&serviceid=9", IVR);
        voice("servicetype=IVR&serviceid=2", IVR);
        voice("servicetype=IVML&serviceid=9", IVML);
        voice("servicetype=IVML&serviceid=1", IVML);
        voice("servicetype=SIP&serviceid=9", SUB_ACCOUNT);
        api.check("querynumbers", "subid=x&service=x", SUB_ACCOUNT);
        api.check("querynumbers", "subid=9&service=x", INCOMPLETE);
        api.check("querynumbers", "subid=9", SUB_ACCOUNT);
        api.check("querynumbers", "service=x", INCOMPLETE);
        assert_eq!(api.ask_as("plain", "querynumbers", ""), NUMBERS);
    });
}
