//! How an app is connected: its own fields, in its own words and order, ready to copy.
//!
//! One file for each app. Where a value is the app's key, a card says so instead of holding it;
//! only `link` holds one, and it goes to the system and never to a page.

mod aider;
mod aionui;
mod chatbox;
mod cherry_studio;
mod claude_code;
mod cline;
mod codex;
mod continue_dev;
mod deepchat;
mod jan;
mod llm;
mod obsidian_copilot;
mod open_webui;
mod open_webui_docker;
mod opencode;
mod other;
mod payload;
mod pi;
mod raycast;
mod setup;
mod zed;

use base::Secret;
use serde::Serialize;
use ts_rs::TS;

pub(crate) use self::setup::Setup;

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

/// Every card, in the order in which it is shown.
pub(crate) fn cards(setup: &Setup<'_>) -> Vec<Card> {
    [
        cherry_studio::card,
        chatbox::card,
        jan::card,
        open_webui::card,
        open_webui_docker::card,
        zed::card,
        obsidian_copilot::card,
        raycast::card,
        continue_dev::card,
        cline::card,
        deepchat::card,
        aionui::card,
        other::card,
        codex::card,
        claude_code::card,
        opencode::card,
        pi::card,
        aider::card,
        llm::card,
    ]
    .into_iter()
    .map(|card| card(setup))
    .collect()
}

/// The link by which the app of the card `id` takes address and key; `None` where it has none.
pub(crate) fn link(id: &str, setup: &Setup<'_>, key: &Secret) -> Option<Secret> {
    let link = match id {
        cherry_studio::ID => cherry_studio::link(setup, key),
        chatbox::ID => chatbox::link(setup, key),
        deepchat::ID => deepchat::link(setup, key),
        aionui::ID => aionui::link(setup, key),
        _ => return None,
    };
    Some(Secret::new(link))
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
        /// The text; `{{key}}` and `{{model}}` stand for what they stand for in [`Paste::text`].
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
}

impl Field {
    const fn key(label: &'static str) -> Self {
        Self {
            label,
            value: FieldValue::Key,
        }
    }

    const fn model(label: &'static str) -> Self {
        Self {
            label,
            value: FieldValue::Model,
        }
    }

    fn text(label: &'static str, text: impl Into<String>) -> Self {
        Self {
            label,
            value: FieldValue::Text { text: text.into() },
        }
    }
}

#[cfg(test)]
mod tests;
