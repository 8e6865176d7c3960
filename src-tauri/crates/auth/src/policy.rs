//! What the rules of a managed machine allow (contract auth 8).
//!
//! Two sources combine: `allowed_*` of the requirements and `forced_*` of the configuration. A
//! method is allowed only where both allow it, a workspace only where both name it. A rule of the
//! machine that cannot be read allows nothing: whoever wrote it meant to forbid something.
//!
//! A credential that a rule forbids is put away, not deleted: it is not used, and the account
//! appears signed out for as long as the rule stands.

pub mod places;
mod rules;

use std::collections::BTreeSet;

use crate::account::Kind;
use crate::fault::Fault;

pub use rules::{Author, PolicyText, PolicyTexts};

/// What the rules of this machine allow. The default allows everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    methods: Methods,
    workspaces: Workspaces,
    residency: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Methods {
    #[default]
    Any,
    Only(Method),
    /// No method is left, or a rule cannot be read; the sentence says which.
    None(String),
}

/// The two ways to sign in that the rules know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Method {
    ChatGpt,
    Api,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Workspaces {
    #[default]
    Any,
    /// Only these; none of them means no ChatGPT sign-in at all.
    Only(Vec<String>),
}

impl Policy {
    /// Everything is allowed.
    pub fn open() -> Self {
        Self::default()
    }

    /// Reads the rules out of the texts of their files.
    pub fn read(texts: &PolicyTexts) -> Self {
        match rules::Rules::gather(texts) {
            Ok(rules) => Self::of(rules),
            Err(why) => Self {
                methods: Methods::None(why),
                ..Self::default()
            },
        }
    }

    /// Whether a new credential of this kind may be added.
    ///
    /// # Errors
    /// [`Fault::Policy`] with the sentence of the sign-in command.
    pub fn permits(&self, kind: Kind) -> Result<(), Fault> {
        let method = method_of(kind);
        let sentence = match (&self.methods, method) {
            (Methods::None(why), _) => why.clone(),
            (Methods::Only(only), _) if *only != method => disabled(kind).into(),
            (Methods::Any | Methods::Only(_), _) => return Ok(()),
        };
        Err(Fault::Policy(sentence))
    }

    /// Whether a sign-in that just ended in `workspace` may be kept; a missing claim may not.
    ///
    /// # Errors
    /// [`Fault::Policy`]: `Login is restricted to workspace id(s) A, B.`
    pub fn accepts(&self, workspace: Option<&str>) -> Result<(), Fault> {
        match &self.workspaces {
            Workspaces::Any => Ok(()),
            Workspaces::Only(allowed) if is_in(allowed, workspace) => Ok(()),
            Workspaces::Only(allowed) => Err(Fault::Policy(format!(
                "Login is restricted to workspace id(s) {}.",
                allowed.join(", ")
            ))),
        }
    }

    /// Whether a kept credential may be used. An API key belongs to no workspace.
    ///
    /// # Errors
    /// [`Fault::Policy`] with the sentence of contract auth 8.
    pub fn admits(&self, kind: Kind, workspace: Option<&str>) -> Result<(), Fault> {
        self.admits_kind(kind)?;
        match (&self.workspaces, method_of(kind)) {
            (Workspaces::Any, _) | (Workspaces::Only(_), Method::Api) => Ok(()),
            (Workspaces::Only(allowed), Method::ChatGpt) if is_in(allowed, workspace) => Ok(()),
            (Workspaces::Only(allowed), Method::ChatGpt) => {
                Err(Fault::Policy(elsewhere(allowed, workspace)))
            }
        }
    }

    /// Whether a kept credential may be used as far as its kind goes, before anyone was asked which
    /// workspace it belongs to.
    ///
    /// # Errors
    /// As [`Self::admits`].
    pub fn admits_kind(&self, kind: Kind) -> Result<(), Fault> {
        let method = method_of(kind);
        match &self.methods {
            Methods::None(why) => Err(Fault::Policy(why.clone())),
            Methods::Only(only) if *only != method => Err(Fault::Policy(mismatch(method).into())),
            Methods::Any | Methods::Only(_) => Ok(()),
        }
    }

    /// For `allowed_workspace_id` of the authorize URL: every id, joined by commas.
    pub fn workspace_parameter(&self) -> Option<String> {
        match &self.workspaces {
            Workspaces::Any => None,
            Workspaces::Only(allowed) => Some(allowed.join(",")),
        }
    }

    /// For `x-openai-internal-codex-residency`.
    pub fn residency(&self) -> Option<&str> {
        self.residency.as_deref()
    }

    fn of(rules: rules::Rules) -> Self {
        let workspaces = match rules.workspaces {
            None => Workspaces::Any,
            Some(allowed) => Workspaces::Only(allowed),
        };
        let usable = |method: &Method| match (method, &workspaces) {
            (Method::ChatGpt, Workspaces::Only(allowed)) => !allowed.is_empty(),
            (Method::ChatGpt, Workspaces::Any) | (Method::Api, _) => true,
        };
        let methods: BTreeSet<Method> = rules.methods.into_iter().filter(usable).collect();
        let methods = match (
            methods.contains(&Method::ChatGpt),
            methods.contains(&Method::Api),
        ) {
            (true, true) => Methods::Any,
            (true, false) => Methods::Only(Method::ChatGpt),
            (false, true) => Methods::Only(Method::Api),
            (false, false) => Methods::None(NOTHING_LEFT.into()),
        };
        Self {
            methods,
            workspaces,
            residency: rules.residency,
        }
    }
}

/// Access tokens and the Codex CLI's ChatGPT sign-in count as ChatGPT (contract auth 8).
fn method_of(kind: Kind) -> Method {
    match kind {
        Kind::ChatGpt | Kind::AccessToken | Kind::CodexCli => Method::ChatGpt,
        Kind::ApiKey => Method::Api,
    }
}

fn is_in(allowed: &[String], workspace: Option<&str>) -> bool {
    workspace.is_some_and(|workspace| allowed.iter().any(|id| id == workspace))
}

fn disabled(kind: Kind) -> &'static str {
    match kind {
        Kind::ChatGpt | Kind::CodexCli => "ChatGPT login is disabled. Use API key login instead.",
        Kind::AccessToken => "Access token login is disabled. Use API key login instead.",
        Kind::ApiKey => "API key login is disabled. Use ChatGPT login instead.",
    }
}

fn mismatch(in_use: Method) -> &'static str {
    match in_use {
        Method::ChatGpt => {
            "API key login is required, but ChatGPT is currently being used. Logging out."
        }
        Method::Api => {
            "ChatGPT login is required, but an API key is currently being used. Logging out."
        }
    }
}

fn elsewhere(allowed: &[String], workspace: Option<&str>) -> String {
    let allowed = allowed.join(", ");
    match workspace {
        Some(workspace) => format!(
            "Login is restricted to workspace(s) {allowed}, but current credentials belong to {workspace}. Logging out."
        ),
        None => format!(
            "Login is restricted to workspace(s) {allowed}, but current credentials lack a workspace identifier. Logging out."
        ),
    }
}

const NOTHING_LEFT: &str = "authentication requirements do not permit any usable login method";

#[cfg(test)]
mod tests;
