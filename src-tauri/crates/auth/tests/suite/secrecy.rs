//! Nothing secret is in a log line, a `Debug`, a fault, a page, or a list.

use std::io::{self, Write};
use std::sync::Arc;

use auth::Accounts;
use http::StatusCode;
use parking_lot::Mutex;
use serde_json::json;
use standin::{Act, Received, Scripted};
use tracing_subscriber::fmt::MakeWriter;

use crate::browser::ANY;
use crate::callback::get;
use crate::house::{House, PLUS, TEAM};

/// Everything that was said, by anyone on this thread, at any level.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    fn add(&self, text: &impl std::fmt::Debug) {
        writeln!(self.0.lock(), "{text:?} {text:#?}").unwrap();
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock()).into_owned()
    }
}

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Said {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Every secret that went over the wire: form and JSON fields, and bearers.
fn secrets(received: &[Received]) -> Vec<String> {
    let mut secrets = Vec::new();
    for request in received {
        for (name, value) in request.form() {
            if matches!(name.as_str(), "code" | "code_verifier") {
                secrets.push(value);
            }
        }
        for name in ["refresh_token", "token", "device_auth_id"] {
            secrets.extend(request.json()[name].as_str().map(str::to_owned));
        }
        let bearer = request
            .header("authorization")
            .and_then(|it| it.strip_prefix("Bearer "));
        secrets.extend(bearer.map(str::to_owned));
        // The state, which is not ours to show either.
        for (name, value) in
            url::form_urlencoded::parse(request.query.as_deref().unwrap_or("").as_bytes())
        {
            if name == "state" {
                secrets.push(value.into_owned());
            }
        }
    }
    secrets.retain(|secret| !secret.is_empty());
    secrets
}

#[tokio::test]
async fn raw_auth_client_does_not_log_sensitive_request_or_response_data() {
    let said = Said::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(said.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    tracing::info!("the ear is open");

    let house = House::open().await;
    let mut secrets_used = use_everything(&house, &said).await;
    secrets_used.extend(secrets(&house.world().received()));

    let text = said.text();
    assert!(text.contains("the ear is open") && text.contains("a sign-in was renewed"));
    assert!(secrets_used.len() > 20, "{}", secrets_used.len());
    // The marks every secret of the stand-in carries.
    for mark in [
        "oaistb_rt_standin_",
        "ac_standin_",
        "at-standin-",
        "standin_access__",
        "standin_idtoken_",
        "deviceauth_standin_",
        "sk-secret-key",
    ] {
        assert!(!text.contains(mark), "{mark}: {}", around(&text, mark));
    }
    for secret in secrets_used {
        assert!(!text.contains(&secret), "{}", around(&text, &secret));
    }
}

fn around(text: &str, found: &str) -> String {
    let at = text.find(found).unwrap_or(0);
    let line = text[..at].rfind('\n').unwrap_or(0);
    text[line..].chars().take(400).collect()
}

/// Goes through every door, well and badly, and says all that can be said about it.
async fn use_everything(house: &House, said: &Said) -> Vec<String> {
    let accounts = house.accounts();
    let mut secrets = sign_in_in_every_way(house, said).await;
    said.add(&accounts);
    said.add(&accounts.list().await);
    house.minutes_pass(61);
    let pass = accounts.pass().await.unwrap();
    secrets.push(pass.bearer.reveal().to_owned());
    said.add(&pass);
    said.add(&accounts.recover(&pass).await);
    fail_in_every_way(house, accounts, said).await;
    for account in accounts.list().await.unwrap() {
        said.add(&account);
        said.add(&accounts.sign_out(&account.id).await);
    }
    secrets
}

async fn sign_in_in_every_way(house: &House, said: &Said) -> Vec<String> {
    let accounts = house.accounts();
    let token = house.world().access_token(TEAM);
    said.add(&accounts.sign_in_with_access_token(token.clone()).await);
    let key = base::Secret::new("sk-secret-key");
    said.add(&accounts.sign_in_with_api_key(key).await);
    let device = accounts.begin_device().await.unwrap();
    said.add(&device);
    house.world().approve_device(&device.code, TEAM).unwrap();
    said.add(&device.finish().await);
    let pasted = accounts.begin_paste().await.unwrap();
    said.add(&pasted);
    let back = house.approve(&pasted.url, PLUS).await;
    said.add(
        &pasted
            .finish(&back.as_str().replace("state=", "state=x"))
            .await,
    );
    said.add(&pasted.finish(back.as_str()).await);
    let browser = accounts.begin_browser_on(ANY).await.unwrap();
    said.add(&browser);
    let back = house.approve(&browser.url, PLUS).await;
    let page = get(&back).await;
    said.add(&page.head);
    said.add(&page.body);
    said.add(&browser.finish().await);
    vec![token.reveal().to_owned()]
}

async fn fail_in_every_way(house: &House, accounts: &Accounts, said: &Said) {
    let world = house.world();
    // An issuer that says our own secrets back to us.
    for act in [Act::Drop, Act::LoseReply, Act::CutReply { after: 700 }] {
        world.script("/oauth/token", Scripted::once(act));
        let begun = accounts.begin_browser_on(ANY).await.unwrap();
        let back = house.approve(&begun.url, PLUS).await;
        let code = back
            .query_pairs()
            .find(|(name, _)| name == "code")
            .unwrap()
            .1
            .into_owned();
        let page = get(&back).await;
        said.add(&page.body);
        said.add(&begun.finish().await);
        let echo = json!({"error_description": format!("bad code {code} at {back}")});
        world.script(
            "/oauth/token",
            Scripted::json(StatusCode::BAD_REQUEST, &echo),
        );
        let begun = accounts.begin_paste().await.unwrap();
        let back = house.approve(&begun.url, PLUS).await;
        said.add(&begun.finish(back.as_str()).await);
    }
    let account = house.sign_in(PLUS).await;
    let token = house.kept(&account).await.unwrap()["refresh_token"].clone();
    for status in [400, 500] {
        house.minutes_pass(70);
        let echo = json!({"error": {"message": format!("cannot use {token}: {token}")}});
        let status = StatusCode::from_u16(status).unwrap();
        world.script("/oauth/token", Scripted::json(status, &echo));
        let fault = accounts.pass().await.unwrap_err();
        said.add(&fault);
        said.add(&fault.to_string());
    }
    house.minutes_pass(70);
    world.script("/oauth/token", Scripted::lost_reply());
    said.add(&accounts.pass().await);
    world.script("/oauth/revoke", Scripted::dropped());
}
