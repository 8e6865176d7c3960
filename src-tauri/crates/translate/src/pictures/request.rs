//! What a client said, as one of the two ways to a picture.

use wire::Fault;
use wire::catalogue::Catalogue;
use wire::json::Object;
use wire::pictures::{self, Image};

use super::hosted::{self, Tool};
use super::{Asked, Attached, Order, Route, Shape};
use crate::ignored::Ignored;

/// Reads the body of a request; what came as files of a form is `attached`. The catalogue names
/// the model that carries the hosted tool.
///
/// # Errors
/// A field is missing, wrong, or cannot be served.
pub fn request(
    route: Route,
    body: &[u8],
    attached: Attached,
    catalogue: Option<&Catalogue>,
) -> Result<Order, Fault> {
    let fields = Object::body(body)?;
    let mut ignored = Ignored::default();
    let prompt = fields.need_text("prompt")?.into_owned();
    response_format(&fields)?;
    let look = Look::read(&fields, &mut ignored)?;
    let wish = Wish::read(&fields, &mut ignored)?;
    let (images, mask) = match route {
        Route::Generations => no_pictures(&fields, &attached)?,
        Route::Edits => worked_on(&fields, attached)?,
    };
    for name in fields.names().filter(|name| !is_known(name, route)) {
        ignored.add(name);
    }
    let needs_tool = wish.needs_tool() || mask.is_some() || images.len() > MOST_DEDICATED;
    let shape = Shape {
        route,
        size: look.size.clone().filter(|size| size != "auto"),
        format: wish.format,
    };
    let model = look.model.clone();
    let asked = if needs_tool {
        let tool = Tool {
            prompt,
            images,
            mask,
            look,
            wish: &wish,
        };
        Asked::Hosted(Box::new(hosted::request(tool, catalogue)))
    } else {
        if wish.moderation == Some("low") {
            ignored.add("moderation");
        }
        Asked::Dedicated(dedicated(prompt, images, look))
    };
    Ok(Order {
        asked,
        count: wish.count,
        stream: wish.stream,
        model,
        ignored: ignored.into_names(),
        shape,
    })
}

fn dedicated(prompt: String, images: Vec<String>, look: Look) -> pictures::Request {
    let image = |image_url| Image { image_url };
    pictures::Request {
        prompt,
        model: look.model,
        background: look.background,
        quality: look.quality,
        size: look.size,
        images: images.into_iter().map(image).collect(),
    }
}

/// How the picture should look; both ways take it.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) model: String,
    pub(super) size: Option<String>,
    pub(super) quality: Option<&'static str>,
    pub(super) background: Option<&'static str>,
}

impl Look {
    fn read(fields: &Object<'_>, ignored: &mut Ignored) -> Result<Self, Fault> {
        let model = match fields.text("model")? {
            None => MODEL.to_owned(),
            Some(old) if OLD_MODELS.contains(&old.as_ref()) => {
                ignored.add("model");
                MODEL.to_owned()
            }
            Some(model) => model.into_owned(),
        };
        let quality = word(fields, "quality", QUALITIES)?.map(|quality| match quality {
            "standard" => "auto",
            "hd" => "high",
            quality => quality,
        });
        Ok(Self {
            model,
            size: fields.text("size")?.map(String::from),
            quality,
            background: word(fields, "background", BACKGROUNDS)?,
        })
    }
}

/// What else is wanted; much of it only the hosted tool takes.
#[derive(Debug)]
pub(super) struct Wish {
    count: usize,
    stream: bool,
    pub(super) format: &'static str,
    pub(super) compression: Option<i64>,
    pub(super) moderation: Option<&'static str>,
    pub(super) partial_images: Option<i64>,
}

impl Wish {
    fn read(fields: &Object<'_>, ignored: &mut Ignored) -> Result<Self, Fault> {
        let stream = fields.flag("stream")?.unwrap_or(false);
        let count = between(fields, "n", 1, 10)?.unwrap_or(1);
        if stream && count > 1 {
            let why = "a stream brings one picture; ask for more without `stream`, or one by one";
            return Err(refused("n", why));
        }
        let format = word(fields, "output_format", FORMATS)?.unwrap_or("png");
        let mut compression = between(fields, "output_compression", 0, 100)?;
        if format == "png" && compression.is_some_and(|percent| percent != 100) {
            ignored.add("output_compression");
        }
        if format == "png" {
            compression = None;
        }
        let mut partial_images = between(fields, "partial_images", 0, 3)?;
        if !stream && partial_images.is_some_and(|many| many > 0) {
            ignored.add("partial_images");
        }
        if !stream {
            partial_images = None;
        }
        Ok(Self {
            count: usize::try_from(count).unwrap_or(1),
            stream,
            format,
            compression,
            moderation: word(fields, "moderation", &["auto", "low"])?,
            partial_images,
        })
    }

