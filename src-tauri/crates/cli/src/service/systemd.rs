//! Linux: a unit of the person's own systemd (systemd.unit(5), systemd.service(5)).

use std::path::{Path, PathBuf};

use control::{Code, Complaint, Environment};

use super::file::MARK;
use super::launch::Launch;
use super::supervisor::{Run, State, Supervisor};
use super::tools::{Ended, Tools};
use crate::exit;

/// The person's own systemd.
pub(super) struct Systemd<'a> {
    file: PathBuf,
    tools: &'a dyn Tools,
}

impl<'a> Systemd<'a> {
    /// # Errors
    /// Where the person's units lie is not known.
    pub(super) fn new(environment: &Environment, tools: &'a dyn Tools) -> Result<Self, Complaint> {
        let named = environment.get("XDG_CONFIG_HOME").map(PathBuf::from);
        let own = || Some(environment.home.as_ref()?.join(".config"));
        let config = named.filter(|path| path.is_absolute()).or_else(own);
        let config = config.ok_or_else(|| {
            Complaint::new(Code::Other, "the home folder of this user is not known")
                .hint("set `HOME` and try again")
        })?;
        Ok(Self {
            file: config.join("systemd/user").join(UNIT),
            tools,
        })
    }

    fn systemctl(&self, words: &[&str]) -> Result<Ended, Complaint> {
        let words: Vec<&str> = ["--user"].iter().chain(words).copied().collect();
        let ended = self
            .tools
            .run("systemctl", &words)
            .map_err(|fault| absent(&format!("`systemctl` cannot be started: {fault}")))?;
        match ended {
            ended if ended.ok => Ok(ended),
            ended if NOBODY.iter().any(|said| ended.err.contains(said)) => Err(Complaint::new(
                Code::Unavailable,
                format!(
                    "systemd runs nothing for you in this session: {}",
                    ended.why()
                ),
            )
            .hint("log in as yourself, not through `su` or `sudo`, and try again")),
            ended if ended.err.contains(NOT_BOOTED) => Err(absent("systemd does not run here")),
            ended => Err(Complaint::new(
                Code::Other,
                format!("`systemctl {}` failed: {}", words.join(" "), ended.why()),
            )
            .hint(JOURNAL)),
        }
    }
}

impl Supervisor for Systemd<'_> {
    fn file(&self) -> &Path {
        &self.file
    }

    fn text(&self, launch: &Launch) -> Result<String, Complaint> {
        unit(launch)
    }

    fn state(&self) -> Result<State, Complaint> {
        let ended = self.systemctl(&["show", UNIT, "--property", PROPERTIES])?;
        let value = |name: &str| {
            let mut pairs = ended.out.lines().filter_map(|line| line.split_once('='));
            pairs
                .find(|(key, _)| *key == name)
                .map_or("", |(_, value)| value)
        };
        let run = match value("ActiveState") {
            // It ended, and is about to be tried again.
            "activating" if value("SubState") == "auto-restart" => Run::Failed {
                why: why(value("Result"), value("ExecMainStatus")),
            },
            "active" | "reloading" | "activating" | "deactivating" => Run::Running {
                pid: value("MainPID").parse().ok().filter(|pid| *pid != 0),
            },
            "failed" => Run::Failed {
                why: why(value("Result"), value("ExecMainStatus")),
            },
            _ => Run::Stopped,
        };
        let file = value("FragmentPath");
        Ok(State {
            enabled: value("UnitFileState").starts_with("enabled"),
            run,
            file: (!file.is_empty()).then(|| file.into()),
        })
    }

    fn start(&self, again: bool) -> Result<(), Complaint> {
        self.systemctl(&["daemon-reload"])?;
        // A start limit that was reached counts no more; there may be none.
        let _ = self.systemctl(&["reset-failed", UNIT]);
        let started = self.systemctl(&["enable", "--now", UNIT]);
        let started = match again {
            true => started.and_then(|_| self.systemctl(&["restart", UNIT])),
            false => started,
        };
        started.map(drop).map_err(|refused| match self.state() {
            // How it ended says more than that it did.
            Ok(State {
                run: Run::Failed { why },
                ..
            }) => Complaint::new(Code::Other, format!("the service does not start: {why}"))
                .hint(JOURNAL),
            Ok(_) | Err(_) => refused,
        })
    }

    fn stop(&self) -> Result<(), Complaint> {
        self.systemctl(&["disable", "--now", UNIT]).map(drop)
    }

    fn forget(&self) -> Result<(), Complaint> {
        self.systemctl(&["daemon-reload"]).map(drop)
    }

    fn remark(&self) -> Option<&'static str> {
        Some("It ends when you log out; `loginctl enable-linger` keeps it running.")
    }
}

