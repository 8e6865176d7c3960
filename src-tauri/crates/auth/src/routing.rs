//! Where a workspace's requests go (contract auth 9.2): asked before the first request and after
//! every renewal.
//!
//! Fails closed: without an answer that names our account, no request is sent. The one exception is
//! a personal plan whose backend cannot be asked; see [`Owner::may_go_unasked`].

mod answer;

use std::sync::Arc;
use std::time::Duration;

use base::Secret;
use http::StatusCode;
use http::header::{AUTHORIZATION, USER_AGENT};
use parking_lot::Mutex;
use url::Url;

use crate::fault::Fault;
use crate::flight::Flight;
use crate::means::Means;
use crate::plan::Plan;
use crate::transport::{self, Lost};

/// Where requests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    /// The backend's address with the workspace's origin in it.
    pub(crate) base: Url,
    /// For `X-OpenAI-Account-Routing-Override`.
    pub(crate) routing_override: Option<String>,
    /// The workspace's name, where the backend says one.
    pub(crate) name: Option<String>,
}

/// Whose requests they are.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    pub(crate) bearer: Secret,
    pub(crate) account_id: Option<String>,
    pub(crate) fedramp: bool,
    pub(crate) plan: Option<Plan>,
    pub(crate) generation: u64,
}

/// Why there is no route.
#[derive(Debug, Clone)]
pub(crate) enum NoRoute {
    /// 401: the bearer was refused, and a renewal may help.
    Unauthorized,
    /// Anything else.
    Failed(Fault),
}

/// The last route of one account, and the question under way.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    known: Mutex<Option<Known>>,
    asking: Flight<(u64, Result<Route, NoRoute>)>,
}

#[derive(Debug)]
struct Known {
    key: Key,
    route: Route,
    /// Where nobody could be asked, the question is asked again from then on.
    until: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    generation: u64,
    account_id: Option<String>,
    base: Url,
}

impl Routes {
    /// The route of `owner`, asked for where it is not known.
    pub(crate) async fn find(&self, means: &Arc<Means>, owner: &Owner) -> Result<Route, NoRoute> {
        let key = Key {
            generation: owner.generation,
            account_id: owner.account_id.clone(),
            base: means.backend.clone(),
        };
        if let Some(route) = self.known(&key, means.clock.passed()) {
            return Ok(route);
        }
        match self.ask(means, owner).await {
            Ok(route) => {
                self.learn(key, &route, None);
                Ok(route)
            }
            Err(NoRoute::Failed(fault)) if owner.may_go_unasked(&fault) => {
                tracing::warn!(name: "routing.unasked", %fault, "the backend cannot be asked; a personal plan is not constrained");
                let route = Route::unconstrained(means);
                self.learn(key, &route, Some(means.clock.passed() + UNASKED));
                Ok(route)
            }
            Err(no_route) => Err(no_route),
        }
    }

    /// Asks, together with everyone who asks at this moment for the same generation.
    async fn ask(&self, means: &Arc<Means>, owner: &Owner) -> Result<Route, NoRoute> {
        loop {
            let (parts, asked) = (Arc::clone(means), owner.clone());
            let work = || async move { (asked.generation, ask(&parts, &asked).await) };
            match self.asking.join(&means.tasks, "find route", work).await {
                Some((generation, outcome)) if generation == owner.generation => return outcome,
                // That was about tokens from before a renewal.
                Some(_) => {}
                None => return Err(NoRoute::Failed(Fault::Stopping)),
            }
        }
    }

    /// The workspace's name, once it is known.
    pub(crate) fn name(&self) -> Option<String> {
        self.known.lock().as_ref()?.route.name.clone()
    }

    fn known(&self, key: &Key, passed: Duration) -> Option<Route> {
        let known = self.known.lock();
        let known = known.as_ref().filter(|known| known.key == *key)?;
        let is_stale = known.until.is_some_and(|until| passed >= until);
        (!is_stale).then(|| known.route.clone())
    }

