//! What clients do to the program: leave, stall, babble, flood.

#[cfg(unix)]
mod crowd;
mod leaving;
mod line;
mod memory;
mod odd;
mod slow;
