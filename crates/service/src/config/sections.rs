//! The sections of the configuration.

use std::path::PathBuf;

use config::Value;
use leaseline_core::Timestamp;
use leaseline_core::call::SingleCallerId;
use leaseline_core::customer::Limit;
use leaseline_core::quota::Quota;
use leaseline_core::retention::RetentionTerms;
use leaseline_core::throttle::Throttle;
use leaseline_hub::insight::Keeping;
use leaseline_hub::{IanaZone, Quotas};
use serde::Deserialize;
use tracing::level_filters::LevelFilter;

use crate::config::convert::{self, whole};
use crate::config::reader::Reader;
use crate::problem::Problem;
use crate::rfc3339;
use crate::secret::Secret;

/// `jwt.*`: how API tokens are signed and checked.
#[derive(Clone, Debug)]
pub struct Jwt {
    /// The keys, if any are configured; [`jwt_keys`](crate::jwt_keys) opens them.
    pub source: Option<JwtSource>,
    /// The only issuer whose tokens count.
    pub issuer: Option<String>,
    /// The only audience for which tokens count.
    pub audience: Option<String>,
}

/// Where the keys for tokens are.
#[derive(Clone, Debug)]
pub enum JwtSource {
    /// `jwt.secret` or `jwt.secret_file`: one key without an id.
    Secret {
        /// The key.
        secret: Secret,
        /// Where it was found.
        place: String,
    },
    /// `jwt.keys`: several, each in a file of its own.
    Keys(Vec<KeyEntry>),
}

/// An entry of `jwt.keys`.
#[derive(Clone, Debug)]
pub struct KeyEntry {
    /// The `kid` that selects it.
    pub id: String,
    /// The file with the secret.
    pub secret_file: PathBuf,
    /// When it ceases to count.
    pub until: Option<Timestamp>,
}

/// `apigate.*`.
#[derive(Clone, Debug)]
pub struct Apigate {
    /// What may stand before `/api/v1`.
    pub path_prefixes: Vec<String>,
    /// The zone of every time on the wire.
    pub time_zone: IanaZone,
    /// At most so many numbers in one reserve request.
    pub max_reserve: u32,
    /// So many live leases of one customer a phone may take part in.
    pub max_leases_per_phone: Limit,
}

/// `mor.*`.
#[derive(Clone, Debug)]
pub struct Mor {
    /// What may stand before `/api`.
    pub path_prefixes: Vec<String>,
    /// Whether anything is served.
    pub allow_api: bool,
    /// Whether GET is served as POST is.
    pub allow_get: bool,
    /// `mor.key` or `mor.key_file`, if it is configured; [`mor_key`](crate::mor_key) opens it.
    pub key: Option<MorKey>,
}

/// `switch.*`.
#[derive(Clone, Copy, Debug)]
pub struct CallControl {
    /// Which number the phone behind a single lease sees.
    pub single_caller_id: SingleCallerId,
    /// No call lasts longer than so many seconds; none is no bound.
    pub max_call_seconds: Option<i64>,
    /// So many bytes a body may have.
    pub body_bytes: usize,
}

/// What the secrets of MOR's users are encrypted under.
#[derive(Clone, Debug)]
pub struct MorKey {
    /// The text that the key is made of.
    pub secret: Secret,
    /// Where it was found.
    pub place: String,
}

/// `tls.*`: the files that TLS begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// `tls.cert`: the certificate, and those that signed it, in PEM.
    pub cert: PathBuf,
    /// `tls.key`: its private key in PEM.
    pub key: PathBuf,
}

/// `limits.*`: every bound.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// What clients may send, and how long they may take.
    pub web: leaseline_web::Limits,
    /// At most so many requests a second are admitted of a user and from a source.
    pub quotas: Quotas,
    /// At most so many requests wait for the writer.
    pub inbox: usize,
    /// At most so many requests share a transaction.
    pub batch: usize,
    /// At most so many connections read.
    pub readers: usize,
}

/// `log.*`.
#[derive(Clone, Copy, Debug)]
pub struct Log {
    /// The format; none means text on a terminal and JSON elsewhere.
    pub format: Option<LogFormat>,
    /// What is logged: this and what is graver.
    pub level: LevelFilter,
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: an object a line.
    Json,
}

