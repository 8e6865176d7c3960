//! The real window, driven through WebKit's own WebDriver.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use serde_json::{Value, json};

use super::stage::{Running, Stage};
use super::wire;
use super::{Outcome, until};

/// A program started by WebDriver, and its page.
pub(crate) struct Window {
    driver: Running,
    at: SocketAddr,
    session: String,
}

impl Window {
    /// Starts the program and waits for its page.
    pub(crate) fn open(stage: &Stage) -> Outcome<Self> {
        Self::open_with(stage, &[])
    }

    /// The same, with more variables around it.
    pub(crate) fn open_with(stage: &Stage, variables: &[(&str, &str)]) -> Outcome<Self> {
        let port = free_port()?;
        let mut command = stage.command("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(variables.iter().copied());
        let driver = stage.start(&mut command)?;
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        until("WebDriver listens", || {
            wire::ask(at, "GET", "/status", &[], "").ok()
        })?;
        let program = env!("CARGO_BIN_EXE_postern-desktop");
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "webkitgtk:browserOptions": {"binary": program, "args": []},
        }}});
        let told = value(&wire::ask(
            at,
            "POST",
            "/session",
            &[],
            &wanted.to_string(),
        )?)?;
        let session = told["sessionId"].as_str().ok_or("no session")?.to_owned();
        Ok(Self {
            driver,
            at,
            session,
        })
    }

    /// The process of the program.
    pub(crate) fn program(&self) -> Outcome<u32> {
        let found = children(self.driver.id())?;
        let name = |id: &u32| fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
        let program = found.into_iter().find(|id| name(id).starts_with("postern"));
        program.ok_or_else(|| "WebDriver has started no program".into())
    }

    /// Clicks the button or link with this text.
    pub(crate) fn click(&self, text: &str) -> Outcome<()> {
        let element = self.find(&format!(
            "//*[self::button or self::a][normalize-space()='{text}']"
        ))?;
        self.post(&format!("element/{element}/click"), &json!({}))?;
        Ok(())
    }

    /// Presses the button of the view whose text begins with this.
    pub(crate) fn press(&self, text: &str) -> Outcome<()> {
        let element = self.find(&format!(
            "//main//button[starts-with(normalize-space(), normalize-space('{text}'))]"
        ))?;
        self.post(&format!("element/{element}/click"), &json!({}))?;
        Ok(())
    }

    /// Waits for text anywhere on the page.
    pub(crate) fn sees(&self, text: &str) -> Outcome<()> {
        let mut last = String::new();
        let seen = until("text on the page", || {
            last = self.text().ok()?;
            last.contains(text).then_some(())
        });
        seen.map_err(|_| format!("the page does not say `{text}` but:\n{last}").into())
    }

    /// Everything the page shows as text.
    pub(crate) fn text(&self) -> Outcome<String> {
        let text = self.run("return document.body.innerText")?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Goes to a place of the page, such as `/requests`.
    pub(crate) fn go(&self, place: &str) -> Outcome<()> {
        self.run(&format!("location.hash = '{place}'"))?;
        Ok(())
    }

    /// Runs a script in the page.
    pub(crate) fn run(&self, script: &str) -> Outcome<Value> {
        self.post("execute/sync", &json!({"script": script, "args": []}))
    }

    fn find(&self, path: &str) -> Outcome<String> {
        let wanted = json!({"using": "xpath", "value": path});
        let found = until("an element of the page", || {
            let element = self.post("element", &wanted).ok()?;
            let (_, id) = element.as_object()?.iter().next()?;
            id.as_str().map(str::to_owned)
        });
        found.map_err(|_| {
            let text = self.text().unwrap_or_default();
            format!("nothing on the page is {path}; it says:\n{text}").into()
        })
    }

    fn post(&self, what: &str, with: &Value) -> Outcome<Value> {
        let path = format!("/session/{}/{what}", self.session);
        value(&wire::ask(self.at, "POST", &path, &[], &with.to_string())?)
    }
}

/// The processes that `parent` has started.
pub(crate) fn children(parent: u32) -> Outcome<Vec<u32>> {
    let is_child = |id: &u32| {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("PPid:"));
        line.is_some_and(|line| line.trim().parse() == Ok(parent))
    };
    let names = fs::read_dir("/proc")?.filter_map(|entry| Some(entry.ok()?.file_name()));
    let ids = names.filter_map(|name| name.to_str()?.parse().ok());
    Ok(ids.filter(is_child).collect())
}

fn value(answer: &wire::Answer) -> Outcome<Value> {
    let told = answer.json()?;
    match answer.status {
        200 => Ok(told["value"].clone()),
        status => Err(format!("WebDriver answers {status}: {told}").into()),
    }
}

/// A port that was free a moment ago.
fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
