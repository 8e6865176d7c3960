//! macOS: an agent of the person's own launchd (launchd.plist(5), launchctl(1)).

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use control::{Code, Complaint, Environment};

use super::file::MARK;
use super::launch::Launch;
use super::supervisor::{Run, State, Supervisor};
use super::tools::{Ended, Tools};
use super::xml::escaped;

/// The person's own launchd.
pub(super) struct Launchd<'a> {
    file: PathBuf,
    /// Where what is said before the program's own log begins is kept.
    errors: PathBuf,
    tools: &'a dyn Tools,
}

impl<'a> Launchd<'a> {
    /// # Errors
    /// The home folder is not known.
    pub(super) fn new(environment: &Environment, tools: &'a dyn Tools) -> Result<Self, Complaint> {
        let library = environment.home.as_ref().ok_or_else(|| {
            Complaint::new(Code::Other, "the home folder of this user is not known")
                .hint("set `HOME` and try again")
        })?;
        let library = library.join("Library");
        Ok(Self {
            file: library.join("LaunchAgents").join(format!("{LABEL}.plist")),
            errors: library.join("Logs/Postern/service.log"),
            tools,
        })
    }

    fn run(&self, program: &str, words: &[&str]) -> Result<Ended, Complaint> {
        let ended = self.tools.run(program, words);
        ended.map_err(|fault| {
            let message = format!("`{program}` cannot be started: {fault}");
            Complaint::new(Code::Unavailable, message)
        })
    }

    /// The part of launchd that lives as long as the person is logged in.
    fn domain(&self) -> Result<String, Complaint> {
        let id = self.run("id", &["-u"])?;
        Ok(format!("gui/{}", id.out.trim()))
    }

    /// What launchd knows of the agent; `None` where it is not loaded.
    fn loaded(&self, domain: &str) -> Result<Option<String>, Complaint> {
        let printed = self.run("launchctl", &["print", &format!("{domain}/{LABEL}")])?;
        Ok(printed.ok.then_some(printed.out))
    }

    /// Unloads the agent and waits until it is gone, which takes as long as its drain.
    fn unload(&self, domain: &str) -> Result<(), Complaint> {
        if self.loaded(domain)?.is_none() {
            return Ok(());
        }
        let ended = self.run("launchctl", &["bootout", &format!("{domain}/{LABEL}")])?;
        for _ in 0..LOOKS {
            if self.loaded(domain)?.is_none() {
                return Ok(());
            }
            self.tools.pause();
        }
        Err(refused("bootout", &ended))
    }

    /// Loads the agent, which starts it. launchd refuses for a moment after an agent has left.
    fn load(&self, domain: &str) -> Result<(), Complaint> {
        let file = self.file.to_string_lossy();
        let mut ended = self.run("launchctl", &["bootstrap", domain, &file])?;
        for _ in 0..TRIES {
            if ended.ok {
                return Ok(());
            }
            self.tools.pause();
            ended = self.run("launchctl", &["bootstrap", domain, &file])?;
        }
        match ended.ok {
            true => Ok(()),
            false => Err(refused("bootstrap", &ended)),
        }
    }
}

