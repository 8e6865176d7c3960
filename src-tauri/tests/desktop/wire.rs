//! HTTP/1.1 over a loopback socket, one request a connection, as an app without a library would.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::Outcome;

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let rows = self.head.lines().filter_map(|line| line.split_once(':'));
        let mut rows = rows.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        rows.next().map(|(_, value)| value.trim())
    }

    pub(crate) fn json(&self) -> Outcome<Value> {
        Ok(serde_json::from_str(&self.body)?)
    }
}

/// Asks and reads the whole answer.
pub(crate) fn ask(
    at: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Outcome<Answer> {
    let mut stream = TcpStream::connect(at)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut message = format!(
        "{method} {target} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        message.extend([*name, ": ", *value, "\r\n"]);
    }
    message.extend(["\r\n", body]);
    stream.write_all(message.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").ok_or("no head")?;
    let status = head.split(' ').nth(1).ok_or("no status")?.parse()?;
    let mut answer = Answer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    };
    if answer.header("transfer-encoding") == Some("chunked") {
        answer.body = whole(body)?;
    }
    Ok(answer)
}

/// `http://127.0.0.1:7678/v1?x=y` in its two parts: where to connect, what to ask for.
pub(crate) fn parts(url: &str) -> Outcome<(SocketAddr, String)> {
    let rest = url.strip_prefix("http://").ok_or("not plain HTTP")?;
    let rest = rest.replacen("localhost:", "127.0.0.1:", 1);
    let (authority, path) = rest.split_once('/').unwrap_or((&rest, ""));
    Ok((authority.parse()?, format!("/{path}")))
}

/// A chunked body without the chunks. The texts of these tests are ASCII.
fn whole(mut body: &str) -> Outcome<String> {
    let mut text = String::new();
    loop {
        let (size, rest) = body.split_once("\r\n").ok_or("a chunk without a size")?;
        let size = usize::from_str_radix(size.trim(), 16)?;
        if size == 0 {
            return Ok(text);
        }
        text.push_str(rest.get(..size).ok_or("a chunk that is too short")?);
        body = rest.get(size + 2..).ok_or("a chunk without an end")?;
    }
}
