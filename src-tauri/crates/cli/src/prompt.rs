//! Questions to the person, and secrets from standard input.

use std::io::{self, IsTerminal as _, Write as _};

use base::Secret;
use control::{Code, Complaint};

/// One line from standard input; the question goes to standard error.
pub(crate) fn ask(question: &str) -> Result<String, Complaint> {
    let _ = write!(io::stderr().lock(), "{question}");
    let _ = io::stderr().flush();
    let mut line = String::new();
    match io::stdin().read_line(&mut line) {
        Ok(0) => Err(Complaint::new(Code::Cancelled, "nothing was entered")),
        Ok(_) => Ok(line.trim().to_owned()),
        Err(fault) => Err(unreadable(&fault)),
    }
}

/// A secret from standard input: typed unseen at a terminal, else everything that is piped in.
pub(crate) fn secret(question: &str) -> Result<Secret, Complaint> {
    let text = if io::stdin().is_terminal() {
        rpassword::prompt_password(question).map_err(|fault| unreadable(&fault))?
    } else {
        io::read_to_string(io::stdin()).map_err(|fault| unreadable(&fault))?
    };
    match text.trim() {
        "" => Err(Complaint::new(Code::Cancelled, "nothing was entered")),
        text => Ok(Secret::new(text)),
    }
}

/// True where somebody can be asked.
pub(crate) fn someone_is_there() -> bool {
    io::stdin().is_terminal()
}

fn unreadable(fault: &io::Error) -> Complaint {
    Complaint::new(
        Code::Other,
        format!("standard input cannot be read: {fault}"),
    )
}
