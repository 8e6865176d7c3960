//! One picture by the hosted `image_generation` tool (contract backend 7.4 B).

use serde::Serialize;
use wire::catalogue::{Catalogue, Model};
use wire::responses::{Item, Part, Request, Role, ToolChoice};

use super::request::{Look, Wish};
use crate::edit::raw;

/// What the tool is given.
#[derive(Debug)]
pub(super) struct Tool<'a> {
    pub(super) prompt: String,
    pub(super) images: Vec<String>,
    pub(super) mask: Option<String>,
    pub(super) look: Look,
    pub(super) wish: &'a Wish,
}

/// An ordinary request in which a model has no choice but to call the tool.
pub(super) fn request(tool: Tool<'_>, catalogue: Option<&Catalogue>) -> Request {
    let Tool {
        prompt,
        images,
        mask,
        look,
        wish,
    } = tool;
    let told = Told {
        kind: TOOL,
        action: match images.is_empty() {
            true => "generate",
            false => "edit",
        },
        model: &look.model,
        size: look.size.as_deref(),
        quality: look.quality,
        background: look.background,
        output_format: wish.format,
        output_compression: wish.compression,
        moderation: wish.moderation,
        partial_images: wish.partial_images,
        input_image_mask: mask.as_deref().map(|image_url| Mask { image_url }),
    };
    let image = |image_url| Part::InputImage {
        image_url,
        detail: None,
    };
    let text = Part::InputText { text: prompt };
    Request {
        model: carrier(catalogue).to_owned(),
        instructions: Some(INSTRUCTIONS.to_owned()),
        tools: Some(vec![wire::responses::Tool::Raw(raw(&told))]),
        tool_choice: Some(ToolChoice::Raw(raw(&Chosen { kind: TOOL }))),
        input: vec![Item::Message {
            role: Role::User,
            content: std::iter::once(text)
                .chain(images.into_iter().map(image))
                .collect(),
        }],
        ..Request::default()
    }
}

/// The model that calls the tool: one that is known to do it, else the first that people see.
fn carrier(catalogue: Option<&Catalogue>) -> &str {
    let Some(catalogue) = catalogue else {
        return CARRIERS[0];
    };
    let known = CARRIERS.iter().find_map(|slug| catalogue.find(slug));
    let listed = || catalogue.models.iter().find(|model: &&Model| model.listed);
    known
        .or_else(listed)
        .map_or(CARRIERS[0], |model| model.slug.as_str())
}

#[derive(Serialize)]
struct Told<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    action: &'static str,
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    background: Option<&'static str>,
    output_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_compression: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moderation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partial_images: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_image_mask: Option<Mask<'a>>,
}

#[derive(Serialize)]
struct Mask<'a> {
    image_url: &'a str,
}

#[derive(Serialize)]
struct Chosen {
    #[serde(rename = "type")]
    kind: &'static str,
}

const TOOL: &str = "image_generation";

/// The cheapest that call the tool in an ordinary request, cheapest first (contract backend 7.4 B).
const CARRIERS: [&str; 2] = ["gpt-5.6-luna", "gpt-5.5"];

const INSTRUCTIONS: &str = "Call the image generation tool once, with the user's words as the prompt, unchanged. Say nothing else.";
