//! The local server, switched on and off.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use control::news::Note;
use control::state::{Blocked, Proxy};
use control::{Code, Engine};
use serde_json::{Value, json};
use standin::world::scripts::Scripted;

use crate::desk::{Desk, FakeHost, Plan, RESPONSES, core, http, note};

fn listens(address: &str) -> bool {
    TcpStream::connect(address.parse::<SocketAddr>().unwrap()).is_ok()
}

async fn address(desk: &Desk) -> String {
    let state = desk.state().await;
    state["proxy"]["address"].as_str().unwrap().to_owned()
}

fn held() -> (TcpListener, u16) {
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port();
    (held, port)
}

fn on_port(port: u16) -> Plan {
    Plan {
        settings: format!("port = {port}\n"),
        ..Plan::default()
    }
}

#[tokio::test]
async fn off_means_that_nobody_listens() {
    let desk = Desk::signed_in().await;
    let first = address(&desk).await;
    assert!(listens(&first));
    let again = desk.ask("setProxy", json!(true)).await;
    assert_eq!(again["proxy"]["address"], json!(first));
    let off = desk.ask("setProxy", json!(false)).await;
    assert_eq!(off["proxy"]["is"], "off");
    assert_eq!(off["headline"]["says"]["id"], "proxyOff");
    let on = desk.ask("setProxy", json!(true)).await;
    assert_eq!(on["proxy"]["is"], "on");
    // The folder is given back before it is taken again, so the old listener is closed by now.
    assert!(on["proxy"]["address"] == json!(first) || !listens(&first));
    desk.ask("setProxy", json!(false)).await;
    desk.ask("setProxy", json!(false)).await;
}

#[tokio::test]
async fn it_begins_with_the_program_only_where_somebody_is_signed_in() {
    let desk = Desk::new().await;
    desk.engine.begin().await;
    assert_eq!(desk.state().await["proxy"]["is"], "off");
    let desk = Desk::with(Plan {
        settings: "port = 0\nproxy_on_start = false\n".to_owned(),
        ..Plan::default()
    })
    .await;
    desk.sign_in().await;
    desk.engine.begin().await;
    assert_eq!(desk.state().await["proxy"]["is"], "off");
}

#[tokio::test]
async fn a_taken_port_names_its_holder_and_a_free_one_that_works() {
    let (_held, port) = held();
    let desk = Desk::with(on_port(port)).await;
    let state = desk.ask("setProxy", json!(true)).await;
    let why = &state["proxy"]["why"];
    assert_eq!(
        (&why["is"], &why["port"]),
        (&json!("portTaken"), &json!(port))
    );
    assert_eq!(state["headline"]["says"]["id"], "notSignedIn");
    desk.sign_in().await;
    assert_eq!(desk.state().await["headline"]["says"]["id"], "portTaken");
    #[cfg(target_os = "linux")]
    {
        let by = why["by"].as_str().unwrap();
        let pid = format!("(PID {})", std::process::id());
        assert!(by.ends_with(&pid), "{by}");
    }
    let complaint = desk.refused("usePort", json!(port)).await;
    assert_eq!(complaint.code, Code::PortTaken);
    let free = why["free"].clone();
    let state = desk.ask("usePort", free.clone()).await;
    assert_eq!(state["proxy"]["address"], format!("127.0.0.1:{free}"));
    let file = std::fs::read_to_string(desk.home.path().join("config.toml")).unwrap();
    assert!(file.contains(&format!("port = {free}")), "{file}");
}

#[tokio::test]
async fn a_port_that_is_free_again_is_taken_at_the_next_try() {
    let (held, port) = held();
    let desk = Desk::with(on_port(port)).await;
    desk.sign_in().await;
    desk.until(|state| matches!(state.proxy, Proxy::Blocked { .. }))
        .await;
    drop(held);
    let state = desk.ask("setProxy", json!(true)).await;
    assert_eq!(state["proxy"]["address"], format!("127.0.0.1:{port}"));
}

