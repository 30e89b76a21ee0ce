//! What holds whatever stands in a configuration file. The tests below try it with some inputs, the
//! targets in `fuzz/` with very many; no ordinary build has this module.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::layer::{Layer, Origin};
use super::{Config, Sources};
use crate::rfc3339;

/// A secret that is set where the file does not count.
const SECRET: &str = "Q7wZk2-the-secret-of-a-property-x9Vt4";

/// A file is read or says what is wrong; each key is listed once, and a secret nowhere.
pub fn file(text: &str) {
    let Ok(mut written) = Layer::from_toml(Origin::File(PathBuf::from("a.toml")), text) else {
        return;
    };
    // Those name files of this machine.
    written.values.retain(|key, _| !key.ends_with("_file"));
    let mut sources = Sources::of_process("127.0.0.1:8080").with_flag("jwt.secret", SECRET);
    sources.environment = Some([].into());
    let layers = sources.layers().expect("the defaults are sound");
    let (before, after) = layers.split_at(2);
    let layers = before.iter().cloned().chain([written]).chain(after.iter().cloned()).collect();
    let told = match Config::of(layers, &sources) {
        Ok((config, keys)) => {
            let settings = keys.settings();
            let names: BTreeSet<_> = settings.iter().map(|setting| &setting.key).collect();
            assert_eq!(names.len(), settings.len());
            format!("{config:?} {settings:?}")
        }
        Err(problem) => format!("{problem} {problem:?}"),
    };
    assert!(!told.contains(SECRET) || text.contains(SECRET), "{told}");
}

/// An instant is what it is written as.
pub fn instant(text: &str) {
    let Ok(at) = rfc3339::parse(text) else { return };
    assert_eq!(rfc3339::parse(&rfc3339::format(at)), Ok(at), "{text}");
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn files(lines in vec(
            "\\[(jwt|limits|log|logins|retention|requests|apigate|mor|switch|numbers|tls)\\]|\
             (listen|database_url|secret|format|default_region|key|max_body_bytes|[a-z_]{1,9}) = \
             (-?[0-9]{1,20}|'[ -&(-~]{0,12}'|true|\\['x'\\]|\"[0-9]{1,3}[smhd]\"|1e400)",
            0..6,
        )) {
            super::file(&lines.join("\n"));
        }

        #[test]
        fn instants(text in "-?[0-9]{4,6}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:00:[0-6][0-9]([.][0-9]{1,9})?(Z|[+-][0-2][0-9]:00)") {
            super::instant(&text);
        }

        #[test]
        fn any_text(text in any::<String>()) {
            super::file(&text);
            super::instant(&text);
        }
    }
}
