//! A client that leaves takes its request to the backend with it, and leaves one line.

use http::Method;
use store::Ended;

use crate::stage::{RESPONSES, Stage, chat, responses, until};

#[tokio::test]
async fn leaving_a_stream_hangs_up_on_the_backend() {
    for (path, body) in [
        ("/v1/responses", responses("[[stall 4]]", true)),
        ("/v1/chat/completions", chat("[[stall 4]]", true)),
    ] {
        let stage = Stage::open().await;
        let mut live = stage
            .open_stream(stage.request(Method::POST, path, &body))
            .await;
        live.piece().await.unwrap();
        assert_eq!(stage.gateway().in_flight(), 1);
        live.leave();
        until(|| stage.asked()[0].hung_up).await;
        let line = stage.line().await;
        assert_eq!(
            (line.ended, line.status, line.attempts),
            (Ended::ClientLeft, 200, 1),
            "{path}"
        );
        assert!(line.first_byte_ms.is_some());
        assert_eq!(stage.gateway().in_flight(), 0);
    }
}

#[tokio::test]
async fn leaving_before_the_first_event_hangs_up_too() {
    for (stream, prompt) in [
        (true, "[[stall 0]]"),
        (false, "[[stall 0]]"),
        (false, "[[stall 4]]"),
    ] {
        let stage = Stage::open().await;
        let request = stage.request(Method::POST, "/v1/responses", &responses(prompt, stream));
        {
            let asking = stage.send(request);
            tokio::pin!(asking);
            tokio::select! {
                reply = asking.as_mut() => panic!("{}", reply.text()),
                _ = stage.world().until_received(RESPONSES, 1) => {}
            }
        }
        until(|| stage.asked()[0].hung_up).await;
        let line = stage.line().await;
        assert_eq!(
            (line.ended, line.attempts),
            (Ended::ClientLeft, 1),
            "{stream} {prompt}"
        );
        assert_eq!(line.first_byte_ms, None);
    }
}

#[tokio::test]
async fn each_ending_writes_exactly_one_line() {
    let stage = Stage::open().await;
    let rows = [
        ("hello", 200, Ended::Whole),
        ("[[incomplete max_output_tokens]]", 200, Ended::Incomplete),
        ("[[http context-length]]", 400, Ended::Refused),
        ("[[failed something_else]]", 200, Ended::UpstreamFailed),
        ("[[eof 3]]", 200, Ended::UpstreamFailed),
    ];
    for (count, (prompt, status, ended)) in rows.into_iter().enumerate() {
        let reply = stage.post("/v1/responses", &responses(prompt, true)).await;
        assert_eq!(reply.status, status, "{prompt}");
        let line = stage.lines(count + 1).await.pop().unwrap();
        assert_eq!((line.status, line.ended), (status, ended), "{prompt}");
        assert_eq!(
            reply.header("x-postern-request-id"),
            Some(line.request_id.as_str())
        );
    }
}
