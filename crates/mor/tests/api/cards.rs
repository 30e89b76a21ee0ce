//! `calling_cards_create`, `calling_cards_get` and `card_from_group_sell`.

use leaseline_hub::cards::CardFilter;

use crate::harness::{Api, error, on_both, page, success};

fn pins(api: &Api) -> Vec<String> {
    let admin = api.block_on(api.shop.hub.mor_user("admin")).unwrap().unwrap();
    let caller = admin.user.caller().unwrap();
    let cards = api.block_on(api.shop.hub.cards(&caller, CardFilter::default())).unwrap();
    cards.iter().map(|card| card.pin.expose().to_owned()).collect()
}

const RANGE: &str = "card_group_id=1&cards_from=1000000025&cards_till=1000000026";

#[test]
fn cards_are_made_and_told() {
    on_both(|api| {
        api.check("calling_cards_get", "", &error("Cards were not found"));
        api.group("name=x&price_with_vat=5");
        let made = success("Cards were successfully created");
        let form = format!("{RANGE}&batch_number=b7&min_balance=0.5&distributor_id=9&language=en");
        api.check("calling_cards_create", &form, &made);
        let pins = pins(api);
        let card = |id: usize| {
            format!(
                "    <card>\n      <card_id>{id}</card_id>\n      \
                 <card_number>100000002{}</card_number>\n      <card_name></card_name>\n      \
                 <card_pin>{}</card_pin>\n      <card_batch_number>b7</card_batch_number>\n      \
                 <card_callerid></card_callerid>\n      <card_balance>5.0000</card_balance>\n      \
                 <card_minimal_balance>0.5000</card_minimal_balance>\n      \
                 <card_first_use></card_first_use>\n      \
                 <card_daily_charge_paid_till></card_daily_charge_paid_till>\n      \
                 <card_sold>no</card_sold>\n      <card_language>en</card_language>\n      \
                 <card_distributor>9</card_distributor>\n      \
                 <card_currency>USD</card_currency>\n    </card>\n",
                id + 4,
                pins[id - 1]
            )
        };
        let both = page(&format!("  <cards>\n{}{}  </cards>\n", card(1), card(2)));
        let second = page(&format!("  <cards>\n{}  </cards>\n", card(2)));
        let none = error("Cards were not found");
        api.check("calling_cards_get", "", &both);
        api.check("calling_cards_get", "number=1000000026", &second);
        api.check("calling_cards_get", &format!("pin={}", pins[1]), &second);
        for all in [
            "batch_number=b7",
            "language=en",
            "min_balance=5",
            "max_balance=5",
            "sold=no",
            "sold=all",
        ] {
            api.check("calling_cards_get", all, &both);
        }
        for nothing in [
            "number=1",
            "number=x",
            "name=x",
            "batch_number=b",
            "callerid=370",
            "language=de",
            "min_balance=5.0001",
            "max_balance=4.9999",
            "max_balance=-1",
            "min_balance=x",
            "sold=yes",
            "sold=maybe",
        ] {
            api.check("calling_cards_get", nothing, &none);
        }
    });
}

#[test]
fn cards_that_can_not_be_made_are_not() {
    on_both(|api| {
        let unknown = error("Calling cards group was not found");
        for group in ["", "card_group_id=1", "card_group_id=x"] {
            let form =
                format!("{group}&cards_from=y&min_balance=z").trim_start_matches('&').to_owned();
            let expected = if group.ends_with('1') {
                error("Min balance is incorrect format")
            } else {
                unknown.clone()
            };
            api.check("calling_cards_create", &form, &expected);
        }
        api.check("calling_cards_create", RANGE, &unknown);
        api.group("name=x");
        let range = error("Invalid card range");
        for wrong in [
            "card_group_id=1",
            "card_group_id=1&cards_from=1000000025",
            "card_group_id=1&cards_from=x&cards_till=1000000025",
            "card_group_id=1&cards_from=100000025&cards_till=100000026",
            "card_group_id=1&cards_from=1000000026&cards_till=1000000025",
            "card_group_id=1&cards_from=1000000000&cards_till=1000002000",
            "card_group_id=1&cards_from=0000000000&cards_till=9999999999",
        ] {
            api.check("calling_cards_create", wrong, &range);
        }
        api.check("calling_cards_create", RANGE, &success("Cards were successfully created"));
        api.check("calling_cards_create", RANGE, &error("Card number already exists"));
        assert_eq!(pins(api).len(), 2);
    });
}

#[test]
fn cards_are_sold() {
    on_both(|api| {
        let unknown = error("Cardgroup was not found");
        for wrong in ["", "id=1", "id=x", "email=a@b.example&quantity=1"] {
            api.check("card_from_group_sell", wrong, &unknown);
        }
        api.group("name=x&price_with_vat=5");
        api.check("card_from_group_sell", "id=1", &error("Free cards was not found"));
        api.check("calling_cards_create", RANGE, &success("Cards were successfully created"));
        for (wrong, text) in [
            ("quantity=0", "Quantity is incorrect format"),
            ("quantity=1001", "Quantity is incorrect format"),
            ("currency=EUR", "Currency was not found"),
            ("currency=euro", "Currency was not found"),
            ("quantity=3", "Free cards was not found"),
        ] {
            api.check("card_from_group_sell", &format!("id=1&{wrong}"), &error(text));
        }
        let pins = pins(api);
        let card = |at: usize| {
            format!(
                "    <card>\n      <pin>{}</pin>\n      <number>100000002{}</number>\n      \
                 <balance_without_vat>5.0000</balance_without_vat>\n      \
                 <currency>USD</currency>\n    </card>\n",
                pins[at],
                at + 5
            )
        };
        let sold = |at| page(&format!("  <cards>\n{}  </cards>\n", card(at)));
        api.check("card_from_group_sell", "email=a@b.example&id=1", &sold(0));
        api.check("card_from_group_sell", "id=1&quantity=1&currency=usd", &sold(1));
        api.check("card_from_group_sell", "id=1", &error("Free cards was not found"));
        assert!(api.ask_as("admin", "calling_cards_get", "sold=yes").contains("<card_sold>yes<"));
    });
}
