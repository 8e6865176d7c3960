//! Sign-in and everything after it, against a stand-in for the issuer and the backend.

mod access_token;
mod accounts;
mod browser;
mod callback;
mod codex_cli;
mod device;
mod failing;
mod house;
mod lost;
mod paste;
mod policy;
mod ports;
mod recovery;
mod refresh;
mod routing;
mod secrecy;
mod sharing;
mod sign_out;
mod unsaved;
