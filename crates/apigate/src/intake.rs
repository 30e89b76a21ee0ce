//! The body as a form.

use actix_web::http::header::HeaderMap;
use leaseline_web::{Form, MediaType};

use crate::operation::Operation;
use crate::status::Status;

/// Reads the parameters of an operation. Unknown ones are ignored, known ones stand once.
pub(crate) fn form(headers: &HeaderMap, body: &[u8], operation: Operation) -> Result<Form, Status> {
    match MediaType::of(headers) {
        MediaType::Absent | MediaType::Form => {}
        MediaType::Json | MediaType::Other => return Err(Status::Header),
    }
    let form = Form::parse(body).map_err(|_| Status::Request)?;
    match form.repeated(operation.parameters()) {
        Some(_) => Err(Status::Request),
        None => Ok(form),
    }
}
