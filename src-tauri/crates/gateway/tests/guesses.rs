//! One wrong key after the other.

use std::time::Duration;

use http::{HeaderValue, Method};
use serde_json::Value;
use store::Ended;

use crate::stage::{Plan, Stage};

async fn ask(stage: &Stage, name: &'static str, key: &str) -> crate::caller::Reply {
    let mut request = stage.request(Method::GET, "/v1/models", &Value::Null);
    let headers = request.headers_mut();
    headers.remove("authorization");
    headers.insert(name, HeaderValue::try_from(key).unwrap());
    stage.send(request).await
}

#[tokio::test]
async fn after_many_wrong_keys_none_is_looked_at_until_the_window_ends() {
    let (stage, hand) = Stage::by_hand(Plan::default()).await;
    for number in 0..30 {
        let header = ["x-api-key", "api-key"][number % 2];
        let reply = ask(&stage, header, "pk-postern-wrong").await;
        assert_eq!(reply.status, 401, "{number}");
    }
    hand.advance(Duration::from_secs(20));
    let reply = ask(&stage, "x-api-key", "pk-postern-wrong").await;
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (429, Some("40"))
    );
    assert_eq!(reply.header("x-should-retry"), Some("false"));
    assert_eq!(reply.json()["error"]["code"], "too_many_wrong_keys");
    let good = ask(&stage, "x-api-key", &stage.key).await;
    assert_eq!(good.status, 200);
    hand.advance(Duration::from_secs(40));
    let reply = ask(&stage, "x-api-key", "pk-postern-wrong").await;
    assert_eq!(reply.status, 401);
    let lines = stage.lines(33).await;
    let refused = lines.iter().filter(|line| line.ended == Ended::Refused);
    assert_eq!(refused.count(), 32);
}
