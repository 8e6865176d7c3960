//! Whether ChatGPT can be reached, as far as anybody noticed.

use std::time::Duration;

use store::{Ended, Line};

use super::Engine;
use crate::state::Account;

/// What was noticed last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Reach {
    /// It answered, or nobody has asked yet.
    #[default]
    Fine,
    /// It could not be reached.
    Gone,
}

impl Engine {
    /// The host that cannot be reached, if that is how it is.
    pub(super) fn unreachable_host(&self) -> Option<String> {
        match *self.0.reach.lock() {
            Reach::Fine => None,
            Reach::Gone => {
                let upstream = &self.0.core.settings.current().upstream;
                Some(upstream.host_str().unwrap_or_default().to_owned())
            }
        }
    }

    /// Learns from a request that ended. True where that changes what is shown.
    pub(super) fn learn_reach(&self, line: &Line) -> bool {
        let reach = match (line.fault.as_deref(), line.ended) {
            (Some(UNREACHABLE), _) => Reach::Gone,
            (_, Ended::Whole | Ended::Incomplete) if line.attempts > 0 => Reach::Fine,
            _ => return false,
        };
        std::mem::replace(&mut *self.0.reach.lock(), reach) != reach
    }

    /// Learns whether the account's credential is still accepted. True where that is new.
    pub(super) fn learn_refusal(&self, line: &Line) -> bool {
        let Some(account) = &line.account else {
            return false;
        };
        let mut refused = self.0.refused.lock();
        match (line.status, line.ended) {
            (401, _) => refused.insert(account.clone()),
            (_, Ended::Whole | Ended::Incomplete) => refused.remove(account),
            _ => false,
        }
    }

    /// Learns from an ask of ours.
    pub(super) fn note_reach(&self, fault: Option<&wire::Fault>) {
        *self.0.reach.lock() = match fault {
            Some(wire::Fault::Unreachable { .. }) => Reach::Gone,
            Some(_) | None => Reach::Fine,
        };
    }

    /// Forgets quota stops, knocks at ChatGPT's door, and looks at everything anew.
    pub(crate) async fn look_around(&self) {
        let core = &self.0.core;
        let url = core.settings.current().upstream.clone();
        let knock = core.upstream.probe(url.as_str(), None);
        let answer = core.clock.timeout(PATIENCE, knock).await.flatten();
        *self.0.reach.lock() = match answer {
            Some(_) => Reach::Fine,
            None => Reach::Gone,
        };
        self.refresh().await;
    }

    /// While ChatGPT cannot be reached, somebody has to find out that it can again.
    pub(super) async fn look_for_a_way_back(&self) {
        match self.state().account {
            Account::Offline { .. } => self.look_around().await,
            Account::None | Account::Ok { .. } | Account::NeedsSignIn { .. } => {}
        }
    }
}

/// The code of [`wire::Fault::Unreachable`] in the log.
const UNREACHABLE: &str = "upstream_unreachable";
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    #[test]
    fn the_word_in_the_log_is_the_faults_own() {
        let fault = wire::Fault::Unreachable {
            host: "chatgpt.com".into(),
            why: String::new(),
        };
        assert_eq!(fault.code(), super::UNREACHABLE);
    }
}
