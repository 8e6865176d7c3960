//! placeholder
use bytes::Bytes;
use http::{Request, Response};

use crate::body::Body;
use crate::world::World;
use crate::{answer, backend};

pub(crate) fn answer(world: &World, request: &Request<Bytes>) -> Response<Body> {
    if request.uri().path().starts_with("/admin/backend/") {
        return backend::admin(world, request);
    }
    answer::not_found()
}