    fn needs_tool(&self) -> bool {
        self.stream || self.format != "png"
    }
}

/// Drawn without the picture it was meant for, an answer would be paid for in vain.
fn no_pictures(
    fields: &Object<'_>,
    attached: &Attached,
) -> Result<(Vec<String>, Option<String>), Fault> {
    let told = ["image", "images", "mask"];
    let told = told.into_iter().find(|name| fields.get(name).is_some());
    let attached = attached.images.first().or(attached.mask.as_ref());
    match told.or_else(|| attached.map(|_| "image")) {
        Some(name) => Err(refused(
            name,
            "a picture to work on belongs to `images/edits`",
        )),
        None => Ok((Vec::new(), None)),
    }
}

/// The pictures to work on, and the mask.
fn worked_on(
    fields: &Object<'_>,
    attached: Attached,
) -> Result<(Vec<String>, Option<String>), Fault> {
    let Attached {
        mut images,
        mut mask,
    } = attached;
    for image in fields.objects("images")?.into_iter().flatten() {
        images.push(address(&image)?);
    }
    if let Some(told) = fields.object("mask")? {
        mask = Some(address(&told)?);
    }
    match images.len() {
        0 => Err(fields.missing("images")),
        many if many > MOST_HOSTED => {
            let why = format!("{many} pictures are more than the {MOST_HOSTED} that can be sent");
            Err(refused("images", &why))
        }
        _ => Ok((images, mask)),
    }
}

fn address(image: &Object<'_>) -> Result<String, Fault> {
    if image.get("file_id").is_some() {
        let why = "the backend takes no picture by the id of a file; send it as `image_url`, a `data:` URL, or as a file of a form";
        return Err(refused(image.path("file_id"), why));
    }
    image.need_text("image_url").map(String::from)
}

/// Pictures are not kept here, so there is no address to give.
fn response_format(fields: &Object<'_>) -> Result<(), Fault> {
    match word(fields, "response_format", &["b64_json", "url"])? {
        Some("url") => Err(refused(
            "response_format",
            "`url` cannot be served: the backend gives the picture itself and nothing is kept here; use `b64_json`",
        )),
        Some(_) | None => Ok(()),
    }
}

fn word<'k>(fields: &Object<'_>, name: &str, known: &[&'k str]) -> Result<Option<&'k str>, Fault> {
    let Some(told) = fields.text(name)? else {
        return Ok(None);
    };
    let found = known.iter().copied().find(|word| *word == told);
    found
        .ok_or_else(|| fields.unknown_value(name, &told, known))
        .map(Some)
}

fn between(fields: &Object<'_>, name: &str, least: i64, most: i64) -> Result<Option<i64>, Fault> {
    match fields.integer(name)? {
        Some(number) if !(least..=most).contains(&number) => Err(Fault::Invalid {
            message: format!(
                "Invalid '{name}': expected an integer from {least} to {most}, but got {number} instead."
            ),
            param: Some(name.to_owned()),
            code: Some("invalid_value"),
        }),
        number => Ok(number),
    }
}

fn refused(param: impl Into<String>, why: &str) -> Fault {
    Fault::Invalid {
        message: why.to_owned(),
        param: Some(param.into()),
        code: Some("unsupported_value"),
    }
}

fn is_known(name: &str, route: Route) -> bool {
    KNOWN.contains(&name) || (route == Route::Edits && matches!(name, "images" | "mask"))
}

/// Fields that are read; all others are named as ignored.
const KNOWN: &[&str] = &[
    "prompt",
    "model",
    "n",
    "size",
    "quality",
    "background",
    "moderation",
    "output_format",
    "output_compression",
    "partial_images",
    "stream",
    "response_format",
];

/// The first party's own (contract backend 7.4).
const MODEL: &str = "gpt-image-2";

/// Models of the official API that a plan does not have.
const OLD_MODELS: &[&str] = &[
    "dall-e-2",
    "dall-e-3",
    "gpt-image-1",
    "gpt-image-1-mini",
    "chatgpt-image-latest",
];

const QUALITIES: &[&str] = &["auto", "low", "medium", "high", "standard", "hd"];
const BACKGROUNDS: &[&str] = &["auto", "opaque", "transparent"];
const FORMATS: &[&str] = &["png", "jpeg", "webp"];

/// Pictures to work on that the dedicated endpoint takes, and that the tool takes.
const MOST_DEDICATED: usize = 5;
const MOST_HOSTED: usize = 16;
