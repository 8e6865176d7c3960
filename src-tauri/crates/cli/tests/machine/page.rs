//! What a page in the browser asks, without the browser.

use std::io::{BufRead as _, BufReader};

use serde_json::{Value, json};

use crate::home::{Home, Up, http};

/// `postern open`, and the page's cookie.
pub(crate) struct Page {
    up: Up,
    root: String,
    cookie: String,
}

impl Page {
    pub(crate) async fn open(home: &Home) -> Self {
        let folder = home.folder.path().join("page");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("index.html"), "<!doctype html>").unwrap();
        let command = home.command(&["open", "--page", folder.to_str().unwrap()]);
        let mut up = Up::start(command).await;
        // A child that was about to become a browser would outlive the program, with its locks.
        let err = up.child.stderr.take().unwrap();
        let line = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            BufReader::new(err).read_line(&mut line).unwrap();
            line
        });
        assert!(line.await.unwrap().starts_with("No browser"));
        let entered = http().get(&up.address).send().await.unwrap();
        let cookie = entered.headers()["set-cookie"].to_str().unwrap();
        let (root, _) = up.address.split_once("/?").unwrap();
        Self {
            root: root.to_owned(),
            cookie: cookie.split(';').next().unwrap().to_owned(),
            up,
        }
    }

    /// The answer; `None` where the program died before it came.
    pub(crate) async fn ask(&self, ask: &str, with: Value) -> Option<Value> {
        let request = http()
            .post(format!("{}/ask", self.root))
            .header("cookie", &self.cookie)
            .header("origin", &self.root)
            .json(&json!({ "ask": ask, "with": with }));
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        let told: Value = answer.json().await.ok()?;
        assert_eq!(status, 200, "{ask}: {told}");
        Some(told)
    }

    pub(crate) fn kill(self) {
        self.up.kill();
    }
}