impl Jwt {
    pub(super) fn read(keys: &mut Reader) -> Result<Self, Problem> {
        let secret = keys.secret("jwt.secret")?;
        let secret =
            secret.map(|found| JwtSource::Secret { secret: found.value, place: found.place });
        let several = keys.find("jwt.keys", key_entries)?.map(JwtSource::Keys);
        if secret.is_some() && several.is_some() {
            let why = "`jwt.secret` is set too, and is the short form of a single key";
            return Err(Problem::new("understand `jwt.keys`", why, "leave one of them out"));
        }
        Ok(Self {
            source: secret.or(several),
            issuer: keys.find("jwt.issuer", convert::text)?,
            audience: keys.find("jwt.audience", convert::text)?,
        })
    }
}

impl Apigate {
    pub(super) fn read(keys: &mut Reader) -> Result<Self, Problem> {
        Ok(Self {
            path_prefixes: keys.need("apigate.path_prefixes", convert::path_prefixes)?,
            time_zone: keys.need("apigate.time_zone", convert::zone)?,
            max_reserve: keys.need("apigate.max_reserve", whole(1, u32::MAX.into()))?,
            max_leases_per_phone: keys.need("apigate.max_leases_per_phone", limit)?,
        })
    }
}

impl Mor {
    pub(super) fn read(keys: &mut Reader) -> Result<Self, Problem> {
        let key = keys.secret("mor.key")?;
        Ok(Self {
            path_prefixes: keys.need("mor.path_prefixes", convert::path_prefixes)?,
            allow_api: keys.need("mor.allow_api", convert::boolean)?,
            allow_get: keys.need("mor.allow_get", convert::boolean)?,
            key: key.map(|found| MorKey { secret: found.value, place: found.place }),
        })
    }
}

impl CallControl {
    pub(super) fn read(keys: &mut Reader) -> Result<Self, Problem> {
        let longest: i64 = keys.need("switch.max_call_seconds", whole(0, LONGEST_CALL))?;
        Ok(Self {
            single_caller_id: keys.need("switch.single_caller_id", single_caller_id)?,
            max_call_seconds: (longest > 0).then_some(longest),
            body_bytes: keys.need("switch.body_bytes", whole(1, 1 << 30))?,
        })
    }
}

/// A year, in seconds.
const LONGEST_CALL: i64 = 366 * 86_400;

fn single_caller_id(value: &Value) -> Result<SingleCallerId, String> {
    match convert::text(value)?.as_str() {
        "caller" => Ok(SingleCallerId::Caller),
        "leased" => Ok(SingleCallerId::Leased),
        other => Err(format!("{other:?} is neither \"caller\" nor \"leased\"")),
    }
}

impl TlsFiles {
    pub(super) fn read(keys: &mut Reader) -> Result<Option<Self>, Problem> {
        let cert = keys.find("tls.cert", convert::text)?.map(PathBuf::from);
        let key = keys.find("tls.key", convert::text)?.map(PathBuf::from);
        let alone = |set: &str, missing: &str| {
            let hint = format!("set {missing} too, or leave {set} out and serve in the clear");
            Problem::new(format!("understand `{set}`"), format!("`{missing}` is not set"), hint)
        };
        match (cert, key) {
            (Some(cert), Some(key)) => Ok(Some(Self { cert, key })),
            (None, None) => Ok(None),
            (Some(_), None) => Err(alone("tls.cert", "tls.key")),
            (None, Some(_)) => Err(alone("tls.key", "tls.cert")),
        }
    }
}

impl Limits {
    pub(super) fn read(keys: &mut Reader) -> Result<Self, Problem> {
        Ok(Self {
            web: web_limits(keys)?,
            quotas: Quotas {
                user: Quota::per_second(keys.need("limits.user_requests", whole(0, 1_000_000))?),
                source: Quota::per_second(
                    keys.need("limits.source_requests", whole(0, 1_000_000))?,
                ),
            },
            inbox: keys.need("limits.inbox", whole(1, 1_000_000))?,
            // A database takes only so many parameters in one statement.
            batch: keys.need("limits.batch", whole(1, 1_024))?,
            readers: keys.need("limits.readers", whole(1, 1_024))?,
        })
    }
}

