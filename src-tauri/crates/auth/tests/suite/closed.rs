//! A sign-in while secrets cannot be kept: nobody is sent to a page for nothing.

use std::fs;

use auth::Fault;
use base::Secret;

use crate::house::House;

#[tokio::test]
async fn no_sign_in_begins_that_could_not_be_kept() {
    let house = House::open().await;
    let data = house.paths().data;
    fs::create_dir_all(&data).unwrap();
    fs::write(data.join("secrets.sealed"), "not what it should be").unwrap();
    let accounts = house.accounts();
    let key = || Secret::new("sk-standin-platform");
    let token = || Secret::new("at-standin-acct_plus");
    let refused = [
        accounts.begin_browser().await.err(),
        accounts.begin_device().await.err(),
        accounts.begin_paste().await.err(),
        accounts.sign_in_with_access_token(token()).await.err(),
        accounts.sign_in_with_api_key(key()).await.err(),
    ];
    for fault in refused {
        assert!(matches!(fault, Some(Fault::Vault(_))), "{fault:?}");
    }
    assert!(house.world().received().is_empty(), "nobody was asked");
}
