//! Linux and the BSDs: the Secret Service on the session bus.
//!
//! The store we build entries with unlocks whatever is locked, prompt and all. So we look
//! first, over a connection of our own, and only go on where nothing is locked.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use keyring_core::{CredentialStore, Error};
use secret_service::blocking::SecretService;
use secret_service::{EncryptionType, Error as ServiceError};
use zbus::fdo;
use zbus_secret_service_keyring_store::Store;

use super::super::fault::KeyringFault;

pub(super) const IS_QUIET: bool = true;
/// What was agreed with a service is worth nothing to the one that takes its place.
pub(super) const GOES_STALE: bool = true;

/// What people see in their keyring's window.
pub(super) const LABEL: [(&str, &str); 1] = [("label", "Postern: the key to the saved sign-in")];

/// The service, and our own connection to it.
pub(super) type Bus = SecretService<'static>;

pub(super) fn connect() -> Result<Bus, KeyringFault> {
    // Looking transfers no secret, so no session key is agreed on.
    SecretService::connect(EncryptionType::Plain).map_err(of_service)
}

pub(super) fn store() -> Result<Arc<CredentialStore>, Error> {
    Ok(Store::new()?)
}

/// True where there is an entry; fails where reading or making one would prompt.
pub(super) fn look(bus: &Bus, service: &str, user: &str) -> Result<bool, KeyringFault> {
    let found = bus.search_items(named(service, user)).map_err(of_service)?;
    if !found.locked.is_empty() {
        return Err(KeyringFault::Locked);
    }
    if !found.unlocked.is_empty() {
        return Ok(true);
    }
    // A locked collection may hide its items, and nothing can be added to it.
    let collection = bus.get_default_collection().map_err(of_service)?;
    match collection.is_locked().map_err(of_service)? {
        true => Err(KeyringFault::Locked),
        false => Ok(false),
    }
}

/// Lets the service ask the person for the password of what is locked.
pub(super) fn unlock(bus: &Bus, service: &str, user: &str) -> Result<(), KeyringFault> {
    let found = bus.search_items(named(service, user)).map_err(of_service)?;
    for item in &found.locked {
        item.unlock().map_err(of_service)?;
    }
    if found.locked.is_empty() && found.unlocked.is_empty() {
        let collection = bus.get_default_collection().map_err(of_service)?;
        if collection.is_locked().map_err(of_service)? {
            collection.unlock().map_err(of_service)?;
        }
    }
    Ok(())
}

/// What the store's error means.
pub(super) fn fault(error: &Error) -> KeyringFault {
    match error {
        Error::PlatformFailure(inner) | Error::NoStorageAccess(inner) => {
            match inner.downcast_ref::<ServiceError>() {
                Some(error) => of_service_ref(error),
                None => KeyringFault::Other(inner.to_string()),
            }
        }
        Error::NoDefaultStore => KeyringFault::Missing,
        Error::Ambiguous(_) => KeyringFault::Other("it holds the same entry twice".to_owned()),
        // The rest may carry the bytes of an entry, so its words are not passed on.
        _ => KeyringFault::Other("it does not understand its entry".to_owned()),
    }
}

fn named<'a>(service: &'a str, user: &'a str) -> HashMap<&'a str, &'a str> {
    HashMap::from([("service", service), ("username", user)])
}

#[expect(clippy::needless_pass_by_value, reason = "the shape `map_err` wants")]
fn of_service(error: ServiceError) -> KeyringFault {
    of_service_ref(&error)
}

fn of_service_ref(error: &ServiceError) -> KeyringFault {
    match error {
        ServiceError::Locked | ServiceError::PromptDisconnected => KeyringFault::Locked,
        ServiceError::Prompt => KeyringFault::Denied,
        // `NoResult` is what asking for the default collection says where there is none.
        ServiceError::Unavailable | ServiceError::NoResult => KeyringFault::Missing,
        ServiceError::Zbus(error) => of_bus(error),
        ServiceError::ZbusFdo(error) => of_standard(error),
        other => KeyringFault::Other(other.to_string()),
    }
}

