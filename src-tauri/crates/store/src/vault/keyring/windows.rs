//! Windows: the Credential Manager, which is open while its person is signed in.

use std::sync::Arc;

use keyring_core::{CredentialStore, Error};
use windows_native_keyring_store::Store;

use super::super::fault::KeyringFault;

pub(super) const IS_QUIET: bool = true;
pub(super) const GOES_STALE: bool = false;
pub(super) const LABEL: [(&str, &str); 0] = [];

pub(super) fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(Store::new()?)
}

/// Nothing has to stay open.
pub(super) struct Bus;

pub(super) fn connect() -> Result<Bus, KeyringFault> {
    Ok(Bus)
}

/// Reading an entry never prompts, so there is no need to look first.
pub(super) fn look(_: &Bus, _: &str, _: &str) -> Result<bool, KeyringFault> {
    Ok(true)
}

/// Nothing is ever locked.
pub(super) fn unlock(_: &Bus, _: &str, _: &str) -> Result<(), KeyringFault> {
    Ok(())
}

pub(super) fn fault(error: &Error) -> KeyringFault {
    match error {
        // ERROR_NO_SUCH_LOGON_SESSION: a service or a remote shell without a person's credentials.
        Error::NoStorageAccess(_) | Error::NoDefaultStore => KeyringFault::Missing,
        Error::PlatformFailure(inner) => KeyringFault::Other(inner.to_string()),
        // The rest may carry the bytes of an entry, so its words are not passed on.
        _ => KeyringFault::Other("it does not understand its entry".to_owned()),
    }
}
