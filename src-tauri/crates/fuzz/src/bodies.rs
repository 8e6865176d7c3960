//! Encoded bodies: never more than the limit comes out, whatever they claim (trap 24).

use gateway::decode::{Coding, plain};
use wire::Fault;

pub(crate) fn run(data: &[u8]) {
    for coding in [Coding::Gzip, Coding::Zstd, Coding::Identity] {
        match plain(coding, data, LIMIT) {
            Ok(body) => assert!(body.len() <= LIMIT || coding == Coding::Identity),
            Err(fault) => assert!(matches!(fault, Fault::TooLarge { .. } | Fault::Undecodable)),
        }
    }
}

/// Small, so that it is reached.
const LIMIT: usize = 64 * 1024;
