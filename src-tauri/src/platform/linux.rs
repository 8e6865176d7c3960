//! Linux: GTK, WebKitGTK, and the two buses.

mod autostart;
mod graphics;
mod notice;
mod opener;
mod registrar;
mod scheme;
mod tray_host;
mod waking;

use std::cell::Cell;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use base::{Clock, Tasks};
use control::Environment;
use gtk::prelude::*;
use gtk::{ButtonsType, DialogFlags, MessageDialog, MessageType, ResponseType};
use tauri::AppHandle;

use self::graphics::Machine;
pub(crate) use self::opener::Opener;
pub(crate) use self::scheme::is_panel_dark;
use super::{Answer, Question, Said};
use crate::view;

/// Runs the program anew where GTK or WebKit needs another environment. Variables of a running
/// process cannot be changed safely, and WebKit's own processes inherit them.
pub(crate) fn prepare(environment: &Environment) {
    outlive_the_tray();
    let backend = environment.get(graphics::BACKEND);
    let remedies = graphics::remedies(&Machine {
        nvidia: Path::new(NVIDIA).exists(),
        wayland: environment.get("WAYLAND_DISPLAY").is_some(),
        app_image: environment.get("APPIMAGE").is_some(),
        is_gl_chosen: environment.get(graphics::GL).is_some(),
        is_chosen: graphics::CHOICES
            .iter()
            .any(|name| environment.get(name).is_some()),
        backend: backend.as_deref().and_then(|backend| backend.to_str()),
    });
    // The second run finds this and goes on, whatever the table says.
    if remedies.is_empty() || environment.get(opener::ADDED).is_some() {
        return;
    }
    let added: Vec<&str> = remedies.iter().map(|(name, _)| *name).collect();
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    // It returns only where it fails; then the window is tried as it is.
    let _ = Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(opener::ADDED, added.join(","))
        .envs(remedies)
        .exec();
}

/// The tray's library panics when the session bus goes, in a thread of its own. That thread rests
/// from then on, so that the program ends as it does on a signal: in order.
fn outlive_the_tray() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        usual(panic);
        let is_the_trays = |at: &std::panic::Location<'_>| at.file().contains("/ksni-");
        while panic.location().is_some_and(is_the_trays) {
            std::thread::park();
        }
    }));
}

/// True where GTK finds a display. It asks nothing else of the process.
pub(crate) fn has_display() -> bool {
    gtk::init().is_ok()
}

/// Follows the buses and hands on what they say.
pub(super) fn follow(
    tasks: &Tasks,
    clock: &Clock,
    said: &Arc<impl Fn(Said) + Send + Sync + 'static>,
) {
    let (tell, clock_of_host) = (Arc::clone(said), clock.clone());
    tasks.spawn("tray host", |stop| {
        tray_host::follow(clock_of_host, stop, move |tray| tell(Said::Tray(tray)))
    });
    let tell = Arc::clone(said);
    tasks.spawn("scheme", |stop| {
        scheme::follow(stop, move |theme| tell(Said::Scheme(theme)))
    });
    let (tell, clock) = (Arc::clone(said), clock.clone());
    tasks.spawn("waking", |stop| {
        waking::follow(clock, stop, move || tell(Said::Woke))
    });
}

/// Asks in a window of the desktop's own, so that it works where the page does not.
pub(crate) fn ask(
    app: &AppHandle,
    question: Question,
    answer: impl FnOnce(Answer) + Send + 'static,
) -> tauri::Result<()> {
    let of = app.clone();
    app.run_on_main_thread(move || {
        let parent = view::visible(&of).and_then(|window| window.gtk_window().ok());
        let dialog = MessageDialog::new(
            parent.as_ref(),
            DialogFlags::MODAL | DialogFlags::DESTROY_WITH_PARENT,
            MessageType::Question,
            ButtonsType::None,
            &question.title,
        );
        dialog.set_title("Postern");
        dialog.set_secondary_text(Some(&question.text));
        if let Some(second) = &question.second {
            dialog.add_button(second, ResponseType::Reject);
        }
        dialog
            .add_button(&question.first, ResponseType::Accept)
            .grab_focus();
        dialog.set_default_response(ResponseType::Accept);
        let answer = Cell::new(Some(answer));
        dialog.connect_response(move |dialog, response| {
            if let Some(answer) = answer.take() {
                dialog.close();
                answer(match response {
                    ResponseType::Accept => Answer::First,
                    ResponseType::Reject => Answer::Second,
                    _ => Answer::Neither,
                });
            }
        });
        dialog.present();
    })
}

/// This program once more, also where an update has replaced its file meanwhile.
pub(crate) fn itself() -> Command {
    let mut command = Command::new("/proc/self/exe");
    // GTK names windows after it, and desktops find the entry with the icon by that name.
    command.arg0(NAME);
    command
}

/// The clipboard's text, where this process is the one that holds it for everybody.
pub(crate) fn own_clipboard() -> Option<String> {
    let owner = gtk::gdk::selection_owner_get(&gtk::gdk::SELECTION_CLIPBOARD);
    owner?;
    let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
    Some(clipboard.wait_for_text()?.into())
}

/// Says it through the desktop's notifications. A desktop without them is noted in the log.
pub(crate) async fn notify(title: String, text: String) {
    if let Err(fault) = notice::show(&title, &text).await {
        tracing::warn!(name = "notice.not_shown", %fault);
    }
}

/// Start at login, as the desktop keeps it.
#[derive(Debug)]
pub(crate) struct Login {
    entry: Option<autostart::Entry>,
    program: Option<PathBuf>,
}

impl Login {
    /// The entry of the person whose environment this is.
    pub(crate) fn new(environment: &Environment) -> Self {
        let config = environment.get("XDG_CONFIG_HOME").map(PathBuf::from);
        let home = || Some(environment.home.as_ref()?.join(".config"));
        // An AppImage is started by its own file, not by the one it unpacks.
        let image = environment.get("APPIMAGE").map(PathBuf::from);
        Self {
            entry: config.or_else(home).map(|at| autostart::Entry::new(&at)),
            program: image.or_else(|| std::env::current_exe().ok()),
        }
    }

    /// Whether the system starts the program; `None` where it cannot.
    pub(crate) fn is_on(&self) -> Option<bool> {
        self.program.as_ref()?;
        Some(self.entry.as_ref()?.is_on())
    }

    /// Has the system start the program at login, or do so no more.
    ///
    /// # Errors
    /// The system refuses; the text says why.
    pub(crate) fn turn(&self, on: bool) -> Result<(), String> {
        let (Some(entry), Some(program)) = (&self.entry, &self.program) else {
            return Err("this system has no place for programs that start at login".to_owned());
        };
        let turned = match on {
            true => entry.turn_on(program),
            false => entry.turn_off(),
        };
        turned.map_err(|fault| fault.to_string())
    }
}

/// The program's name, as `Cargo.toml` says it.
const NAME: &str = "postern-desktop";

/// NVIDIA's own driver has this file; nouveau does not.
const NVIDIA: &str = "/proc/driver/nvidia/version";
