//! Encrypted contents: opaque texts bound to one account and one model family (contract backend 1.5,
//! 1.9, 7.1).
//!
//! What one account or family got, another cannot replay. The key is a constant, so that a text
//! survives a restart of the stand-in; this hides nothing from anyone who reads this file.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::refusal::Refusal;

/// Seals `text` for `account` and `family`; the same input gives the same output.
pub(crate) fn seal(account: &str, family: &str, text: &str) -> String {
    let plain = format!("{account}\n{family}\n{text}");
    let tag = tag(plain.as_bytes());
    let mut bytes = tag.to_vec();
    bytes.extend(mask(&tag, plain.as_bytes()));
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The text that was sealed for this account and family, or `None`.
pub(crate) fn open(account: &str, family: &str, sealed: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed.strip_prefix(PREFIX)?).ok()?;
    let (tag_part, masked) = bytes.split_at_checked(TAG)?;
    let plain: Vec<u8> = mask(tag_part, masked).collect();
    if tag(&plain) != tag_part {
        return None;
    }
    let plain = String::from_utf8(plain).ok()?;
    let text = plain.strip_prefix(account)?.strip_prefix('\n')?;
    Some(text.strip_prefix(family)?.strip_prefix('\n')?.to_owned())
}

/// Refuses what this account and family did not get.
pub(crate) fn verify(account: &str, family: &str, sealed: &str) -> Result<(), Refusal> {
    match open(account, family, sealed) {
        Some(_) => Ok(()),
        None => {
            let start: String = sealed.chars().take(4).collect();
            Err(Refusal::invalid(
                format!("The encrypted content {start}... could not be verified."),
                None,
                Some("invalid_encrypted_content"),
            ))
        }
    }
}

fn tag(plain: &[u8]) -> [u8; TAG] {
    let digest = Sha256::new()
        .chain_update(KEY)
        .chain_update(plain)
        .finalize();
    std::array::from_fn(|at| digest[at])
}

fn mask<'a>(tag: &'a [u8], bytes: &'a [u8]) -> impl Iterator<Item = u8> + 'a {
    bytes
        .chunks(32)
        .enumerate()
        .flat_map(move |(block, bytes)| {
            let pad = Sha256::new()
                .chain_update(KEY)
                .chain_update(tag)
                .chain_update(block.to_le_bytes())
                .finalize();
            bytes
                .iter()
                .enumerate()
                .map(move |(at, byte)| byte ^ pad[at])
        })
}

const PREFIX: &str = "gAAAAAB";
const TAG: usize = 16;
const KEY: &[u8] = b"standin";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_account_and_family_can_open_it() {
        let sealed = seal("acct_1", "5.6", "thinking");
        assert_eq!(open("acct_1", "5.6", &sealed).as_deref(), Some("thinking"));
        for (account, family) in [("acct_2", "5.6"), ("acct_1", "5.5"), ("acct", "_1\n5.6")] {
            assert_eq!(open(account, family, &sealed), None);
        }
        assert!(!sealed.contains("thinking"));
    }

    #[test]
    fn a_changed_letter_is_noticed() {
        let sealed = seal("a", "5.5", "x");
        for at in PREFIX.len()..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(open("a", "5.5", &String::from_utf8(bytes).unwrap()), None);
        }
        assert_eq!(open("a", "5.5", "from elsewhere"), None);
    }
}
