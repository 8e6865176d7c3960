//! Other programs, opened without what was added to the environment for our own sake.

use std::process::Stdio;

use control::Environment;

/// Opens addresses the desktop's way.
#[derive(Debug)]
pub(crate) struct Opener {
    added: Vec<String>,
}

impl Opener {
    /// For a program with this environment.
    pub(crate) fn new(environment: &Environment) -> Self {
        Self {
            added: added(environment),
        }
    }

    /// Opens `address`; false where there is nothing to open it with.
    pub(crate) fn open(&self, address: &str) -> bool {
        open::commands(address).into_iter().any(|command| {
            let mut command = tokio::process::Command::from(command);
            for name in &self.added {
                command.env_remove(name);
            }
            // It may outlive us, and it does not hear our signals.
            command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .process_group(0)
                .spawn()
                .is_ok()
        })
    }
}

fn added(environment: &Environment) -> Vec<String> {
    let added = environment
        .get(ADDED)
        .and_then(|names| names.into_string().ok());
    let names = added.iter().flat_map(|names| names.split(','));
    names
        .chain(added.as_ref().map(|_| ADDED))
        .map(str::to_owned)
        .collect()
}

/// The variable that names what was added.
pub(super) const ADDED: &str = "POSTERN_ADDED";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_taken_away_again() {
        let with = |value: &str| Environment {
            home: None,
            variables: vec![(ADDED.to_owned(), value.into())],
        };
        assert_eq!(added(&Environment::default()), Vec::<String>::new());
        assert_eq!(
            added(&with("GDK_GL,GDK_BACKEND")),
            ["GDK_GL", "GDK_BACKEND", "POSTERN_ADDED"]
        );
    }
}
