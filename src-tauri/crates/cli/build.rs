//! Links the program as `cargo xtask` says, which alone knows the linker; see `xtask/src/release.rs`.

#[expect(
    clippy::disallowed_methods,
    reason = "a build script has its environment and nothing else"
)]
fn main() {
    println!("cargo::rerun-if-env-changed=POSTERN_LINKER_SCRIPT");
    if let Ok(script) = std::env::var("POSTERN_LINKER_SCRIPT") {
        println!("cargo::rerun-if-changed={script}");
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{script}");
    }
}
