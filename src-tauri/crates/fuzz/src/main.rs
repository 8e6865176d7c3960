//! libFuzzer around one target, which `FUZZ_TARGET` names.
#![no_main]

use std::sync::OnceLock;

use fuzz::Target;

static TARGET: OnceLock<Target> = OnceLock::new();

#[expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "there is no `main` of our own that could pass it on"
)]
fn chosen() -> Target {
    let name = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names no target");
    fuzz::target(&name).expect("FUZZ_TARGET names an unknown target")
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    TARGET.get_or_init(chosen)(data);
});
