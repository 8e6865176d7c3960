//! The page's door in a browser, without a browser: asks and answers over HTTP.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::Stdio;

use serde_json::{Value, json};

use super::stage::{Running, Stage};
use super::{Outcome, wire};

/// The program without a display, and the page's rights.
pub(crate) struct Door {
    running: Running,
    pub(crate) at: SocketAddr,
    pub(crate) target: String,
    cookie: String,
}

impl Door {
    /// Starts the program where there is no display and goes in by the address it prints.
    pub(crate) fn open(stage: &Stage) -> Outcome<Self> {
        let mut command = stage.postern();
        command.env_remove("DISPLAY").stdout(Stdio::piped());
        let mut running = stage.start(&mut command)?;
        let said = BufReader::new(running.stdout().ok_or("no pipe")?);
        let line = said.lines().next().ok_or("it says nothing")??;
        let (_, address) = line.split_once("http://").ok_or("it names no address")?;
        let (at, target) = wire::parts(&format!("http://{}", address.trim()))?;
        let first = wire::ask(at, "GET", &target, &[], "")?;
        let cookie = first.header("set-cookie").ok_or("no cookie")?.to_owned();
        Ok(Self {
            running,
            at,
            target,
            cookie,
        })
    }

    /// The cookie as it was given, with its attributes.
    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Fetches something as the page does.
    pub(crate) fn get(&self, target: &str) -> Outcome<wire::Answer> {
        wire::ask(self.at, "GET", target, &[("cookie", self.pair())], "")
    }

    /// Asks as the page does.
    pub(crate) fn ask(&self, ask: &str, with: &Value) -> Outcome<Value> {
        let origin = format!("http://{}", self.at);
        let headers = [
            ("cookie", self.pair()),
            ("content-type", "application/json"),
            ("origin", origin.as_str()),
        ];
        let body = json!({"ask": ask, "with": with}).to_string();
        let answer = wire::ask(self.at, "POST", "/ask", &headers, &body)?;
        match answer.status {
            200 => answer.json(),
            status => Err(format!("`{ask}` is answered {status}: {}", answer.body).into()),
        }
    }

    /// The program behind it.
    pub(crate) fn program(&mut self) -> &mut Running {
        &mut self.running
    }

    fn pair(&self) -> &str {
        self.cookie.split(';').next().unwrap_or_default()
    }
}