#[tokio::test]
async fn a_changed_port_moves_the_listener_and_a_taken_one_leaves_it() {
    let desk = Desk::signed_in().await;
    let first = address(&desk).await;
    let (held, port) = held();
    let taken = json!({"key": "port", "value": port});
    desk.ask("changeSetting", taken).await;
    desk.until(|state| !state.problems.is_empty()).await;
    assert_eq!(address(&desk).await, first);
    assert!(listens(&first));
    drop(held);
    let (other, free) = self::held();
    drop(other);
    desk.ask("changeSetting", json!({"key": "port", "value": free}))
        .await;
    let wanted = format!("127.0.0.1:{free}");
    desk.until(|state| matches!(&state.proxy, Proxy::On { address, .. } if *address == wanted))
        .await;
    desk.until(|state| state.problems.is_empty()).await;
}

#[tokio::test]
async fn a_second_postern_of_the_same_folder_says_where_the_first_is() {
    let desk = Desk::signed_in().await;
    let first = address(&desk).await;
    let other = core(&desk.home, &desk.standin, &Plan::default())
        .await
        .unwrap();
    let other = Engine::start(other, Arc::new(FakeHost::default())).await;
    let state = other.set_proxy(true).await;
    let why = Blocked::AlreadyRunning {
        address: Some(first.clone()),
    };
    assert_eq!(state.proxy, Proxy::Blocked { why });
    other.close().await.unwrap();
    assert!(listens(&first));
}

#[tokio::test]
async fn quitting_asks_while_a_request_is_answered() {
    let desk = Desk::signed_in().await;
    let key = desk.key("editor").await;
    desk.standin.world().script(RESPONSES, Scripted::hung());
    let url = format!("{}/responses", desk.base_url().await);
    let request = http()
        .post(url)
        .bearer_auth(&key)
        .json(&json!({"model": "gpt-5.5", "input": "hi"}));
    let calling = request.send();
    tokio::pin!(calling);
    tokio::select! {
        answer = &mut calling => panic!("answered: {answer:?}"),
        () = desk.until(|state| state.in_flight == 1) => {}
    }
    let told = desk.ask("quit", json!({"force": false})).await;
    assert_eq!(told, json!({"is": "busy", "inFlight": 1}));
    assert_eq!(*desk.host.quits.lock(), 0);
    let told = desk.ask("quit", json!({"force": true})).await;
    assert_eq!((told, *desk.host.quits.lock()), (json!({"is": "now"}), 1));
}

#[tokio::test]
async fn a_limit_is_read_told_and_lifted() {
    let desk = Desk::signed_in().await;
    let limits = desk.ask("readLimits", Value::Null).await;
    assert!(!limits.as_array().unwrap().is_empty());
    desk.until(|state| !state.limits.is_empty()).await;
    let asked = || {
        desk.standin
            .world()
            .received_at("/backend-api/wham/usage")
            .len()
    };
    assert_eq!(asked(), 1);
    desk.ask("readLimits", Value::Null).await;
    assert_eq!(asked(), 1, "a fresh reading is not taken again");

    let mut news = desk.engine.news();
    let key = desk.key("editor").await;
    let body = json!({"model": "gpt-5.5", "input": "[[http usage-limit]]"});
    let (status, told) = desk.call(&key, "/responses", body).await;
    assert_eq!(status, 429, "{told}");
    assert!(matches!(note(&mut news).await, Note::LimitReached { .. }));
    let state = desk.state().await;
    assert_eq!(state["headline"]["level"], "limit");
    assert!(state["stoppedUntilMs"].as_i64().is_some());
    let state = desk.ask("tryNow", Value::Null).await;
    assert_eq!(state["stoppedUntilMs"], Value::Null);
}

#[tokio::test]
async fn a_backend_out_of_reach_is_shown_until_it_is_back() {
    let desk = Desk::signed_in().await;
    let key = desk.key("editor").await;
    desk.standin
        .world()
        .script("/backend-api*", Scripted::dropped().always());
    let body = json!({"model": "gpt-5.5", "input": "hi"});
    desk.call(&key, "/responses", body).await;
    desk.until(|state| state.account.is_offline()).await;
    let state = desk.state().await;
    assert_eq!(state["headline"]["says"]["id"], "offline");
    assert_eq!(state["account"]["host"], "127.0.0.1");
    assert_eq!(
        desk.ask("tryNow", Value::Null).await["account"]["is"],
        "offline"
    );
    desk.standin.world().forget_scripts();
    desk.engine.woke();
    desk.until(|state| !state.account.is_offline()).await;
}
