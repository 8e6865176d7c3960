//! Everything below `/backend-api` and `/v1`: nothing is offered yet.

use bytes::Bytes;
use http::{Request, Response};

use crate::answer;
use crate::body::Body;
use crate::world::World;

/// What the backend remembers between requests.
#[derive(Debug, Default)]
pub(crate) struct State {}

/// Answers one request; its body comes as it was sent.
#[expect(clippy::unused_async, reason = "the seam is asynchronous")]
pub(crate) async fn answer(_world: &World, _request: Request<Bytes>) -> Response<Body> {
    answer::not_found()
}

/// Answers `/admin/backend/*`.
pub(crate) fn admin(_world: &World, _request: &Request<Bytes>) -> Response<Body> {
    answer::not_found()
}
