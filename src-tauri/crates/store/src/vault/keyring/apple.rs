//! macOS: the login keychain. It prompts by itself whenever it likes, so it is asked once.

use super::super::fault::KeyringFault;

#[cfg(target_os = "macos")]
mod keychain {
    use std::sync::Arc;

    use apple_native_keyring_store::keychain::Store;
    use keyring_core::{CredentialStore, Error};

    use super::{KeyringFault, of_code};

    pub(in super::super) const IS_QUIET: bool = false;
    pub(in super::super) const GOES_STALE: bool = false;
    pub(in super::super) const LABEL: [(&str, &str); 0] = [];

    pub(in super::super) fn store() -> Result<Arc<CredentialStore>, Error> {
        Ok(Store::new()?)
    }

    /// Nothing has to stay open.
    pub(in super::super) struct Bus;

    pub(in super::super) fn connect() -> Result<Bus, KeyringFault> {
        Ok(Bus)
    }

    /// There is no looking without asking.
    pub(in super::super) fn look(_: &Bus, _: &str, _: &str) -> Result<bool, KeyringFault> {
        Ok(true)
    }

    /// Reading unlocks.
    pub(in super::super) fn unlock(_: &Bus, _: &str, _: &str) -> Result<(), KeyringFault> {
        Ok(())
    }

    pub(in super::super) fn fault(error: &Error) -> KeyringFault {
        match error {
            Error::PlatformFailure(inner) | Error::NoStorageAccess(inner) => {
                match inner.downcast_ref::<security_framework::base::Error>() {
                    Some(error) => of_code(error.code()),
                    None => KeyringFault::Other(inner.to_string()),
                }
            }
            Error::NoDefaultStore => KeyringFault::Missing,
            // The rest may carry the bytes of an entry, so its words are not passed on.
            _ => KeyringFault::Other("it does not understand its entry".to_owned()),
        }
    }
}

#[cfg(target_os = "macos")]
pub(super) use keychain::{Bus, GOES_STALE, IS_QUIET, LABEL, connect, fault, look, store, unlock};

/// What a result code of Security.framework means (`SecBase.h`).
fn of_code(code: i32) -> KeyringFault {
    match code {
        // errSecInteractionNotAllowed, errSecInteractionRequired
        -25308 | -25315 => KeyringFault::Locked,
        // userCanceledErr, errSecAuthFailed, wrPermErr, errSecInvalidOwnerEdit, errSecReadOnly
        -128 | -25293 | -61 | -25244 | -25292 => KeyringFault::Denied,
        // errSecNotAvailable, errSecNoSuchKeychain, errSecInvalidKeychain, errSecNoDefaultKeychain
        -25291 | -25294 | -25295 | -25307 => KeyringFault::Missing,
        other => KeyringFault::Other(format!("Security.framework said {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_states() {
        assert_eq!(of_code(-25308), KeyringFault::Locked);
        assert_eq!(of_code(-128), KeyringFault::Denied);
        assert_eq!(of_code(-25291), KeyringFault::Missing);
        assert!(matches!(of_code(-34018), KeyringFault::Other(words) if words.contains("-34018")));
    }
}
