//! The command line, and its help.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Use your own ChatGPT plan from every app that speaks the OpenAI API.
///
/// Sign in once with `postern login`, make a key with `postern keys add NAME`, start
/// `postern serve`, and point an app at http://127.0.0.1:7678/v1 with that key.
///
/// The backend is semi-official and can change. Postern is for the account holder's own use.
#[derive(Debug, Parser)]
#[command(name = "postern", version, after_help = crate::exit::TABLE, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) shared: Shared,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Shared {
    /// Keep settings, data and logs below this folder [env: POSTERN_HOME]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// Keep secrets with: the system's keyring, a passphrase [env: POSTERN_PASSPHRASE], a plain
    /// file only you can read, or memory until the process ends
    #[arg(long, global = true, value_name = "KIND")]
    pub(crate) vault: Option<Vault>,
    /// The issuer's root
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) issuer: Option<String>,
    /// The backend, ending in `/backend-api`
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) upstream: Option<String>,
    /// Print JSON for scripts
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// Ways to keep secrets.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Vault {
    Keyring,
    Passphrase,
    Plain,
    Session,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Sign in with ChatGPT, in the browser unless an option says otherwise
    Login(Login),
    /// Sign out: revoke the sign-in, then forget it
    Logout {
        /// The account's id or e-mail; the active account without it
        account: Option<String>,
    },
    /// List accounts, or choose the active one
    Accounts {
        /// Make the account with this id or e-mail the active one
        #[arg(long, value_name = "ACCOUNT")]
        r#use: Option<String>,
    },
    /// Serve the OpenAI API on this machine
    Serve {
        /// Listen on this port; 0 picks a free one
        #[arg(long, value_name = "N")]
        port: Option<u16>,
    },
    /// Serve, and show Postern's page in the browser
    Open {
        /// The folder with the page; without it, the one that was installed with this program
        #[arg(long, value_name = "DIR")]
        page: Option<PathBuf>,
    },
    /// Show server, account, limits and secrets at a glance
    Status,
    /// Ask the backend again at once after a reached limit was lifted
    TryNow,
    /// List the models of the active account
    Models,
    /// Manage local keys, one for each app
    #[command(subcommand)]
    Keys(Keys),
    /// Print a local key, for programs that ask a command for one
    Token {
        /// The key's name; the oldest key without it
        name: Option<String>,
    },
    /// Run six checks, each with one line of advice
    Doctor,
    /// Show the last requests; never their contents
    Logs {
        /// Wait for more
        #[arg(long, short)]
        follow: bool,
        /// How many to begin with
        #[arg(long, short = 'n', default_value_t = 20, value_name = "N")]
        last: usize,
    },
    /// Have the server started at login, without a window
    #[command(subcommand)]
    Service(Service),
    /// Print completions for a shell
    Completions { shell: Shell },
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("way")))]
pub(crate) struct Login {
    /// Show a code to enter on any device
    #[arg(long, group = "way")]
    pub(crate) device: bool,
    /// Paste the address that the browser ended on
    #[arg(long, group = "way")]
    pub(crate) paste: bool,
    /// Use a Codex access token (`at-…`) from standard input
    #[arg(long, group = "way", value_name = "-", num_args = 0..=1, default_missing_value = "-")]
    pub(crate) access_token: Option<String>,
    /// Use a platform API key from standard input; billed by the platform, not by the plan
    #[arg(long, group = "way", value_name = "-", num_args = 0..=1, default_missing_value = "-")]
    pub(crate) api_key: Option<String>,
    /// Use the Codex CLI's own sign-in, read only
    #[arg(long, group = "way")]
    pub(crate) codex: bool,
}

impl Login {
    /// True where something else than `-` stands where a secret would be read: most likely the
    /// secret, which every program of this person can see there.
    pub(crate) fn shows_a_secret(&self) -> bool {
        let mut given = self.access_token.iter().chain(&self.api_key);
        given.any(|text| text != "-")
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make a key and print it
    Add {
        /// The app it is for
        name: String,
    },
    /// List keys without their text
    List,
    /// Print a key
    Show {
        /// The app it is for
        name: String,
    },
    /// Make a key worthless
    Revoke {
        /// The app it was for
        name: String,
    },
    /// Choose what holds for one key only
    #[command(group(ArgGroup::new("choice").required(true).multiple(true)))]
    Set {
        /// The app it is for
        name: String,
        /// The model of requests that name none or `default`; `-` leaves it to the account
        #[arg(
            long,
            group = "choice",
            value_name = "MODEL",
            allow_hyphen_values = true
        )]
        model: Option<String>,
        /// How the app sees reasoning; `setting` leaves it to the settings
        #[arg(long, group = "choice", value_name = "VIEW")]
        reasoning: Option<View>,
    },
}

/// Ways to see reasoning.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum View {
    ReasoningContent,
    Hidden,
    ThinkTags,
    Setting,
}

/// A user service: systemd on Linux, launchd on macOS, Task Scheduler on Windows.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Service {
    /// Start `postern serve` now and at every login, with the options of this command
    Install,
    /// End the server and start it at login no more
    Remove,
    /// Show whether it is installed, starts at login, and runs
    Status,
}
