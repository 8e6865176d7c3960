//! The local server, switched on and off.

use std::net::SocketAddr;
use std::sync::Arc;

use gateway::StartFault;

use super::Engine;
use crate::port;
use crate::serving::NotServing;
use crate::state::{AppState, Blocked, Proxy};
use crate::{Code, Complaint};

impl Engine {
    /// Turns the local server on or off. What keeps it from listening is part of the state.
    pub async fn set_proxy(&self, on: bool) -> Arc<AppState> {
        match on {
            true => self.open_door().await,
            false => self.close_door().await,
        }
        self.state()
    }

    async fn open_door(&self) {
        // Waits for a server that still drains: two cannot have one folder.
        let mut door = Arc::clone(&self.0.door).lock_owned().await;
        if door.is_some() {
            return;
        }
        self.show_proxy(Proxy::Starting);
        match self.0.core.listen().await {
            Ok(serving) => {
                self.follow_flights(serving.watch_in_flight());
                self.show_proxy(on(serving.address()));
                self.note_ollama(serving.ollama_problem());
                *door = Some(serving);
            }
            Err(why) => {
                tracing::warn!(name: "door.blocked", %why);
                let why = self.blocked(why).await;
                self.show_proxy(Proxy::Blocked { why });
            }
        }
    }

    async fn close_door(&self) {
        let mut door = Arc::clone(&self.0.door).lock_owned().await;
        self.show_proxy(Proxy::Off);
        *self.0.not_moved.lock() = None;
        self.note_ollama(None);
        if let Some(serving) = door.take() {
            serving.withdraw();
            self.0.core.tasks.spawn("door.drain", |_| async move {
                serving.stop().await;
                drop(door);
            });
        }
    }

    /// Listens where the settings say: moves a server that listens elsewhere, and tries again
    /// where none could.
    pub(super) async fn follow_address(&self) {
        let mut door = Arc::clone(&self.0.door).lock_owned().await;
        let Some(serving) = door.as_mut() else {
            drop(door);
            if matches!(self.state().proxy, Proxy::Blocked { .. }) {
                self.open_door().await;
            }
            return;
        };
        let before = serving.address();
        match serving.relocate().await {
            Ok(()) if serving.address() == before => self.note_ollama(serving.ollama_problem()),
            Ok(()) => {
                *self.0.not_moved.lock() = None;
                self.note_ollama(serving.ollama_problem());
                self.follow_flights(serving.watch_in_flight());
                self.show_proxy(on(serving.address()));
            }
            Err(why) => {
                // It goes on where it is, so that no app loses it; the settings say otherwise,
                // and a person should know.
                tracing::warn!(name: "door.not_moved", %why);
                let sentence = format!("{why}; Postern still listens on {before}");
                *self.0.not_moved.lock() = Some(sentence);
                self.note_ollama(serving.ollama_problem());
            }
        }
    }

    /// Listens on `port` from now on.
    ///
    /// # Errors
    /// The port is taken, the command line named another, or the settings cannot be written.
    pub(crate) async fn use_port(&self, port: u16) -> Result<Arc<AppState>, Complaint> {
        let listen = self.0.core.settings.current().listen;
        let is_ours = matches!(&self.state().proxy, Proxy::On { address, .. }
            if address.parse() == Ok(SocketAddr::new(listen, port)));
        if !is_ours && !port::is_free(listen, port) {
            let message = format!("port {port} is used by another program");
            return Err(Complaint::new(Code::PortTaken, message));
        }
        self.write_setting(
            "port",
            Some(store::settings::Value::Number(i64::from(port))),
        )
        .await?;
        self.follow_address().await;
        Ok(self.state())
    }

    fn note_ollama(&self, problem: Option<&str>) {
        let sentence = problem.map(|why| format!("{why}: apps that speak Ollama find no Postern"));
        *self.0.no_ollama.lock() = sentence;
        self.refresh_problems();
    }

    fn show_proxy(&self, proxy: Proxy) {
        self.0.board.change(|state| state.proxy = proxy);
    }

    async fn blocked(&self, why: NotServing) -> Blocked {
        let listen = self.0.core.settings.current().listen;
        let fault = match why {
            NotServing::AlreadyRunning { at } => {
                return Blocked::AlreadyRunning {
                    address: at.map(|at| at.to_string()),
                };
            }
            NotServing::Unwritable(_) => {
                return Blocked::Other {
                    message: why.to_string(),
                };
            }
            NotServing::Start(fault) => fault,
        };
        match fault {
            StartFault::PortTaken { port } => {
                let found = tokio::task::spawn_blocking(move || {
                    (port::holder(port), port::free(listen, port))
                });
                let (by, free) = found.await.unwrap_or_default();
                Blocked::PortTaken { port, by, free }
            }
            StartFault::PortReserved { port } => Blocked::PortReserved {
                port,
                free: port::free(listen, port.max(7678)),
            },
            StartFault::NotAllowed { .. }
            | StartFault::UpstreamIsSelf { .. }
            | StartFault::Other { .. } => Blocked::Other {
                message: fault.to_string(),
            },
        }
    }
}

fn on(address: SocketAddr) -> Proxy {
    Proxy::On {
        base_url: format!("http://{address}/v1"),
        address: address.to_string(),
    }
}
