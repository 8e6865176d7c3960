//! Packs the vocabulary with which the models count tokens (`o200k_base`, from `tiktoken-rs`):
//! a third of its size, and only what a count needs.

use std::error::Error;
use std::path::PathBuf;

#[expect(
    clippy::disallowed_methods,
    reason = "a build script has its environment and nothing else"
)]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let whole = tiktoken_rs::o200k_base()?;
    let mut packed = Vec::new();
    for rank in 0.. {
        let Ok(token) = whole.decode_bytes(&[rank]) else {
            break;
        };
        packed.push(u8::try_from(token.len())?);
        packed.extend(token);
    }
    let folder = std::env::var_os("OUT_DIR").ok_or("cargo names no folder")?;
    let file = PathBuf::from(folder).join("o200k_base.zst");
    std::fs::write(file, zstd::encode_all(packed.as_slice(), LEVEL)?)?;
    Ok(())
}

/// The most that does not take seconds.
const LEVEL: i32 = 15;
