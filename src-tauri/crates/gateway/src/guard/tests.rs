use std::net::Ipv4Addr;

use http::{Request, Version};

use super::*;

fn parts(version: Version, uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().version(version).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

#[test]
fn a_key_is_dispensed_with_at_one_door_on_loopback_only() {
    let (near, far) = (
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::from([192, 168, 1, 5]),
    );
    let dispenses = |door, here, ollama| {
        let settings = Settings {
            ollama,
            ..Settings::default()
        };
        asks_no_key(door, here, &settings)
    };
    let with = |asks_key| Some(Ollama { port: 0, asks_key });
    assert!(dispenses(Door::Ollama, near, with(false)));
    for (door, here, ollama) in [
        (Door::Ollama, far, with(false)),
        (Door::Ollama, near, with(true)),
        (Door::Ollama, near, None),
        (Door::Main, near, with(false)),
    ] {
        assert!(!dispenses(door, here, ollama), "{door:?} {here} {ollama:?}");
    }
}

#[track_caller]
fn check_host(uri: &str, headers: &[(&str, &str)], passes: bool) {
    let head = parts(Version::HTTP_11, uri, headers);
    let here = IpAddr::V4(Ipv4Addr::new(192, 168, 1, 5));
    let listed = ["postern.home".to_owned()];
    let checked = host::check(&head, here, &listed);
    assert_eq!(checked.is_ok(), passes, "{uri} {headers:?}: {checked:?}");
}

#[test]
fn only_names_of_this_machine_are_served() {
    for good in [
        "127.0.0.1:7678",
        "127.0.0.1",
        "127.8.9.1:1",
        "localhost",
        "LocalHost:9",
        "[::1]:7678",
        "[::ffff:127.0.0.1]",
        "192.168.1.5:7678",
        "postern.home:80",
        "POSTERN.HOME",
    ] {
        check_host("/v1/models", &[("host", good)], true);
    }
    for bad in [
        "evil.example",
        "evil.example:7678",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.1",
        "0x7f000001",
        "2130706433",
        "192.168.1.6:7678",
        "0.0.0.0:7678",
        "[::]:7678",
        "user@localhost",
        "evil@127.0.0.1",
        "localhost.",
        "a b",
        "",
    ] {
        check_host("/v1/models", &[("host", bad)], false);
    }
}

#[test]
fn the_request_line_counts_as_much_as_the_header() {
    let ours = ("host", "127.0.0.1");
    check_host("http://127.0.0.1/v1/models", &[ours], true);
    check_host("http://evil.example/v1/models", &[ours], false);
    check_host("/", &[ours, ("host", "evil.example")], false);
    check_host("/", &[ours, ours], false);
    check_host("/", &[], false);
    let old = parts(Version::HTTP_10, "/", &[]);
    assert!(host::check(&old, IpAddr::V4(Ipv4Addr::LOCALHOST), &[]).is_ok());
}

#[track_caller]
fn check_page(headers: &[(&str, &str)], expected: &str) {
    let head = parts(Version::HTTP_11, "/", headers);
    let listed = ["https://app.example".to_owned(), "null".to_owned()];
    let told = match origin::page(&head.headers, &listed) {
        origin::Page::None => "none",
        origin::Page::Allowed(_) => "allowed",
        origin::Page::Foreign(_) => "foreign",
    };
    assert_eq!(told, expected, "{headers:?}");
}

#[test]
fn a_page_shows_itself() {
    check_page(&[], "none");
    check_page(&[("sec-fetch-site", "none")], "none");
    check_page(&[("sec-fetch-site", "same-origin")], "none");
    check_page(&[("sec-fetch-site", "cross-site")], "foreign");
    check_page(&[("sec-fetch-site", "Same-Site ")], "foreign");
    check_page(&[("origin", "https://evil.example")], "foreign");
    check_page(&[("origin", "https://app.example.evil.example")], "foreign");
    check_page(&[("origin", "http://app.example")], "foreign");
    check_page(&[("origin", "https://app.example:8443")], "foreign");
    check_page(&[("origin", "null")], "allowed");
    check_page(&[("origin", "https://App.example")], "allowed");
    check_page(
        &[
            ("origin", "https://app.example"),
            ("sec-fetch-site", "cross-site"),
        ],
        "allowed",
    );
    check_page(
        &[
            ("origin", "https://app.example"),
            ("origin", "https://evil.example"),
        ],
        "foreign",
    );
}

#[test]
fn what_a_form_can_send_is_no_body() {
    let rows = [
        (Some("application/json"), true),
        (Some("Application/JSON; charset=utf-8"), true),
        (Some("application/x-www-form-urlencoded"), false),
        (Some("multipart/form-data; boundary=x"), false),
        (Some("text/plain"), false),
        (Some("text/plain; application/json"), false),
        (Some("application/jsonx"), false),
        (Some(""), false),
        (None, false),
    ];
    for (media, passes) in rows {
        let mut headers = HeaderMap::new();
        if let Some(media) = media {
            headers.insert(CONTENT_TYPE, media.parse().unwrap());
        }
        assert_eq!(json_body(&headers).is_ok(), passes, "{media:?}");
    }
}
