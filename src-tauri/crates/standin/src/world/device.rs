//! Device codes and what became of them (contract auth 2).

use std::time::Duration;

use base::{Chance, Timestamp};

use super::people::SeatKey;

/// What became of a device code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceState {
    /// Nobody has decided.
    Pending,
    /// Someone said yes; the next poll gets a code.
    Approved(SeatKey),
    /// Someone said no.
    Denied,
    /// Its time is over.
    Expired,
    /// The authorization code was handed out.
    Spent,
}

impl DeviceState {
    /// A word for pages and answers.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved(_) => "approved",
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Spent => "spent",
        }
    }
}

/// Why nothing can be decided about a device code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceFault {
    /// Nobody was given this code.
    Unknown,
    /// It was decided before, or has expired.
    Decided,
    /// The person has no seat in that account.
    NoSuchSeat,
}

impl DeviceFault {
    /// What to tell whoever decided.
    pub fn message(self) -> &'static str {
        match self {
            Self::Unknown => "this code is unknown",
            Self::Decided => "this code was decided before",
            Self::NoSuchSeat => "this person has no seat in that account",
        }
    }
}

/// One device code.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) id: String,
    pub(crate) user_code: String,
    pub(crate) client_id: String,
    /// Under which host the device reached the issuer.
    pub(crate) host: String,
    pub(crate) expires_at: Timestamp,
    pub(crate) state: DeviceState,
    polls: u32,
    last_poll: Option<Timestamp>,
}

/// How a poll stands in the row of polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Poll {
    /// 1 for the first.
    pub(crate) count: u32,
    /// Time since the poll before; `None` for the first.
    pub(crate) since_last: Option<Duration>,
}

#[derive(Debug, Default)]
pub(crate) struct Devices(Vec<Device>);

impl Devices {
    pub(crate) fn new_code(
        &mut self,
        client_id: &str,
        host: &str,
        expires_at: Timestamp,
        chance: &Chance,
    ) -> &Device {
        let device = Device {
            id: format!("deviceauth_standin_{}", chance.alphanumeric(32)),
            user_code: user_code(chance),
            client_id: client_id.into(),
            host: host.into(),
            expires_at,
            state: DeviceState::Pending,
            polls: 0,
            last_poll: None,
        };
        let place = self.0.len();
        self.0.push(device);
        &self.0[place]
    }

    /// The code of one poll, expired if its time is over, and where the poll stands in the row.
    pub(crate) fn poll(
        &mut self,
        id: &str,
        user_code: &str,
        now: Timestamp,
    ) -> Option<(&mut Device, Poll)> {
        let mut all = self.0.iter_mut();
        let device = all.find(|it| it.id == id && it.user_code == user_code)?;
        device.polls += 1;
        let poll = Poll {
            count: device.polls,
            since_last: device.last_poll.map(|last| now.since(last)),
        };
        device.last_poll = Some(now);
        if device.expires_at <= now && device.state != DeviceState::Spent {
            device.state = DeviceState::Expired;
        }
        Some((device, poll))
    }

    pub(crate) fn decide(
        &mut self,
        user_code: &str,
        state: DeviceState,
    ) -> Result<(), DeviceFault> {
        let typed = user_code.trim();
        let mut all = self.0.iter_mut();
        let device = all.find(|it| it.user_code.eq_ignore_ascii_case(typed));
        let device = device.ok_or(DeviceFault::Unknown)?;
        match device.state {
            DeviceState::Pending => device.state = state,
            DeviceState::Approved(_)
            | DeviceState::Denied
            | DeviceState::Expired
            | DeviceState::Spent => return Err(DeviceFault::Decided),
        }
        Ok(())
    }

    pub(crate) fn list(&self) -> Vec<(String, DeviceState)> {
        let shown = |it: &Device| (it.user_code.clone(), it.state.clone());
        self.0.iter().map(shown).collect()
    }
}

/// Two groups out of letters that are hard to mistake, as `WDJB-MJHTX`.
fn user_code(chance: &Chance) -> String {
    let letter = || {
        let letters = u64::try_from(LETTERS.len()).unwrap_or(1);
        let place = usize::try_from(chance.below(letters)).unwrap_or(0);
        char::from(LETTERS[place])
    };
    let mut code: String = (0..4).map(|_| letter()).collect();
    code.push('-');
    code.extend((0..5).map(|_| letter()));
    code
}

const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ23456789";
