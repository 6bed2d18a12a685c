//! Asking issuers, against a server that answers from a script. What is asserted for every single request: it is a
//! GET, it went to the scripted server, and the key stands in its one header and nowhere else.
#![cfg(feature = "probe")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test may be as blunt as the test")]

#[path = "probe/bench.rs"]
mod bench;
#[path = "probe/cases.rs"]
mod cases;
#[path = "probe/client.rs"]
mod client;
#[path = "probe/hosts.rs"]
mod hosts;
#[path = "probe/issuers.rs"]
mod issuers;
#[path = "probe/nuget.rs"]
mod nuget;
#[path = "probe/own_files.rs"]
mod own_files;
#[path = "probe/pages.rs"]
mod pages;
#[path = "probe/rolls.rs"]
mod rolls;
#[path = "probe/stub.rs"]
mod stub;
#[path = "probe/whom.rs"]
mod whom;
