//! The zone of an account.

use crate::harness::{INCOMPLETE, ZONE, on_both};

#[test]
fn a_zone_is_set_by_its_exact_name() {
    on_both(|api| {
        api.check("querytimezone", "", "Ok\nAustralia/Sydney\n");
        assert_eq!(api.ask_as("plain", "querytimezone", ""), "Ok\nUTC\n");
        for name in ["Asia/Kuala_Lumpur", "Australia/ACT", "GMT", "Etc/GMT+8"] {
            let sent = name.replace('+', "%2B");
            api.check("settimezone", &format!("tz={sent}"), &format!("Ok\n{name}\n"));
            api.check("querytimezone", "", &format!("Ok\n{name}\n"));
        }
        api.check("settimezone", "", INCOMPLETE);
        api.check("settimezone", "tz=", INCOMPLETE);
        for wrong in ["australia/sydney", "Mars/Olympus", "Australia/Sydney+", "../etc/passwd"] {
            api.check("settimezone", &format!("tz={wrong}"), ZONE);
        }
        api.check("querytimezone", "", "Ok\nEtc/GMT+8\n");
    });
}
