//! The client against the stand-in, over real sockets, on a clock that is moved by hand.

mod catalogue;
mod deadlines;
mod failures;
mod files;
mod headers;
mod limits;
mod refusals;
mod secure;
mod stage;
mod streams;
mod unary;
mod wires;
