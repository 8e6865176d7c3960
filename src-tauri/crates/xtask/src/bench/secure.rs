//! A second Postern, which reaches the stand-in as ChatGPT is reached: by HTTP/2 over TLS.

use std::fs;
use std::net::SocketAddr;

use crate::child::Child;
use crate::failure::{Because as _, Failure};
use crate::place::{Place, Profile};
use crate::run::quietly;
use crate::stack::{Stack, address, postern_before};

/// It, running.
#[derive(Debug)]
pub(super) struct Secure {
    child: Child,
    door: SocketAddr,
    key: String,
}

impl Secure {
    pub(super) fn start(place: &Place, profile: Profile, stack: &Stack) -> Result<Self, Failure> {
        let program = place.program(profile, "postern");
        let home = stack.home().join("secure");
        fs::create_dir_all(&home).because("could not make a second home")?;
        let upstream = format!("https://{}/backend-api", stack.secure());
        let postern = |words: &[&str]| {
            let mut command = postern_before(&program, &home, stack.standin(), &upstream, words);
            command.env("SSL_CERT_FILE", place.root().join(CERTIFICATE));
            command
        };
        quietly(&mut postern(&["--vault", "plain", "login", "--device"]))?;
        let key = quietly(&mut postern(&["keys", "add", "bench"]))?;
        let words = ["serve", "--port", "0"];
        let child = Child::start("secure", &mut postern(&words), stack.home())?;
        let door = address(&child.line()?)?;
        Ok(Self {
            child,
            door,
            key: key.trim().to_owned(),
        })
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn door(&self) -> SocketAddr {
        self.door
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }
}

/// What the stand-in shows.
const CERTIFICATE: &str = "src-tauri/crates/standin/src/server/certificate.pem";
