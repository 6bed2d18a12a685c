//! Git sources against repositories that git itself makes: what is found where, and that no failure passes.
#![cfg(feature = "git")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

#[path = "git/cache.rs"]
mod cache;
#[path = "git/exact.rs"]
mod exact;
#[path = "git/history.rs"]
mod history;
#[path = "git/hooks.rs"]
mod hooks;
#[path = "git/range.rs"]
mod range;
#[path = "git/repo.rs"]
mod repo;
#[path = "git/shapes.rs"]
mod shapes;
#[path = "git/staged.rs"]
mod staged;
mod support;
#[path = "git/tracked.rs"]
mod tracked;
#[path = "git/utf16.rs"]
mod utf16;
