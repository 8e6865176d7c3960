//! ChatGPT plans by their raw values (contract auth 4).
//!
//! A raw value nobody knows stays what it is: it is shown as it came, and counts neither as a
//! personal nor as a workspace plan.

use std::fmt;

/// A ChatGPT plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Plan {
    /// One of the plans of contract auth 4.
    Known(KnownPlan),
    /// A raw value newer than this Postern.
    Unknown(String),
}

/// The plans of contract auth 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the plans")]
pub enum KnownPlan {
    Free,
    Go,
    Plus,
    Pro,
    ProLite,
    Team,
    SelfServeBusinessProLite,
    SelfServeBusinessUsageBased,
    Business,
    Ent26,
    EnterpriseCbpAutomation,
    EnterpriseCbpUsageBased,
    Enterprise,
    Edu,
    EduPlus,
    EduPro,
}

impl Plan {
    /// Reads a raw value in any case; `hc` and `education` are other names.
    pub fn parse(raw: &str) -> Self {
        let lower = raw.to_ascii_lowercase();
        let name = match lower.as_str() {
            "hc" => "enterprise",
            "education" => "edu",
            other => other,
        };
        match TABLE.iter().find(|(_, raw, _)| *raw == name) {
            Some((plan, _, _)) => Self::Known(*plan),
            None => Self::Unknown(raw.into()),
        }
    }

    /// The raw value.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(plan) => plan.row().1,
            Self::Unknown(raw) => raw,
        }
    }

    /// Team and everything after it: somebody else may have rules about where requests go.
    pub fn is_workspace(&self) -> bool {
        match self {
            Self::Known(plan) => !plan.is_personal(),
            Self::Unknown(_) => false,
        }
    }

    /// One person's own plan. A plan nobody knows is not one.
    pub fn is_personal(&self) -> bool {
        match self {
            Self::Known(plan) => plan.is_personal(),
            Self::Unknown(_) => false,
        }
    }
}

/// The name for people: `Pro Lite`, `Enterprise`.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(plan) => f.write_str(plan.row().2),
            Self::Unknown(raw) => f.write_str(raw),
        }
    }
}

impl KnownPlan {
    fn is_personal(self) -> bool {
        match self {
            Self::Free | Self::Go | Self::Plus | Self::Pro | Self::ProLite => true,
            Self::Team
            | Self::SelfServeBusinessProLite
            | Self::SelfServeBusinessUsageBased
            | Self::Business
            | Self::Ent26
            | Self::EnterpriseCbpAutomation
            | Self::EnterpriseCbpUsageBased
            | Self::Enterprise
            | Self::Edu
            | Self::EduPlus
            | Self::EduPro => false,
        }
    }

    fn row(self) -> &'static (Self, &'static str, &'static str) {
        // The table follows the order of the variants; a test holds that.
        &TABLE[self as usize]
    }
}

const TABLE: [(KnownPlan, &str, &str); 16] = [
    (KnownPlan::Free, "free", "Free"),
    (KnownPlan::Go, "go", "Go"),
    (KnownPlan::Plus, "plus", "Plus"),
    (KnownPlan::Pro, "pro", "Pro"),
    (KnownPlan::ProLite, "prolite", "Pro Lite"),
    (KnownPlan::Team, "team", "Team"),
    (
        KnownPlan::SelfServeBusinessProLite,
        "self_serve_business_prolite",
        "Business Pro Lite",
    ),
    (
        KnownPlan::SelfServeBusinessUsageBased,
        "self_serve_business_usage_based",
        "Business",
    ),
    (KnownPlan::Business, "business", "Business"),
    (KnownPlan::Ent26, "ent26", "Enterprise"),
    (
        KnownPlan::EnterpriseCbpAutomation,
        "enterprise_cbp_automation",
        "Enterprise",
    ),
    (
        KnownPlan::EnterpriseCbpUsageBased,
        "enterprise_cbp_usage_based",
        "Enterprise",
    ),
    (KnownPlan::Enterprise, "enterprise", "Enterprise"),
    (KnownPlan::Edu, "edu", "Edu"),
    (KnownPlan::EduPlus, "edu_plus", "Edu Plus"),
    (KnownPlan::EduPro, "edu_pro", "Edu Pro"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_stands_where_its_variant_stands() {
        for (at, (plan, raw, _)) in TABLE.iter().enumerate() {
            assert_eq!(*plan as usize, at);
            assert_eq!(Plan::parse(raw).as_str(), *raw);
        }
    }

    #[test]
    fn workspace_plans_are_team_and_everything_after_it() {
        for (at, (_, raw, _)) in TABLE.iter().enumerate() {
            let plan = Plan::parse(raw);
            assert_eq!(
                (plan.is_personal(), plan.is_workspace()),
                (at < 5, at >= 5),
                "{raw}"
            );
        }
        let new = Plan::parse("galactic");
        assert!(!new.is_personal() && !new.is_workspace());
    }

    #[test]
    fn names_in_any_case_and_their_aliases() {
        for (raw, name, shown) in [
            ("HC", "enterprise", "Enterprise"),
            ("education", "edu", "Edu"),
            ("ProLite", "prolite", "Pro Lite"),
            ("ent26", "ent26", "Enterprise"),
            ("Galactic", "Galactic", "Galactic"),
        ] {
            let plan = Plan::parse(raw);
            assert_eq!((plan.as_str(), plan.to_string().as_str()), (name, shown));
        }
    }
}
