//! Everything the stand-in knows: people and their seats, grants, device codes, knobs, scripted
//! faults, and what was received.
//!
//! A [`World`] is a cheap handle; clones share one state. Every method takes effect at once, for
//! every port. Time and chance are the ones it was started with.

pub mod device;
pub(crate) mod encoding;
pub mod grants;
pub mod jwt;
pub mod knobs;
pub mod people;
pub mod received;
pub mod scripts;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base::{Chance, Clock, Secret, Tasks};
use bytes::Bytes;
use http::Request;
use parking_lot::Mutex;
use url::Url;

use crate::backend;

pub use device::{DeviceFault, DeviceState};
pub use grants::{BearerFault, CodeFault, RefreshFault, Tokens};
pub use knobs::Knobs;
pub use people::{Entry, Routing, Seat, SeatKind};
pub use received::Received;
pub(crate) use received::ReceivedId;
pub use scripts::{Act, Reply, Scripted};

use device::Devices;
use grants::{Grants, Issue};
use people::{People, SeatKey};
use received::Recorder;
use scripts::Scripts;

/// The one state behind every port of a stand-in.
#[derive(Clone)]
pub struct World(Arc<Inner>);

struct Inner {
    clock: Clock,
    chance: Chance,
    tasks: Tasks,
    issuer: Url,
    people: Mutex<People>,
    grants: Mutex<Grants>,
    devices: Mutex<Devices>,
    knobs: Mutex<Knobs>,
    scripts: Mutex<Scripts>,
    received: Recorder,
    backend: backend::State,
}

impl World {
    pub(crate) fn new(clock: Clock, chance: Chance, tasks: Tasks, issuer: Url) -> Self {
        let people = People::default();
        let grants = Grants::with_standing_keys(people.seats());
        Self(Arc::new(Inner {
            clock,
            chance,
            tasks,
            issuer,
            people: Mutex::new(people),
            grants: Mutex::new(grants),
            devices: Mutex::default(),
            knobs: Mutex::default(),
            scripts: Mutex::default(),
            received: Recorder::default(),
            backend: backend::State::default(),
        }))
    }

    /// The clock tokens expire by and scripted delays pass on.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// What tokens and codes are made from.
    pub fn chance(&self) -> &Chance {
        &self.0.chance
    }

    /// Work that outlives one request is started here and must watch its stop token.
    pub(crate) fn tasks(&self) -> &Tasks {
        &self.0.tasks
    }
    pub(crate) fn backend(&self) -> &backend::State {
        &self.0.backend
    }

    /// The issuer's root as tokens name it: the first port's, whoever asks.
    pub fn issuer(&self) -> &Url {
        &self.0.issuer
    }

    /// The knobs as they stand now.
    pub fn knobs(&self) -> Knobs {
        self.0.knobs.lock().clone()
    }

    /// Changes knobs; takes effect with the next request. `turn` must not call the world.
    pub fn turn(&self, turn: impl FnOnce(&mut Knobs)) {
        turn(&mut self.0.knobs.lock());
    }
}

/// Says nothing: the state is full of tokens.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World(..)")
    }
}

/// People and seats.
impl World {
    /// Every seat of everyone, default seats before further ones of the same person.
    pub fn seats(&self) -> Vec<Seat> {
        self.0.people.lock().seats().to_vec()
    }

    /// The seats of one person, the default one first; empty for a stranger.
    pub fn seats_of(&self, email: &str) -> Vec<Seat> {
        self.0.people.lock().of(email)
    }

    /// Adds a seat, or replaces the one of the same person in the same account.
    pub fn add_seat(&self, seat: Seat) {
        self.0.people.lock().add(seat);
    }

    /// Changes every seat in the account; false where there is none. `change` must not call the world.
    pub fn change_seat(&self, account_id: &str, change: impl FnMut(&mut Seat)) -> bool {
        self.0.people.lock().change(account_id, change)
    }

    fn default_seat(&self, email: &str) -> Seat {
        self.0.people.lock().default_or_new(email)
    }
}

/// Grants: what a sign-in leaves behind.
impl World {
    /// A finished grant for the person's default seat, for tests that do not test sign-in.
    ///
    /// A stranger is added on the way, with a plus plan.
    pub fn sign_in(&self, email: &str) -> Tokens {
        let seat = self.default_seat(email);
        self.grant(&seat)
    }

