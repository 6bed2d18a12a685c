//! skelkey finds leaked keys, says what each one opens and until when, and how to close it.

pub mod coverage;
pub mod decode;
pub mod detect;
pub mod escape;
pub mod finding;
pub mod format;
pub mod hygiene;
pub mod inventory;
pub mod issuer;
pub mod key;
pub mod location;
pub mod packages;
#[cfg(feature = "probe")]
pub mod probe;
pub mod provenance;
pub mod remedy;
pub mod report;
pub mod rules;
pub mod scan;
pub mod secret;
pub mod severity;
pub mod source;
