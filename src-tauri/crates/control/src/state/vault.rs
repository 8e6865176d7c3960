//! How secrets are kept, as a person is told.

use serde::Serialize;
use store::{Vault, VaultFault, VaultState};
use ts_rs::TS;

/// How secrets are kept and whether they can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum VaultView {
    /// They can be read and written.
    Ok {
        /// `keyring`, `passphrase` or `plain`.
        #[ts(type = "'keyring' | 'passphrase' | 'plain'")]
        kind: &'static str,
    },
    /// They are kept in memory until the program ends.
    SessionOnly,
    /// The keyring is locked.
    Locked,
    /// They are protected by a passphrase that nobody has given yet.
    PassphraseNeeded,
    /// The passphrase that was given is wrong.
    WrongPassphrase,
    /// This system has no keyring.
    Missing,
    /// The keyring refused access.
    Denied,
    /// The key of the saved secrets is gone from the keyring.
    KeyGone,
    /// The file of saved secrets cannot be used.
    Damaged {
        /// What is wrong with it.
        why: String,
    },
}

impl VaultView {
    /// How `vault` is doing now.
    pub(crate) fn of(vault: &Vault) -> Self {
        Self::from_parts(vault.state(), vault.fault())
    }

    fn from_parts(state: VaultState, fault: Option<VaultFault>) -> Self {
        match state {
            VaultState::Ok(kind) => Self::Ok {
                kind: kind.as_str(),
            },
            VaultState::SessionOnly => Self::SessionOnly,
            VaultState::Locked => match fault {
                Some(VaultFault::PassphraseNeeded) => Self::PassphraseNeeded,
                _ => Self::Locked,
            },
            VaultState::Missing => Self::Missing,
            VaultState::Denied => match fault {
                Some(VaultFault::WrongPassphrase) => Self::WrongPassphrase,
                _ => Self::Denied,
            },
            VaultState::KeyGone => Self::KeyGone,
            VaultState::Damaged => Self::Damaged {
                why: fault.map(|fault| fault.to_string()).unwrap_or_default(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use store::VaultKind;

    use super::*;

    #[test]
    fn every_state_and_its_fault_has_a_view() {
        use VaultFault as Fault;
        use VaultState as State;
        let damaged = VaultView::Damaged {
            why: "the file of saved secrets is damaged: cut".to_owned(),
        };
        let rows = [
            (
                State::Ok(VaultKind::Keyring),
                None,
                VaultView::Ok { kind: "keyring" },
            ),
            (State::SessionOnly, None, VaultView::SessionOnly),
            (State::Locked, Some(Fault::Locked), VaultView::Locked),
            (
                State::Locked,
                Some(Fault::PassphraseNeeded),
                VaultView::PassphraseNeeded,
            ),
            (State::Missing, Some(Fault::Missing), VaultView::Missing),
            (State::Denied, Some(Fault::Denied), VaultView::Denied),
            (
                State::Denied,
                Some(Fault::WrongPassphrase),
                VaultView::WrongPassphrase,
            ),
            (State::KeyGone, Some(Fault::OtherKey), VaultView::KeyGone),
            (State::Damaged, Some(Fault::Damaged("cut")), damaged),
        ];
        for (state, fault, view) in rows {
            assert_eq!(VaultView::from_parts(state, fault), view);
        }
    }
}
