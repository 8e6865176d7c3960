//! Endpoints whose bodies are more than JSON: pictures, speech, files.

use http::Method;
use translate::pictures::Route;

use super::{Asked, only_get, posted};

/// What is asked of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Media {
    /// Pictures.
    Pictures(Route),
    /// Speech to text.
    Transcribe,
    /// A file that requests will refer to.
    NewFile,
    /// The files that were sent.
    Files,
    /// One of them, by its id.
    File(String),
}

impl Media {
    /// The word for it in the log.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Pictures(_) => "images",
            Self::Transcribe => "audio",
            Self::NewFile | Self::Files | Self::File(_) => "files",
        }
    }
}

/// What `path` asks of them; `None` where it is none of theirs.
pub(super) fn find(method: &Method, path: &[&str]) -> Option<Asked> {
    Some(match path {
        ["images", "generations"] => post(method, Media::Pictures(Route::Generations)),
        ["images", "edits"] => post(method, Media::Pictures(Route::Edits)),
        ["audio", "transcriptions"] => post(method, Media::Transcribe),
        ["files"] if *method == Method::POST => post(method, Media::NewFile),
        ["files"] => get(method, Media::Files),
        // Why a file cannot be deleted is said elsewhere.
        ["files", id] if *method != Method::DELETE => get(method, Media::File((*id).to_owned())),
        _ => return None,
    })
}

fn post(method: &Method, media: Media) -> Asked {
    posted(method, Asked::Media(media))
}

fn get(method: &Method, media: Media) -> Asked {
    only_get(method, Asked::Media(media))
}
