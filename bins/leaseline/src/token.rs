//! `leaseline token`: what lets an API user in.

use std::fmt;
use std::time::Duration;

use leaseline_apigate::{NewToken, TokenKeys};
use leaseline_apigate_server::token_keys;
use leaseline_core::Timestamp;
use leaseline_hub::operator::{TokenIssue, TokenRecord, TokenRevocation};
use leaseline_hub::{Failure, Hub, Ids, RandomIds};
use leaseline_service::{Config, Problem, rfc3339, with_hub};
use serde::Serialize;

use crate::answer::Answers;
use crate::cli::TokenCommand;

pub(crate) async fn token(
    config: &Config,
    command: TokenCommand,
    answers: Answers,
) -> Result<(), Problem> {
    match command {
        TokenCommand::Issue(ask) => {
            let issued = with_hub(config, async |hub| {
                issue(hub, &token_keys(config)?, &ask.user, ask.lifetime()).await
            });
            let issued = issued.await?;
            if answers == Answers::Text {
                let end = issued.expires.as_deref().unwrap_or("never");
                eprintln!("jti {}, expires: {end}", issued.jti);
            }
            answers.print(&issued)
        }
        TokenCommand::Revoke { jti } => {
            let revoked = with_hub(config, async |hub| revoke(hub, jti).await);
            answers.print(&revoked.await?)
        }
        TokenCommand::List => {
            let tokens = with_hub(config, async |hub| list(hub).await);
            answers.print(&tokens.await?)
        }
    }
}

/// A token that was issued.
#[derive(Serialize)]
pub(crate) struct Issued {
    pub(crate) token: String,
    jti: String,
    user: String,
    expires: Option<String>,
}

/// Signs a token and writes down that it was issued. It ends on a whole second, as a JWT must.
pub(crate) async fn issue(
    hub: &Hub,
    keys: &TokenKeys,
    user: &str,
    lifetime: Option<Duration>,
) -> Result<Issued, Problem> {
    let what = || format!("issue a token for {user:?}");
    let issued_at = hub.now();
    let end = |lifetime| issued_at.saturating_add(lifetime).ceil_to_second();
    let expires_at = lifetime.and_then(end);
    let jti = RandomIds.next().to_string();
    let token = NewToken { user: user.into(), jti: jti.clone(), issued_at, expires_at };
    let token = keys.issue(&token).map_err(|error| {
        Problem::new(what(), error, "add a key to jwt.keys that has no `until`, as the first one")
    })?;
    let record = TokenIssue { jti: jti.clone(), user: user.into(), expires_at };
    let known = hub.ask(record).await.map_err(|failure| not_done(what(), failure))?;
    if !known {
        let hint = "name an API user that exists (users are made by `leaseline apply`)";
        return Err(Problem::new(what(), "there is no such API user", hint));
    }
    Ok(Issued { token, jti, user: user.into(), expires: expires_at.map(rfc3339::format) })
}

#[derive(Serialize)]
struct Revoked {
    jti: String,
    revoked: bool,
}

async fn revoke(hub: &Hub, jti: String) -> Result<Revoked, Problem> {
    if jti.trim().is_empty() || is_token(&jti) {
        let why = "that is no token's id";
        let hint = "`leaseline token list` shows ids; of a token it is the claim `jti`";
        return Err(Problem::new("revoke a token", why, hint));
    }
    let revocation = hub.ask(TokenRevocation { jti: jti.clone() }).await;
    revocation.map_err(|failure| not_done(format!("revoke the token {jti:?}"), failure))?;
    Ok(Revoked { jti, revoked: true })
}

/// Whether it is a whole token: three parts of which the first begins as every JSON object does.
fn is_token(text: &str) -> bool {
    text.starts_with("eyJ") && text.split('.').count() == 3
}

#[derive(Serialize)]
struct Tokens {
    tokens: Vec<Listed>,
}

/// A token as it is listed: an instant that is not known or not there is `null`.
#[derive(Serialize)]
struct Listed {
    jti: String,
    user: Option<String>,
    issued: Option<String>,
    expires: Option<String>,
    revoked: Option<String>,
}

async fn list(hub: &Hub) -> Result<Tokens, Problem> {
    let tokens = hub.tokens().await;
    let tokens = tokens.map_err(|failure| not_done("list the tokens".into(), failure))?;
    Ok(Tokens { tokens: tokens.into_iter().map(Listed::from).collect() })
}

fn not_done(what: String, failure: Failure) -> Problem {
    Problem::new(what, failure, "try again; what the database said is in the log above")
}

impl From<TokenRecord> for Listed {
    fn from(record: TokenRecord) -> Self {
        let shown = |at: Option<Timestamp>| at.map(rfc3339::format);
        Self {
            jti: record.jti,
            user: record.user,
            issued: shown(record.issued_at),
            expires: shown(record.expires_at),
            revoked: shown(record.revoked_at),
        }
    }
}

/// The token alone on standard output, so that it can be taken by `$(…)`.
impl fmt::Display for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.token)
    }
}

impl fmt::Display for Revoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "revoked {}", self.jti)
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tokens.iter().try_for_each(|token| token.fmt(f))
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
        let user = shown(&self.user);
        write!(f, "{}  {user}  issued {}", self.jti, shown(&self.issued))?;
        write!(f, "  expires {}  revoked {}", shown(&self.expires), shown(&self.revoked))?;
        writeln!(f)
    }
}