/// The unit that has `launch` started.
///
/// # Errors
/// systemd starts no program with such a path.
pub(super) fn unit(launch: &Launch) -> Result<String, Complaint> {
    // systemd 252, `config_parse_exec`: "Executable name contains special characters".
    if launch.program.contains(['"', '\'', '\\']) {
        let message = format!(
            "systemd starts no program with a quote or a backslash in its path: {}",
            launch.program
        );
        return Err(Complaint::new(Code::Other, message)
            .hint("move the program to another folder and try again"));
    }
    // A dollar sign stands for itself in the program's path, and for a variable after it.
    let mut command = quoted(&launch.program);
    for argument in &launch.arguments {
        command.push(' ');
        command.push_str(&quoted(&argument.replace('$', "$$")));
    }
    let variables: String = launch
        .variables
        .iter()
        .map(|(name, value)| format!("Environment={}\n", quoted(&format!("{name}={value}"))))
        .collect();
    let permanent = exit::PERMANENT.map(|code| code.to_string()).join(" ");
    let stop = launch.stop_within.as_secs();
    Ok(format!(
        "\
# {MARK}; `systemctl --user edit postern` keeps changes of yours.
[Unit]
Description=Postern: your ChatGPT plan for your own apps
# Five failures within two minutes are enough.
StartLimitIntervalSec=120
StartLimitBurst=5

[Service]
Type=notify
ExecStart={command}
{variables}Restart=on-failure
RestartSec=5
# What these say stays so until somebody changes something; `postern --help` lists them.
RestartPreventExitStatus={permanent}
KillSignal=SIGTERM
# Running requests get `drain_secs` to end.
TimeoutStopSec={stop}
UMask=0077
{HARDENING}
[Install]
WantedBy=default.target
"
    ))
}

/// One word, as `ExecStart=` and `Environment=` read it.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.,:=@+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '%' => quoted.push_str("%%"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Why it ended, in our own words where they are our own codes.
fn why(result: &str, code: &str) -> String {
    match code.parse().ok().and_then(exit::meaning) {
        Some(meaning) if result == "exit-code" => {
            format!("it ended with exit code {code}: {meaning}")
        }
        Some(_) | None => format!("systemd says `{result}`"),
    }
}

fn absent(message: &str) -> Complaint {
    Complaint::new(Code::Unavailable, message)
        .hint("have `postern serve` started by whatever starts programs on this system")
}

const UNIT: &str = "postern.service";

const JOURNAL: &str = "read `journalctl --user --unit postern`";

const PROPERTIES: &str =
    "UnitFileState,ActiveState,SubState,Result,ExecMainStatus,MainPID,FragmentPath";

/// What systemctl says where no systemd of the person's own can be reached.
const NOBODY: [&str; 3] = [
    "Failed to connect to bus",
    "Failed to connect to user scope bus",
    "Failed to get D-Bus connection",
];

const NOT_BOOTED: &str = "not been booted with systemd";

/// Only what a person's own systemd can do without privileges.
const HARDENING: &str = "\
# These need no privileges. A private view of the file system does: systemd makes it out of a
# user namespace, which many systems deny, and the unit would not start there.
NoNewPrivileges=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
";
