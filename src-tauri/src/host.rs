//! What `control` may ask of the program it runs in.

use control::ask::Autostart;
use control::{Code, Complaint, Environment, Host};
use tauri::AppHandle;

use crate::platform::{Login, Opener};

/// The desktop program.
#[derive(Debug)]
pub(crate) struct Desktop {
    app: AppHandle,
    login: Login,
    opener: Opener,
}

impl Desktop {
    /// The program of `app`, in this environment.
    pub(crate) fn new(app: AppHandle, environment: &Environment) -> Self {
        Self {
            app,
            login: Login::new(environment),
            opener: Opener::new(environment),
        }
    }
}

impl Host for Desktop {
    fn open(&self, address: &str) -> bool {
        self.opener.open(address)
    }

    fn autostart(&self) -> Autostart {
        match self.login.is_on() {
            Some(true) => Autostart::On,
            Some(false) => Autostart::Off,
            None => Autostart::Unavailable,
        }
    }

    fn set_autostart(&self, on: bool) -> Result<Autostart, Complaint> {
        self.login.turn(on).map_err(|why| {
            Complaint::new(
                Code::Other,
                format!("start at login could not be changed: {why}"),
            )
        })?;
        Ok(self.autostart())
    }

    fn quit(&self) {
        self.app.exit(0);
    }
}
