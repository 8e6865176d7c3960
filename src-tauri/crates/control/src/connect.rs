//! How an app is connected: its own fields, in its own words and order, ready to copy.
//!
//! Where a value is the app's key, a card says so instead of holding it.

use serde::Serialize;
use ts_rs::TS;

/// How one app is connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// Its id, such as `cherry-studio`.
    pub id: &'static str,
    /// The app's name, which is also the name of its key.
    pub name: &'static str,
    /// Which list it stands in.
    pub group: CardGroup,
    /// Where in the app the fields are, as the app calls it.
    pub place: &'static str,
    /// The app's fields in its own order.
    pub fields: Vec<Field>,
    /// Text to paste into a file of the app's.
    pub paste: Option<Paste>,
    /// True where `importInto` can hand address and key to the app.
    pub can_import: bool,
    /// What goes wrong with this app, as ids of sentences.
    pub traps: Vec<Trap>,
}

/// The two lists of cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CardGroup {
    /// Apps with windows.
    App,
    /// Agents and tools of the command line.
    CommandLine,
}

/// One field of an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// What the app calls it.
    pub label: &'static str,
    /// What goes there.
    pub value: FieldValue,
}

/// What goes into a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum FieldValue {
    /// This text.
    Text {
        /// The text.
        text: String,
    },
    /// The app's own key.
    Key,
    /// The id of a model, one of `models`.
    Model,
}

/// Text to paste.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Paste {
    /// Where it goes: the app's file, or the place in its window.
    pub into: &'static str,
    /// `json`, `yaml`, `toml`, `shell` or `text`.
    #[ts(type = "'json' | 'yaml' | 'toml' | 'shell' | 'text'")]
    pub language: &'static str,
    /// The text; `{{key}}` stands for the app's key and `{{model}}` for the id of a model.
    pub text: String,
}

/// What goes wrong with an app, each a sentence of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Trap {
    /// The app adds `/v1` by itself: the address is given without it.
    AddsVersion,
    /// The address is given with `/v1` at its end.
    WantsVersion,
    /// Models do not come by themselves: press the app's own button to fetch them.
    FetchModels,
    /// The id of the model is typed by hand.
    TypeModel,
    /// Without a key the models stay hidden.
    KeyRequired,
    /// The app's web edition runs in a browser: its origin has to be allowed.
    WebEdition,
    /// Leave the app's CORS switch off: it turns streaming off.
    LeaveCorsOff,
    /// A container reaches this machine by another name, which has to be allowed.
    DockerName,
    /// On plain Linux a container has to be started with the host's name.
    DockerHost,
    /// One block for each model.
    BlockPerModel,
    /// What a model can do has to be declared.
    DeclareAbilities,
    /// The app can sign in with ChatGPT by itself.
    OwnSignIn,
    /// Restart the app afterwards.
    Restart,
    /// The key is read from a variable of the environment.
    KeyInEnvironment,
    /// The address must not end in a slash.
    NoSlash,
    /// The app asks before it takes the import over.
    AsksFirst,
    /// Not checked with a current edition of the app.
    Unchecked,
}
