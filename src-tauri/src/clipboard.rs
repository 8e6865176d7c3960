//! What the tray's *Copy* rows put into the clipboard.

use arboard::Clipboard as System;
use control::{Code, Complaint};
use parking_lot::Mutex;

/// The system's clipboard. It is kept, because on Linux the text goes with whoever set it.
#[derive(Default)]
pub(crate) struct Clipboard(Mutex<Option<System>>);

impl Clipboard {
    /// Puts `text` into the clipboard.
    ///
    /// # Errors
    /// There is no clipboard, or it does not answer.
    pub(crate) fn set(&self, text: &str) -> Result<(), Complaint> {
        let mut system = self.0.lock();
        let kept = match system.take() {
            Some(kept) => Ok(kept),
            None => System::new(),
        };
        let set = kept.and_then(|mut kept| kept.set_text(text).map(|()| kept));
        *system = Some(set.map_err(|fault| {
            Complaint::new(
                Code::Other,
                format!("the clipboard could not be used: {fault}"),
            )
        })?);
        Ok(())
    }
}
