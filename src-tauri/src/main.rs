//! Postern's window and tray: the shell around `control`, and nothing that `control` could do.
//!
//! One command (`ask`) goes in, one event (`news`) comes out; what is visible is drawn from
//! `control`'s values. The window is a process of its own, started from the same file. Without a
//! display the same page is served to a browser.
#![cfg_attr(windows, windows_subsystem = "windows")]

mod clipboard;
mod compose;
mod host;
mod leaving;
mod news;
mod page;
mod platform;
mod signals;
mod talk;
mod tray;
mod view;
mod window;
mod words;

use std::process::ExitCode;

use compose::Launch;

fn main() -> ExitCode {
    let environment = environment();
    platform::prepare(&environment);
    let context = context();
    let launch = Launch::read(std::env::args_os().skip(1));
    if let Launch::View(corner) = launch {
        return view::run(context, corner);
    }
    let runtime = match base::thread() {
        Ok(runtime) => runtime,
        Err(fault) => return page::cannot(&fault.to_string()),
    };
    let code = match platform::has_display() {
        true => compose::run(context, launch, environment, &runtime),
        false => runtime.block_on(page::without_display(context, environment)),
    };
    runtime.shutdown_background();
    code
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn environment() -> control::Environment {
    control::Environment {
        home: std::env::home_dir(),
        variables: control::Environment::NAMES
            .into_iter()
            .chain(platform::NAMES)
            .filter_map(|name| Some((name.to_owned(), std::env::var_os(name)?)))
            .collect(),
    }
}

/// The page, the icons and what `tauri.conf.json` says, as they were when this was built.
#[expect(
    clippy::disallowed_methods,
    reason = "Tauri's macro holds an end for programs that are no longer whole"
)]
fn context() -> tauri::Context {
    tauri::generate_context!()
}
