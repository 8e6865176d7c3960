//! Images given by address, as data: where the settings allow it, `https` images are fetched here and
//! go out as `data:` URLs, because the backend may refuse to fetch them (contract backend 1.9).
//!
//! Fetching in somebody's name is dangerous: `remote` says what is refused.

mod global;
mod internet;
mod remote;
mod walk;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use base::Clock;
use wire::Fault;
use wire::responses::Request;

use self::internet::Internet;
pub(crate) use self::remote::media_type;
use self::remote::{Network, Remote};

/// Fetches the images of requests.
pub(crate) struct Fetcher {
    remote: Remote,
}

impl Fetcher {
    /// Fetches from the Internet.
    pub(crate) fn new(clock: Clock) -> Self {
        Self::over(Arc::new(Internet::default()), clock)
    }

    fn over(network: Arc<dyn Network>, clock: Clock) -> Self {
        Self {
            remote: Remote { network, clock },
        }
    }

    /// Puts the images themselves where `request` has their addresses.
    ///
    /// # Errors
    /// An image cannot or may not be fetched, or there are too many of them.
    pub(crate) async fn inline(&self, request: &mut Request) -> Result<(), Fault> {
        let mut addresses = Vec::new();
        walk::each(request, |url| {
            if is_remote(url) && !addresses.iter().any(|known| known == url) {
                addresses.push(url.to_owned());
            }
            None
        });
        let images = self.fetched(addresses, "input").await?;
        if !images.is_empty() {
            walk::each(request, |url| images.get(url).cloned());
        }
        Ok(())
    }

    /// Puts the images themselves in the place of the addresses among `urls`, all of the field
    /// `param`.
    ///
    /// # Errors
    /// As of [`Fetcher::inline`].
    pub(crate) async fn replace<'a>(
        &self,
        urls: impl Iterator<Item = &'a mut String>,
        param: &str,
    ) -> Result<(), Fault> {
        let mut remote: Vec<&mut String> = urls.filter(|url| is_remote(url)).collect();
        let mut addresses: Vec<String> = remote.iter().map(|url| (**url).clone()).collect();
        addresses.sort_unstable();
        addresses.dedup();
        let images = self.fetched(addresses, param).await?;
        for url in &mut remote {
            if let Some(image) = images.get(url.as_str()) {
                url.clone_from(image);
            }
        }
        Ok(())
    }

    async fn fetched(
        &self,
        addresses: Vec<String>,
        param: &str,
    ) -> Result<HashMap<String, String>, Fault> {
        if addresses.len() > IMAGES {
            let message = format!("a request may name at most {IMAGES} images by address");
            return Err(Fault::invalid(message, param));
        }
        let mut images = HashMap::new();
        for address in addresses {
            let fetched = self.remote.fetch(&address).await;
            let image = fetched.map_err(|why| refused(&address, &why, param))?;
            images.insert(address, image);
        }
        Ok(images)
    }
}

fn is_remote(url: &str) -> bool {
    let scheme = url.get(..HTTPS.len());
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(HTTPS))
}

fn refused(address: &str, why: &remote::Unfetched, param: &str) -> Fault {
    tracing::debug!(name: "image.unfetched", %why);
    let address: String = address.chars().take(200).collect();
    Fault::Invalid {
        message: format!("the image at `{address}` could not be fetched: {why}"),
        param: Some(param.to_owned()),
        code: Some("image_unavailable"),
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fetcher")
    }
}

const HTTPS: &str = "https://";
/// Images by address in one request.
const IMAGES: usize = 16;

#[cfg(test)]
mod tests;
