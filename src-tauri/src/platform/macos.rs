//! macOS: the menu bar colours template images by itself, and there is always a display.

use control::Environment;
use tauri::Theme;

/// Nothing has to be put right.
pub(crate) fn prepare(_environment: &Environment) {}

/// There is always one.
pub(crate) fn has_display() -> bool {
    true
}

/// The menu bar colours the icon itself.
pub(crate) fn is_panel_dark(_desktop: &str, _preferred: Option<Theme>) -> bool {
    false
}
