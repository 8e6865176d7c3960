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

    /// Puts the images themselves where `request` has their addresses, at most `most` bytes of them.
    ///
    /// # Errors
    /// An image cannot or may not be fetched, or there are too many of them, or too much.
    pub(crate) async fn inline(&self, request: &mut Request, most: usize) -> Result<(), Fault> {
        let mut wanted = Wanted::default();
        walk::each(request, |url| {
            wanted.add(url);
            None
        });
        let images = self.fetched(wanted, "input", most).await?;
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
        most: usize,
    ) -> Result<(), Fault> {
        let urls: Vec<&mut String> = urls.collect();
        let mut wanted = Wanted::default();
        urls.iter().for_each(|url| wanted.add(url));
        let images = self.fetched(wanted, param, most).await?;
        for url in urls {
            if let Some(image) = images.get(url.as_str()) {
                url.clone_from(image);
            }
        }
        Ok(())
    }

    async fn fetched(
        &self,
        wanted: Wanted,
        param: &str,
        most: usize,
    ) -> Result<HashMap<String, String>, Fault> {
        if wanted.more {
            let message = format!("a request may name at most {IMAGES} images by address");
            return Err(Fault::invalid(message, param));
        }
        let mut images = HashMap::new();
        let mut left = most;
        for (address, times) in wanted.addresses {
            let fetched = self.remote.fetch(&address).await;
            let image = fetched.map_err(|why| refused(&address, &why, param))?;
            let rest = left.checked_sub(image.len().saturating_mul(times));
            left = rest.ok_or_else(|| too_much(most, param))?;
            images.insert(address, image);
        }
        Ok(images)
    }
}

/// The addresses of one request, each with the number of places that it has.
#[derive(Debug, Default)]
struct Wanted {
    /// At most [`IMAGES`].
    addresses: Vec<(String, usize)>,
    /// True where there are more.
    more: bool,
}

impl Wanted {
    fn add(&mut self, url: &str) {
        if self.more || !is_remote(url) {
            return;
        }
        match self.addresses.iter_mut().find(|(known, _)| known == url) {
            Some((_, times)) => *times += 1,
            None => match self.addresses.len() < IMAGES {
                true => self.addresses.push((url.to_owned(), 1)),
                false => self.more = true,
            },
        }
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

/// Each place has its own copy, so it counts as often as it stands there.
fn too_much(most: usize, param: &str) -> Fault {
    let most = most >> 20;
    let message = format!(
        "the images given by address have more than {most} MiB together; name each once, or send fewer or smaller ones"
    );
    Fault::invalid(message, param)
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fetcher")
    }
}

const HTTPS: &str = "https://";
/// Different images by address in one request.
const IMAGES: usize = 16;

#[cfg(test)]
mod tests;
