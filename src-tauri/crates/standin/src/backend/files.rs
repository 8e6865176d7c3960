//! Files: announce, upload, confirm (contract backend 7.5).

use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST};
use http::{Request, Response, StatusCode};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::auth;
use super::refusal::Refusal;
use crate::answer;
use crate::body::Body;
use crate::world::World;

/// Every file anyone announced.
#[derive(Debug, Default)]
pub(crate) struct Files(Mutex<Vec<File>>);

#[derive(Debug)]
struct File {
    id: String,
    account: String,
    name: String,
    size: u64,
    content: Option<Bytes>,
    confirmed: bool,
}

impl Files {
    /// True where the account uploaded and confirmed that file.
    pub(crate) fn is_ready(&self, account: &str, id: &str) -> bool {
        let is_it = |file: &File| file.confirmed && file.account == account && file.id == id;
        self.0.lock().iter().any(is_it)
    }

    fn change<T>(&self, id: &str, change: impl FnOnce(&mut File) -> T) -> Option<T> {
        self.0
            .lock()
            .iter_mut()
            .find(|file| file.id == id)
            .map(change)
    }
}

/// `POST /files`: an id and where to upload to.
pub(crate) fn announce(world: &World, request: &Request<Bytes>) -> Result<Response<Body>, Refusal> {
    let seat = auth::admit(world, request.headers())?;
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let name = body["file_name"].as_str().filter(|name| !name.is_empty());
    let size = body["file_size"].as_u64().filter(|size| *size <= LARGEST);
    let (Some(name), Some(size), Some("codex")) = (name, size, body["use_case"].as_str()) else {
        return Err(Refusal::detail(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Invalid file",
        ));
    };
    let id = format!("file_{}", world.chance().alphanumeric(24));
    let host = auth::text(request.headers(), HOST.as_str()).unwrap_or_default();
    let upload_url = format!(
        "http://{host}{UPLOADS}{id}?sig={}",
        world.chance().alphanumeric(16)
    );
    world.backend().files.0.lock().push(File {
        id: id.clone(),
        account: seat.account_id,
        name: name.to_owned(),
        size,
        content: None,
        confirmed: false,
    });
    let told = json!({"file_id": id, "upload_url": upload_url});
    Ok(answer::json(StatusCode::OK, &told))
}

/// `PUT` to the upload address: a foreign storage, which must not see the bearer.
pub(crate) fn upload(world: &World, request: &Request<Bytes>) -> Result<Response<Body>, Refusal> {
    let headers = request.headers();
    let bad = |why: &str| Err(Refusal::detail(StatusCode::BAD_REQUEST, why));
    if headers.contains_key(AUTHORIZATION) {
        return bad("Forbidden header: authorization");
    }
    if auth::text(headers, "x-ms-blob-type") != Some("BlockBlob") {
        return bad("Missing header: x-ms-blob-type: BlockBlob");
    }
    let id = request
        .uri()
        .path()
        .strip_prefix(UPLOADS)
        .unwrap_or_default();
    let content = request.body().clone();
    let stored = world
        .backend()
        .files
        .change(id, |file| file.content = Some(content));
    match stored {
        Some(()) => Ok(answer::empty(StatusCode::CREATED)),
        None => Err(Refusal::empty(StatusCode::NOT_FOUND)),
    }
}

/// `POST /files/{id}/uploaded`: `retry` until the content is there and has the announced size.
pub(crate) fn confirm(
    world: &World,
    request: &Request<Bytes>,
    id: &str,
) -> Result<Response<Body>, Refusal> {
    let seat = auth::admit(world, request.headers())?;
    let told = world.backend().files.change(id, |file| {
        let length = file.content.as_ref().map(|content| content.len() as u64);
        file.confirmed = length == Some(file.size);
        let name = &file.name;
        (file.account == seat.account_id).then(|| match length {
            Some(length) if file.confirmed => json!({
                "status": "success",
                "download_url": format!("https://files.example.test/{id}"),
                "file_name": name,
                "mime_type": mime(name),
                "file_size_bytes": length,
            }),
            Some(_) => {
                json!({"status": "error", "error_message": "The size is not the announced one."})
            }
            None => json!({"status": "retry", "file_name": name}),
        })
    });
    match told.flatten() {
        Some(told) => Ok(answer::json(StatusCode::OK, &told)),
        None => Err(Refusal::detail(StatusCode::NOT_FOUND, "File not found")),
    }
}

fn mime(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("pdf") => "application/pdf",
        Some("txt" | "md") => "text/plain",
        Some("png") => "image/png",
        Some("json") => "application/json",
        Some(_) | None => "application/octet-stream",
    }
}

/// Where files go; not below any path that knows bearers.
pub(crate) const UPLOADS: &str = "/backend-api/uploads/";
/// 512 MiB (contract backend 7.5).
const LARGEST: u64 = 512 * 1024 * 1024;