    fn learn(&self, key: Key, route: &Route, until: Option<Duration>) {
        *self.known.lock() = Some(Known {
            key,
            route: route.clone(),
            until,
        });
    }
}

impl Route {
    fn unconstrained(means: &Means) -> Self {
        Self {
            base: means.backend.clone(),
            routing_override: None,
            name: None,
        }
    }
}

impl Owner {
    /// A personal plan has no workspace with rules about regions, so a question that cannot be asked
    /// (404, a server fault, no connection) must not keep its owner out. Everyone else's data could
    /// end up in the wrong region: team and above, and plans nobody knows, fail closed.
    fn may_go_unasked(&self, fault: &Fault) -> bool {
        let is_personal = self.plan.as_ref().is_some_and(Plan::is_personal);
        is_personal && !self.fedramp && matches!(fault, Fault::Transient { .. })
    }
}

async fn ask(means: &Means, owner: &Owner) -> Result<Route, NoRoute> {
    check_base(&means.backend)?;
    let Some(account_id) = owner.account_id.as_deref() else {
        return Err(failed("the sign-in names no workspace"));
    };
    let body = request(means, owner, account_id).await?;
    let entry = answer::select(&body, account_id).map_err(failed)?;
    Ok(Route {
        base: answer::routed(&means.backend, &entry.origin).map_err(failed)?,
        routing_override: answer::routing_override(&entry.routing_override).map_err(failed)?,
        name: entry.name,
    })
}

async fn request(means: &Means, owner: &Owner, account_id: &str) -> Result<Vec<u8>, NoRoute> {
    let bearer = owner
        .bearer
        .bearer()
        .map_err(|_| failed("the token holds a character that no token has"))?;
    // `wham/*` carries neither `originator` nor `version` (contract auth 9.1).
    let mut request = means
        .http
        .get(transport::below(&means.backend, "/wham/accounts/check"))
        .header(USER_AGENT, &means.identity.user_agent)
        .header(AUTHORIZATION, bearer)
        .header("chatgpt-account-id", account_id);
    if owner.fedramp {
        request = request.header("x-openai-fedramp", "true");
    }
    let answer = match transport::send(&means.clock, request, PATIENCE).await {
        Ok(answer) => answer,
        Err(Lost::Unsent(words) | Lost::MaybeSent(words)) => return Err(unreachable(&words)),
    };
    match answer.status {
        status if status.is_success() => Ok(answer.body),
        StatusCode::UNAUTHORIZED => Err(NoRoute::Unauthorized),
        status if status == StatusCode::NOT_FOUND || status.is_server_error() => {
            Err(unreachable(&format!("the backend answered {status}")))
        }
        // Redirects too: a routed request must not follow one.
        status => Err(failed(&format!("the backend answered {status}"))),
    }
}

/// The backend must be `https`; plain `http` only where it is this computer itself.
fn check_base(base: &Url) -> Result<(), NoRoute> {
    let is_https = base.scheme() == "https" || answer::is_loopback(base);
    let is_bare = base.username().is_empty() && base.password().is_none();
    match is_https && is_bare {
        true => Ok(()),
        false => Err(NoRoute::Failed(Fault::Workspace(
            "workspace backend must use an HTTPS origin without credentials".into(),
        ))),
    }
}

fn failed(why: &str) -> NoRoute {
    NoRoute::Failed(Fault::Workspace(format!(
        "workspace routing discovery failed: {why}"
    )))
}

/// As [`failed`], but a later try may work.
fn unreachable(why: &str) -> NoRoute {
    NoRoute::Failed(Fault::Transient {
        message: format!("workspace routing discovery failed: {why}"),
        retry_in: None,
    })
}

/// The limit of the contract.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a personal plan goes unasked before the question is tried again.
const UNASKED: Duration = Duration::from_secs(5 * 60);
