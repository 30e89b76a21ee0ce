//! `cc_group_create` and `cc_groups_get`.

use leaseline_core::ids::TaxId;
use leaseline_core::mor_user::MorRole;
use leaseline_core::tax::TaxRate;
use leaseline_hub::operator::{Mor, MorItemEntry, MorItemId};
use leaseline_testkit::http::Call;

use crate::harness::{Api, error, on_both, page, signed, success};

#[test]
fn the_documents_request_succeeds_with_its_right_hash() {
    on_both(|api| {
        let request = |hash: &str| {
            let path =
                format!("/billing/api/cc_group_create?u=admin&name=card_group_test&hash={hash}");
            api.send(&Call::new("POST", &path))
        };
        let printed = request("7e112ededcfee097cce21b6201c6d2a00dda1f4c");
        assert_eq!((printed.status, printed.body), (200, error("Incorrect hash")));
        let right = request("756ad8cf62a832f27a12bb670aeeaf8fca3c7782");
        assert_eq!(right.header("x-card-group-id"), Some("1"));
        assert_eq!(right.header("content-type"), Some("text/xml; charset=utf-8"));
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<page>\n  <status>\n    \
                        <success>Card Group was successfully created</success>\n  </status>\n\
                        </page>\n";
        assert_eq!((right.status, right.body.as_str()), (200, expected));
    });
}

/// Each bad value, its error, and what is sent for it to be no longer wrong; in the order in which
/// they are judged.
const JUDGED: &[(&str, &str, &str)] = &[
    ("name=", "Card Group must have name", "name=x"),
    (
        "use_external_function=2",
        "Use external function is incorrect format",
        "use_external_function=1",
    ),
    ("allow_loss_calls=yes", "Allow loss calls is incorrect format", "allow_loss_calls=1"),
    ("tell_cents=-1", "Tell cents is incorrect format", "tell_cents=1"),
    ("solo_pinless=00", "Solo pinless is incorrect format", "solo_pinless=1"),
    ("disable_voucher=x", "Disable voucher is incorrect format", "disable_voucher=1"),
    ("callerid_leave=true", "CallerID leave is incorrect format", "callerid_leave=1"),
    (
        "tell_balance_in_currency=3",
        "Tell balance in currency is incorrect format",
        "tell_balance_in_currency=1",
    ),
    (
        "disable_topup_from_cards_with_cid=3",
        "Disable topup from cards with CID is incorrect format",
        "disable_topup_from_cards_with_cid=1",
    ),
    ("date_from=-1", "Invalid date from", "date_from=1580472001"),
    ("date_till=253402300800", "Invalid date till", "date_till=1580472000"),
    ("", "Date from is greater than date till", "date_till=1580472001"),
    ("tariff_id=0", "Tariff was not found", "tariff_id=1"),
    ("lcr_id=2", "LCR was not found", "lcr_id=1"),
    ("location_id=x", "Location was not found", "location_id=1"),
    ("tax_id=1", "Tax was not found", "tax_id="),
    ("currency=EUR", "Currency was not found", "currency=usd"),
    ("price_with_vat=100000000000000.1", "Invalid Price with TAX", "price_with_vat=1.5"),
    ("setup_fee=1,5", "Setup fee is incorrect format", "setup_fee=1.5"),
    ("daily_charge=-1", "Daily charge is incorrect format", "daily_charge=1"),
    ("ghost_min_perc=1.5", "Ghost min perc is incorrect format", "ghost_min_perc=120"),
    ("ghost_balance_perc=x", "Ghost balance perc is incorrect format", "ghost_balance_perc=0"),
    ("number_length=21", "Number length is incorrect format", "number_length=20"),
    ("pin_length=0", "Pin length is incorrect format", "pin_length=20"),
    (
        "valid_after_first_use=-1",
        "Valid after first use is incorrect format",
        "valid_after_first_use=30",
    ),
];

#[test]
fn parameters_are_judged_in_their_order() {
    on_both(|api| {
        let wrong = |from: usize| JUDGED[from..].iter().map(|(wrong, _, _)| *wrong);
        let long = format!("description={}", "d".repeat(1_001));
        for place in 0..JUDGED.len() {
            let sound = JUDGED[..place].iter().map(|(_, _, sound)| *sound);
            let mut form: Vec<_> = sound.chain(wrong(place)).filter(|it| !it.is_empty()).collect();
            form.push(&long);
            api.check("cc_group_create", &form.join("&"), &error(JUDGED[place].1));
        }
        let sound: Vec<_> = JUDGED.iter().map(|(_, _, sound)| *sound).collect();
        let form = format!("{}&{long}", sound.join("&"));
        api.check("cc_group_create", &form, &error("Description is too long"));
        let nothing = error("Calling cards groups were not found");
        api.check("cc_groups_get", "", &nothing);
        api.group(&format!("{}&description={}", sound.join("&"), "d".repeat(1_000)));
    });
}

