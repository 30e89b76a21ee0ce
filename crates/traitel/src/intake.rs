//! The parameters, from the query string and the body.

use actix_web::HttpRequest;
use actix_web::http::Method;
use leaseline_web::{Form, MediaType};

use crate::error::Error;

/// The parameters of a request. A name in both places counts as the body has it.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    query: Form,
    body: Form,
}

impl Parameters {
    /// Reads them.
    ///
    /// # Errors
    /// [`Error::Incomplete`] for what cannot be read: a bad escape, a name twice in one place, what
    /// is not UTF-8, a NUL, a body that is no form.
    pub(crate) fn read(request: &HttpRequest, body: &[u8]) -> Result<Self, Error> {
        let query = parse(request.query_string().as_bytes())?;
        let is_form =
            matches!(MediaType::of(request.headers()), MediaType::Form | MediaType::Absent);
        let body = match *request.method() == Method::POST && !body.is_empty() {
            true if is_form => parse(body)?,
            true => return Err(Error::Incomplete),
            false => Form::default(),
        };
        Ok(Self { query, body })
    }

    /// The value of a parameter; empty when it was sent without one.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.body.get(name).or_else(|| self.query.get(name))
    }

    /// The value of a parameter; an empty one counts as absent.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Parameters of a query string alone.
    #[cfg(test)]
    pub(crate) fn of(query: &str) -> Self {
        Self { query: Form::parse(query.as_bytes()).expect("a form"), body: Form::default() }
    }
}

fn parse(form: &[u8]) -> Result<Form, Error> {
    let form = Form::parse(form).map_err(|_| Error::Incomplete)?;
    let mut names: Vec<&str> = form.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    let repeats = names.windows(2).any(|pair| pair[0] == pair[1]);
    if repeats { Err(Error::Incomplete) } else { Ok(form) }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn read(query: &str, body: &str) -> Result<Option<String>, Error> {
        let request = TestRequest::post().uri(&format!("/accountmanager.pl?{query}"));
        let read = Parameters::read(&request.to_http_request(), body.as_bytes())?;
        Ok(read.get("a").map(str::to_owned))
    }

    #[test]
    fn the_body_counts_where_a_name_is_in_both_places() {
        let check = |query, body, expected: Option<&str>| {
            assert_eq!(read(query, body), Ok(expected.map(str::to_owned)), "{query} {body}");
        };
        check("a=1", "b=2", Some("1"));
        check("a=1", "a=2", Some("2"));
        check("a=1", "a=", Some(""));
        check("", "", None);
        check("a=%2B1+2", "", Some("+1 2"));
    }

    #[test]
    fn what_cannot_be_read_is_no_request() {
        for (query, body) in
            [("a=%zz", ""), ("", "a=%FF"), ("", "x=%00"), ("a=1&a=1", ""), ("", "x=1&x=2")]
        {
            assert_eq!(read(query, body), Err(Error::Incomplete), "{query} {body}");
        }
    }

    #[test]
    fn a_body_is_a_form_and_only_a_post_has_one() {
        let json = TestRequest::post().insert_header(("content-type", "application/json"));
        let json = json.to_http_request();
        assert_eq!(Parameters::read(&json, b"{}").err(), Some(Error::Incomplete));
        assert!(Parameters::read(&json, b"").is_ok());
        let get = TestRequest::get().uri("/?a=1").to_http_request();
        assert_eq!(Parameters::read(&get, b"a=2").unwrap().get("a"), Some("1"));
    }
}
