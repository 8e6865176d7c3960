//! The one door out of a page: a closed list of asks, each with what it takes and what it gives.
//!
//! One declaration makes the enum that travels, the trait that answers, the dispatch between the
//! two, and the map of replies from which TypeScript gets its types. Secrets cross outwards only
//! as local keys (`addKey`, `revealKey`), inwards only as [`Hidden`].

mod given;
mod told;

use std::future::Future;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

pub use self::given::{
    Change, CredentialKind, Filter, Hidden, KeyChoice, NewToken, Place, Prompt, Quit,
    RequestsAsked, VaultAsked, VaultWord, Way,
};
pub use self::told::{
    AppUsage, Autostart, Leaving, NewKey, RequestsPage, Setting, SettingGroup, SettingValue,
    SettingsView, SignedOutReply, UsageDay, Version,
};
use crate::connect::Card;
use crate::sign_in::SignInStep;
use crate::state::{AppState, Limit};
use crate::view::{KeyRow, ModelRow};
use crate::{AccountView, Check, Code, Complaint};

macro_rules! asks {
    ($($(#[$doc:meta])+ $name:ident / $variant:ident: $with:ty => $reply:ty;)+) => {
        /// Everything a page can ask, as it travels: `{"ask": "setProxy", "with": true}`.
        #[derive(Debug, Deserialize, TS)]
        #[serde(tag = "ask", content = "with", rename_all = "camelCase")]
        pub enum Ask {
            $($(#[$doc])+ $variant($with),)+
        }

        /// What each ask is answered with, by its name.
        #[derive(Debug, TS)]
        #[ts(rename_all = "camelCase")]
        #[expect(dead_code, reason = "TypeScript is made from it")]
        pub(crate) struct Replies {
            $($name: $reply,)+
        }

        /// Whoever can answer every ask.
        pub trait Answers: Sync {
            $($(#[$doc])+ fn $name(
                &self,
                with: $with,
            ) -> impl Future<Output = Result<$reply, Complaint>> + Send;)+
        }

        impl Ask {
            /// Every ask by the name it travels under in Rust, in the order of the list.
            pub const NAMES: &[&str] = &[$(stringify!($name)),+];

            /// Has `answers` answer this ask, as JSON.
            ///
            /// # Errors
            /// Whatever the answer complains of.
            pub async fn answered_by(self, answers: &impl Answers) -> Result<Value, Complaint> {
                match self {
                    // Each future is boxed: the largest would otherwise set the size of all.
                    $(Self::$variant(with) => json(&Box::pin(answers.$name(with)).await?),)+
                }
            }
        }
    };
}

asks! {
    /// Everything at a glance.
    state / State: () => AppState;
    /// Turns the local server on or off. A port that cannot be had is a state, not a failure.
    set_proxy / SetProxy: bool => AppState;
    /// Listens on another port from now on, and writes it to the settings.
    use_port / UsePort: u16 => AppState;
    /// Begins a sign-in; one that is under way makes way. Its end comes as news.
    sign_in / SignIn: Way => SignInStep;
    /// Finishes a browser or a pasted sign-in with the address the browser ended on.
    finish_paste / FinishPaste: Hidden => AccountView;
    /// Signs in with an access token or an API key.
    sign_in_with_token / SignInWithToken: NewToken => AccountView;
    /// Gives up the sign-in that is under way; fine when there is none.
    cancel_sign_in / CancelSignIn: () => ();
    /// Uses the Codex CLI's own sign-in, read only.
    use_codex_cli / UseCodexCli: () => AccountView;
    /// Every account, the active one marked.
    accounts / Accounts: () => Vec<AccountView>;
    /// Makes the account with this id the one that requests use.
    activate_account / ActivateAccount: String => AccountView;
    /// Signs out of the account with this id, or of the active one: revokes, then forgets.
    sign_out / SignOut: Option<String> => SignedOutReply;
    /// Reads the plan's limits, unless they were read within the last minute.
    read_limits / ReadLimits: () => Vec<Limit>;
    /// Forgets a quota stop and tries to reach ChatGPT at once.
    try_now / TryNow: () => AppState;
    /// Every local key, without its text.
    keys / Keys: () => Vec<KeyRow>;
    /// Makes a key for the app of this name.
    add_key / AddKey: String => NewKey;
    /// The key of the app of this name.
    reveal_key / RevealKey: String => NewKey;
    /// Makes the key of the app of this name worthless.
    revoke_key / RevokeKey: String => ();
    /// A page of the request log, newest first.
    requests / Requests: RequestsAsked => RequestsPage;
    /// One request as text to hand on: no names, no addresses, no keys.
    request_report / RequestReport: String => String;
    /// Lets web pages of this origin use the local server, from now on.
    allow_origin / AllowOrigin: String => ();
    /// The models of the active account.
    models / Models: () => Vec<ModelRow>;
    /// Every setting a person may change, and what is wrong with the file.
    settings / Settings: () => SettingsView;
    /// Writes one setting; `null` sets it back to its default.
    change_setting / ChangeSetting: Change => SettingsView;
    /// Runs every check.
    doctor / Doctor: () => Vec<Check>;
    /// Asks the keyring again and lets it prompt.
    vault_retry / VaultRetry: () => AppState;
    /// Keeps secrets in another way, or gives the passphrase they are kept with.
    vault_choose / VaultChoose: VaultAsked => AppState;
    /// Puts a file of secrets that cannot be opened aside and begins with nothing.
    vault_start_over / VaultStartOver: () => AppState;
    /// What each app used on each of the last so many days (UTC), oldest first, today last.
    usage_by_day / UsageByDay: u32 => Vec<UsageDay>;
    /// How each known app is connected.
    connect_cards / ConnectCards: () => Vec<Card>;
    /// Hands address and key to the app with this card's id, which asks the person by itself.
    import_into / ImportInto: String => ();
    /// Sends one prompt through the local server; the answer comes as news.
    try_it / TryIt: Prompt => ();
    /// Stops the answer to `tryIt`; fine when there is none.
    stop_try_it / StopTryIt: () => ();
    /// Opens one of a few known pages in the person's browser; false where none could be opened.
    open_url / OpenUrl: Place => bool;
    /// Which Postern this is.
    version / Version: () => Version;
    /// Ends the program; asks first while requests are being answered.
    quit / Quit: Quit => Leaving;
    /// Whether Postern starts when the person logs in, as the system says.
    autostart / Autostart: () => Autostart;
    /// Starts Postern when the person logs in, or does so no more.
    set_autostart / SetAutostart: bool => Autostart;
    /// The first run was gone through, and is not shown again.
    finish_first_run / FinishFirstRun: () => AppState;
    /// Chooses for the key of one app how it sees reasoning, and which model it gets by default.
    prefer_key / PreferKey: KeyChoice => ();
}

impl Ask {
    /// Reads an ask as it travels.
    ///
    /// # Errors
    /// The text is no ask. What it says is not repeated, because it may hold a secret.
    pub fn parse(text: &[u8]) -> Result<Self, Complaint> {
        serde_json::from_slice(text).map_err(|_| unknown())
    }

    /// Reads an ask that was parsed as JSON already.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn from_value(value: Value) -> Result<Self, Complaint> {
        serde_json::from_value(value).map_err(|_| unknown())
    }
}

fn unknown() -> Complaint {
    Complaint::new(
        Code::BadAsk,
        "this page asked for something Postern does not know",
    )
    .hint("load the page again")
}

fn json(told: &impl Serialize) -> Result<Value, Complaint> {
    serde_json::to_value(told).map_err(|fault| {
        Complaint::new(
            Code::Other,
            format!("an answer could not be written: {fault}"),
        )
    })
}
