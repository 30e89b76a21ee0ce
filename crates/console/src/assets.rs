//! Scripts and style sheets, built in. A name carries the sum of what it names, so that a browser
//! may keep it for ever.

use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Path;
use actix_web::{HttpResponse, Responder};
use sha2::{Digest, Sha256};

use crate::PATH;

struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

static ASSETS: [Asset; 6] = [
    Asset {
        name: "console.css",
        media_type: STYLE,
        bytes: include_bytes!("../assets/console.css"),
    },
    Asset { name: "console.js", media_type: SCRIPT, bytes: include_bytes!("../assets/console.js") },
    Asset {
        name: "icon.svg",
        media_type: "image/svg+xml",
        bytes: include_bytes!("../assets/icon.svg"),
    },
    Asset {
        name: "htmx.min.js",
        media_type: SCRIPT,
        bytes: include_bytes!("../assets/htmx.min.js"),
    },
    Asset {
        name: "uPlot.iife.min.js",
        media_type: SCRIPT,
        bytes: include_bytes!("../assets/uPlot.iife.min.js"),
    },
    Asset {
        name: "uPlot.min.css",
        media_type: STYLE,
        bytes: include_bytes!("../assets/uPlot.min.css"),
    },
];

/// The name under which each is served, in their order.
static SERVED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let served = |asset: &Asset| {
        let sum = Sha256::digest(asset.bytes);
        let sum: String = sum.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        format!("{sum}-{}", asset.name)
    };
    ASSETS.iter().map(served).collect()
});

/// Where an asset is.
pub(crate) fn url(name: &str) -> String {
    let place = ASSETS.iter().position(|asset| asset.name == name);
    let served = place.and_then(|place| SERVED.get(place));
    format!("{PATH}/assets/{}", served.expect("only names of the list are asked for"))
}

pub(crate) async fn serve(name: Path<String>) -> impl Responder {
    let place = SERVED.iter().position(|served| *served == *name);
    match place.and_then(|place| ASSETS.get(place)) {
        None => HttpResponse::NotFound().finish(),
        Some(asset) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, asset.media_type))
            .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .body(asset.bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_as_it_stands_in_their_packages() {
        let listed = include_str!("../assets/VENDOR").lines().skip(3);
        let listed: Vec<_> = listed.map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(listed.len(), 3);
        for line in listed {
            let line: Vec<&str> = line;
            let [name, _package, _licence, sum] = line[..] else { panic!("{line:?}") };
            let asset = ASSETS.iter().find(|asset| asset.name == name).unwrap();
            let found = Sha256::digest(asset.bytes);
            let found: String = found.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(found, sum, "{name}");
        }
    }
}
