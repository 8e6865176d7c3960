use std::io;
use std::net::{IpAddr, SocketAddr};

use base::{Tasks, Timestamp};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use serde_json::value::RawValue;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use wire::responses::{Item, Part, Role, Tool};

use super::remote::Wire;
use super::*;

/// A network of pipes: names have addresses, and each connection gets the next scripted answer.
#[derive(Default)]
struct Pipes {
    names: HashMap<&'static str, Vec<IpAddr>>,
    answers: Mutex<Vec<Vec<u8>>>,
    asked: Arc<Mutex<Vec<(SocketAddr, String)>>>,
    /// Names that were looked up. `turncoat.example` is public the first time only.
    looked_up: Arc<Mutex<Vec<String>>>,
    tasks: Tasks,
}

impl Network for Pipes {
    fn resolve(&self, host: &str, _: u16) -> BoxFuture<'_, io::Result<Vec<IpAddr>>> {
        let is_known = self.looked_up.lock().iter().any(|known| known == host);
        self.looked_up.lock().push(host.to_owned());
        let found = match host {
            "turncoat.example" if is_known => Some(vec![IpAddr::from([127, 0, 0, 1])]),
            host => self.names.get(host).cloned(),
        };
        async move { found.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound)) }.boxed()
    }

    fn connect(&self, _: &str, at: SocketAddr) -> BoxFuture<'_, io::Result<Wire>> {
        let (ours, mut theirs) = tokio::io::duplex(1 << 16);
        let answer = self.answers.lock().remove(0);
        let asked = Arc::clone(&self.asked);
        self.tasks.spawn("host", |_| async move {
            let mut request = vec![0; 4096];
            let length = theirs.read(&mut request).await.unwrap();
            let head = String::from_utf8_lossy(&request[..length]).into_owned();
            asked.lock().push((at, head));
            if answer.is_empty() {
                std::future::pending::<()>().await;
            }
            let _ = theirs.write_all(&answer).await;
        });
        async move { Ok(Box::new(ours) as Wire) }.boxed()
    }
}

/// More than any of the images here.
const MOST: usize = 64 << 20;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";
const AS_DATA: &str = "data:image/png;base64,iVBORw0KGgpyZXN0";

