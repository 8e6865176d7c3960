//! The window itself, in a process of its own: it holds the page and nothing else.
//!
//! A web view leaves much behind in the process that showed it, and takes that process with it
//! when it falls. So the program starts another one for it (`crate::window`), which knows no
//! token, no database and no server; it passes on what the page asks, and ends with its pipe.

mod frame;

use std::collections::HashMap;
use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use serde_json::{Value, json};
use tauri::{
    AppHandle, Context, Emitter as _, EventTarget, Manager as _, RunEvent, State, Url, WebviewUrl,
    WebviewWindow, WebviewWindowBuilder, WindowEvent, Wry,
};
use tokio::sync::oneshot;

use self::frame::Frame;
use crate::talk::{self, ToProgram, ToView};
use crate::{page, platform};

/// Runs until the program that started this process lets go of it. `corner` is the folder for
/// what belongs to the window alone.
pub(crate) fn run(context: Context<Wry>, corner: PathBuf) -> ExitCode {
    let built = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![ask])
        .setup(move |app| {
            app.manage(Corner(corner));
            app.manage(Asks::default());
            let of = app.handle().clone();
            std::thread::Builder::new()
                .name("orders".to_owned())
                .spawn(move || obey_all(&of))?;
            Ok(())
        })
        .build(context);
    let app = match built {
        Ok(app) => app,
        Err(fault) => return page::cannot(&fault.to_string()),
    };
    match app.run_return(heard) {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// The folder for what belongs to the window alone.
struct Corner(PathBuf);

/// What the page asked and nobody has answered yet.
#[derive(Default)]
struct Asks {
    last: AtomicU64,
    open: Mutex<HashMap<u64, oneshot::Sender<Result<Value, Value>>>>,
}

/// The one command of the page: JSON in, the program answers, JSON out. A failure is a
/// `control::Complaint`.
#[tauri::command]
async fn ask(asks: State<'_, Asks>, ask: Value) -> Result<Value, Value> {
    let number = asks.last.fetch_add(1, Ordering::Relaxed) + 1;
    let (answer, answered) = oneshot::channel();
    asks.open.lock().insert(number, answer);
    say(&ToProgram::Ask(number, ask));
    // The program has gone, and this process is about to follow.
    let gone = || json!({"code": "other", "message": "Postern is closing.", "hint": null});
    answered.await.unwrap_or_else(|_| Err(gone()))
}

/// Says it to the program. Where nobody listens any more, [`obey_all`] notices.
fn say(message: &ToProgram) {
    if let Ok(line) = talk::line(message) {
        let mut output = std::io::stdout().lock();
        let _ = output.write_all(&line).and_then(|()| output.flush());
    }
}

/// Does what the program says until it says nothing more.
fn obey_all(app: &AppHandle) {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        match serde_json::from_str(&line) {
            Ok(order) => obey(app, order),
            Err(fault) => say(&ToProgram::Failed(fault.to_string())),
        }
    }
    on_main(app, |app| {
        if let Some(window) = app.get_webview_window(MAIN) {
            frame::keep(&window, &app.state::<Corner>().0);
        }
        if let Some(text) = platform::own_clipboard() {
            say(&ToProgram::Copied(text));
        }
        app.exit(0);
        Ok(())
    });
}

fn obey(app: &AppHandle, order: ToView) {
    match order {
        ToView::Show(at) => on_main(app, move |app| show(app, at)),
        ToView::Hide => on_main(app, hide),
        ToView::Colours(theme) => app.set_theme(theme),
        ToView::News(news) => {
            let target = EventTarget::webview_window(MAIN);
            let told = app.emit_to(target, EVENT, news);
            complain(told);
        }
        ToView::Answer(number, answer) => {
            let asked = app.state::<Asks>().open.lock().remove(&number);
            // A page that was loaded anew does not wait any more.
            let _ = asked.map(|asked| asked.send(answer));
        }
        ToView::Question(question) => {
            let asked = platform::ask(app, question, |answer| say(&ToProgram::Answered(answer)));
            complain(asked);
        }
    }
}