fn of_bus(error: &zbus::Error) -> KeyringFault {
    match error {
        zbus::Error::InputOutput(error) | zbus::Error::Connection(error, _) => of_socket(error),
        zbus::Error::Address(_) | zbus::Error::InterfaceNotFound => KeyringFault::Missing,
        zbus::Error::FDO(error) => of_standard(error),
        zbus::Error::MethodError(name, _, _) if name.as_str() == IS_LOCKED => KeyringFault::Locked,
        // The conversion knows every standard error by its name.
        zbus::Error::MethodError(..) => match fdo::Error::from(error.clone()) {
            fdo::Error::ZBus(error) => KeyringFault::Other(error.to_string()),
            standard => of_standard(&standard),
        },
        other => KeyringFault::Other(other.to_string()),
    }
}

fn of_standard(error: &fdo::Error) -> KeyringFault {
    match error {
        fdo::Error::ZBus(error) => of_bus(error),
        fdo::Error::AccessDenied(_) | fdo::Error::AuthFailed(_) => KeyringFault::Denied,
        fdo::Error::NoReply(_) | fdo::Error::TimedOut(_) | fdo::Error::Timeout(_) => {
            KeyringFault::Locked
        }
        fdo::Error::ServiceUnknown(_)
        | fdo::Error::NameHasNoOwner(_)
        | fdo::Error::NoServer(_)
        | fdo::Error::BadAddress(_)
        | fdo::Error::Disconnected(_)
        | fdo::Error::SpawnExecFailed(_)
        | fdo::Error::SpawnForkFailed(_)
        | fdo::Error::SpawnChildExited(_)
        | fdo::Error::SpawnChildSignaled(_)
        | fdo::Error::SpawnFailed(_)
        | fdo::Error::SpawnFailedToSetup(_)
        | fdo::Error::SpawnServiceNotFound(_)
        | fdo::Error::SpawnFileInvalid(_) => KeyringFault::Missing,
        other => KeyringFault::Other(other.to_string()),
    }
}

fn of_socket(error: &io::Error) -> KeyringFault {
    match error.kind() {
        io::ErrorKind::PermissionDenied => KeyringFault::Denied,
        io::ErrorKind::NotFound
        | io::ErrorKind::ConnectionRefused
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::UnexpectedEof
        | io::ErrorKind::BrokenPipe => KeyringFault::Missing,
        _ => KeyringFault::Other(error.to_string()),
    }
}

/// Secret Service API, draft 0.2, "Errors".
const IS_LOCKED: &str = "org.freedesktop.Secret.Error.IsLocked";

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> String {
        "said the bus".to_owned()
    }

    #[track_caller]
    fn check(error: ServiceError, wanted: &KeyringFault) {
        let told = fault(&Error::NoStorageAccess(Box::new(error)));
        assert_eq!(&told, wanted);
    }

    #[test]
    fn every_condition_has_its_state() {
        use KeyringFault::{Denied, Locked, Missing};
        let socket = |kind: io::ErrorKind| zbus::Error::InputOutput(Arc::new(kind.into()));
        check(ServiceError::Locked, &Locked);
        check(ServiceError::PromptDisconnected, &Locked);
        check(ServiceError::Prompt, &Denied);
        check(ServiceError::Unavailable, &Missing);
        check(ServiceError::NoResult, &Missing);
        check(socket(io::ErrorKind::NotFound).into(), &Missing);
        check(socket(io::ErrorKind::ConnectionRefused).into(), &Missing);
        check(socket(io::ErrorKind::PermissionDenied).into(), &Denied);
        check(fdo::Error::ServiceUnknown(words()).into(), &Missing);
        check(fdo::Error::SpawnChildExited(words()).into(), &Missing);
        check(fdo::Error::AccessDenied(words()).into(), &Denied);
        check(fdo::Error::NoReply(words()).into(), &Locked);
        let wrapped = zbus::Error::FDO(Box::new(fdo::Error::AccessDenied(words())));
        check(wrapped.into(), &Denied);
    }

    #[test]
    fn what_may_carry_an_entry_is_not_quoted() {
        let error = Error::BadDataFormat(b"hunter2".to_vec(), "hunter2".into());
        assert!(!format!("{:?}", fault(&error)).contains("hunter2"));
        let error = Error::BadEncoding(b"hunter2".to_vec());
        assert!(!format!("{:?}", fault(&error)).contains("hunter2"));
    }
}
