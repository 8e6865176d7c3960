//! `postern`: sign in, serve, and look, from a terminal.
//!
//! Standard output carries what was asked for and nothing else; everything said beside it goes to
//! standard error. Exit codes are listed in [`exit`] and in `postern --help`.

mod args;
mod exit;
mod login;
mod look;
mod open;
mod prompt;
mod ready;
mod run;
mod say;
mod serve;
mod service;
mod when;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = args::Arguments::parse();
    let environment = environment();
    let runtime = match base::thread() {
        Ok(runtime) => runtime,
        Err(fault) => {
            say::aside(&format!("error: the program cannot start: {fault}"));
            return exit::FAILED.into();
        }
    };
    let code = runtime.block_on(run::run(arguments, environment));
    runtime.shutdown_background();
    code.into()
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
            .filter_map(|name| Some((name.to_owned(), std::env::var_os(name)?)))
            .collect(),
    }
}
