//! A plain HTTP/1.1 client for loopback: enough for the stand-in's admin calls, a streamed answer,
//! and a load generator that costs next to nothing.
//!
//! One request at a time per connection; the connection is used again when the reply was read to
//! its end. Blocking, no TLS, no redirects.

use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A connection to one server.
#[derive(Debug)]
pub(crate) struct Connection {
    reader: BufReader<TcpStream>,
    address: SocketAddr,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a [u8],
}

/// What is answered; read it to its end before the next request.
#[derive(Debug)]
pub(crate) struct Reply<'c> {
    pub(crate) status: u16,
    reader: &'c mut BufReader<TcpStream>,
    left: Left,
}

/// How much of the body is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    /// Bytes of the current chunk.
    Chunk(usize),
    /// Bytes of the whole body.
    Exactly(usize),
    UntilClosed,
    Nothing,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(SILENCE))?;
        Ok(Self {
            reader: BufReader::with_capacity(64 * 1024, stream),
            address,
        })
    }

    /// Sends `ask` and reads the head of the reply.
    pub(crate) fn send(&mut self, ask: &Ask<'_>) -> io::Result<Reply<'_>> {
        let mut head = format!(
            "{} {} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n",
            ask.method,
            ask.path,
            self.address,
            ask.body.len()
        );
        for (name, value) in ask.headers {
            head.extend([*name, ": ", *value, "\r\n"]);
        }
        head.push_str("\r\n");
        let mut message = head.into_bytes();
        message.extend_from_slice(ask.body);
        self.reader.get_mut().write_all(&message)?;
        let (status, left) = read_head(&mut self.reader)?;
        Ok(Reply {
            status,
            reader: &mut self.reader,
            left,
        })
    }
}

impl Reply<'_> {
    /// The rest of the body as text.
    pub(crate) fn text(mut self) -> io::Result<String> {
        let mut text = String::new();
        self.read_to_string(&mut text)?;
        Ok(text)
    }
}

impl Read for Reply<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left == Left::Chunk(0) {
            self.left = next_chunk(self.reader)?;
        }
        let room = match self.left {
            Left::Nothing | Left::Exactly(0) => return Ok(0),
            Left::Chunk(left) | Left::Exactly(left) => left.min(into.len()),
            Left::UntilClosed => into.len(),
        };
        let read = self.reader.read(&mut into[..room])?;
        self.left = match self.left {
            Left::UntilClosed => return Ok(read),
            _ if read == 0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            Left::Chunk(left) if left == read => {
                read_line(self.reader)?;
                Left::Chunk(0)
            }
            Left::Chunk(left) => Left::Chunk(left - read),
            Left::Exactly(left) => Left::Exactly(left - read),
            Left::Nothing => Left::Nothing,
        };
        Ok(read)
    }
}

/// The socket address in `http://127.0.0.1:7678/v1`, or in any line that holds such a URL.
pub(crate) fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("://")?;
    let end = rest
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ':' | '[' | ']'))
        .unwrap_or(rest.len());
    rest[..end].trim_end_matches(['.', ':']).parse().ok()
}

fn read_head(reader: &mut BufReader<TcpStream>) -> io::Result<(u16, Left)> {
    let first = read_line(reader)?;
    let status = first
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| io::Error::other(format!("no status line: `{first}`")))?;
    let mut left = match status {
        204 | 304 => Left::Nothing,
        _ => Left::UntilClosed,
    };
    loop {
        let line = read_line(reader)?;
        let Some((name, value)) = line.split_once(':') else {
            return Ok((status, left));
        };
        match name.to_ascii_lowercase().as_str() {
            "transfer-encoding" => left = Left::Chunk(0),
            "content-length" => {
                left = Left::Exactly(value.trim().parse().map_err(io::Error::other)?);
            }
            _ => {}
        }
    }
}

fn next_chunk(reader: &mut BufReader<TcpStream>) -> io::Result<Left> {
    let line = read_line(reader)?;
    let size = line.split(';').next().unwrap_or_default().trim();
    match usize::from_str_radix(size, 16).map_err(io::Error::other)? {
        0 => {
            while !read_line(reader)?.is_empty() {}
            Ok(Left::Nothing)
        }
        size => Ok(Left::Chunk(size)),
    }
}

fn read_line(reader: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

/// A server that says nothing for so long is stuck.
const SILENCE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// What is read from a server that sends `reply` in pieces of `size` bytes.
    fn read(reply: &'static [u8], size: usize) -> io::Result<(u16, String)> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut asked = [0; 256];
                let _ = stream.read(&mut asked).unwrap();
                for piece in reply.chunks(size) {
                    stream.write_all(piece).unwrap();
                    stream.flush().unwrap();
                }
            });
            let mut connection = Connection::open(address)?;
            let reply = connection.send(&Ask {
                method: "GET",
                path: "/",
                headers: &[("accept", "*/*")],
                body: b"",
            })?;
            Ok((reply.status, reply.text()?))
        })
    }

    #[test]
    fn a_body_is_read_however_its_length_is_told() {
        let rows: [(&[u8], &str); 4] = [
            (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"),
            (
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
                "hello",
            ),
            (b"HTTP/1.1 200 OK\r\n\r\nhello", "hello"),
            (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", ""),
        ];
        for (reply, body) in rows {
            for size in [1, 7, 1024] {
                assert_eq!(read(reply, size).unwrap(), (200, body.to_owned()));
            }
        }
    }

    #[test]
    fn a_body_that_breaks_off_is_an_error() {
        let rows: [&[u8]; 2] = [
            b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello",
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhello",
        ];
        for reply in rows {
            assert!(read(reply, 1024).is_err());
        }
    }

    #[test]
    fn an_address_is_found_in_a_line() {
        let rows = [
            (
                "standin listening on http://127.0.0.1:4100",
                Some("127.0.0.1:4100"),
            ),
            ("http://127.0.0.1:7678/v1", Some("127.0.0.1:7678")),
            ("ready at http://[::1]:80/v1.", Some("[::1]:80")),
            (
                "listening on http://127.0.0.1:4100.",
                Some("127.0.0.1:4100"),
            ),
            ("nothing here", None),
        ];
        for (line, address) in rows {
            assert_eq!(
                address_in(line),
                address.map(|text| text.parse().unwrap()),
                "{line}"
            );
        }
    }
}
