//! A pass of the account, as the backend's client takes it; and why there is none, as a fault.

use auth::{Accounts, Pass, PassKind};
use sha2::{Digest as _, Sha256};
use upstream::Credential;
use wire::Fault;

/// The credential that `pass` is.
pub fn credential(pass: &Pass) -> Credential {
    Credential {
        bearer: pass.bearer.clone(),
        account_id: pass.chatgpt_account_id.clone(),
        fedramp: pass.fedramp,
        base: pass.base.clone(),
        routing_override: pass.routing_override.clone(),
        residency: pass.residency.clone(),
        platform: match pass.kind {
            PassKind::Plan => false,
            PassKind::Platform => true,
        },
    }
}

/// A word for the pass's account that tells nobody which it is: sixteen digits of a hash.
pub(crate) fn mark(pass: &Pass) -> String {
    let hash = Sha256::new()
        .chain_update(b"postern account ")
        .chain_update(pass.account.as_str())
        .finalize();
    let first = hash.iter().take(8);
    let mark = first.fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    format!("{mark:016x}")
}

/// A fresh pass of the active account.
pub(crate) async fn pass(accounts: &Accounts) -> Result<Pass, Fault> {
    accounts.pass().await.map_err(|why| refusal(&why))
}

/// What to do after the backend refused `pass`: at most one renewal, shared by all who ask.
pub(crate) async fn recover(accounts: &Accounts, refused: &Pass) -> Result<Pass, Fault> {
    accounts.recover(refused).await.map_err(|why| refusal(&why))
}

fn refusal(fault: &auth::Fault) -> Fault {
    use auth::Fault as Why;
    let why = fault.to_string();
    tracing::warn!(name: "credential.none", code = fault.code(), "no pass for a request");
    match fault {
        Why::SignedOut
        | Why::UnknownAccount(_)
        | Why::Permanent { .. }
        | Why::NeedsSignIn(_)
        | Why::Credential(_)
        | Why::CodexCli(_)
        | Why::PortsTaken { .. }
        | Why::Listen(_)
        | Why::Cancelled(_)
        | Why::TimedOut(_)
        | Why::Denied(_)
        | Why::MissingCode
        | Why::Exchange(_)
        | Why::Pasted(_)
        | Why::CodesOff
        | Why::Device(_) => Fault::SignedOut { why },
        Why::Policy(_) => Fault::Forbidden { why },
        Why::Transient { .. } | Why::Workspace(_) => Fault::NotReady { why },
        Why::Vault(_) | Why::NotSaved(_) => Fault::VaultClosed {
            why,
            hint: fault.hint(),
        },
        Why::Stopping => Fault::ShuttingDown,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use store::VaultFault;

    use super::*;

    #[test]
    fn what_opens_the_secrets_is_said_by_whoever_could_not() {
        let full = VaultFault::File {
            what: "write",
            path: "/home/me/secrets.sealed".into(),
            source: io::Error::from(io::ErrorKind::StorageFull).into(),
        };
        for (fault, hint) in [
            (
                full,
                Some("check the disk and the permissions of that folder"),
            ),
            (VaultFault::Locked, Some("unlock the keyring and try again")),
            (VaultFault::Stopping, None),
        ] {
            let fault = refusal(&auth::Fault::Vault(fault));
            assert_eq!((fault.code(), fault.hint()), ("vault_closed", hint));
        }
    }
}
