//! A session bus and a gnome-keyring of our own, in a folder that goes away with them.

use std::collections::HashSet;
use std::error::Error;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use secret_service::EncryptionType;
use secret_service::blocking::SecretService;
use zbus::blocking::fdo::{DBusProxy, NameOwnerChangedIterator};
use zbus::blocking::{Connection, connection};

pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// What the bus forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    Open,
    /// Nobody may talk to the keyring, as in a sandbox without that permission.
    NoSecrets,
}

/// What somebody on the bus did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Came,
    Left,
}

/// Sees who comes to the bus and who leaves it.
pub(crate) struct Watch<'a> {
    session: &'a Session,
    changes: NameOwnerChangedIterator,
}

impl Watch<'_> {
    /// What those did who came since the watch began.
    pub(crate) fn end(self) -> Outcome<Vec<Step>> {
        // Nobody else comes after this one.
        let last = self.session.connect()?;
        let last = last.unique_name().ok_or("no name")?.to_string();
        let (mut steps, mut seen) = (Vec::new(), HashSet::new());
        for change in self.changes {
            let change = change.args()?;
            let name = change.name().to_string();
            if name == last {
                return Ok(steps);
            }
            // Names without the colon are those of services.
            match change.new_owner().is_some() && name.starts_with(':') {
                true => {
                    seen.insert(name);
                    steps.push(Step::Came);
                }
                false if seen.remove(&name) => steps.push(Step::Left),
                false => {}
            }
        }
        Err("the bus has ended".into())
    }
}

/// One person's session: a bus, perhaps a keyring, and folders for both.
pub(crate) struct Session {
    dir: tempfile::TempDir,
    address: String,
    bus: Child,
    keyring: Option<Child>,
}

impl Session {
    /// A bus without a keyring.
    pub(crate) fn start(policy: Policy) -> Outcome<Self> {
        let dir = tempfile::Builder::new().prefix("postern-bus").tempdir()?;
        for name in ["home", "run", "data"] {
            fs::DirBuilder::new()
                .mode(0o700)
                .create(dir.path().join(name))?;
        }
        let config = dir.path().join("bus.conf");
        fs::write(&config, config_text(dir.path(), policy))?;
        let mut bus = Command::new("dbus-daemon")
            .arg("--nofork")
            .arg("--print-address=1")
            .arg(format!("--config-file={}", config.display()))
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("dbus-daemon (package dbus) does not start: {error}"))?;
        let mut address = String::new();
        let said = bus.stdout.take().ok_or("no pipe")?;
        BufReader::new(said).read_line(&mut address)?;
        Ok(Self {
            dir,
            address: address.trim().to_owned(),
            bus,
            keyring: None,
        })
    }

    /// A bus with an unlocked keyring.
    pub(crate) fn with_keyring(policy: Policy) -> Outcome<Self> {
        let mut session = Self::start(policy)?;
        session.unlock_keyring()?;
        Ok(session)
    }

    /// Starts the keyring anew with its password, as signing in to a desktop does.
    pub(crate) fn unlock_keyring(&mut self) -> Outcome<()> {
        if let Some(before) = self.keyring.take() {
            end(before);
            self.wait_for_keyring(false)?;
        }
        let mut keyring = self
            .command("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .arg(format!(
                "--control-directory={}",
                self.path("run").display()
            ))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                format!("gnome-keyring-daemon (package gnome-keyring) does not start: {error}")
            })?;
        // Closing the pipe ends the password.
        keyring
            .stdin
            .take()
            .ok_or("no pipe")?
            .write_all(b"login password")?;
        self.keyring = Some(keyring);
        self.wait_for_keyring(true)
    }

    /// A program that runs in this session and knows nothing of any other.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .env_clear()
            .env("HOME", self.path("home"))
            .env("PATH", "/usr/bin:/bin")
            .env("XDG_DATA_HOME", self.path("data"))
            .env("XDG_RUNTIME_DIR", self.path("run"))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        command
    }

    /// A folder for one Postern.
    pub(crate) fn home(&self, name: &str) -> PathBuf {
        self.path("home").join(name)
    }

    /// The keyring as another program sees it.
    pub(crate) fn secrets(&self) -> Outcome<SecretService<'static>> {
        Ok(SecretService::connect_with_existing(
            EncryptionType::Plain,
            self.connect()?,
        )?)
    }

    /// Begins to watch.
    pub(crate) fn watch(&self) -> Outcome<Watch<'_>> {
        let changes = DBusProxy::new(&self.connect()?)?.receive_name_owner_changed()?;
        Ok(Watch {
            session: self,
            changes,
        })
    }

    /// Where the bus listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    fn connect(&self) -> Outcome<Connection> {
        let address: zbus::Address = self.address.as_str().try_into()?;
        Ok(connection::Builder::address(address)?.build()?)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn wait_for_keyring(&self, wanted: bool) -> Outcome<()> {
        let connection = self.connect()?;
        let bus = DBusProxy::new(&connection)?;
        for _ in 0..1500 {
            if bus.name_has_owner("org.freedesktop.secrets".try_into()?)? == wanted {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err("gnome-keyring-daemon did not reach the bus".into())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(keyring) = self.keyring.take() {
            end(keyring);
        }
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}

fn end(mut child: Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// No service folders: what nobody started is not there, and no prompt can appear.
fn config_text(dir: &Path, policy: Policy) -> String {
    let forbidden = match policy {
        Policy::Open => "",
        Policy::NoSecrets => "<deny send_destination=\"org.freedesktop.secrets\"/>",
    };
    format!(
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"
          \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">
        <busconfig>
          <type>session</type>
          <listen>unix:dir={}</listen>
          <auth>EXTERNAL</auth>
          <policy context=\"default\">
            <allow send_destination=\"*\" eavesdrop=\"true\"/>
            <allow eavesdrop=\"true\"/>
            <allow own=\"*\"/>
            {forbidden}
          </policy>
        </busconfig>",
        dir.display()
    )
}
