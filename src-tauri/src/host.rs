//! What `control` may ask of the program it runs in.

use control::ask::Autostart;
use control::{Code, Complaint, Host};
use tauri::AppHandle;

use crate::platform::Login;

/// The desktop program.
#[derive(Debug)]
pub(crate) struct Desktop {
    app: AppHandle,
    login: Login,
}

impl Desktop {
    /// The program of `app`.
    pub(crate) fn new(app: AppHandle, login: Login) -> Self {
        Self { app, login }
    }
}

impl Host for Desktop {
    fn open(&self, address: &str) -> bool {
        open::that_detached(address).is_ok()
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
