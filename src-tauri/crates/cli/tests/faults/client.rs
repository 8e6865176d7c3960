//! What clients do to the program: leave, stall, babble, flood.

mod crowd;
mod leaving;
mod line;
mod memory;
mod odd;
mod slow;