#[test]
fn a_name_is_not_blank_and_not_too_long() {
    on_both(|api| {
        let missing = error("Card Group must have name");
        api.check("cc_group_create", "solo_pinless=7", &missing);
        let blank = leaseline_mor::hash::hex([b" \t".as_slice()], b"secret");
        let answer = api.post("cc_group_create", &format!("u=admin&name=+%09&hash={blank}"));
        assert_eq!(answer, missing);
        api.check("cc_group_create", &format!("name={}", "n".repeat(256)), &missing);
        api.group(&format!("name={}", "n".repeat(255)));
        // Names are nobody's alone, and unknown parameters say nothing.
        api.group("name=same&x=y&use_external_function=");
        api.group("name=same");
    });
}

#[test]
fn a_group_is_told_as_it_was_made() {
    on_both(|api| {
        let tax = MorItemEntry {
            id: MorItemId::Tax(TaxId::new(3).unwrap()),
            name: Some("VAT".into()),
            owner: None,
            rate_deck: None,
            percent: TaxRate::parse("21"),
        };
        api.block_on(api.shop.provision(Mor { items: vec![tax], ..Mor::default() }));
        api.group("name=plain");
        let name = "a<b&c>\u{1}é".as_bytes();
        let hash = leaseline_mor::hash::hex([name], b"secret");
        let form = format!(
            "u=admin&hash={hash}&name=a%3Cb%26c%3E%01%C3%A9&price_with_vat=12.1&tax_id=3\
             &number_length=12&pin_length=6&description=d"
        );
        assert_eq!(
            api.post("cc_group_create", &form),
            success("Card Group was successfully created")
        );
        let second =
            group_lines(["2", "a&lt;b&amp;c&gt;\u{FFFD}é", "d", "12/6", "12.1000", "10.0000"]);
        let first = group_lines(["1", "plain", "", "10/4", "0.0000", "0.0000"]);
        let all = page(&format!("  <cc_groups>\n{first}{second}  </cc_groups>\n"));
        api.check("cc_groups_get", "", &all);
        let one = page(&format!("  <cc_groups>\n{second}  </cc_groups>\n"));
        api.check("cc_groups_get", "cc_group_id=2", &one);
        for wrong in ["3", "x", "0", "-1"] {
            let form = format!("cc_group_id={wrong}");
            api.check("cc_groups_get", &form, &error("Wrong calling cards group ID"));
        }
    });
}

fn group_lines([id, name, description, lengths, price, net]: [&str; 6]) -> String {
    format!(
        "    <cc_group>\n      <group_id>{id}</group_id>\n      \
         <group_name>{name}</group_name>\n      \
         <group_description>{description}</group_description>\n      \
         <group_number_pin_length>{lengths}</group_number_pin_length>\n      \
         <group_tariff>1</group_tariff>\n      <group_lcr>1</group_lcr>\n      \
         <group_price>{price}</group_price>\n      \
         <group_price_without_tax>{net}</group_price_without_tax>\n      \
         <group_cards_count>0</group_cards_count>\n      \
         <group_currency>USD</group_currency>\n    </cc_group>\n"
    )
}

#[test]
fn a_reseller_refers_to_what_it_sees() {
    on_both(|api| {
        let caller = api.block_on(api.shop.user("res", MorRole::Reseller));
        api.block_on(api.shop.user("other", MorRole::Reseller));
        let tariff = |id, owner: &str| MorItemEntry {
            id: MorItemId::Tariff(leaseline_core::ids::TariffId::new(id).unwrap()),
            name: Some("own".into()),
            owner: Some(owner.into()),
            rate_deck: None,
            percent: None,
        };
        let items = vec![tariff(2, "res"), tariff(3, "other")];
        api.block_on(api.shop.provision(Mor { items, ..Mor::default() }));
        let ask = |api: &Api, form: &str| api.ask_as("res", "cc_group_create", form);
        let made = success("Card Group was successfully created");
        assert_eq!(ask(api, "name=x&tariff_id=1"), made);
        assert_eq!(ask(api, "name=x&tariff_id=2"), made);
        assert_eq!(ask(api, "name=x&tariff_id=3"), error("Tariff was not found"));
        let groups = api.block_on(api.shop.hub.card_groups(&caller, None)).unwrap();
        assert_eq!(groups.len(), 2);
        let others = api.ask_as("other", "cc_groups_get", "");
        assert_eq!(others, error("Calling cards groups were not found"));
        assert_eq!(
            signed("u", "cc_groups_get", ""),
            "u=u&hash=e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4&"
        );
    });
}
