//! Six hours of a busy person, as fast as they go: what the program holds is flat at the end.
//!
//! The load is in [`day`], what is measured in [`sample`], and what must hold in [`law`]. The short
//! form runs with every other test; `cargo xtask soak` runs the long one on the released program.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may fail by panicking, and tells what it measured"
)]

mod app;
mod day;
#[path = "../home/mod.rs"]
mod home;
mod law;
mod sample;

use std::fs;

use app::{App, Counts};
use day::{Act, SLICES};
use home::Home;
use sample::Sample;
use standin::World;

#[tokio::test]
async fn an_hour_leaves_nothing_behind() {
    soak(1).await;
}

#[tokio::test]
#[ignore = "six hours' worth; `cargo xtask soak` runs it on the released program"]
async fn six_hours_leave_nothing_behind() {
    soak(6).await;
}

async fn soak(hours: usize) {
    let home = Home::empty().await;
    // Tokens are due at once: every process that looks renews, and the server takes over what it
    // finds.
    let world = home.standin.world();
    world.turn(|knobs| knobs.access_lifetime_secs = 250);
    home.sign_in().await;
    // Small enough to be reached, so that it is the bound that keeps the database small.
    bound(&home);
    let server = home.serve().await;
    let mut apps = Vec::new();
    for name in ["codex", "claude", "editor", "chat", "notes", "script"] {
        let key = home.key(name).await;
        apps.push(App::new(&server.address, key));
    }
    let acts = day::acts(hours);
    let (mut counts, mut samples) = (Counts::default(), Vec::new());
    for (number, slice) in acts.chunks(acts.len().div_ceil(SLICES)).enumerate() {
        app::work(&apps, slice, &mut counts).await;
        between(&home, &apps[number % apps.len()], &mut counts).await;
        let folder = home.folder.path();
        samples.push(Sample::take(server.child.id(), folder, counts.requests()));
        // The stand-in would otherwise keep them all.
        world.forget_received();
    }
    eprintln!(
        "{hours} hours' worth: {} requests\n{counts}",
        counts.requests()
    );
    eprintln!("{}", sample::table(&samples));
    server.kill();
    law::hold(&samples);
}

fn bound(home: &Home) {
    let file = home.folder.path().join("config.toml");
    let mut text = fs::read_to_string(&file).unwrap();
    for key in ["log_max_mib", "store_max_mib"] {
        let line = text
            .lines()
            .find(|line| line.starts_with(&format!("# {key} = ")));
        text = text.replace(line.unwrap(), &format!("{key} = 1"));
    }
    fs::write(&file, text).unwrap();
}

/// What happens now and then: the sign-in is renewed by another process, the plan's limit is
/// reached, and a person lifts the stop.
async fn between(home: &Home, app: &App, counts: &mut Counts) {
    let renewed = renewals(home.standin.world());
    let models = home.run(&["models"]).await;
    assert_eq!(models.code, Some(0), "{}", models.err);
    assert_eq!(renewals(home.standin.world()), renewed + 1);
    for act in [Act::Limit, Act::Stopped, Act::Stopped] {
        counts.note(act, app.ask(act).await);
    }
    // A person lifts what a person sees.
    while !is_stopped(home).await {}
    let lifted = home.run(&["try-now"]).await;
    assert_eq!(lifted.code, Some(0), "{}", lifted.err);
}

async fn is_stopped(home: &Home) -> bool {
    let status = home.run(&["status", "--json"]).await;
    let status: serde_json::Value = serde_json::from_str(&status.out).unwrap();
    status["stopped_until_ms"].is_number()
}

fn renewals(world: &World) -> usize {
    let sent = world.received_at("/oauth/token").into_iter();
    sent.filter(|it| it.json()["grant_type"] == "refresh_token")
        .count()
}