fn ok(body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn moved(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes()
}

fn pipes(answers: &[Vec<u8>]) -> Pipes {
    let ips = |all: &[&str]| all.iter().map(|ip| ip.parse().unwrap()).collect();
    Pipes {
        names: [
            ("img.example", ips(&["93.184.216.34"])),
            ("inside.example", ips(&["10.0.0.7"])),
            ("rebound.example", ips(&["93.184.216.34", "127.0.0.1"])),
            ("turncoat.example", ips(&["93.184.216.34"])),
            ("nowhere.example", Vec::new()),
        ]
        .into(),
        answers: Mutex::new(answers.to_vec()),
        ..Pipes::default()
    }
}

fn picture(url: &str) -> Request {
    Request {
        input: vec![Item::Message {
            role: Role::User,
            content: vec![Part::InputImage {
                image_url: url.into(),
                detail: None,
            }],
        }],
        ..Request::default()
    }
}

/// What becomes of the one address: the new one, or why there is none. And whom it was asked of.
async fn fetched(url: &str, answers: &[Vec<u8>]) -> (Result<String, String>, Vec<SocketAddr>) {
    let pipes = pipes(answers);
    let asked = Arc::clone(&pipes.asked);
    let fetcher = Fetcher::over(Arc::new(pipes), Clock::system());
    let mut request = picture(url);
    let outcome = fetcher.inline(&mut request, MOST).await;
    let mut now = String::new();
    walk::each(&mut request, |url| {
        now = url.to_owned();
        None
    });
    let asked = asked.lock().iter().map(|(at, _)| *at).collect();
    (
        outcome.map(|()| now).map_err(|fault| fault.to_string()),
        asked,
    )
}

#[track_caller]
fn check_refused(outcome: (Result<String, String>, Vec<SocketAddr>), why: &str, asked: usize) {
    let (outcome, hosts) = outcome;
    let message = outcome.unwrap_err();
    assert!(message.contains(why), "{message}");
    assert_eq!(hosts.len(), asked, "{message}: {hosts:?}");
}

#[tokio::test]
async fn an_image_takes_the_place_of_its_address() {
    let (url, asked) = fetched("https://img.example/a.png?x=1", &[ok(PNG)]).await;
    assert_eq!(url.unwrap(), AS_DATA);
    assert_eq!(asked, ["93.184.216.34:443".parse().unwrap()]);
}

#[tokio::test]
async fn pictures_to_work_on_are_fetched_too_each_once() {
    let pipes = pipes(&[ok(PNG)]);
    let asked = Arc::clone(&pipes.asked);
    let fetcher = Fetcher::over(Arc::new(pipes), Clock::system());
    let (remote, data) = ("https://img.example/a.png", "data:image/png;base64,AAAA");
    let mut urls = [remote, data, remote].map(str::to_owned);
    fetcher
        .replace(urls.iter_mut(), "images", MOST)
        .await
        .unwrap();
    assert_eq!(urls, [AS_DATA, data, AS_DATA]);
    assert_eq!(asked.lock().len(), 1);
    let mut inside = ["https://10.0.0.7/a.png".to_owned()];
    let fault = fetcher.replace(inside.iter_mut(), "images", MOST).await;
    assert_eq!(fault.unwrap_err().param(), Some("images"));
}

#[tokio::test]
async fn other_addresses_are_left_alone() {
    for url in [
        "data:image/png;base64,AAAA",
        "http://img.example/a.png",
        "file:///etc/passwd",
    ] {
        let (same, asked) = fetched(url, &[]).await;
        assert_eq!(same.unwrap(), url);
        assert!(asked.is_empty());
    }
}

#[tokio::test]
async fn nobody_inside_is_reached() {
    for url in [
        "https://127.0.0.1/a.png",
        "https://127.1/a.png",
        "https://0x7f000001/a.png",
        "https://[::1]/a.png",
        "https://[::ffff:10.0.0.1]/a.png",
        "https://169.254.169.254/latest/meta-data",
        "https://inside.example/a.png",
        "https://rebound.example/a.png",
    ] {
        check_refused(fetched(url, &[]).await, "not on the public Internet", 0);
    }
    check_refused(
        fetched("https://me@img.example/", &[]).await,
        "no plain `https`",
        0,
    );
    check_refused(
        fetched("https://nowhere.example/", &[]).await,
        "no address",
        0,
    );
    check_refused(
        fetched("https://unknown.example/", &[]).await,
        "could not be reached",
        0,
    );
}

#[tokio::test]
async fn a_redirect_is_checked_like_the_first_address() {
    let there = "https://img.example/there.png";
    let (url, asked) = fetched("https://img.example/", &[moved("/there.png"), ok(PNG)]).await;
    assert_eq!((url.unwrap().as_str(), asked.len()), (AS_DATA, 2));
    for (to, why) in [
        ("https://127.0.0.1:8080/admin", "not on the public Internet"),
        ("https://inside.example/", "not on the public Internet"),
        ("http://img.example/", "no plain `https`"),
        ("file:///etc/passwd", "no plain `https`"),
    ] {
        check_refused(fetched("https://img.example/", &[moved(to)]).await, why, 1);
    }
    let four = [moved(there), moved(there), moved(there), moved(there)];
    check_refused(fetched(there, &four).await, "too often", 4);
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_asked_once() {
    let turncoat = "https://turncoat.example/a.png";
    let pipes = pipes(&[ok(PNG)]);
    let (asked, looked_up) = (Arc::clone(&pipes.asked), Arc::clone(&pipes.looked_up));
    let fetcher = Fetcher::over(Arc::new(pipes), Clock::system());
    fetcher.inline(&mut picture(turncoat), MOST).await.unwrap();
    assert_eq!(*looked_up.lock(), ["turncoat.example"]);
    let (at, _) = asked.lock()[0].clone();
    assert_eq!(at, "93.184.216.34:443".parse().unwrap());
    // A redirect to the same name is another question, and is checked again.
    let moved = fetched(turncoat, &[moved(turncoat), ok(PNG)]).await;
    check_refused(moved, "not on the public Internet", 1);
}

#[tokio::test]
async fn what_is_no_image_stays_out() {
    let url = "https://img.example/";
    check_refused(fetched(url, &[ok(b"<svg/>")]).await, "no JPEG", 1);
    check_refused(fetched(url, &[ok(b"")]).await, "no JPEG", 1);
    let missing = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec();
    check_refused(fetched(url, &[missing]).await, "status 404", 1);
    check_refused(fetched(url, &[b"SSH-2.0\r\n".to_vec()]).await, "no HTTP", 1);
    let huge = [PNG, &vec![0; 20 << 20]].concat();
    check_refused(fetched(url, &[ok(&huge)]).await, "larger than 20 MiB", 1);
}

#[tokio::test]
async fn nothing_of_the_client_goes_along_and_one_address_is_fetched_once() {
    let pipes = pipes(&[ok(PNG)]);
    let asked = Arc::clone(&pipes.asked);
    let fetcher = Fetcher::over(Arc::new(pipes), Clock::system());
    let raw = r#"{"type":"message","content":[{"type":"input_image","image_url":"https://img.example/p?q"}]}"#;
    let mut request = picture("https://img.example/p?q");
    request
        .input
        .push(Item::Raw(RawValue::from_string(raw.into()).unwrap()));
    fetcher.inline(&mut request, MOST).await.unwrap();
    let Item::Raw(json) = &request.input[1] else {
        panic!("the item is still raw");
    };
    let key_order = format!(
        r#"{{"type":"message","content":[{{"type":"input_image","image_url":"{AS_DATA}"}}]}}"#
    );
    assert_eq!(json.get(), key_order);
    let asked = asked.lock();
    assert_eq!(asked.len(), 1);
    let head = asked[0].1.to_ascii_lowercase();
    assert!(head.starts_with("get /p?q http/1.1\r\n"), "{head}");
    assert!(head.contains("host: img.example\r\n"), "{head}");
    assert!(
        !head.contains("cookie") && !head.contains("authorization"),
        "{head}"
    );
}

#[tokio::test]
async fn the_mask_of_a_picture_is_fetched_too() {
    let fetcher = Fetcher::over(Arc::new(pipes(&[ok(PNG)])), Clock::system());
    let tool =
        r#"{"type":"image_generation","input_image_mask":{"image_url":"https://img.example/"}}"#;
    let tool = RawValue::from_string(tool.to_owned()).unwrap();
    let mut request = Request {
        tools: Some(vec![Tool::Raw(tool)]),
        ..Request::default()
    };
    fetcher.inline(&mut request, MOST).await.unwrap();
    let Some([Tool::Raw(json)]) = request.tools.as_deref() else {
        panic!("the tool is still raw");
    };
    let tool =
        format!(r#"{{"type":"image_generation","input_image_mask":{{"image_url":"{AS_DATA}"}}}}"#);
    assert_eq!(json.get(), tool);
}

#[tokio::test]
async fn a_host_that_says_nothing_is_left_after_the_deadline() {
    let (clock, hand) = Clock::manual(Timestamp::default());
    let fetcher = Fetcher::over(Arc::new(pipes(&[Vec::new()])), clock);
    let mut request = picture("https://img.example/");
    let moving = async {
        hand.until_sleeping(1).await;
        hand.advance(std::time::Duration::from_secs(15));
    };
    let (outcome, ()) = tokio::join!(fetcher.inline(&mut request, MOST), moving);
    assert!(outcome.unwrap_err().to_string().contains("15 seconds"));
}

#[tokio::test]
async fn a_request_names_only_so_many() {
    let fetcher = Fetcher::over(Arc::new(pipes(&[])), Clock::system());
    let mut request = Request::default();
    for number in 0..=IMAGES {
        let mut one = picture(&format!("https://img.example/{number}"));
        request.input.append(&mut one.input);
    }
    assert!(fetcher.inline(&mut request, MOST).await.is_err());
}

#[tokio::test]
async fn every_place_of_an_image_counts() {
    let url = "https://img.example/";
    let most = 3 * AS_DATA.len();
    for (places, fits) in [(3, true), (4, false)] {
        let fetcher = Fetcher::over(Arc::new(pipes(&[ok(PNG)])), Clock::system());
        let mut urls = vec![url.to_owned(); places];
        let replaced = fetcher.replace(urls.iter_mut(), "images", most).await;
        assert_eq!(replaced.is_ok(), fits, "{replaced:?}");
        let fetcher = Fetcher::over(Arc::new(pipes(&[ok(PNG)])), Clock::system());
        let mut request = Request::default();
        for _ in 0..places {
            request.input.append(&mut picture(url).input);
        }
        let inlined = fetcher.inline(&mut request, most).await;
        assert_eq!(inlined.is_ok(), fits, "{inlined:?}");
    }
}
