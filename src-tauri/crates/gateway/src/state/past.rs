//! What came before a request, out of the store.

use store::Archive;
use store::archive::Kept;
use translate::state::{self, After, Origin, Turn, Wish};
use wire::Fault;

use super::{Named, failed, short};
use crate::socket::Remembered;

/// What a request continues.
pub(super) struct Past {
    /// What was said, in order.
    pub(super) said: Vec<state::Past>,
    /// The answer that it continues.
    pub(super) previous: Option<String>,
    /// The conversation that it belongs to.
    pub(super) conversation: Option<String>,
    /// The field that named it.
    pub(super) param: &'static str,
}

impl Past {
    /// What `wish` continues, among what belongs to the key `key`.
    pub(super) async fn of(archive: &Archive, key: &str, wish: &Wish) -> Result<Self, Fault> {
        match &wish.after {
            After::Nothing => Ok(Self {
                said: Vec::new(),
                previous: None,
                conversation: None,
                param: "input",
            }),
            After::Response(id) => Self::response(archive, key, id).await,
            After::Conversation(id) => Self::conversation(archive, key, id).await,
        }
    }

    /// What the socket remembers that the request came on.
    pub(super) fn recalled(turn: Remembered) -> Self {
        Self {
            said: turn.said,
            previous: Some(turn.id),
            conversation: None,
            param: "previous_response_id",
        }
    }

    async fn response(archive: &Archive, key: &str, id: &str) -> Result<Self, Fault> {
        let unknown = |message: String| Fault::Invalid {
            message,
            param: Some("previous_response_id".into()),
            code: Some("previous_response_not_found"),
        };
        let line = archive.line(key, id).await.map_err(failed)?;
        let turns = line.and_then(|line| line.iter().map(turn).collect::<Option<Vec<_>>>());
        let Some(turns) = turns else {
            return Err(unknown(format!(
                "Previous response with id '{}' not found.",
                short(id)
            )));
        };
        let status = turns.last().and_then(|(_, turn)| turn.status());
        if !matches!(status.as_deref(), Some("completed" | "incomplete")) {
            return Err(unknown(format!(
                "Previous response with id '{}' cannot be continued: it is {}.",
                short(id),
                status.as_deref().unwrap_or("not complete"),
            )));
        }
        Ok(Self {
            said: turns.into_iter().flat_map(said).collect(),
            previous: Some(id.to_owned()),
            conversation: None,
            param: "previous_response_id",
        })
    }

    async fn conversation(archive: &Archive, key: &str, id: &str) -> Result<Self, Fault> {
        if archive
            .conversation(key, id)
            .await
            .map_err(failed)?
            .is_none()
        {
            return Err(Fault::Invalid {
                message: format!("Conversation with id '{}' not found.", short(id)),
                param: Some("conversation".into()),
                code: Some("conversation_not_found"),
            });
        }
        let items = archive.items(key, id).await.map_err(failed)?;
        let said = items.into_iter().filter_map(|item| {
            let by = item.account.zip(item.model);
            Some(state::Past {
                item: serde_json::from_slice(&item.content).ok()?,
                by: by.map(|(account, model)| Origin { account, model }),
            })
        });
        Ok(Self {
            said: said.collect(),
            previous: None,
            conversation: Some(id.to_owned()),
            param: "conversation",
        })
    }
}

/// The items called `ids` that are in kept answers; others are left out.
pub(super) async fn named(archive: &Archive, key: &str, ids: &[String]) -> Result<Named, Fault> {
    let mut named = Named::new();
    for id in ids {
        if named.contains_key(id) {
            continue;
        }
        let holder = archive.holder(key, id).await.map_err(failed)?;
        let Some((origin, turn)) = holder.as_ref().and_then(turn) else {
            continue;
        };
        // Those beside it are likely to be named too.
        for (item, other) in turn.output().into_iter().zip(turn.item_ids()) {
            if ids.contains(&other) {
                let past = state::Past {
                    item: item.to_owned().into(),
                    by: Some(origin.clone()),
                };
                named.insert(other, past);
            }
        }
    }
    Ok(named)
}

/// A kept answer as the turn that it ended.
pub(super) fn turn(kept: &Kept) -> Option<(Origin, Turn)> {
    let origin = Origin {
        account: kept.account.clone(),
        model: kept.model.clone(),
    };
    Some((origin, Turn::read(&kept.content)?))
}

fn said((origin, turn): (Origin, Turn)) -> impl Iterator<Item = state::Past> {
    turn.said().into_iter().map(move |item| state::Past {
        item: item.into(),
        by: Some(origin.clone()),
    })
}
