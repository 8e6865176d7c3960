//! `open`: the page in a browser, and the API beside it.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Open(Child);

impl Drop for Open {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
    command
        .env_clear()
        .env("HOME", home)
        // No browser of this machine may take the code.
        .env("PATH", "/nonexistent")
        .arg("--home")
        .arg(home)
        .args(["--vault", "plain"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn page(home: &Path) -> String {
    let page = home.join("page");
    std::fs::create_dir(&page).unwrap();
    std::fs::write(
        page.join("index.html"),
        "<!doctype html><title>Postern</title>",
    )
    .unwrap();
    page.to_str().unwrap().to_owned()
}

/// The product's own HTTP client; there is no other builder. It follows no redirects.
fn http() -> reqwest::Client {
    upstream::http_client(&upstream::HttpConfig::default()).unwrap()
}

fn terminate(mut open: Open) -> Option<i32> {
    let pid = open.0.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &pid]).status();
    assert!(sent.unwrap().success());
    open.0.wait().unwrap().code()
}

#[tokio::test]
async fn the_page_is_shown_once_by_its_address_and_ends_with_a_signal() {
    let home = tempfile::tempdir().unwrap();
    let page = page(home.path());
    let mut open = Open(
        command(home.path(), &["open", "--page", &page])
            .spawn()
            .unwrap(),
    );
    let out = open.0.stdout.take().unwrap();
    let line = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).unwrap();
        line
    });
    let line = line.await.unwrap();
    let address = line.trim().strip_prefix("Postern's page is at ");
    let address = address.unwrap_or_else(|| panic!("an unexpected first line: {line:?}"));
    let entered = http().get(address).send().await.unwrap();
    assert_eq!(entered.status().as_u16(), 303);
    let cookie = entered.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let root = address.split('?').next().unwrap();
    let shown = http()
        .get(root)
        .header("cookie", cookie)
        .send()
        .await
        .unwrap();
    assert!(shown.text().await.unwrap().contains("<title>Postern"));
    let again = http().get(address).send().await.unwrap();
    assert_eq!(again.status().as_u16(), 401);
    let code = tokio::task::spawn_blocking(move || terminate(open))
        .await
        .unwrap();
    assert_eq!(code, Some(0));
    assert!(http().get(root).send().await.is_err());
}

#[test]
fn without_a_page_it_says_how_to_name_one() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [&["open"][..], &["open", "--page", "/nonexistent"]] {
        let ended = command(home.path(), arguments).output().unwrap();
        assert_eq!(ended.status.code(), Some(1));
        let err = String::from_utf8(ended.stderr).unwrap();
        assert!(err.contains("page") && err.contains("--page DIR"), "{err}");
    }
}
