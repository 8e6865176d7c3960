//! What the exit code tells a script.

use control::{Code, Complaint};

/// It worked.
pub(crate) const OK: u8 = 0;
/// It did not work; standard error says why.
pub(crate) const FAILED: u8 = 1;
/// The command line is wrong.
pub(crate) const USAGE: u8 = 2;
/// Nobody is signed in, or the sign-in has ended.
pub(crate) const SIGNED_OUT: u8 = 3;
/// The saved secrets cannot be opened.
pub(crate) const VAULT_CLOSED: u8 = 4;
/// The port is taken, or a server runs already.
pub(crate) const PORT_TAKEN: u8 = 5;
/// The settings file is wrong.
pub(crate) const BAD_SETTINGS: u8 = 6;
/// Stopped by the person.
pub(crate) const CANCELLED: u8 = 130;

/// What the next start would say again, until somebody changes something.
pub(crate) const PERMANENT: [u8; 5] = [USAGE, SIGNED_OUT, VAULT_CLOSED, PORT_TAKEN, BAD_SETTINGS];

/// The table as `--help` shows it.
pub(crate) const TABLE: &str = "\
Exit codes:
  0    it worked
  1    it did not work; standard error says why
  2    the command line is wrong
  3    nobody is signed in, or the sign-in has ended
  4    the saved secrets cannot be opened
  5    the port is taken, or a server runs already
  6    the settings file is wrong
  130  stopped by the person";

/// What the table says of a code that is no success.
pub(crate) fn meaning(code: u8) -> Option<&'static str> {
    let mut rows = TABLE.lines().filter_map(|row| row.trim().split_once(' '));
    let (_, meaning) = rows.find(|(number, _)| number.parse() == Ok(code) && code != OK)?;
    Some(meaning.trim())
}

/// The code for a complaint.
pub(crate) fn code(complaint: &Complaint) -> u8 {
    match complaint.code {
        Code::SignedOut => SIGNED_OUT,
        Code::VaultClosed | Code::PassphraseNeeded => VAULT_CLOSED,
        Code::PortTaken | Code::AlreadyRunning => PORT_TAKEN,
        Code::BadSettings => BAD_SETTINGS,
        Code::Cancelled => CANCELLED,
        Code::SignInPorts
        | Code::CodesOff
        | Code::WrongPaste
        | Code::Offline
        | Code::NameTaken
        | Code::NotFound
        | Code::Unavailable
        | Code::BadAsk
        | Code::Other => FAILED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_a_meaning() {
        let rows = [
            (OK, None),
            (FAILED, Some("it did not work; standard error says why")),
            (
                PORT_TAKEN,
                Some("the port is taken, or a server runs already"),
            ),
            (BAD_SETTINGS, Some("the settings file is wrong")),
            (CANCELLED, Some("stopped by the person")),
            (7, None),
        ];
        for (code, told) in rows {
            assert_eq!(meaning(code), told, "{code}");
        }
        assert!(PERMANENT.iter().all(|code| meaning(*code).is_some()));
    }
}
