//! Sign-in and everything after it, against a stand-in for the issuer and the backend.

#[cfg(test)]
mod access_token;
#[cfg(test)]
mod accounts;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod callback;
#[cfg(test)]
mod clocks;
#[cfg(test)]
mod closed;
#[cfg(test)]
mod codex_cli;
#[cfg(test)]
mod device;
#[cfg(test)]
mod failing;
#[cfg(test)]
mod house;
#[cfg(test)]
mod lost;
#[cfg(test)]
mod other_issuer;
#[cfg(test)]
mod paste;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod ports;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod refresh;
#[cfg(test)]
mod routing;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod sign_out;
#[cfg(test)]
mod unsaved;
