//! People and their seats. A seat is one person in one account; plans belong to seats.

/// One person in one account: what a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The account (workspace) id, as in `ChatGPT-Account-ID`; the organization id for a platform key.
    pub account_id: String,
    /// The person.
    pub email: String,
    /// The person's id, the same in all their seats.
    pub user_id: String,
    /// The raw plan value of contract auth 4, such as `plus` or `team`.
    pub plan: String,
    /// What kind of credential the seat is used with.
    pub kind: SeatKind,
    /// The workspace's name; `None` for a personal account.
    pub workspace: Option<String>,
    /// True where requests must carry `X-OpenAI-Fedramp: true`.
    pub fedramp: bool,
    /// What `accounts/check` says about the account.
    pub routing: Routing,
}

/// What kind of credential a seat is used with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatKind {
    /// A ChatGPT plan: access tokens and `at-` tokens.
    Plan,
    /// The platform API: `sk-` keys.
    Platform,
}

/// What `accounts/check` says about one account (contract auth 9.2), true or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routing {
    /// How often the account is listed.
    pub entry: Entry,
    /// `workspace_backend_origin`; `None` leaves the field out.
    pub origin: Option<String>,
    /// `account_routing_override`; `None` leaves the field out.
    pub routing_override: Option<String>,
}

/// How often `accounts/check` lists an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// As it should be.
    #[default]
    Once,
    /// Not at all.
    Missing,
    /// Two times.
    Twice,
}

impl Default for Routing {
    fn default() -> Self {
        Self {
            entry: Entry::Once,
            origin: Some(NO_CONSTRAINT.into()),
            routing_override: Some(NO_CONSTRAINT.into()),
        }
    }
}

impl Seat {
    /// A seat in a personal account (`acct_NAME` for `NAME@…`) with that plan.
    pub fn personal(email: &str, plan: &str) -> Self {
        let name = email.split('@').next().unwrap_or(email);
        Self {
            account_id: format!("acct_{name}"),
            email: email.into(),
            user_id: format!("user-{name}"),
            plan: plan.into(),
            kind: SeatKind::Plan,
            workspace: None,
            fedramp: false,
            routing: Routing::default(),
        }
    }

    /// The value `X-OpenAI-Account-Routing-Override` must have; `None` where it must be absent.
    pub fn routing_override(&self) -> Option<&str> {
        let told = self.routing.routing_override.as_deref();
        told.filter(|it| *it != NO_CONSTRAINT)
    }

    /// `personal` or `workspace`, as `accounts/check` calls it.
    pub fn structure(&self) -> &'static str {
        match self.workspace {
            Some(_) => "workspace",
            None => "personal",
        }
    }

    pub(crate) fn key(&self) -> SeatKey {
        SeatKey::new(&self.email, &self.account_id)
    }
}

/// Names a seat; what the seat says may change after a token was made for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SeatKey {
    email: String,
    account_id: String,
}

impl SeatKey {
    pub(crate) fn new(email: &str, account_id: &str) -> Self {
        Self {
            email: email.into(),
            account_id: account_id.into(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct People {
    seats: Vec<Seat>,
}

impl Default for People {
    fn default() -> Self {
        let workspace = |account_id: &str, email: &str, plan: &str, name: &str| Seat {
            account_id: account_id.into(),
            workspace: Some(name.into()),
            ..Seat::personal(email, plan)
        };
        let gov = Seat {
            fedramp: true,
            routing: Routing {
                routing_override: Some("us_cr".into()),
                ..Routing::default()
            },
            ..workspace("acct_gov", "gov@example.test", "enterprise", "Agency")
        };
        let team_at_home = Seat {
            account_id: "acct_team_personal".into(),
            ..Seat::personal("team@example.test", "plus")
        };
        Self {
            seats: vec![
                Seat::personal("plus@example.test", "plus"),
                Seat::personal("pro@example.test", "pro"),
                workspace("acct_team", "team@example.test", "team", "Example Team"),
                team_at_home,
                gov,
                Seat::personal("free@example.test", "free"),
                platform_seat(),
            ],
        }
    }
}

impl People {
    pub(crate) fn seats(&self) -> &[Seat] {
        &self.seats
    }

    pub(crate) fn of(&self, email: &str) -> Vec<Seat> {
        let plans = self.seats.iter().filter(|it| it.kind == SeatKind::Plan);
        plans.filter(|it| it.email == email).cloned().collect()
    }

    pub(crate) fn find(&self, key: &SeatKey) -> Option<Seat> {
        self.seats.iter().find(|it| it.key() == *key).cloned()
    }

    pub(crate) fn add(&mut self, seat: Seat) {
        let key = seat.key();
        match self.seats.iter_mut().find(|it| it.key() == key) {
            Some(known) => *known = seat,
            None => self.seats.push(seat),
        }
    }

    pub(crate) fn change(&mut self, account_id: &str, mut change: impl FnMut(&mut Seat)) -> bool {
        let mut found = false;
        for seat in self
            .seats
            .iter_mut()
            .filter(|it| it.account_id == account_id)
        {
            change(seat);
            found = true;
        }
        found
    }

    /// The person's first seat; a stranger gets a personal one with a plus plan.
    pub(crate) fn default_or_new(&mut self, email: &str) -> Seat {
        if let Some(seat) = self.of(email).into_iter().next() {
            return seat;
        }
        let seat = Seat::personal(email, "plus");
        self.add(seat.clone());
        seat
    }
}

/// The seat of every `sk-` key.
pub(crate) fn platform_seat() -> Seat {
    Seat {
        account_id: "org-standin".into(),
        kind: SeatKind::Platform,
        ..Seat::personal("platform@example.test", "platform")
    }
}

/// What both routing fields say where nothing is constrained (contract auth 9.2).
pub const NO_CONSTRAINT: &str = "NO_CONSTRAINT";
