//! New tokens that cannot be saved.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use auth::{Account, Pass};
use serde_json::Value;
use standin::Scripted;

use crate::house::{House, PLUS, TEAM, Unusual};

/// The disk is gone: reads and writes of the vault fail until it comes back.
struct Unplugged {
    at: PathBuf,
    aside: PathBuf,
    left: Left,
}

/// What is seen where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    Nothing,
    /// An empty folder, as where a disk was mounted.
    #[cfg(unix)]
    Empty,
    /// A file.
    Odd,
}

const ALL: &[Left] = &[
    Left::Nothing,
    #[cfg(unix)]
    Left::Empty,
    Left::Odd,
];

impl Unplugged {
    fn unplug(house: &House, left: Left) -> Self {
        let at = house.paths().data;
        let aside = at.with_extension("aside");
        fs::rename(&at, &aside).unwrap();
        match left {
            Left::Nothing => {}
            #[cfg(unix)]
            Left::Empty => fs::create_dir(&at).unwrap(),
            Left::Odd => fs::write(&at, "a file where a folder should be").unwrap(),
        }
        Self { at, aside, left }
    }

    fn plug_in(self) {
        match self.left {
            Left::Nothing => {}
            #[cfg(unix)]
            Left::Empty => fs::remove_dir_all(&self.at).unwrap(),
            Left::Odd => fs::remove_file(&self.at).unwrap(),
        }
        fs::rename(&self.aside, &self.at).unwrap();
    }
}

#[tokio::test]
async fn renewed_tokens_that_cannot_be_saved_are_used_and_saved_later() {
    for left in ALL {
        renew_without_a_disk(*left).await;
    }
}

async fn renew_without_a_disk(left: Left) {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    let spent = house.kept(&account).await.unwrap();
    let pass = renewed_while_unplugged(&house, &account, left).await;
    // Nothing was saved yet, and nobody else may send it.
    let mut stored = spent.clone();
    stored["unconfirmed"] = true.into();
    assert_eq!(house.kept(&account).await.unwrap(), stored);
    // What is stored is older than what is held, and must not come back.
    assert_eq!(house.accounts().pass().await.unwrap().bearer, pass.bearer);
    let saved = saved_later(&house, &account, &spent).await;
    assert_eq!(saved["access_token"], pass.bearer.reveal());
    // The next process starts from the new token, and the old one was sent once.
    house.minutes_pass(61);
    let neighbour = house.neighbour(Unusual::default()).await;
    assert!(neighbour.accounts.pass().await.is_ok());
    let sent = house.sent_tokens();
    assert_eq!(
        sent,
        [
            spent["refresh_token"].as_str().unwrap(),
            saved["refresh_token"].as_str().unwrap()
        ]
    );
}

/// The pass of `account` from a renewal during which the disk went away; it is back then.
async fn renewed_while_unplugged(house: &House, account: &Account, left: Left) -> Pass {
    house.minutes_pass(61);
    house
        .world()
        .script("/oauth/token", Scripted::late(Duration::from_secs(1)));
    let unplugged = async {
        house.world().until_received("/oauth/token", 2).await;
        let unplugged = Unplugged::unplug(house, left);
        house.seconds_pass(1);
        unplugged
    };
    let accounts = house.accounts();
    let (pass, unplugged) = tokio::join!(accounts.pass_of(&account.id), unplugged);
    let pass = pass.unwrap();
    assert!(house.world().seat_of(pass.bearer.reveal()).is_ok());
    unplugged.plug_in();
    pass
}

/// What is kept of `account` once it is no longer what was `spent`.
async fn saved_later(house: &House, account: &Account, spent: &Value) -> Value {
    let waiting = async {
        loop {
            let kept = house.kept(account).await.unwrap();
            if kept["refresh_token"] != spent["refresh_token"] {
                return kept;
            }
            base::Clock::system().sleep(Duration::from_millis(2)).await;
        }
    };
    house
        .while_time_passes(Duration::from_secs(1), waiting)
        .await
}

#[tokio::test]
async fn nothing_is_sent_that_could_not_be_saved() {
    for left in ALL {
        renew_with_the_disk_gone(*left).await;
    }
}

async fn renew_with_the_disk_gone(left: Left) {
    let house = House::open().await;
    let account = house.sign_in(PLUS).await;
    house.accounts().pass().await.unwrap();
    house.minutes_pass(61);
    let unplugged = Unplugged::unplug(&house, left);
    assert!(house.accounts().pass_of(&account.id).await.is_err());
    assert_eq!(house.renewals().len(), 0);
    unplugged.plug_in();
    assert!(house.accounts().pass().await.is_ok());
}

#[tokio::test]
async fn a_sign_in_that_cannot_be_saved_says_so_and_is_revoked() {
    for left in ALL {
        sign_in_with_the_disk_gone(*left).await;
    }
}

async fn sign_in_with_the_disk_gone(left: Left) {
    let house = House::open().await;
    house.sign_in(TEAM).await;
    let begun = house.accounts().begin_paste().await.unwrap();
    let back = house.approve(&begun.url, PLUS).await;
    let unplugged = Unplugged::unplug(&house, left);
    let fault = begun.finish(back.as_str()).await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "Sign-in completed but credentials could not be saved locally."
    );
    house.world().until_received("/oauth/revoke", 1).await;
    unplugged.plug_in();
    assert_eq!(house.accounts().list().await.unwrap().len(), 1);
}
