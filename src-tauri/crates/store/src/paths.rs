//! Where things live: one folder for settings, one for data, one for logs.
//!
//! Nothing is created here; whoever writes first makes its folder, for its owner alone.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The three folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Holds `config.toml`.
    pub config: PathBuf,
    /// Holds the sealed secrets, the database, and the lock files.
    pub data: PathBuf,
    /// Holds the program's own log files.
    pub logs: PathBuf,
}

impl Paths {
    /// Everything below one folder: tests, portable use, `--home`.
    pub fn under(home: &Path) -> Self {
        Self {
            config: home.to_owned(),
            data: home.join("data"),
            logs: home.join("logs"),
        }
    }

    /// Where this system wants them, for the person whose home is `home`.
    ///
    /// `env` looks a variable up; empty and relative values count as absent
    /// (XDG Base Directory Specification 0.8, "all paths must be absolute").
    pub fn platform(home: &Path, env: impl Fn(&str) -> Option<OsString>) -> Self {
        let named = |name: &str| {
            env(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        if cfg!(target_os = "macos") {
            let support = home.join("Library/Application Support/Postern");
            Self {
                config: support.clone(),
                data: support.join("data"),
                logs: home.join("Library/Logs/Postern"),
            }
        } else if cfg!(windows) {
            let roaming = named("APPDATA").unwrap_or_else(|| home.join("AppData/Roaming"));
            let local = named("LOCALAPPDATA").unwrap_or_else(|| home.join("AppData/Local"));
            Self {
                config: roaming.join("Postern"),
                data: local.join("Postern").join("data"),
                logs: local.join("Postern").join("logs"),
            }
        } else {
            let config = named("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
            let data = named("XDG_DATA_HOME").unwrap_or_else(|| home.join(".local/share"));
            let state = named("XDG_STATE_HOME").unwrap_or_else(|| home.join(".local/state"));
            Self {
                config: config.join("postern"),
                data: data.join("postern"),
                logs: state.join("postern").join("logs"),
            }
        }
    }

    /// The settings file.
    pub fn settings_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The sealed secrets.
    pub fn secrets_file(&self) -> PathBuf {
        self.data.join("secrets.sealed")
    }

    /// The database.
    pub fn database_file(&self) -> PathBuf {
        self.data.join("postern.db")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_home_holds_everything() {
        let paths = Paths::under(Path::new("/p"));
        for inside in [
            paths.settings_file(),
            paths.secrets_file(),
            paths.database_file(),
            paths.logs,
        ] {
            assert!(inside.starts_with("/p"), "{}", inside.display());
        }
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn variables_win_unless_they_are_empty_or_relative() {
        let home = Path::new("/home/ada");
        let of = |value: &'static str| {
            Paths::platform(home, move |name| {
                (name == "XDG_DATA_HOME").then(|| OsString::from(value))
            })
            .data
        };
        assert_eq!(of("/big/disk"), Path::new("/big/disk/postern"));
        assert_eq!(of(""), Path::new("/home/ada/.local/share/postern"));
        assert_eq!(of("disk"), Path::new("/home/ada/.local/share/postern"));
    }
}
