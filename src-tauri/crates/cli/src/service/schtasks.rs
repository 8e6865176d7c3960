//! Windows: a task that starts when the person logs on (Task Scheduler schema 1.2, schtasks.exe).
//!
//! The file stays beside Postern's data, because it tells whose the task is; the scheduler keeps
//! a copy of its own.

use std::path::{Path, PathBuf};

use control::{Code, Complaint, Environment};

use super::file::MARK;
use super::launch::Launch;
use super::supervisor::{Run, State, Supervisor};
use super::tools::{Ended, Tools};
use super::xml::escaped;

/// The person's tasks.
pub(super) struct Tasks<'a> {
    file: PathBuf,
    tools: &'a dyn Tools,
}

impl<'a> Tasks<'a> {
    /// # Errors
    /// The home folder is not known.
    pub(super) fn new(environment: &Environment, tools: &'a dyn Tools) -> Result<Self, Complaint> {
        let named = environment.get("LOCALAPPDATA").map(PathBuf::from);
        let own = || Some(environment.home.as_ref()?.join("AppData/Local"));
        let local = named.filter(|path| path.is_absolute()).or_else(own);
        let local = local.ok_or_else(|| {
            Complaint::new(Code::Other, "the home folder of this user is not known")
                .hint("set `LOCALAPPDATA` and try again")
        })?;
        Ok(Self {
            file: local.join("Postern").join("service.xml"),
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

    fn schtasks(&self, words: &[&str]) -> Result<(), Complaint> {
        let ended = self.run("schtasks", words)?;
        match ended.ok {
            true => Ok(()),
            false => Err(Complaint::new(
                Code::Other,
                format!("`schtasks {}` failed: {}", words[0], ended.why()),
            )
            .hint("look at the task in Task Scheduler, below `Postern`")),
        }
    }

    /// Who the person is, in a form that no language and no code page changes.
    fn person(&self) -> Result<String, Complaint> {
        let told = self.run("whoami", &["/user", "/fo", "csv", "/nh"])?;
        let mut cells = told
            .out
            .trim()
            .split(',')
            .map(|cell| cell.trim_matches('"'));
        let sid = cells.find(|cell| cell.starts_with("S-1-"));
        sid.map(str::to_owned).ok_or_else(|| {
            let message = format!("`whoami` does not say who you are: {}", told.why());
            Complaint::new(Code::Other, message)
        })
    }
}

impl Supervisor for Tasks<'_> {
    fn file(&self) -> &Path {
        &self.file
    }

    fn text(&self, launch: &Launch) -> Result<String, Complaint> {
        task(launch, &self.person()?)
    }

    /// The scheduler reads UTF-16 with its mark, and stumbles over UTF-8.
    fn bytes(&self, text: &str) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    }

    fn carries_variables(&self) -> bool {
        false
    }

    fn state(&self) -> Result<State, Complaint> {
        let told = self.run("schtasks", &["/Query", "/TN", NAME, "/XML"])?;
        // A task that was turned off says so in its settings. What it says of its trigger is ours.
        let (_, settings) = told.out.split_once("<Settings>").unwrap_or_default();
        Ok(State {
            enabled: told.ok && !settings.contains("<Enabled>false</Enabled>"),
            run: match told.ok {
                // Whether it runs is told in the language of the system only.
                true => Run::Untold,
                false => Run::Stopped,
            },
            file: (told.ok && self.file.is_file()).then(|| self.file.clone()),
        })
    }

    fn start(&self, _: bool) -> Result<(), Complaint> {
        let file = self.file.to_string_lossy();
        // Ends the one that runs, if any; a task that does not run or exist refuses to be ended.
        let _ = self.schtasks(&["/End", "/TN", NAME]);
        self.schtasks(&["/Create", "/TN", NAME, "/XML", &file, "/F"])?;
        self.schtasks(&["/Run", "/TN", NAME])
    }

    fn stop(&self) -> Result<(), Complaint> {
        if !self.run("schtasks", &["/Query", "/TN", NAME])?.ok {
            return Ok(());
        }
        let _ = self.schtasks(&["/End", "/TN", NAME]);
        self.schtasks(&["/Delete", "/TN", NAME, "/F"])
    }

    fn forget(&self) -> Result<(), Complaint> {
        Ok(())
    }
}

/// The task that has `launch` started when the person with this security identifier logs on.
///
/// # Errors
/// The scheduler would put something else in the place of a part of `launch`.
pub(super) fn task(launch: &Launch, person: &str) -> Result<String, Complaint> {
    let words = || std::iter::once(&launch.program).chain(&launch.arguments);
    if let Some(word) = words().find(|word| is_replaced(word)) {
        let message = format!("a task cannot hold `{word}`: `%…%` and `$(…)` are replaced in it");
        return Err(Complaint::new(Code::Other, message).hint("use another folder and try again"));
    }
    let program = escaped(&quoted(&launch.program));
    let arguments: Vec<String> = launch.arguments.iter().map(|word| quoted(word)).collect();
    let arguments = escaped(&arguments.join(" "));
    let person = escaped(person);
    Ok(format!(
        "\
<?xml version=\"1.0\" encoding=\"UTF-16\"?>
<!-- {MARK}; `postern service install` writes it anew. -->
<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">
  <RegistrationInfo>
    <Description>Postern: your ChatGPT plan for your own apps</Description>
    <URI>{NAME}</URI>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
      <UserId>{person}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id=\"Author\">
      <UserId>{person}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <StartWhenAvailable>false</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <AllowStartOnDemand>true</AllowStartOnDemand>
    <Enabled>true</Enabled>
    <Hidden>false</Hidden>
    <RunOnlyIfIdle>false</RunOnlyIfIdle>
    <WakeToRun>false</WakeToRun>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>5</Priority>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>3</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context=\"Author\">
    <Exec>
      <Command>{program}</Command>
      <Arguments>{arguments}</Arguments>
    </Exec>
  </Actions>
</Task>
"
    ))
}

/// True where the scheduler takes a part of `word` for a variable. It knows no escape.
fn is_replaced(word: &str) -> bool {
    word.matches('%').count() > 1 || word.contains("$(")
}

/// One word of a command line, as programs on Windows take it apart
/// (`CommandLineToArgvW`): a backslash is special only before a quote.
fn quoted(word: &str) -> String {
    if !word.is_empty() && !word.contains([' ', '"']) {
        return word.to_owned();
    }
    let mut quoted = String::from("\"");
    let mut backslashes = 0;
    for c in word.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                quoted.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        quoted.push(c);
    }
    quoted.extend(std::iter::repeat_n('\\', backslashes));
    quoted.push('"');
    quoted
}

/// In a folder of its own, where no other program's tasks are.
const NAME: &str = r"\Postern\serve";
