//! skelkey finds leaked keys, says what each one opens and until when, and how to close it.
//!
//! A [`scan::Scanner`] is built from rules and settings and gives a [`finding::Report`], which [`mod@report`] writes in
//! any format. The library reads no clock, no environment and no network of its own.
//!
//! ```
//! use std::sync::Arc;
//!
//! use skelkey::rules::{self, Minter};
//! use skelkey::scan::{Scanner, Settings};
//! use skelkey::source::Progress;
//!
//! let rules = Arc::new(rules::load(&[]).expect("the built-in rules are right"));
//! let scanner = Scanner::new(rules, Settings::at("2026-11-22T12:00:00Z".parse()?))?;
//!
//! // No key is ever written out: this one is minted on the spot, and it expired a month ago.
//! let key = Minter::new(1).fill("{@nuget-v5:created=2026-10-22T09:00Z;lifetime=60m}")?;
//! let text = format!("dotnet nuget push out/*.nupkg --api-key {key}");
//!
//! let report = scanner.text(text.as_bytes(), "<memory>", &Progress::default(), None);
//! assert_eq!(report.findings[0].rule, "nuget-api-key-v5");
//! assert_eq!(report.findings[0].judgement.severity.as_str(), "low");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod baseline;
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
pub mod lifecycle;
pub mod location;
pub mod mistake;
pub mod packages;
pub mod pipelines;
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
pub mod suggest;
pub mod suppression;
