//! Stopping: nobody new, time for what is under way, then a last word.

use std::time::Duration;

use base::Drained;
use http::Method;
use store::{Ended, Written};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::stage::{Account, Plan, Stage, responses, until};

fn quickly() -> Plan {
    Plan {
        written: Written {
            drain_secs: Some(0),
            ..Written::default()
        },
        ..Plan::default()
    }
}

#[tokio::test]
async fn an_idle_server_stops_at_once_and_lets_the_port_go() {
    let mut stage = Stage::open().await;
    let idle = TcpStream::connect(stage.gateway().addr).await.unwrap();
    stage
        .post("/v1/responses", &responses("hello", false))
        .await;
    let at = stage.gateway().addr;
    assert_eq!(stage.stop().await, Drained::Fully);
    until_refused(at).await;
    drop(idle);
}

async fn until_refused(at: std::net::SocketAddr) {
    let mut tries = 0;
    while TcpStream::connect(at).await.is_ok() {
        tries += 1;
        assert!(tries < 1000, "still listening");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_under_way_may_end() {
    let mut stage = Stage::open().await;
    let request = stage.request(
        Method::POST,
        "/v1/responses",
        &responses("[[stall 4]]", true),
    );
    let mut live = stage.open_stream(request).await;
    live.piece().await.unwrap();
    let world = stage.world().clone();
    let reading = async {
        world.resume();
        live.whole().await
    };
    let (drained, reply) = tokio::join!(stage.stop(), reading);
    assert_eq!(drained, Drained::Fully);
    let last = reply.events().pop().unwrap();
    assert_eq!(last["type"], "response.completed");
    assert_eq!(stage.line().await.ended, Ended::Whole);
}

#[tokio::test]
async fn what_does_not_end_gets_a_last_word() {
    let mut stage = Stage::with(quickly()).await;
    let request = stage.request(
        Method::POST,
        "/v1/responses",
        &responses("[[stall 4]]", true),
    );
    let mut live = stage.open_stream(request).await;
    live.piece().await.unwrap();
    let (drained, told) = tokio::join!(stage.stop(), live.until("response.failed"));
    assert_eq!(drained, Drained::Abandoned(1));
    assert!(told.contains("Postern is shutting down"), "{told}");
    assert_eq!(live.piece().await, None);
    until(|| stage.asked()[0].hung_up).await;
    let line = stage.line().await;
    assert_eq!((line.status, line.ended), (200, Ended::Shutdown));
}

#[tokio::test]
async fn who_waits_for_a_whole_answer_gets_a_status() {
    let mut stage = Stage::with(quickly()).await;
    for prompt in ["[[stall 0]]", "[[stall 4]]"] {
        let request = stage.request(Method::POST, "/v1/responses", &responses(prompt, false));
        let asking = stage.send_later(request);
        until(|| stage.gateway().in_flight() == 1).await;
        stage
            .world()
            .until_received(crate::stage::RESPONSES, 1)
            .await;
        let (drained, reply) = tokio::join!(stage.stop(), asking);
        assert_eq!(drained, Drained::Abandoned(1));
        let reply = reply.unwrap();
        assert_eq!(reply.status, 503, "{prompt}");
        assert_eq!(reply.json()["error"]["code"], "shutting_down");
        assert_eq!(stage.line().await.ended, Ended::Shutdown);
        stage = Stage::with(quickly()).await;
    }
}

#[tokio::test]
async fn a_client_that_never_ends_its_headers_does_not_hold_the_server_up() {
    let (mut stage, hand) = Stage::by_hand(Plan {
        account: Account::Nobody,
        ..Plan::default()
    })
    .await;
    let mut slow = TcpStream::connect(stage.gateway().addr).await.unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nhost: loc")
        .await
        .unwrap();
    // It waits for the rest of the headers, the drain for the end of its grace.
    hand.until_sleeping(1).await;
    let moving = async {
        loop {
            hand.until_sleeping(2).await;
            hand.advance(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    };
    let drained = tokio::select! {
        drained = stage.stop() => drained,
        () = moving => panic!("time stands still"),
    };
    assert_eq!(drained, Drained::Fully);
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
}
