//! The tray in every scene: the sentence, the shape, and the one thing to do about it.

use super::scenes::Scene;
use super::watcher::Watcher;
use super::{Outcome, until};

macro_rules! headlines {
    ($($test:ident: $scene:ident;)+) => {
        $(
            #[test]
            fn $test() -> Outcome<()> {
                check(Scene::$scene)
            }
        )+

        #[test]
        fn every_scene_is_looked_at() {
            assert_eq!([$(Scene::$scene),+], Scene::ALL);
        }
    };
}

headlines! {
    a_locked_keyring_is_said: KeyringLocked;
    a_missing_keyring_is_said: KeyringMissing;
    a_lost_key_is_said: KeyGone;
    a_sign_in_that_ended_is_said: SignInAgain;
    nobody_signed_in_is_said: NotSignedIn;
    a_taken_port_is_said: PortTaken;
    a_proxy_that_is_off_is_said: ProxyOff;
    a_reached_limit_is_said: LimitReached;
    an_unreachable_backend_is_said: Offline;
    readiness_is_said: Ready;
    being_on_is_said: On;
}

fn check(scene: Scene) -> Outcome<()> {
    let prepared = scene.prepare()?;
    let stage = &prepared.stage;
    let watcher = Watcher::appear(stage)?;
    let _postern = stage.start(stage.postern().arg("--background"))?;
    let tray = watcher.icon(stage)?;
    prepared.drive()?;
    let (says, shape) = scene.shows();
    tray.says(says)?;
    let light = file("for-light", shape)?;
    let dark = file("for-dark", shape)?;
    let mut drawn = Vec::new();
    let shown = until("the icon has its shape", || {
        let pictures = tray.pictures().ok()?;
        drawn = pictures.into_iter().find(|(side, _, _)| *side == SIDE)?.2;
        (drawn == light || drawn == dark).then_some(())
    });
    shown.map_err(|_| format!("the icon is not `{shape}`\n{}", stage.said()))?;
    Ok(())
}

/// The committed picture as it travels: opacity, red, green, blue.
fn file(ground: &str, shape: &str) -> Outcome<Vec<u8>> {
    let icons = concat!(env!("CARGO_MANIFEST_DIR"), "/../icons/tray");
    let file = std::fs::File::open(format!("{icons}/{ground}/{shape}-{SIDE}.png"))?;
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or("no size")?];
    reader.next_frame(&mut pixels)?;
    for pixel in pixels.chunks_exact_mut(4) {
        pixel.rotate_right(1);
    }
    Ok(pixels)
}

const SIDE: i32 = 22;
