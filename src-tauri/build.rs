//! Says which commands exist, so that the capability file can name them, and links the program as
//! `cli/build.rs` does.

#[expect(
    clippy::disallowed_methods,
    reason = "a build script has its environment and nothing else"
)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-env-changed=POSTERN_LINKER_SCRIPT");
    if let Ok(script) = std::env::var("POSTERN_LINKER_SCRIPT") {
        println!("cargo::rerun-if-changed={script}");
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{script}");
    }
    let manifest = tauri_build::AppManifest::new().commands(&["ask"]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}
