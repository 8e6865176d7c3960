//! The dedicated picture endpoints (contract backend 7.4 A): one JSON answer with real PNGs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::compose::size_of;
use super::inner::{only, optional_word, text_of};
use super::marks::Marks;
use super::picture::{self, Picture};
use super::refusal::{Refusal, invalid_type, invalid_value, missing};
use super::{auth, faults, items, responses};
use crate::answer;
use crate::body::Body;
use crate::world::World;

/// Which of the two endpoints was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Generations,
    Edits,
}

/// Answers one request for pictures.
pub(crate) fn answer(
    world: &World,
    request: &Request<Bytes>,
    route: Route,
) -> Result<Response<Body>, Refusal> {
    let seat = auth::admit(world, request.headers())?;
    let body = responses::parsed(request)?;
    let prompt = text_of(&body, "prompt", "prompt")?;
    let marks = Marks::read(prompt);
    responses::scripted(world, &seat, &marks, IMAGE_MODEL)?;
    if seat.plan == "free" {
        return Err(faults::usage_not_included(&seat.plan));
    }
    check(&body, route)?;
    let size = marks
        .words("size")
        .or_else(|| body.get("size").and_then(Value::as_str));
    let (width, height) = size.and_then(size_of).unwrap_or((1024, 1024));
    let count = body.get("n").and_then(Value::as_u64).unwrap_or(1);
    let pictures: Vec<Value> = (0..count)
        .map(|index| {
            let drawn = picture::draw(width, height, &format!("{prompt}{index}"));
            json!({"b64_json": STANDARD.encode(drawn)})
        })
        .collect();
    let or =
        |field: &str, default: &str| body.get(field).cloned().unwrap_or_else(|| json!(default));
    let told = json!({
        "created": world.clock().now().seconds(),
        "data": pictures,
        "background": or("background", "opaque"),
        "quality": or("quality", "medium"),
        "size": format!("{width}x{height}"),
    });
    Ok(answer::json(StatusCode::OK, &told))
}

fn check(body: &Map<String, Value>, route: Route) -> Result<(), Refusal> {
    let model = text_of(body, "model", "model")?;
    if !MODELS.contains(&model) {
        return Err(invalid_value("model", model, MODELS));
    }
    let known: Vec<&str> = match route {
        Route::Generations => FIELDS.to_vec(),
        Route::Edits => FIELDS.iter().copied().chain(["images"]).collect(),
    };
    if let Some(stranger) = body.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(super::refusal::unknown(stranger));
    }
    optional_word(
        body,
        "background",
        "background",
        &["transparent", "opaque", "auto"],
    )?;
    optional_word(
        body,
        "quality",
        "quality",
        &["low", "medium", "high", "auto"],
    )?;
    match body.get("n") {
        None | Some(Value::Null) => {}
        Some(n) if n.as_u64().is_some_and(|n| (1..=10).contains(&n)) => {}
        Some(other) => return Err(invalid_type("n", "an integer from 1 to 10", other)),
    }
    match body.get("size").and_then(Value::as_str) {
        Some(size) if size != "auto" && size_of(size).is_none() => {
            return Err(invalid_value(
                "size",
                size,
                &["auto", "1024x1024", "1024x1536", "1536x1024"],
            ));
        }
        Some(_) | None => {}
    }
    match route {
        Route::Generations => Ok(()),
        Route::Edits => references(body),
    }
}

/// The pictures to work on: at most five, as data URLs of real images.
fn references(body: &Map<String, Value>) -> Result<(), Refusal> {
    let images = match body.get("images") {
        Some(Value::Array(images)) if (1..=5).contains(&images.len()) => images,
        Some(other) if !other.is_null() => {
            return Err(invalid_type(
                "images",
                "an array of one to five objects",
                other,
            ));
        }
        Some(_) | None => return Err(missing("images")),
    };
    for (index, image) in images.iter().enumerate() {
        let at = format!("images[{index}]");
        let Value::Object(image) = image else {
            return Err(invalid_type(&at, "an object", image));
        };
        only(image, &["image_url"], &at)?;
        let url = text_of(image, "image_url", &format!("{at}.image_url"))?;
        if url.starts_with("https://") {
            continue;
        }
        let (_, payload) = url.split_once(";base64,").unwrap_or_default();
        let read = STANDARD
            .decode(payload)
            .ok()
            .and_then(|bytes| Picture::read(&bytes));
        if read.is_none() {
            return Err(items::bad_image());
        }
    }
    Ok(())
}

const IMAGE_MODEL: &str = "gpt-image-2";
const MODELS: &[&str] = &[IMAGE_MODEL, "gpt-image-1.5"];
const FIELDS: &[&str] = &["prompt", "model", "background", "n", "quality", "size"];
