//! placeholder
use bytes::Bytes;
use http::{Request, Response};

use crate::answer;
use crate::body::Body;
use crate::world::World;

pub(crate) const ACCOUNTS_CHECK: &str = "/backend-api/wham/accounts/check";

pub(crate) fn answer(_world: &World, _request: &Request<Bytes>) -> Response<Body> {
    answer::not_found()
}
pub(crate) fn accounts_check(_world: &World, _request: &Request<Bytes>) -> Response<Body> {
    answer::not_found()
}
