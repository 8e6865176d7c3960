//! Windows: no throttling in the background, and the taskbar's own colour.

use control::Environment;
use tauri::Theme;
use windows_registry::CURRENT_USER;

/// Keeps the system from slowing the server down while no window is open (EcoQoS). Where that is
/// refused the server runs as the system likes.
pub(crate) fn prepare(_environment: &Environment) {
    let _ = win32_ecoqos::process::toggle_efficiency_mode(std::process::id(), Some(false));
}

/// There is always one.
pub(crate) fn has_display() -> bool {
    true
}

/// True where the taskbar is dark, which is a setting of its own beside that of windows.
pub(crate) fn is_panel_dark(_desktop: &str, _preferred: Option<Theme>) -> bool {
    let light = CURRENT_USER
        .open(PERSONALIZE)
        .and_then(|key| key.get_u32("SystemUsesLightTheme"));
    !light.is_ok_and(|light| light == 1)
}

const PERSONALIZE: &str = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize";
