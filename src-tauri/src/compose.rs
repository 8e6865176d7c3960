//! The shell's parts, put together at start and taken apart at the end.
//!
//! [`crate::leaving`] takes them apart again.

use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::hash::{Hash as _, Hasher as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use base::{Clock, Tasks};
use control::{Complaint, Core, Engine, Environment, Logs, Means, Options};
use tauri::{App, AppHandle, Context, Manager as _, RunEvent, Theme, Wry};
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::clipboard::Clipboard;
use crate::host::Desktop;
use crate::page::Files;
use crate::platform::{self, Opener, Said};
use crate::signals::Signals;
use crate::window::{self, Keeper, Spot, Windows};
use crate::words::Words;
use crate::{leaving, news, page, talk, tray};

/// How the program was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Launch {
    /// By the person, who wants to see something.
    ByHand,
    /// By the system, at login.
    AtLogin,
    /// By the program itself, as its window, whose own things are in this folder.
    View(PathBuf),
}

impl Launch {
    /// The argument that the entry for start at login carries.
    pub(crate) const BACKGROUND: &'static str = "--background";

    /// Reads the arguments; unknown ones are no reason not to start.
    pub(crate) fn read(arguments: impl Iterator<Item = OsString>) -> Self {
        let arguments: Vec<_> = arguments.collect();
        match arguments.as_slice() {
            [view, corner] if view == talk::VIEW => Self::View(corner.into()),
            other if other.iter().any(|argument| argument == Self::BACKGROUND) => Self::AtLogin,
            _ => Self::ByHand,
        }
    }
}

