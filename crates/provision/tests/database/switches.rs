//! `[[switches]]`.

use leaseline_core::region::Region;
use leaseline_hub::password_matches;
use leaseline_testkit::{ManualClock, databases};
use tokio::runtime::Runtime;

use crate::place::Place;

const EDGE: &str = "
[[switches]]
name = 'edge-1'
password = 'edge-1-secret'
country_code = '60'
national_prefix = '0'
events = true
dial_string = 'sofia/gateway/carrier/{to}'
emergency = ['999', '112']
fax_codes = { BUSY = '316' }
";

#[test]
fn a_switch_applied_twice_changes_nothing_the_second_time() {
    let runtime = Runtime::new().unwrap();
    for database in databases() {
        runtime.block_on(async {
            let hub = database.hub(&ManualClock::new());
            let place = Place::new();
            assert_eq!(place.apply(&hub, EDGE).await.unwrap().changed, 1);
            assert_eq!(place.apply(&hub, EDGE).await.unwrap().changed, 0);
            let known = hub.switch("edge-1").await.unwrap().unwrap();
            assert!(password_matches(&known.password, "edge-1-secret"));
            assert_eq!(known.terms.region, Region::new("60", Some("0")).unwrap());
            let codes = [("BUSY".into(), "316".into())];
            assert_eq!(known.terms.fax_codes, codes);
            assert!(known.enabled && known.terms.has_events);
            assert!(known.terms.is_emergency("999") && !known.terms.is_emergency("911"));

            let other = "[[switches]]\nname = 'edge-1'\nsources = ['any']\nenabled = false\n";
            assert_eq!(place.apply(&hub, other).await.unwrap().changed, 1);
            assert_eq!(place.apply(&hub, other).await.unwrap().changed, 0);
            hub.close().await;

            let hub = database.hub(&ManualClock::new());
            let after = hub.switch("edge-1").await.unwrap().unwrap();
            assert_eq!(after.password, known.password);
            assert_eq!(after.terms.sources, Some(vec!["any".into()]));
            assert_eq!(after.terms.dial_string, known.terms.dial_string);
            assert!(!after.enabled);
            let lacking = "[[switches]]\nname = 'edge-2'\npassword = 'x'\n";
            let wrong = place.apply(&hub, lacking).await.unwrap_err().to_string();
            assert!(wrong.contains("country_code is missing, and it is new"), "{wrong}");
            let nowhere = "[[switches]]\nname = 'edge-1'\ncountry_code = '0'\n";
            let wrong = place.apply(&hub, nowhere).await.unwrap_err().to_string();
            assert!(wrong.contains("[[switches]] \"edge-1\""), "{wrong}");
            hub.close().await;
            database.assert_sound();
        });
    }
}
