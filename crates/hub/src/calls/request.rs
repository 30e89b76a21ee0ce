//! A switch asks what to do with a call.

use leaseline_core::call::{AuthoriseRequest, Authorised};
use leaseline_core::ids::CallRef;

use crate::ids::Ids;
use crate::inbox::Command;
use crate::request::{Request, Way};

impl Request for AuthoriseRequest {
    type Outcome = Authorised;

    fn into_command(self, way: Way<Authorised>, ids: &dyn Ids) -> Command {
        Command::Authorise(way.job((self, CallRef::new(ids.next()))))
    }
}