fn on_main(app: &AppHandle, deed: impl FnOnce(&AppHandle) -> tauri::Result<()> + Send + 'static) {
    let of = app.clone();
    let asked = app.run_on_main_thread(move || complain(deed(&of)));
    complain(asked);
}

fn complain(done: tauri::Result<()>) {
    if let Err(fault) = done {
        say(&ToProgram::Failed(fault.to_string()));
    }
}

fn show(app: &AppHandle, at: Option<String>) -> tauri::Result<()> {
    let Some(window) = app.get_webview_window(MAIN) else {
        return make(app, &app.state::<Corner>().0, at)?.set_focus();
    };
    if let Some(at) = at {
        window.eval(format!("location.hash = {}", Value::from(at)))?;
    }
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

fn hide(app: &AppHandle) -> tauri::Result<()> {
    let Some(window) = app.get_webview_window(MAIN) else {
        return Ok(());
    };
    frame::keep(&window, &app.state::<Corner>().0);
    window.hide()?;
    let at = window.url()?.fragment().map(str::to_owned);
    say(&ToProgram::Hidden(at));
    Ok(())
}

fn make(app: &AppHandle, corner: &Path, at: Option<String>) -> tauri::Result<WebviewWindow> {
    let frame = Frame::read(corner);
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App(address(at).into()))
        .title("Postern")
        .inner_size(frame.width, frame.height)
        .min_inner_size(frame::LEAST.0, frame::LEAST.1)
        .maximized(frame.is_maximized)
        .prevent_overflow()
        .data_directory(corner.join("page"))
        .enable_clipboard_access()
        .on_navigation(is_ours)
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .build()
}

fn heard(app: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::WindowEvent { event, .. } => match event {
            WindowEvent::CloseRequested { api, .. } => {
                api.prevent_close();
                say(&ToProgram::Closing);
            }
            WindowEvent::Focused(is_focused) => say(&ToProgram::Focused(is_focused)),
            _ => {}
        },
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => complain(show(app, None)),
        _ => {
            let _ = app;
        }
    }
}

fn address(at: Option<String>) -> String {
    match at {
        Some(at) => format!("index.html#{at}"),
        None => "index.html".to_owned(),
    }
}

/// The page never leaves itself: other addresses are opened by `control`, in the person's browser.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        "http" | "https" => match url.host_str() {
            Some("tauri.localhost") => true,
            Some("127.0.0.1") => cfg!(not(feature = "custom-protocol")),
            _ => false,
        },
        "about" => url.as_str() == "about:blank",
        _ => false,
    }
}

/// The window to stand in front of, where there is one that can be seen.
#[cfg(target_os = "linux")]
pub(crate) fn visible(app: &AppHandle) -> Option<WebviewWindow> {
    let window = app.get_webview_window(MAIN)?;
    window.is_visible().unwrap_or(false).then_some(window)
}

/// The label of the only window; the capability file names it.
const MAIN: &str = "main";

/// The one event that the page hears.
const EVENT: &str = "news";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_never_leaves_itself() {
        for (url, expected) in [
            ("tauri://localhost/index.html#/home", true),
            ("http://tauri.localhost/index.html", true),
            ("https://auth.openai.com/", false),
            ("http://127.0.0.1:7678/v1", false),
            ("http://tauri.localhost.example/", false),
            ("file:///etc/passwd", false),
            ("about:blank", true),
            ("data:text/html,hello", false),
        ] {
            assert_eq!(is_ours(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn a_window_opens_where_it_was_left_or_where_it_is_wanted() {
        assert_eq!(address(None), "index.html");
        assert_eq!(
            address(Some("/requests".to_owned())),
            "index.html#/requests"
        );
    }
}
