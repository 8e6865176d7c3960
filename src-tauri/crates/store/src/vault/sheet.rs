//! The file of secrets, as bytes.
//!
//! Three lines of text: a JSON header, the body, and a checksum of both. The body is base64 of
//! the sealed content, or, for the plain kind, the content itself; the content is a JSON object
//! of names and values. The header is the seal's associated data: it can be read by anyone and
//! changed by no one. The checksum tells a torn or rotten file from a wrong key; it protects
//! from accidents only. Checksum and the header's first field stay what they are in every
//! later version.

use std::collections::BTreeMap;
use std::path::Path;

use base::Chance;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::fault::VaultFault;
use super::kind::VaultKind;
use super::seal::{Cost, SealKey, Stretch};

/// What is kept: values by name.
pub(super) type Content = BTreeMap<String, String>;

/// A file whose checksum holds and whose header is understood; not yet opened.
pub(super) struct Sheet<'a> {
    head: Head,
    header: &'a [u8],
    body: &'a str,
}

/// How a file is to be sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seal {
    /// Not at all.
    Plain,
    /// With a key out of a keyring.
    Keyring(SealKey),
    /// With a key made from a passphrase.
    Passphrase(SealKey, Stretch),
}

impl Seal {
    pub(super) fn kind(&self) -> VaultKind {
        match self {
            Self::Plain => VaultKind::Plain,
            Self::Keyring(_) => VaultKind::Keyring,
            Self::Passphrase(..) => VaultKind::Passphrase,
        }
    }

    pub(super) fn key(&self) -> Option<&SealKey> {
        match self {
            Self::Plain => None,
            Self::Keyring(key) | Self::Passphrase(key, _) => Some(key),
        }
    }

    /// The whole file for `content`, with a nonce of its own.
    pub(super) fn write(&self, content: &Content, chance: &Chance) -> Result<Vec<u8>, VaultFault> {
        let nonce: [u8; 24] = chance.bytes();
        let header = serde_json::to_vec(&self.head(nonce)).unwrap_or_default();
        let plain = serde_json::to_vec(content).unwrap_or_default();
        let body = match self.key() {
            None => plain,
            Some(key) => BASE64
                .encode(
                    key.seal(nonce, &header, &plain)
                        .ok_or(VaultFault::Damaged("it is too long to be sealed"))?,
                )
                .into_bytes(),
        };
        let mut file = [header, body, Vec::new()].join(&b'\n');
        let sum = checksum(&file);
        file.extend_from_slice(sum.as_bytes());
        file.push(b'\n');
        Ok(file)
    }

    fn head(&self, nonce: [u8; 24]) -> Head {
        let stretch = match self {
            Self::Plain | Self::Keyring(_) => None,
            Self::Passphrase(_, stretch) => Some(stretch),
        };
        Head {
            postern_secrets: VERSION,
            kind: self.kind().as_str().to_owned(),
            warning: self.key().is_none().then(|| PLAIN_WARNING.to_owned()),
            key: self.key().map(SealKey::id),
            nonce: self.key().map(|_| BASE64.encode(nonce)),
            salt: stretch.map(|stretch| BASE64.encode(stretch.salt)),
            memory_kib: stretch.map(|stretch| stretch.cost.memory_kib),
            passes: stretch.map(|stretch| stretch.cost.passes),
            lanes: stretch.map(|stretch| stretch.cost.lanes),
        }
    }
}

