//! Writes the page's TypeScript types: `cargo run -p control --example bindings [FOLDER]`.
//! Without a folder it is `TS_RS_EXPORT_DIR`, which `.cargo/config.toml` sets.

use std::io;
use std::path::PathBuf;

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn main() -> io::Result<()> {
    let named = std::env::args_os().nth(1);
    let folder = named.or_else(|| std::env::var_os("TS_RS_EXPORT_DIR"));
    let folder = folder
        .map(PathBuf::from)
        .ok_or_else(|| io::Error::other("name the folder, or set TS_RS_EXPORT_DIR"))?;
    control::bindings::write(&folder)
}
