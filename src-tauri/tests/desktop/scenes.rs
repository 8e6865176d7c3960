//! Every headline, reached for real: what the tray says and which shape it has.
//!
//! A scene is prepared before the program starts and driven after it; the same scenes are what
//! `cargo xtask screens` takes pictures of.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use serde_json::{Value, json};
use standin::Scripted;

use super::door::Door;
use super::stage::Stage;
use super::{Outcome, until, wire};

/// One row of the headlines' table, reached for real.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scene {
    KeyringLocked,
    KeyringMissing,
    KeyGone,
    SignInAgain,
    NotSignedIn,
    PortTaken,
    ProxyOff,
    LimitReached,
    Offline,
    Ready,
    On,
}

impl Scene {
    /// All of them, in the order of the table.
    pub(crate) const ALL: [Self; 11] = [
        Self::KeyringLocked,
        Self::KeyringMissing,
        Self::KeyGone,
        Self::SignInAgain,
        Self::NotSignedIn,
        Self::PortTaken,
        Self::ProxyOff,
        Self::LimitReached,
        Self::Offline,
        Self::Ready,
        Self::On,
    ];

    /// How the headline begins, and the icon's shape by its name in `icons/tray`.
    pub(crate) fn shows(self) -> (&'static str, &'static str) {
        match self {
            Self::KeyringLocked => ("Your keyring is locked", "problem"),
            Self::KeyringMissing => ("This system has no keyring", "problem"),
            Self::KeyGone => ("The saved sign-in cannot be opened", "problem"),
            Self::SignInAgain => ("Sign in again", "sign-in"),
            Self::NotSignedIn => ("Not signed in", "sign-in"),
            Self::PortTaken => ("Port ", "problem"),
            Self::ProxyOff => ("Proxy is off", "off"),
            Self::LimitReached => ("Limit reached", "limit"),
            Self::Offline => ("Cannot reach ChatGPT", "problem"),
            Self::Ready => ("Ready", "on"),
            Self::On => ("On · 127.0.0.1:", "on"),
        }
    }

    /// Brings the session to where the program must be started.
    pub(crate) fn prepare(self) -> Outcome<Prepared> {
        let mut stage = Stage::set()?;
        let mut prepared = Known::default();
        let door = Door::open(&stage)?;
        door.ask("finishFirstRun", &Value::Null)?;
        if self != Self::NotSignedIn && self != Self::KeyringMissing {
            sign_in(&door)?;
            let key = door.ask("addKey", &json!("Chatbox"))?;
            prepared.key = key["secret"].as_str().unwrap_or_default().to_owned();
        }
        drop(door);
        match self {
            Self::KeyringLocked => stage.lock_keyring()?,
            Self::KeyringMissing => stage.end_keyring(),
            Self::KeyGone => stage.forget_keyring()?,
            Self::PortTaken => {
                let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
                stage.set_port(taken.local_addr()?.port())?;
                prepared.taken = Some(taken);
            }
            Self::ProxyOff => stage.add_setting("proxy_on_start = false")?,
            Self::SignInAgain
            | Self::NotSignedIn
            | Self::LimitReached
            | Self::Offline
            | Self::Ready
            | Self::On => {}
        }
        Ok(Prepared {
            scene: self,
            stage,
            known: prepared,
        })
    }
}

/// A session in which the program can be started.
pub(crate) struct Prepared {
    scene: Scene,
    pub(crate) stage: Stage,
    known: Known,
}

#[derive(Default)]
struct Known {
    key: String,
    /// Holds the port that the program wants.
    taken: Option<TcpListener>,
}

impl Prepared {
    /// Does what leads to the headline once the program runs.
    pub(crate) fn drive(&self) -> Outcome<()> {
        let world = self.stage.standin().world();
        match self.scene {
            Scene::On => self.ask(|status| status == 200),
            Scene::LimitReached => {
                world.exhaust("acct_plus", 2280);
                self.ask(|status| status == 429)
            }
            Scene::SignInAgain => {
                self.ask(|status| status == 200)?;
                let sent = world.received();
                let mut bearers = sent.iter().filter_map(|request| {
                    let value = request.headers.get("authorization")?.to_str().ok()?;
                    value.strip_prefix("Bearer ")
                });
                let bearer = bearers.next_back().ok_or("no bearer was sent")?;
                assert!(world.invalidate(bearer));
                self.ask(|status| status == 401)
            }
            Scene::Offline => {
                world.script("*", Scripted::dropped().always());
                self.ask(|status| status >= 500)
            }
            Scene::KeyringLocked
            | Scene::KeyringMissing
            | Scene::KeyGone
            | Scene::NotSignedIn
            | Scene::PortTaken
            | Scene::ProxyOff
            | Scene::Ready => Ok(()),
        }
    }

    /// Sends one request as the app that has a key.
    fn ask(&self, expected: fn(u16) -> bool) -> Outcome<()> {
        let answer = self.send("/v1/responses", "gpt-5.5", &[])?;
        assert!(expected(answer.status), "{answer:?}");
        Ok(())
    }

    /// Sends any request as that app.
    pub(crate) fn send(
        &self,
        path: &str,
        model: &str,
        more: &[(&str, &str)],
    ) -> Outcome<wire::Answer> {
        let bearer = format!("Bearer {}", self.known.key);
        let mut headers = vec![
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        headers.extend(more);
        let messages = json!([{"role": "user", "content": "hello"}]);
        let body = match path.contains("chat") {
            true => json!({"model": model, "messages": messages}),
            false => json!({"model": model, "input": "hello"}),
        };
        wire::ask(self.door()?, "POST", path, &headers, &body.to_string())
    }

    /// Where the program listens, as it tells other programs.
    fn door(&self) -> Outcome<SocketAddr> {
        let note = self.stage.home().join("data/serve.json");
        until("the program listens", || {
            let told: Value = serde_json::from_slice(&std::fs::read(&note).ok()?).ok()?;
            told["address"].as_str()?.parse().ok()
        })
    }
}

/// Signs in with a pasted address: the one way that needs neither a port nor time.
fn sign_in(door: &Door) -> Outcome<()> {
    let step = door.ask("signIn", &json!("paste"))?;
    let page = step["url"].as_str().ok_or("no sign-in page")?;
    let (issuer, target) = wire::parts(page)?;
    let target = format!("{target}&standin_person=plus%40example.test");
    let approved = wire::ask(issuer, "GET", &target, &[], "")?;
    let back = approved.header("location").ok_or("not approved")?;
    door.ask("finishPaste", &json!(back))?;
    let state = door.ask("state", &Value::Null)?;
    assert_eq!(state["account"]["is"], "ok", "{state}");
    Ok(())
}
