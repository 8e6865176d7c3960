//! Where the policy files of a machine are (contract auth 8).

use std::io;
use std::path::{Path, PathBuf};

use super::Policy;
use super::rules::{Author, PolicyText, PolicyTexts};

/// The policy files of one machine, each list from the weakest to the strongest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// `requirements.toml`.
    pub requirements: Vec<PathBuf>,
    /// `config.toml` of the machine, then the person's, then `managed_config.toml`.
    pub config: Vec<(PathBuf, Author)>,
}

/// The systems whose places differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Linux, macOS, BSD.
    Unix,
    /// Windows.
    Windows,
}

impl System {
    /// The one this was built for.
    pub const fn here() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else {
            Self::Unix
        }
    }
}

impl Places {
    /// The places on `system`. `codex_home` is the Codex CLI's folder; `program_data` is Windows'
    /// `%ProgramData%`, without which a Windows machine has no rules.
    pub fn of(system: System, codex_home: Option<&Path>, program_data: Option<&Path>) -> Self {
        let machine = match system {
            System::Unix => Some(PathBuf::from("/etc/codex")),
            System::Windows => program_data.map(|root| root.join("OpenAI").join("Codex")),
        };
        let in_machine = |name: &str| machine.as_ref().map(|folder| folder.join(name));
        let managed = match system {
            System::Unix => in_machine("managed_config.toml"),
            System::Windows => None,
        };
        let person = codex_home.map(|home| home.join("config.toml"));
        let config = [
            (in_machine("config.toml"), Author::Machine),
            (person, Author::Person),
            (managed, Author::Machine),
        ];
        Self {
            requirements: in_machine("requirements.toml").into_iter().collect(),
            config: config
                .into_iter()
                .filter_map(|(path, author)| path.map(|path| (path, author)))
                .collect(),
        }
    }

    /// Reads every file that is there. Blocks on the disk.
    pub fn read(&self) -> PolicyTexts {
        let mut texts = PolicyTexts {
            requirements: self
                .requirements
                .iter()
                .filter_map(|path| text_at(path, Author::Machine))
                .collect(),
            config: self
                .config
                .iter()
                .filter_map(|(path, author)| text_at(path, *author))
                .collect(),
        };
        texts
            .requirements
            .extend(managed("requirements_toml_base64"));
        texts.config.extend(managed("config_toml_base64"));
        texts
    }
}

impl Policy {
    /// The rules of this machine. Blocks on the disk.
    pub fn of_this_machine(codex_home: Option<&Path>) -> Self {
        let program_data = Path::new(PROGRAM_DATA);
        Self::read(&Places::of(System::here(), codex_home, Some(program_data)).read())
    }
}

impl PolicyText {
    /// The text of a managed preference, which carries a TOML file as base64.
    pub fn managed_preference(name: &str, base64: &str) -> Self {
        use base64::Engine as _;
        let packed: String = base64.split_whitespace().collect();
        let text = base64::engine::general_purpose::STANDARD
            .decode(packed)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| "it is not base64 of a text".to_owned());
        Self {
            from: format!("com.openai.codex {name}"),
            text,
            by: Author::Machine,
        }
    }
}

/// Where Windows keeps `%ProgramData%`; the variable itself can be set by anyone, the folder cannot.
const PROGRAM_DATA: &str = r"C:\ProgramData";

fn text_at(path: &Path, by: Author) -> Option<PolicyText> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => Err(error.to_string()),
    };
    Some(PolicyText {
        from: path.display().to_string(),
        text,
        by,
    })
}

/// A managed preference of macOS, read with the system's own tool.
#[cfg(target_os = "macos")]
fn managed(name: &str) -> Option<PolicyText> {
    let output = std::process::Command::new("/usr/bin/defaults")
        .args(["read", "com.openai.codex", name])
        .output()
        .ok()?;
    let value = String::from_utf8(output.stdout).ok()?;
    output
        .status
        .success()
        .then(|| PolicyText::managed_preference(name, &value))
}

/// Only macOS has managed preferences.
#[cfg(not(target_os = "macos"))]
fn managed(_name: &str) -> Option<PolicyText> {
    None
}