impl Supervisor for Launchd<'_> {
    fn file(&self) -> &Path {
        &self.file
    }

    fn text(&self, launch: &Launch) -> Result<String, Complaint> {
        Ok(agent(launch, &self.errors))
    }

    fn state(&self) -> Result<State, Complaint> {
        let domain = self.domain()?;
        let off = self.run("launchctl", &["print-disabled", &domain])?;
        if !off.ok {
            let message = format!(
                "launchd runs nothing for you in this session: {}",
                off.why()
            );
            return Err(Complaint::new(Code::Unavailable, message)
                .hint("log in on the screen of this Mac and try again"));
        }
        let is_off = off.out.lines().any(|line| {
            let (label, word) = line.split_once("=>").unwrap_or_default();
            label.trim().trim_matches('"') == LABEL && matches!(word.trim(), "disabled" | "true")
        });
        let run = match self.loaded(&domain)? {
            Some(printed) => run(&printed),
            None => Run::Stopped,
        };
        let is_there = self.file.is_file();
        Ok(State {
            enabled: is_there && !is_off,
            run,
            file: is_there.then(|| self.file.clone()),
        })
    }

    fn start(&self, _: bool) -> Result<(), Complaint> {
        if let Some(folder) = self.errors.parent() {
            // launchd makes the file and not its folder; without it, words are lost, no more.
            let _ = std::fs::create_dir_all(folder);
        }
        let domain = self.domain()?;
        self.unload(&domain)?;
        let enabled = self.run("launchctl", &["enable", &format!("{domain}/{LABEL}")])?;
        match enabled.ok {
            true => self.load(&domain),
            false => Err(refused("enable", &enabled)),
        }
    }

    fn stop(&self) -> Result<(), Complaint> {
        self.unload(&self.domain()?)
    }

    fn forget(&self) -> Result<(), Complaint> {
        Ok(())
    }
}

/// The agent that has `launch` started. What it says goes to `errors`.
pub(super) fn agent(launch: &Launch, errors: &Path) -> String {
    let mut words = String::new();
    for word in std::iter::once(&launch.program).chain(&launch.arguments) {
        let _ = writeln!(words, "\t\t<string>{}</string>", escaped(word));
    }
    let mut variables = String::new();
    for (name, value) in &launch.variables {
        let _ = write!(
            variables,
            "\t\t<key>{}</key>\n\t\t<string>{}</string>\n",
            escaped(name),
            escaped(value)
        );
    }
    if !variables.is_empty() {
        variables = format!("\t<key>EnvironmentVariables</key>\n\t<dict>\n{variables}\t</dict>\n");
    }
    let errors = escaped(&errors.to_string_lossy());
    let stop = launch.stop_within.as_secs();
    format!(
        "\
<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<!-- {MARK}; `postern service install` writes it anew. -->
<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">
<plist version=\"1.0\">
<dict>
\t<key>Label</key>
\t<string>{LABEL}</string>
\t<key>ProgramArguments</key>
\t<array>
{words}\t</array>
{variables}\t<key>RunAtLoad</key>
\t<true/>
\t<!-- Only after a crash: launchd cannot tell a taken port or wrong settings from a failure that passes. -->
\t<key>KeepAlive</key>
\t<dict>
\t\t<key>Crashed</key>
\t\t<true/>
\t</dict>
\t<key>ExitTimeOut</key>
\t<integer>{stop}</integer>
\t<!-- 0077 -->
\t<key>Umask</key>
\t<integer>63</integer>
\t<key>StandardErrorPath</key>
\t<string>{errors}</string>
</dict>
</plist>
"
    )
}

/// Reads the state out of what `launchctl print` says of a loaded agent.
fn run(printed: &str) -> Run {
    let value = |name: &str| {
        let mut pairs = printed
            .lines()
            .filter_map(|line| line.trim().split_once(" = "));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let pid = value("pid").and_then(|pid| pid.parse().ok());
    match (pid, value("last exit code")) {
        (Some(pid), _) => Run::Running { pid: Some(pid) },
        (None, None | Some("0" | "(never exited)")) => Run::Stopped,
        (None, Some(code)) => Run::Failed {
            why: format!("it ended with exit code {code}"),
        },
    }
}

fn refused(word: &str, ended: &Ended) -> Complaint {
    let message = format!("`launchctl {word}` failed: {}", ended.why());
    Complaint::new(Code::Other, message)
        .hint("read `~/Library/Logs/Postern/service.log`, log in again and try once more")
}

/// The name of the app, and which part of it.
const LABEL: &str = "org.postern.Postern.serve";

/// How often it is looked whether the agent has left: 100 s, longer than a drain usually takes.
const LOOKS: u32 = 500;

/// How often it is tried again to load the agent.
const TRIES: u32 = 10;
