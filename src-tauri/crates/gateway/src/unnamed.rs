//! A request that names no model gets the one that was chosen for its key, else the account's first
//! choice. Where neither is known it stays as it is, and the translation says what is missing. So it does
//! in Ollama's dialect, where a request without words asks for the model that it names to be loaded.

use auth::Pass;
use bytes::Bytes;
use translate::{Dialect, unnamed};

use crate::exchange::Exchange;

/// `body`, with a model where one can be named.
pub(crate) async fn named(
    exchange: &Exchange,
    dialect: Dialect,
    pass: &Pass,
    body: Bytes,
) -> Bytes {
    if matches!(dialect, Dialect::Ollama(_)) || !unnamed::names_no_model(&body) {
        return body;
    }
    let chosen = match &exchange.preferences.model {
        Some(model) => Some(model.clone()),
        None => {
            let house = &exchange.house;
            let catalogue = house.shelf.known(pass, &house.parts.clock).await;
            let first = catalogue.as_ref().and_then(|all| all.first_choice());
            first.map(|model| model.slug.clone())
        }
    };
    match chosen {
        Some(model) => unnamed::with_model(&body, &model),
        None => body,
    }
}
