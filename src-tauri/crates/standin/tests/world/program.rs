//! The program: one line, two signals, nothing left behind.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

/// Ends the program even where a test fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn program(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_standin"));
    command
        .args(words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn either_signal_ends_it_with_0_and_closes_its_ports() {
    for signal in ["-TERM", "-INT"] {
        let words = ["--port", "0", "--second-port", "0", "--auto-approve"];
        let mut running = Running(program(&words).spawn().unwrap());
        let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines();
        let mut address = |before: &str| {
            let line = lines.next().unwrap().unwrap();
            line.strip_prefix(before).unwrap().to_owned()
        };
        let first = address("standin listening on http://");
        let second = address("standin also listening on http://");
        let knobs = get(&first, "/admin/knobs");
        assert!(knobs.contains("\"device\":\"auto\""), "{knobs}");
        assert!(knobs.contains("\"authorize\":\"approve\""), "{knobs}");
        assert!(get(&second, "/oauth/authorize").starts_with("HTTP/1.1 400"));
        let idle = TcpStream::connect(&first).unwrap();
        let id = running.0.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(running.0.wait().unwrap().code(), Some(0), "{signal}");
        assert!(lines.next().is_none(), "nothing more is said");
        drop(idle);
        for address in [first, second] {
            assert!(TcpStream::connect(address).is_err());
        }
    }
}

#[test]
fn a_wrong_word_is_refused_with_the_usage() {
    for words in [
        &["--prot", "1"][..],
        &["--port"],
        &["--port", "many"],
        &["9000"],
    ] {
        let Output {
            status,
            stderr,
            stdout,
        } = program(words).output().unwrap();
        assert_eq!(status.code(), Some(2), "{words:?}");
        assert!(String::from_utf8_lossy(&stderr).contains("usage: standin"));
        assert!(stdout.is_empty());
    }
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap().port().to_string();
    let output = program(&["--port", &taken]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}
