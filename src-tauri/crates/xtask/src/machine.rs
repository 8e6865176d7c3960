//! What the machine must have: looked for, named, and installed where that is possible.

mod deny;
mod node;
mod packages;
mod python;

pub(crate) use deny::cargo_deny;
pub(crate) use node::{Node, node};
pub(crate) use packages::{Need, as_root, packages};
pub(crate) use python::{Python, python};
