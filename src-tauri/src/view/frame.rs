//! The window's size, kept from one window to the next in a small file of its own.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tauri::WebviewWindow;

/// Size and state of a window, in logical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Frame {
    /// How wide.
    pub(super) width: f64,
    /// How high.
    pub(super) height: f64,
    /// Whether it fills the screen; the size is that from before.
    pub(super) is_maximized: bool,
}

impl Frame {
    /// The frame kept in `folder`, else the first one.
    pub(super) fn read(folder: &Path) -> Self {
        fs::read(folder.join(FILE)).map_or(FIRST, |text| Self::parse(&text))
    }

    /// A frame that fits: nobody is left with a window too small to use or larger than any screen.
    fn parse(text: &[u8]) -> Self {
        let read: Self = serde_json::from_slice(text).unwrap_or(FIRST);
        Self {
            width: read.width.clamp(LEAST.0, MOST.0),
            height: read.height.clamp(LEAST.1, MOST.1),
            is_maximized: read.is_maximized,
        }
    }
}

/// Keeps the frame of `window` in `folder`. A folder that cannot be written costs the size only.
pub(super) fn keep(window: &WebviewWindow, folder: &Path) {
    let Some(frame) = of(window, Frame::read(folder)) else {
        return;
    };
    let kept = fs::create_dir_all(folder).and_then(|()| {
        let text = serde_json::to_vec(&frame)?;
        fs::write(folder.join(FILE), text)
    });
    if let Err(fault) = kept {
        tracing::warn!(name = "window.size_not_kept", %fault);
    }
}

fn of(window: &WebviewWindow, before: Frame) -> Option<Frame> {
    let is_maximized = window.is_maximized().ok()?;
    if is_maximized {
        return Some(Frame {
            is_maximized,
            ..before
        });
    }
    let size = window.inner_size().ok()?;
    let size = size.to_logical::<f64>(window.scale_factor().ok()?);
    Some(Frame {
        width: size.width,
        height: size.height,
        is_maximized,
    })
}

/// The least that can be used, width and height.
pub(super) const LEAST: (f64, f64) = (480.0, 400.0);

const MOST: (f64, f64) = (7680.0, 4320.0);
const FIRST: Frame = Frame {
    width: 900.0,
    height: 640.0,
    is_maximized: false,
};
const FILE: &str = "window.json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_was_kept_comes_back_and_fits() {
        for (text, expected) in [
            (
                r#"{"width":1000.0,"height":700.0,"is_maximized":true}"#,
                (1000.0, 700.0, true),
            ),
            (
                r#"{"width":10.0,"height":99999.0,"is_maximized":false}"#,
                (480.0, 4320.0, false),
            ),
            ("", (900.0, 640.0, false)),
            (r#"{"width":"wide"}"#, (900.0, 640.0, false)),
        ] {
            let frame = Frame::parse(text.as_bytes());
            let read = (frame.width, frame.height, frame.is_maximized);
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn the_first_window_has_the_first_frame() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Frame::read(folder.path()), FIRST);
    }
}
