//! The stand-in over real sockets: every parameter, every grant, every refusal of the issuer; what
//! is recorded, scripted and administered.

#[cfg(test)]
#[path = "caller/caller.rs"]
mod caller;

#[cfg(test)]
#[path = "issuer/accounts.rs"]
mod accounts;
#[cfg(test)]
#[path = "world/administration.rs"]
mod administration;
#[cfg(test)]
#[path = "issuer/authorize.rs"]
mod authorize;
#[cfg(test)]
#[path = "issuer/code.rs"]
mod code;
#[cfg(test)]
#[path = "issuer/device.rs"]
mod device;
#[cfg(test)]
#[path = "world/program.rs"]
mod program;
#[cfg(test)]
#[path = "world/recording.rs"]
mod recording;
#[cfg(test)]
#[path = "issuer/refresh.rs"]
mod refresh;
#[cfg(test)]
#[path = "issuer/revoke.rs"]
mod revoke;
#[cfg(test)]
#[path = "world/scripted.rs"]
mod scripted;
