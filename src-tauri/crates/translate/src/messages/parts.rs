//! Text, pictures and documents as parts of messages (contract backend 8.3, 1.9).

use wire::Fault;
use wire::messages::{Block, Said, Source};
use wire::responses::Part;

/// Adds what `block` says to `parts`; false where it is no content of a message.
pub(super) fn add(block: &Block<'_>, parts: &mut Vec<Part>) -> Result<bool, Fault> {
    match &block.said {
        Said::Text(text) => parts.extend(written(text)),
        Said::Image(source) => parts.push(image(source, &block.at)?),
        Said::Document {
            source,
            title,
            context,
        } => document(source, title.as_deref(), context.as_deref(), block, parts)?,
        Said::Found {
            title,
            source,
            content,
        } => {
            parts.extend(written(&format!("{title}\n{source}")));
            for inner in content {
                add(inner, parts)?;
            }
        }
        Said::ToolReference(name) => parts.extend(written(name)),
        Said::ToolUse { .. }
        | Said::ToolResult { .. }
        | Said::Thinking(_)
        | Said::Search(_)
        | Said::SearchResults { .. }
        | Said::ToolChange(_)
        | Said::Foreign => return Ok(false),
    }
    Ok(true)
}

/// A text that says something.
fn written(text: &str) -> Option<Part> {
    (!text.is_empty()).then(|| Part::InputText {
        text: text.to_owned(),
    })
}

fn image(source: &Source<'_>, at: &str) -> Result<Part, Fault> {
    let image_url = match source {
        Source::Base64 { media_type, data } => format!("data:{media_type};base64,{data}"),
        Source::Url(url) => url.as_ref().to_owned(),
        Source::File(_) => return Err(no_files(at)),
        Source::Text(_) | Source::Blocks(_) => {
            return Err(Fault::invalid(
                "an image's source is 'base64' or 'url'",
                format!("{at}.source.type"),
            ));
        }
    };
    Ok(Part::InputImage {
        image_url,
        detail: None,
    })
}

fn document(
    source: &Source<'_>,
    title: Option<&str>,
    context: Option<&str>,
    block: &Block<'_>,
    parts: &mut Vec<Part>,
) -> Result<(), Fault> {
    parts.extend(context.and_then(written));
    match source {
        Source::Base64 { media_type, data } => parts.push(Part::InputFile {
            filename: Some(filename(title)),
            file_data: Some(format!("data:{media_type};base64,{data}")),
            file_id: None,
        }),
        Source::Text(text) => {
            parts.extend(title.and_then(written));
            parts.extend(written(text));
        }
        Source::Blocks(blocks) => {
            parts.extend(title.and_then(written));
            for inner in blocks {
                add(inner, parts)?;
            }
        }
        Source::Url(_) => {
            return Err(Fault::invalid(
                "documents are not fetched from their address; send the document as 'base64'",
                format!("{}.source.type", block.at),
            ));
        }
        Source::File(_) => return Err(no_files(&block.at)),
    }
    Ok(())
}

/// The backend goes by the ending of the name.
fn filename(title: Option<&str>) -> String {
    let title = title.filter(|title| !title.is_empty()).unwrap_or(UNNAMED);
    match title.ends_with(ENDING) {
        true => title.to_owned(),
        false => format!("{title}{ENDING}"),
    }
}

fn no_files(at: &str) -> Fault {
    Fault::invalid(
        "files are not kept here; send the content as 'base64'",
        format!("{at}.source.type"),
    )
}

/// The name of a document that has none; the backend wants one.
const UNNAMED: &str = "document";
/// In base64 this dialect has documents of one kind only.
const ENDING: &str = ".pdf";
