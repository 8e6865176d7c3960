//! The two registered ports.

use std::time::Duration;

use auth::{By, Fault, Ports};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use crate::browser::ANY;
use crate::callback::get;
use crate::house::{House, PLUS, Unusual};

const STEP: Duration = Duration::from_millis(200);

#[test]
fn the_registered_ports_are_1455_and_1457() {
    let ports = Ports::default();
    assert_eq!((ports.preferred, ports.fallback), (1455, 1457));
}

#[tokio::test]
async fn falls_back_to_registered_fallback_port_when_default_port_is_in_use() {
    let house = House::open().await;
    let holder = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let preferred = holder.local_addr().unwrap().port();
    let ports = Ports {
        preferred,
        fallback: 0,
    };
    let begin = house.accounts().begin_browser_on(ports);
    let asked = async {
        let (mut stream, _) = holder.accept().await.unwrap();
        let mut request = vec![0; 512];
        let read = stream.read(&mut request).await.unwrap();
        request.truncate(read);
        String::from_utf8(request).unwrap()
    };
    let (begun, asked) = house
        .while_time_passes(STEP, async { tokio::join!(begin, asked) })
        .await;
    let begun = begun.unwrap();
    assert!(asked.starts_with("GET /cancel HTTP/1.1\r\n"));
    assert!(asked.contains(&format!("Host: 127.0.0.1:{preferred}\r\n")));
    assert!(asked.contains("Connection: close\r\n"));
    assert_ne!(begun.port, preferred);
    let redirect = format!("http://127.0.0.1:{}/auth/callback", begun.port);
    assert!(
        begun
            .url
            .query_pairs()
            .any(|(key, value)| key == "redirect_uri" && value == redirect)
    );
    // And the holder was asked only once.
    let second = tokio::select! {
        biased;
        _ = holder.accept() => true,
        () = std::future::ready(()) => false,
    };
    assert!(!second);
}

#[tokio::test]
async fn two_busy_ports_are_a_fault() {
    let house = House::open().await;
    let holders = [bound().await, bound().await];
    let [preferred, fallback] = holders.each_ref().map(|it| it.local_addr().unwrap().port());
    let begin = house.accounts().begin_browser_on(Ports {
        preferred,
        fallback,
    });
    let fault = house.while_time_passes(STEP, begin).await.unwrap_err();
    assert!(matches!(fault, Fault::PortsTaken { .. }));
    assert!(fault.to_string().contains(&preferred.to_string()));
    assert!(fault.hint().unwrap().contains("--device"));
}

async fn bound() -> TcpListener {
    TcpListener::bind(("127.0.0.1", 0)).await.unwrap()
}

#[tokio::test]
async fn cancels_previous_login_server_when_port_is_in_use() {
    let house = House::open().await;
    let neighbour = house.neighbour(Unusual::default()).await;
    let first = house.accounts().begin_browser_on(ANY).await.unwrap();
    let port = first.port;
    let begin = neighbour.accounts.begin_browser_on(Ports {
        preferred: port,
        fallback: 0,
    });
    let (second, outcome) = house
        .while_time_passes(STEP, async { tokio::join!(begin, first.finish()) })
        .await;
    assert!(matches!(
        outcome.unwrap_err(),
        Fault::Cancelled(By::AnotherProgram)
    ));
    let second = second.unwrap();
    assert_eq!(second.port, port);
    let cancel = url::Url::parse(&format!("http://127.0.0.1:{port}/cancel")).unwrap();
    assert_eq!(get(&cancel).await.body, "Login cancelled");
    assert!(matches!(
        second.finish().await.unwrap_err(),
        Fault::Cancelled(By::AnotherProgram)
    ));
}

#[tokio::test]
async fn a_second_sign_in_here_takes_the_place_of_the_first_at_once() {
    let house = House::open().await;
    let first = house.accounts().begin_browser_on(ANY).await.unwrap();
    let ports = Ports {
        preferred: first.port,
        fallback: 0,
    };
    let second = house.accounts().begin_browser_on(ports).await.unwrap();
    assert_eq!(second.port, first.port);
    assert!(matches!(
        first.finish().await.unwrap_err(),
        Fault::Cancelled(_)
    ));
    let back = house.approve(&second.url, PLUS).await;
    let (page, account) = tokio::join!(get(&back), second.finish());
    assert_eq!((page.status, account.is_ok()), (200, true));
}