    /// The same for one of the person's seats; `None` where there is no such seat.
    pub fn sign_in_to(&self, email: &str, account_id: &str) -> Option<Tokens> {
        let seat = self.find_seat(&SeatKey::new(email, account_id))?;
        Some(self.grant(&seat))
    }

    fn grant(&self, seat: &Seat) -> Tokens {
        let knobs = self.knobs();
        let issue = self.issue(seat, CLIENT_ID, &knobs);
        self.0.grants.lock().sign_in(&issue)
    }

    /// Who a bearer is: an access token, an `at-` token, or an `sk-` key.
    ///
    /// # Errors
    /// Nobody knows it, or it is no longer good.
    pub fn seat_of(&self, bearer: &str) -> Result<Seat, BearerFault> {
        let now = self.clock().now();
        let key = self.0.grants.lock().bearer(bearer, now)?;
        self.find_seat(&key).ok_or(BearerFault::Unknown)
    }

    /// A new Codex access token, `at-…` (contract auth 6.2), for the person's default seat.
    pub fn access_token(&self, email: &str) -> Secret {
        let seat = self.default_seat(email);
        self.0
            .grants
            .lock()
            .standing_key("at-standin-", seat.key(), self.chance())
    }

    /// A new platform key, `sk-…` (contract auth 7).
    pub fn api_key(&self) -> Secret {
        let seat = people::platform_seat();
        self.add_seat(seat.clone());
        self.0
            .grants
            .lock()
            .standing_key("sk-standin-", seat.key(), self.chance())
    }

    /// What `POST /oauth/revoke` does, but for any token or key; false where nobody knows it.
    pub fn revoke(&self, token: &str) -> bool {
        self.0.grants.lock().revoke(token)
    }

    /// Ends the grant of a token the way OpenAI does: bearers answer `token_invalidated`, refresh
    /// tokens `refresh_token_invalidated`. False where nobody knows the token.
    pub fn invalidate(&self, token: &str) -> bool {
        self.0.grants.lock().invalidate(token)
    }

    /// Lets one access or refresh token expire now; false where nobody knows it.
    pub fn expire(&self, token: &str) -> bool {
        let now = self.clock().now();
        self.0.grants.lock().expire(token, now)
    }

    /// A code as the authorize page hands out.
    pub(crate) fn new_code(&self, seat: &Seat, asked: grants::Asked) -> String {
        let expires_at = self.clock().now().plus(CODE_LIFETIME);
        self.0
            .grants
            .lock()
            .new_code(seat.key(), asked, expires_at, self.chance())
    }

    pub(crate) fn redeem(
        &self,
        code: &str,
        shown: &grants::Shown<'_>,
    ) -> Result<Tokens, CodeFault> {
        let (knobs, now) = (self.knobs(), self.clock().now());
        let key = self.0.grants.lock().take_code(code, shown, now)?;
        let seat = self.find_seat(&key).ok_or(CodeFault::Unknown)?;
        let issue = self.issue(&seat, shown.client_id, &knobs);
        Ok(self.0.grants.lock().redeemed(code, &issue))
    }

    pub(crate) fn refresh(&self, token: &str, client_id: &str) -> Result<Tokens, RefreshFault> {
        let (knobs, now) = (self.knobs(), self.clock().now());
        // One lock from the check to the rotation: two refreshers must never both win.
        let mut grants = self.0.grants.lock();
        let key = grants.refreshable(token, client_id, now)?;
        let seat = self.find_seat(&key).ok_or(RefreshFault::Unknown)?;
        let issue = self.issue(&seat, client_id, &knobs);
        Ok(grants.rotate(token, &issue))
    }

    pub(crate) fn revoke_refresh(&self, token: &str, client_id: &str) -> Result<(), RefreshFault> {
        self.0.grants.lock().revoke_refresh(token, client_id)
    }

    pub(crate) fn revoke_access(&self, token: &str) {
        self.0.grants.lock().revoke_access(token);
    }

