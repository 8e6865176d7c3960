use super::*;
use crate::state::sample::{client, limit, on, person, ready, step};
use crate::state::{Client, Limit};

const NOW: Timestamp = Timestamp::from_seconds(1_000);

#[track_caller]
fn check(state: &AppState, level: Level, says: Sentence, action: Option<ActionId>) {
    let expected = Headline {
        level,
        says,
        action,
    };
    assert_eq!(headline(state, NOW), expected);
}

fn with_vault(vault: VaultView) -> AppState {
    AppState { vault, ..on() }
}

fn with_proxy(proxy: Proxy) -> AppState {
    AppState { proxy, ..on() }
}

fn blocked(why: Blocked) -> AppState {
    with_proxy(Proxy::Blocked { why })
}

fn with_limits(limits: Vec<Limit>) -> AppState {
    AppState { limits, ..on() }
}

fn ended() -> Account {
    Account::NeedsSignIn {
        account: person(),
        why: "revoked".into(),
    }
}

fn offline_account() -> Account {
    Account::Offline {
        account: person(),
        host: "chatgpt.com".into(),
    }
}

fn reached(span: LimitSpan, back_at_ms: Option<i64>) -> Sentence {
    Sentence::LimitReached { span, back_at_ms }
}

#[test]
fn closed_secrets_come_first() {
    use ActionId as Do;
    use VaultView as V;
    let rows = [
        (V::Locked, Sentence::VaultLocked, Do::Unlock),
        (
            V::PassphraseNeeded,
            Sentence::VaultPassphrase,
            Do::GivePassphrase,
        ),
        (
            V::WrongPassphrase,
            Sentence::VaultPassphrase,
            Do::GivePassphrase,
        ),
        (V::Missing, Sentence::VaultMissing, Do::ChooseVault),
        (V::Denied, Sentence::VaultDenied, Do::Unlock),
        (V::KeyGone, Sentence::VaultKeyGone, Do::StartOver),
        (
            V::Damaged { why: "cut".into() },
            Sentence::VaultDamaged,
            Do::StartOver,
        ),
    ];
    for (vault, says, action) in rows {
        let state = AppState {
            account: Account::None,
            proxy: Proxy::Off,
            ..with_vault(vault)
        };
        check(&state, Level::Problem, says, Some(action));
    }
    let open = with_vault(VaultView::SessionOnly);
    assert_eq!(headline(&open, NOW).level, Level::On);
}

#[test]
fn a_sign_in_comes_before_the_proxy() {
    let off = || with_proxy(Proxy::Off);
    let sign_in = Some(ActionId::SignIn);
    let state = AppState {
        account: ended(),
        ..off()
    };
    check(&state, Level::SignIn, Sentence::SignInAgain, sign_in);
    let state = AppState {
        account: Account::None,
        ..off()
    };
    check(&state, Level::SignIn, Sentence::NotSignedIn, sign_in);
    for account in [Account::None, ended()] {
        let state = AppState {
            account,
            signing_in: Some(step()),
            ..off()
        };
        check(&state, Level::Starting, Sentence::SigningIn, sign_in);
    }
    let second = AppState {
        signing_in: Some(step()),
        ..on()
    };
    assert_eq!(
        headline(&second, NOW).level,
        Level::On,
        "adding an account hides nothing"
    );
}

#[test]
fn the_proxy_comes_before_limits_and_reach() {
    let full = || vec![limit(LimitSpan::Week, 0.0, None)];
    let see = Some(ActionId::SeeWhy);
    let rows = [
        (
            Blocked::PortTaken {
                port: 7678,
                by: None,
                free: None,
            },
            Sentence::PortTaken { port: 7678 },
        ),
        (
            Blocked::PortReserved {
                port: 80,
                free: None,
            },
            Sentence::PortReserved { port: 80 },
        ),
        (
            Blocked::AlreadyRunning { address: None },
            Sentence::AlreadyRunning,
        ),
        (
            Blocked::Other {
                message: "no".into(),
            },
            Sentence::Blocked,
        ),
    ];
    for (why, says) in rows {
        let state = AppState {
            limits: full(),
            account: offline_account(),
            ..blocked(why)
        };
        check(&state, Level::Problem, says, see);
    }
    let state = AppState {
        limits: full(),
        ..with_proxy(Proxy::Off)
    };
    check(
        &state,
        Level::Off,
        Sentence::ProxyOff,
        Some(ActionId::TurnOn),
    );
    let state = AppState {
        limits: full(),
        ..with_proxy(Proxy::Starting)
    };
    check(&state, Level::Starting, Sentence::Starting, None);
}

#[test]
fn a_limit_is_reached_by_the_window_that_ends_last() {
    use LimitSpan::{Session, Week};
    let (soon, late) = (Some(1_060_000), Some(2_000_000));
    let rows = [
        (
            with_limits(vec![limit(Session, 0.0, soon)]),
            reached(Session, soon),
        ),
        (
            with_limits(vec![limit(Session, 0.0, soon), limit(Week, 0.0, late)]),
            reached(Week, late),
        ),
        (
            with_limits(vec![limit(Session, 40.0, soon), limit(Week, 0.0, None)]),
            reached(Week, None),
        ),
        (
            AppState {
                stopped_until_ms: late,
                ..on()
            },
            reached(LimitSpan::Other, late),
        ),
        (
            AppState {
                stopped_until_ms: late,
                ..with_limits(vec![limit(Session, 0.0, soon)])
            },
            reached(Session, late),
        ),
    ];
    for (state, says) in rows {
        check(&state, Level::Limit, says.clone(), None);
        let unreachable = AppState {
            account: offline_account(),
            ..state
        };
        check(&unreachable, Level::Limit, says, None);
    }
}

#[test]
fn a_limit_that_is_over_or_of_one_feature_is_none() {
    let past = Some(1_000_000);
    let feature = Limit {
        feature: Some("images".into()),
        ..limit(LimitSpan::Session, 0.0, None)
    };
    for state in [
        with_limits(vec![limit(LimitSpan::Session, 0.0, past)]),
        with_limits(vec![limit(LimitSpan::Session, 0.4, None)]),
        with_limits(vec![feature]),
        AppState {
            stopped_until_ms: past,
            ..on()
        },
    ] {
        assert_eq!(headline(&state, NOW).level, Level::On, "{state:?}");
    }
}

#[test]
fn what_is_left_is_on() {
    let state = AppState {
        account: offline_account(),
        ..ready()
    };
    check(
        &state,
        Level::Problem,
        Sentence::Offline,
        Some(ActionId::TryAgain),
    );
    let connect = Some(ActionId::Connect);
    check(&ready(), Level::On, Sentence::Ready, connect);
    let nobody = AppState {
        clients: Vec::<Client>::new(),
        ..ready()
    };
    check(&nobody, Level::On, Sentence::Ready, connect);
    let address = "127.0.0.1:7678".to_owned();
    check(&on(), Level::On, Sentence::On { address }, None);
    let two = AppState {
        clients: vec![client("new", None), client("old", Some(1))],
        ..ready()
    };
    assert_eq!(headline(&two, NOW).action, None);
}