impl<'a> Sheet<'a> {
    /// Understands the bytes of the file at `path`.
    pub(super) fn parse(bytes: &'a [u8], path: &Path) -> Result<Self, VaultFault> {
        if !bytes.starts_with(MAGIC) {
            return Err(match MAGIC.starts_with(bytes) {
                true => VaultFault::Damaged("it is cut short"),
                false => VaultFault::NotOurs(path.to_owned()),
            });
        }
        let cut = || VaultFault::Damaged("it is cut short");
        let summed = bytes.len().checked_sub(CHECKSUM_LINE).ok_or_else(cut)?;
        let (summed, sum) = bytes.split_at(summed);
        if !sum.starts_with(CHECKSUM_MARK.as_bytes()) || !sum.ends_with(b"\n") {
            return Err(cut());
        }
        if checksum(summed).as_bytes() != sum.trim_ascii_end() {
            return Err(VaultFault::Damaged("its checksum does not match"));
        }
        let strange = VaultFault::Damaged("its header is not understood");
        let mut lines = summed.split(|byte| *byte == b'\n');
        let (Some(header), Some(body)) = (lines.next(), lines.next()) else {
            return Err(strange);
        };
        let Version { postern_secrets } =
            serde_json::from_slice(header).map_err(|_| strange.clone())?;
        if postern_secrets != VERSION {
            return Err(VaultFault::Newer(postern_secrets));
        }
        let head = serde_json::from_slice(header).map_err(|_| strange.clone())?;
        let body = std::str::from_utf8(body).map_err(|_| strange)?;
        Ok(Self { head, header, body })
    }

    /// How the file is kept.
    pub(super) fn kind(&self) -> Result<VaultKind, VaultFault> {
        match self.head.kind.parse() {
            Ok(kind @ (VaultKind::Keyring | VaultKind::Passphrase | VaultKind::Plain)) => Ok(kind),
            Ok(VaultKind::Session) | Err(_) => {
                Err(VaultFault::Damaged("its header names no known kind"))
            }
        }
    }

    /// True where `key` is the one the file was sealed with.
    pub(super) fn is_sealed_with(&self, key: &SealKey) -> bool {
        self.head.key.as_deref() == Some(key.id().as_str())
    }

    /// How the passphrase was stretched.
    pub(super) fn stretch(&self) -> Result<Stretch, VaultFault> {
        let strange = || VaultFault::Damaged("its header does not say how its key is made");
        let head = &self.head;
        let cost = Cost {
            memory_kib: head.memory_kib.ok_or_else(strange)?,
            passes: head.passes.ok_or_else(strange)?,
            lanes: head.lanes.ok_or_else(strange)?,
        };
        let salt = decode(head.salt.as_deref()).ok_or_else(strange)?;
        Ok(Stretch { salt, cost })
    }

    /// The content of a plain file (`None`), or of one sealed with `key`.
    pub(super) fn open(&self, key: Option<&SealKey>) -> Result<Content, VaultFault> {
        let opened = match key {
            None => self.body.as_bytes().to_vec(),
            Some(key) => {
                let nonce = decode(self.head.nonce.as_deref())
                    .ok_or(VaultFault::Damaged("its header has no nonce"))?;
                let sealed = BASE64
                    .decode(self.body)
                    .map_err(|_| VaultFault::Damaged("its body is not base64"))?;
                key.open(nonce, self.header, &sealed)
                    .ok_or(VaultFault::Tampered)?
            }
        };
        // The error of the parser could quote a secret, so it is not passed on.
        serde_json::from_slice(&opened)
            .map_err(|_| VaultFault::Damaged("its content is not understood"))
    }
}

#[derive(Deserialize)]
struct Version {
    postern_secrets: u64,
}

#[derive(Serialize, Deserialize)]
struct Head {
    postern_secrets: u64,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_kib: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    passes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lanes: Option<u32>,
}

fn decode<const N: usize>(text: Option<&str>) -> Option<[u8; N]> {
    BASE64.decode(text?).ok()?.try_into().ok()
}

fn checksum(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    format!("{CHECKSUM_MARK}{}", BASE64.encode(digest))
}

const VERSION: u64 = 1;
const MAGIC: &[u8] = b"{\"postern_secrets\":";
const CHECKSUM_MARK: &str = "sha256:";
/// The mark, 43 characters of base64, and the line's end.
const CHECKSUM_LINE: usize = CHECKSUM_MARK.len() + 43 + 1;
const PLAIN_WARNING: &str = "not sealed: whoever can read this file can use what is in it";

#[cfg(test)]
mod tests;