    fn issue<'a>(&'a self, seat: &'a Seat, client_id: &'a str, knobs: &'a Knobs) -> Issue<'a> {
        Issue {
            seat,
            client_id,
            knobs,
            issuer: &self.0.issuer,
            now: self.clock().now(),
            chance: self.chance(),
        }
    }

    /// The seat a key names, as it is now.
    pub(crate) fn find_seat(&self, key: &SeatKey) -> Option<Seat> {
        self.0.people.lock().find(key)
    }
}

/// Device codes.
impl World {
    pub(crate) fn devices<T>(&self, ask: impl FnOnce(&mut Devices) -> T) -> T {
        ask(&mut self.0.devices.lock())
    }

    /// Says yes to a device code in the name of the person's default seat.
    ///
    /// # Errors
    /// The code is unknown or was decided already.
    pub fn approve_device(&self, user_code: &str, email: &str) -> Result<(), DeviceFault> {
        let seat = self.default_seat(email);
        self.devices(|all| all.decide(user_code, DeviceState::Approved(seat.key())))
    }

    /// The same for one of the person's seats.
    ///
    /// # Errors
    /// There is no such seat, or the code is unknown or was decided already.
    pub fn approve_device_for(
        &self,
        user_code: &str,
        email: &str,
        account_id: &str,
    ) -> Result<(), DeviceFault> {
        let seat = self.find_seat(&SeatKey::new(email, account_id));
        let seat = seat.ok_or(DeviceFault::NoSuchSeat)?;
        self.devices(|all| all.decide(user_code, DeviceState::Approved(seat.key())))
    }

    /// Says no to a device code.
    ///
    /// # Errors
    /// The code is unknown or was decided already.
    pub fn deny_device(&self, user_code: &str) -> Result<(), DeviceFault> {
        self.devices(|all| all.decide(user_code, DeviceState::Denied))
    }

    /// Lets a device code expire now.
    ///
    /// # Errors
    /// The code is unknown or was decided already.
    pub fn expire_device(&self, user_code: &str) -> Result<(), DeviceFault> {
        self.devices(|all| all.decide(user_code, DeviceState::Expired))
    }

    /// The user codes handed out so far, oldest first, each with its state.
    pub fn device_codes(&self) -> Vec<(String, DeviceState)> {
        self.devices(|all| all.list())
    }
}

/// What arrives, and what goes wrong on purpose.
impl World {
    /// The recorded requests, newest last; `/admin/` is never recorded. The oldest are forgotten
    /// once there are more than [`received::KEPT`] or their bodies exceed [`received::KEPT_BYTES`].
    pub fn received(&self) -> Vec<Received> {
        self.0.received.all()
    }

    /// The recorded requests at exactly this path, newest last.
    pub fn received_at(&self, path: &str) -> Vec<Received> {
        self.0.received.at(path)
    }

    /// Waits until at least `count` of the recorded requests were at this path.
    pub async fn until_received(&self, path: &str, count: usize) -> Vec<Received> {
        self.0.received.until(path, count).await
    }

    /// Forgets what was recorded.
    pub fn forget_received(&self) {
        self.0.received.forget();
    }

    pub(crate) fn record(&self, request: &Request<Bytes>, to: SocketAddr) -> u64 {
        self.0.received.record(request, to, self.clock().now())
    }

    /// Notes that the client of a recorded request left before the end of its answer.
    pub(crate) fn mark_hung_up(&self, id: u64) {
        self.0.received.hung_up(id);
    }

    /// The next answers at `path` misbehave: an exact path, or a prefix that ends in `*`. Several
    /// scripts at one path take effect one after the other.
    pub fn script(&self, path: &str, fault: Scripted) {
        self.0.scripts.lock().add(path, fault);
    }

    /// Forgets every script.
    pub fn forget_scripts(&self) {
        self.0.scripts.lock().clear();
    }

    pub(crate) fn next_script(&self, path: &str) -> Option<Scripted> {
        self.0.scripts.lock().next(path)
    }
}

/// The public client id of Codex (contract auth 1.1).
pub const CLIENT_ID: &str = "app_EMoamEEZ73f0CkXaXp7hrann";
/// How long an authorization code is good.
const CODE_LIFETIME: Duration = Duration::from_secs(600);
