//! The filter of requests.

use std::time::Duration;

use uuid::Uuid;

use super::{BadWord, Bound, NO_CUSTOMER, NO_TIME, Word};
use crate::ids::CustomerId;
use crate::request_log::{Effect, RequestId};

/// Which requests somebody looks for; all of it has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestSearch {
    /// What the header `Request-Id` said, typed as it stands or as `id:…`.
    pub id: Option<RequestId>,
    /// `customer:8`: those for this customer.
    pub customer: Option<CustomerId>,
    /// `facade:apigate`.
    pub facade: Option<String>,
    /// `status:24`: what the facade answered.
    pub status: Option<String>,
    /// `effect:failed`, `effect:changed`, `effect:looked`.
    pub effect: Option<Effect>,
    /// `age:<2h`: so long ago at most.
    pub youngest: Option<Duration>,
    /// `age:>2h`: so long ago or longer.
    pub oldest: Option<Duration>,
}

const UNKNOWN: &str = "is no word of this filter: write facade:apigate, status:24, customer:8, \
                       effect:failed, age:<2h or the id of a request";
const NO_ID: &str = "is not the id of a request: write it as the header Request-Id has it";
const NO_NAME: &str = "names none: write facade:apigate or status:24";
const NO_EFFECT: &str = "names no effect: write effect:failed, effect:changed or effect:looked";

impl RequestSearch {
    /// Reads a filter. Without words it is every request.
    ///
    /// # Errors
    /// [`BadWord`], the first one.
    pub fn parse(text: &str) -> Result<Self, BadWord> {
        let mut search = Self::default();
        for word in Word::all(text) {
            search.add(word)?;
        }
        Ok(search)
    }

    fn add(&mut self, word: Word<'_>) -> Result<(), BadWord> {
        match word.key {
            Some("customer") => word.put(&mut self.customer, word.customer(), NO_CUSTOMER),
            Some("facade") => word.put(&mut self.facade, name(word.value), NO_NAME),
            Some("status") => word.put(&mut self.status, name(word.value), NO_NAME),
            Some("effect") => word.put(&mut self.effect, Effect::by_name(word.value), NO_EFFECT),
            Some("age") => match word.time() {
                Some((Bound::Below, span)) => word.put(&mut self.youngest, Some(span), NO_TIME),
                Some((Bound::Above, span)) => word.put(&mut self.oldest, Some(span), NO_TIME),
                None => Err(word.bad(NO_TIME)),
            },
            Some("id") => word.put(&mut self.id, id(word.value), NO_ID),
            None if id(word.value).is_some() => word.put(&mut self.id, id(word.value), NO_ID),
            _ => Err(word.bad(UNKNOWN)),
        }
    }
}

fn name(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

fn id(value: &str) -> Option<RequestId> {
    Uuid::try_parse(value).ok().map(RequestId::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0198c2a4-5f00-7000-8000-000000000001";

    fn check(text: &str, expected: Result<RequestSearch, &str>) {
        let read = RequestSearch::parse(text).map_err(|error| error.to_string());
        assert_eq!(read, expected.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn words_of_the_filter() {
        check("", Ok(RequestSearch::default()));
        let hash =
            RequestSearch { status: Some("Incorrect hash".into()), ..RequestSearch::default() };
        check("  status:\"Incorrect hash\" ", Ok(hash));
        let open = "status:\"Incorrect hash facade:mor";
        let told = format!("{open:?} has a quotation mark too many, or one too few");
        check(open, Err(&told));
        let by_id = RequestSearch { id: id(ID), ..RequestSearch::default() };
        check(ID, Ok(by_id.clone()));
        check(&format!("id:{ID}"), Ok(by_id));
        check(
            "facade:apigate status:24 effect:failed customer:8 age:<2h",
            Ok(RequestSearch {
                facade: Some("apigate".into()),
                status: Some("24".into()),
                effect: Some(Effect::Failed),
                customer: CustomerId::new(8),
                youngest: Some(Duration::from_secs(7_200)),
                ..RequestSearch::default()
            }),
        );
        check("id:8", Err(&format!("\"id:8\" {NO_ID}")));
        check("effect:", Err(&format!("\"effect:\" {NO_EFFECT}")));
        check("facade:", Err(&format!("\"facade:\" {NO_NAME}")));
        check("apigate", Err(&format!("\"apigate\" {UNKNOWN}")));
    }
}