/// Runs until somebody quits.
pub(crate) fn run(
    mut context: Context<Wry>,
    launch: Launch,
    environment: Environment,
    runtime: &Runtime,
) -> ExitCode {
    tauri::async_runtime::set(runtime.handle().clone());
    // Events arrive on this thread, and some of them start tasks.
    let _inside = runtime.enter();
    let files = Files::of(&mut context);
    let alone = tauri_plugin_single_instance::Builder::new()
        .callback(|app, arguments, _| {
            let arguments = arguments.into_iter().map(OsString::from);
            if Launch::read(arguments) == Launch::ByHand {
                app.state::<Windows>().open(Spot::Last);
            }
        })
        .dbus_id(name_on_the_bus(&environment))
        .build();
    let built = tauri::Builder::default()
        .plugin(alone)
        .setup(move |app| {
            // The menu bar shows the program; the Dock shows its window.
            #[cfg(target_os = "macos")]
            app.set_activation_policy(tauri::ActivationPolicy::Accessory);
            start(app, files, &launch, &environment);
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

/// Everything that lives as long as the program.
pub(crate) struct Running {
    /// What everything is drawn from and asked of.
    pub(crate) engine: Engine,
    /// What runs beside the window.
    pub(crate) tasks: Tasks,
    /// What time it is.
    pub(crate) clock: Clock,
    /// A question is on the screen.
    pub(crate) is_asking: AtomicBool,
    _logs: Logs,
}

fn start(app: &App, files: Files, launch: &Launch, environment: &Environment) {
    let handle = app.handle().clone();
    let words = Words::of(environment);
    let corner = corner(environment, app);
    let opened = tauri::async_runtime::block_on(open(&handle, environment));
    let (engine, logs) = match opened {
        Ok(opened) => opened,
        Err(complaint) => return give_up(&handle, &words, &complaint),
    };
    let (clock, tasks) = (Clock::system(), Tasks::new());
    let (windows, orders) = Windows::new();
    app.manage(windows);
    app.manage(files);
    app.manage(words);
    app.manage(engine.clone());
    app.manage(Clipboard::default());
    app.manage(Opener::new(environment));
    app.manage(Running {
        engine: engine.clone(),
        tasks: tasks.clone(),
        clock: clock.clone(),
        is_asking: AtomicBool::new(false),
        _logs: logs,
    });
    let colours = accompany(&handle, &engine, &tasks, &clock);
    let keeper = Keeper::new(handle.clone(), engine, clock, corner, colours);
    tasks.spawn("window", |stop| keeper.follow(orders, stop));
    if *launch == Launch::ByHand {
        handle.state::<Windows>().open(Spot::Last);
    }
}

async fn open(app: &AppHandle, environment: &Environment) -> Result<(Engine, Logs), Complaint> {
    let means = Means {
        bear_wrong_settings: true,
        ..Means::default()
    };
    let core = Core::open_by(&Options::default(), environment, means).await?;
    let logs = core.start_log()?;
    let host = Desktop::new(app.clone(), environment);
    let engine = Engine::start(core, Arc::new(host)).await;
    Ok((engine, logs))
}

/// Starts what runs beside the window, and tells in which colours its frame is to be.
fn accompany(
    app: &AppHandle,
    engine: &Engine,
    tasks: &Tasks,
    clock: &Clock,
) -> watch::Receiver<Option<Theme>> {
    let (prefer, preferred) = watch::channel(None);
    let (of, followed) = (app.clone(), engine.clone());
    platform::follow(tasks, clock, move |said| match said {
        Said::Tray(tray) => {
            of.state::<Windows>().set_tray(tray.clone());
            followed.set_tray(tray);
        }
        Said::Woke => followed.woke(),
        Said::Scheme(theme) => {
            prefer.send_replace(theme);
        }
    });
    let (paint, colours) = watch::channel(None);
    let (of, settings, of_window) = (app.clone(), engine.core().settings(), preferred.clone());
    tasks.spawn("colours", |stop| async move {
        stop.run_until_cancelled(window::follow_colours(&of, settings, of_window, paint))
            .await;
    });
    let (of, followed, of_tray) = (app.clone(), engine.clone(), clock.clone());
    tasks.spawn("tray", |stop| {
        tray::follow(of, followed, preferred, of_tray, stop)
    });
    let (of, followed) = (app.clone(), engine.clone());
    tasks.spawn("news", |stop| news::follow(of, followed, stop));
    let (of, mut signals) = (app.clone(), Signals::listen());
    tasks.spawn("signals", |stop| async move {
        if stop.run_until_cancelled(signals.heard()).await.is_some() {
            of.exit(0);
        }
    });
    let followed = engine.clone();
    tasks.spawn("proxy", |_| async move { followed.begin().await });
    colours
}

/// Shows why nothing works, and ends.
fn give_up(app: &AppHandle, words: &Words, complaint: &Complaint) {
    page::cannot(&complaint.message);
    let of = app.clone();
    let shown = platform::ask(app, words.cannot_start(complaint), move |_| of.exit(1));
    if shown.is_err() {
        app.exit(1);
    }
}

fn heard(app: &AppHandle, event: RunEvent) {
    match event {
        // A question was answered and its window is gone; the proxy and the tray are not.
        RunEvent::ExitRequested {
            code: None, api, ..
        } => api.prevent_exit(),
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => app.state::<Windows>().open(Spot::Last),
        RunEvent::Exit => leaving::wind_down(app),
        _ => {}
    }
}

/// Where the window keeps its own things: below the one folder, where one was chosen.
fn corner(environment: &Environment, app: &App) -> PathBuf {
    let chosen = environment.get("POSTERN_HOME").map(PathBuf::from);
    let usual = || app.path().app_local_data_dir().ok();
    chosen.or_else(usual).unwrap_or_default().join("window")
}

/// One program for each folder: a second one with the same folder shows the first one's window.
fn name_on_the_bus(environment: &Environment) -> String {
    let Some(home) = environment.get("POSTERN_HOME") else {
        return NAME.to_owned();
    };
    let mut hasher = DefaultHasher::new();
    home.hash(&mut hasher);
    format!("{NAME}.h{:x}", hasher.finish())
}

const NAME: &str = "org.postern.Postern";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_start_at_login_opens_no_window() {
        for (arguments, expected) in [
            (&[][..], Launch::ByHand),
            (&["--background"], Launch::AtLogin),
            (&["--something", "--background"], Launch::AtLogin),
            (&["--something"], Launch::ByHand),
            (&["--view", "/corner"], Launch::View("/corner".into())),
            (&["--view"], Launch::ByHand),
        ] {
            let read = Launch::read(arguments.iter().map(OsString::from));
            assert_eq!(read, expected, "{arguments:?}");
        }
    }

    #[test]
    fn each_folder_has_a_name_of_its_own() {
        let with = |home: &str| Environment {
            home: None,
            variables: vec![("POSTERN_HOME".to_owned(), home.into())],
        };
        assert_eq!(name_on_the_bus(&Environment::default()), NAME);
        let (one, other) = (name_on_the_bus(&with("/a")), name_on_the_bus(&with("/b")));
        assert_ne!(one, other);
        assert_eq!(one, name_on_the_bus(&with("/a")));
        assert!(one.starts_with("org.postern.Postern.h"));
    }
}