fn web_limits(keys: &mut Reader) -> Result<leaseline_web::Limits, Problem> {
    Ok(leaseline_web::Limits {
        body_bytes: keys.need("limits.body_bytes", whole(1, 1 << 30))?,
        body_timeout: keys.need("limits.body_timeout", convert::span)?,
        discard_bytes: keys.need("limits.discard_bytes", whole(0, 1 << 30))?,
        discard_timeout: keys.need("limits.discard_timeout", convert::span)?,
        head_timeout: keys.need("limits.head_timeout", convert::span)?,
        keep_alive: keys.need("limits.keep_alive", convert::span)?,
        write_timeout: keys.need("limits.write_timeout", convert::span)?,
        close_timeout: keys.need("limits.close_timeout", convert::span)?,
        connections: keys.need("limits.connections", whole(1, 1_000_000))?,
        backlog: keys.need("limits.backlog", whole(1, i32::MAX.into()))?,
    })
}

impl Log {
    pub(super) fn read(keys: &mut Reader) -> Result<Self, Problem> {
        Ok(Self {
            format: keys.find("log.format", log_format)?,
            level: keys.need("log.level", level)?,
        })
    }
}

/// `logins.*`.
pub(super) fn logins(keys: &mut Reader) -> Result<Throttle, Problem> {
    Ok(Throttle {
        failures: keys.need("logins.failures", whole(1, 1_000))?,
        source_failures: keys.need("logins.source_failures", whole(1, 10_000))?,
        window: keys.need("logins.window", convert::span)?,
        pause: keys.need("logins.pause", convert::span)?,
    })
}

/// `retention.*`.
pub(super) fn retention(keys: &mut Reader) -> Result<RetentionTerms, Problem> {
    Ok(RetentionTerms {
        phones: keys.need("retention.phones", convert::span)?,
        requests: keys.need("retention.requests", convert::span)?,
        idempotency: keys.need("retention.idempotency", convert::span)?,
    })
}

/// `requests.*`; they are kept for as long as `retention.requests` says.
pub(super) fn requests(keys: &mut Reader, retention: &RetentionTerms) -> Result<Keeping, Problem> {
    let one_in: u32 = keys.need("requests.sample", whole(0, 1_000_000))?;
    Ok(Keeping { one_in: (one_in > 0).then_some(one_in), span: retention.requests })
}

fn limit(value: &Value) -> Result<Limit, String> {
    let most = whole(0, i64::MAX)(value)?;
    Limit::new(most).ok_or_else(|| "it is negative".into())
}

fn log_format(value: &Value) -> Result<LogFormat, String> {
    match convert::text(value)?.as_str() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        other => Err(format!("{other:?} is neither \"text\" nor \"json\"")),
    }
}

fn level(value: &Value) -> Result<LevelFilter, String> {
    match convert::text(value)?.as_str() {
        "off" => Ok(LevelFilter::OFF),
        "error" => Ok(LevelFilter::ERROR),
        "warn" => Ok(LevelFilter::WARN),
        "info" => Ok(LevelFilter::INFO),
        "debug" => Ok(LevelFilter::DEBUG),
        "trace" => Ok(LevelFilter::TRACE),
        other => Err(format!("{other:?} is none of off, error, warn, info, debug, trace")),
    }
}

/// An entry of `jwt.keys` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenKey {
    id: String,
    secret_file: PathBuf,
    until: Option<String>,
}

fn key_entries(value: &Value) -> Result<Vec<KeyEntry>, String> {
    let written: Vec<WrittenKey> = value.clone().try_deserialize().map_err(|error| {
        format!("it is not a list of {{ id, secret_file, until }} in a file: {error}")
    })?;
    let entries: Vec<_> = written.into_iter().map(key_entry).collect::<Result<_, _>>()?;
    let repeated = |(at, entry): (usize, &KeyEntry)| {
        entries[..at].iter().any(|before| before.id == entry.id).then(|| entry.id.clone())
    };
    match entries.iter().enumerate().find_map(repeated) {
        Some(id) => Err(format!("two keys have the id {id:?}")),
        None if entries.is_empty() => Err("it is empty".into()),
        None => Ok(entries),
    }
}

fn key_entry(WrittenKey { id, secret_file, until }: WrittenKey) -> Result<KeyEntry, String> {
    let until = until.map(|text| rfc3339::parse(&text)).transpose();
    let until = until.map_err(|error| error.to_string())?;
    Ok(KeyEntry { id, secret_file, until })
}
