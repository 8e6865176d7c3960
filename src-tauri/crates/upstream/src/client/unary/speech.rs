//! Speech to text (contract backend 7.6).

use bytes::Bytes;
use wire::Fault;
use wire::speech::Transcript;

use super::{Told, garbled, only_plan};
use crate::retry::Deed;
use crate::{Client, Credential, request};

/// Something that was said, as a file.
#[derive(Debug, Clone)]
pub struct Speech {
    /// The file's name.
    pub file_name: String,
    /// What kind of file it is, such as `audio/wav`.
    pub media: String,
    /// Its bytes.
    pub audio: Bytes,
    /// Words that help to hear right.
    pub prompt: Option<String>,
}

impl Client {
    /// What was said, as text. `attempts` counts as in [`Client::open_counting`].
    ///
    /// # Errors
    /// Whatever the last attempt failed with; a 401 is [`Fault::Unauthorized`] at once.
    pub async fn transcribe(
        &self,
        speech: &Speech,
        credential: &Credential,
        attempts: &mut u32,
    ) -> Result<Told<Transcript>, Fault> {
        only_plan(credential)?;
        let boundary = self.0.chance.alphanumeric(BOUNDARY);
        let request = request::speech(speech, &boundary, credential, &self.config())?;
        let Told { head, said } = self
            .told(Deed::Making, request, credential, attempts)
            .await?;
        let said = Transcript::read(&said).map_err(|e| garbled(&e))?;
        Ok(Told { head, said })
    }
}

/// Characters of chance between the parts of a form: no file has them by accident, and none can
/// have them on purpose.
const BOUNDARY: usize = 40;
