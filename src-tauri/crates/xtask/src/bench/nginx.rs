//! nginx as a plain pass-through in front of the stand-in: the yardstick.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::child::Child;
use crate::failure::{Because as _, Failure};
use crate::stack::Stack;

/// A running nginx of one process.
#[derive(Debug)]
pub(super) struct Nginx {
    child: Child,
    address: SocketAddr,
    secure: SocketAddr,
}

impl Nginx {
    pub(super) fn start(stack: &Stack) -> Result<Self, Failure> {
        let (address, secure) = (free_port()?, free_port()?);
        let folder = stack.home();
        let settings = folder.join("nginx.conf");
        let text = settings_text([address, secure], [stack.standin(), stack.secure()]);
        fs::write(&settings, text).because("could not write nginx's settings")?;
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder).arg("-c").arg(&settings);
        command.args(["-e", "nginx.errors"]);
        let child = Child::start("nginx", &mut command, folder)?;
        for _ in 0..TRIES {
            if TcpStream::connect(address).is_ok() {
                return Ok(Self {
                    child,
                    address,
                    secure,
                });
            }
            thread::sleep(PAUSE);
        }
        let said = fs::read_to_string(folder.join("nginx.errors")).unwrap_or_default();
        Err(Failure::new(format!("nginx does not listen\n{said}")))
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens for those whose requests it passes on over TLS.
    pub(super) fn secure(&self) -> SocketAddr {
        self.secure
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }
}

/// nginx cannot pick a port by itself; this one was free a moment ago.
fn free_port() -> Result<SocketAddr, Failure> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .because("could not find a free port")
}

/// Nothing is buffered, nothing is added, connections to the stand-in are kept.
fn settings_text(listen: [SocketAddr; 2], standin: [SocketAddr; 2]) -> String {
    let [plain, secure] = listen;
    let (to_plain, to_secure) = (
        server(plain, "http://standin"),
        server(secure, "https://secure"),
    );
    format!(
        "daemon off;
master_process off;
pid nginx.pid;
error_log nginx.errors;
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_max_body_size 64m;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    upstream standin {{ server {}; keepalive 128; }}
    upstream secure {{ server {}; keepalive 128; }}
    {to_plain}
    {to_secure}
}}
",
        standin[0], standin[1]
    )
}

fn server(listen: SocketAddr, to: &str) -> String {
    format!(
        "server {{
        listen {listen};
        location / {{
            proxy_pass {to};
            proxy_http_version 1.1;
            proxy_set_header Connection \"\";
            proxy_buffering off;
            proxy_request_buffering off;
        }}
    }}"
    )
}

const TRIES: u32 = 250;
const PAUSE: Duration = Duration::from_millis(20);
