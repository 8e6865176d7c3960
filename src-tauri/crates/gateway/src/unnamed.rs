//! A request that names no model gets the one that was chosen for its key, else the account's first
//! choice. Where neither is known it stays as it is, and the translation says what is missing. So it does
//! in Ollama's dialect, where a request without words asks for the model that it names to be loaded.

use auth::Pass;
use translate::{Dialect, unnamed};
use wire::json::Object;

use crate::exchange::Exchange;

/// The body `ask` with a model, where it names none and one can be named.
pub(crate) async fn named(
    exchange: &Exchange,
    dialect: Dialect,
    pass: &Pass,
    ask: &Object<'_>,
) -> Option<Vec<u8>> {
    if matches!(dialect, Dialect::Ollama(_)) || !unnamed::names_no_model(ask) {
        return None;
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
    chosen.map(|model| unnamed::with_model(ask, &model))
}
