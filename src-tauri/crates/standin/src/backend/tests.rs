//! The backend over real sockets: every refusal in its words, the grammar of every stream, every
//! way to misbehave.

mod answers;
mod client;
mod departures;
mod endings;
mod endpoints;
mod grammar;
mod identity;
mod items;
mod outer;
mod replay;
mod rows;
mod shapes;
mod tools;

use client::{Door, ask, with};
