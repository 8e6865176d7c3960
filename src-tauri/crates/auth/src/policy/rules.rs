//! The texts of the policy files, and what they say together.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::Method;

/// The policy files as they were read, each list from the weakest to the strongest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyTexts {
    /// Requirements: `allowed_login_methods`, `allowed_chatgpt_workspaces`, `enforce_residency`.
    pub requirements: Vec<PolicyText>,
    /// Configuration: `forced_login_method`, `forced_chatgpt_workspace_id`.
    pub config: Vec<PolicyText>,
}

/// One policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyText {
    /// Where it came from, as a person would look for it.
    pub from: String,
    /// Its text, or why it could not be read.
    pub text: Result<String, String>,
    /// Who wrote it.
    pub by: Author,
}

/// Who wrote a policy file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// Whoever manages the machine: a file that cannot be read forbids everything.
    Machine,
    /// The person, for the Codex CLI: a file that cannot be read says nothing.
    Person,
}

/// What all files say together.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) methods: BTreeSet<Method>,
    pub(super) workspaces: Option<Vec<String>>,
    pub(super) residency: Option<String>,
}

impl Rules {
    /// Reads and combines every text; the error is a sentence about the first that is broken.
    pub(super) fn gather(texts: &PolicyTexts) -> Result<Self, String> {
        let mut rules = Self {
            methods: BTreeSet::from([Method::ChatGpt, Method::Api]),
            workspaces: None,
            residency: None,
        };
        for text in &texts.requirements {
            if let Some(required) = text.parse::<Requirements>()? {
                rules.require(required);
            }
        }
        // Later files win key by key, so one answer is formed before it is combined.
        let mut config = Config::default();
        for text in &texts.config {
            if let Some(further) = text.parse::<Config>()? {
                config.override_with(further);
            }
        }
        rules.force(config);
        Ok(rules)
    }

    fn require(&mut self, required: Requirements) {
        if let Some(allowed) = required.allowed_login_methods {
            let allowed: BTreeSet<Method> = allowed.into_iter().map(Method::from).collect();
            self.methods.retain(|method| allowed.contains(method));
        }
        if let Some(allowed) = required.allowed_chatgpt_workspaces {
            self.narrow(allowed);
        }
        if let Some(Residency::Us) = required.enforce_residency {
            self.residency = Some("us".into());
        }
    }

    fn force(&mut self, config: Config) {
        if let Some(forced) = config.forced_login_method.map(Method::from) {
            self.methods.retain(|method| *method == forced);
        }
        let forced = match config.forced_chatgpt_workspace_id {
            None => Vec::new(),
            Some(OneOrMany::One(id)) => vec![id],
            Some(OneOrMany::Many(ids)) => ids,
        };
        // Here, unlike in the requirements, an empty list counts as unset.
        if !forced.is_empty() {
            self.narrow(forced);
        }
    }

    fn narrow(&mut self, allowed: Vec<WorkspaceId>) {
        let allowed = allowed.into_iter().map(|id| id.0);
        self.workspaces = Some(match self.workspaces.take() {
            None => allowed.collect(),
            Some(before) => allowed.filter(|id| before.contains(id)).collect(),
        });
    }
}

impl PolicyText {
    fn parse<T: for<'de> Deserialize<'de>>(&self) -> Result<Option<T>, String> {
        let parsed = match &self.text {
            Ok(text) => toml_edit::de::from_str(text).map_err(|error| error.message().to_owned()),
            Err(why) => Err(why.clone()),
        };
        match (parsed, self.by) {
            (Ok(parsed), _) => Ok(Some(parsed)),
            (Err(why), Author::Machine) => Err(format!(
                "the rules of this machine in `{}` cannot be read: {why}",
                self.from
            )),
            (Err(why), Author::Person) => {
                tracing::warn!(name: "policy.unreadable", from = %self.from, why, "a configuration file is ignored");
                Ok(None)
            }
        }
    }
}

#[derive(Debug, Default, Deserialize)]
struct Requirements {
    allowed_login_methods: Option<Vec<MethodName>>,
    allowed_chatgpt_workspaces: Option<Vec<WorkspaceId>>,
    enforce_residency: Option<Residency>,
}

#[derive(Debug, Default, Deserialize)]
struct Config {
    forced_login_method: Option<MethodName>,
    forced_chatgpt_workspace_id: Option<OneOrMany>,
}

impl Config {
    fn override_with(&mut self, further: Self) {
        self.forced_login_method = further.forced_login_method.or(self.forced_login_method);
        if further.forced_chatgpt_workspace_id.is_some() {
            self.forced_chatgpt_workspace_id = further.forced_chatgpt_workspace_id;
        }
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum MethodName {
    ChatGpt,
    Api,
}

impl From<MethodName> for Method {
    fn from(name: MethodName) -> Self {
        match name {
            MethodName::ChatGpt => Self::ChatGpt,
            MethodName::Api => Self::Api,
        }
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Residency {
    Us,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(WorkspaceId),
    Many(Vec<WorkspaceId>),
}

/// One id. Several in one string are refused, as the Codex CLI does.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct WorkspaceId(String);

impl TryFrom<String> for WorkspaceId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.trim() {
            "" => Err("a workspace id must not be empty"),
            id if id.contains(',') => Err("write several workspace ids as a list"),
            id => Ok(Self(id.to_owned())),
        }
    }
}
