//! A whole Postern to attack: the program itself, signed in, with one key.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::desk::{Desk, Server, http};

pub(crate) struct Stage {
    pub(crate) desk: Desk,
    pub(crate) server: Server,
    pub(crate) key: String,
}

impl Stage {
    pub(crate) async fn open() -> Self {
        Self::with("").await
    }

    /// With these lines in the settings file.
    pub(crate) async fn with(settings: &str) -> Self {
        let desk = Desk::new().await;
        std::fs::write(desk.home.path().join("config.toml"), settings).unwrap();
        sign_in(&desk).await;
        let added = desk.run(&["keys", "add", "app"]).await;
        assert_eq!(added.code, Some(0), "{added:?}");
        let server = desk.serve().await;
        Self {
            key: added.out.trim().to_owned(),
            desk,
            server,
        }
    }

    pub(crate) fn at(&self) -> SocketAddr {
        let at = self.server.address.strip_prefix("http://").unwrap();
        at.parse().unwrap()
    }

    /// What the command says of the running server.
    pub(crate) async fn told(&self) -> Value {
        let status = self.desk.run(&["status", "--json"]).await;
        let status: Value = serde_json::from_str(&status.out).unwrap();
        status["server"].clone()
    }

    /// Where apps that speak Ollama's API come in.
    pub(crate) async fn ollama(&self) -> SocketAddr {
        let told = self.told().await;
        told["ollama"].as_str().unwrap().parse().unwrap()
    }

    /// A request in plain sight, with the right key.
    pub(crate) async fn ask(&self, body: &Value) -> (u16, Value) {
        let sent = http()
            .post(format!("{}/v1/responses", self.server.address))
            .bearer_auth(&self.key)
            .json(body)
            .send()
            .await
            .unwrap();
        let status = sent.status().as_u16();
        (status, sent.json().await.unwrap())
    }

    /// True where the door still does what it is for.
    pub(crate) async fn serves(&self) -> bool {
        let (status, _) = self.ask(&json!({"model": "gpt-5.5", "input": "hi"})).await;
        status == 200
    }

    /// Every path at which the other side was asked since it was told to forget.
    pub(crate) fn reached(&self) -> BTreeSet<String> {
        let received = self.desk.standin.world().received();
        received.into_iter().map(|one| one.path).collect()
    }

    pub(crate) fn forget(&self) {
        self.desk.standin.world().forget_received();
    }
}

pub(crate) async fn sign_in(desk: &Desk) {
    let words = ["login", "--access-token", "-"];
    let ended = desk.run_with_input(&words, "at-standin-acct_plus\n").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
}
