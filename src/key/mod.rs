//! What a key says about itself, offline: one file per format. A decoder reads; it never judges and never asks.

mod dossier;
mod facts;
pub mod glob;

pub use self::dossier::{Conflict, Dossier};
pub use self::facts::{
    Action, Bound, Evidence, Expiry, Grant, Inactive, JoinStrength, KeyFacts, LastUse, Power, Reported, Restriction,
    State, Statement, Subjects,
};

/// Reads the facts that stand in a key's own text.
pub struct Decoder {
    /// The name by which rule files ask for it.
    pub name: &'static str,
    /// What it reads, for `rules show` and the documentation.
    pub reads: &'static str,
    /// `None` when the text is not such a key after all.
    pub decode: fn(&[u8]) -> Option<KeyFacts>,
}

/// Every decoder that a rule file may name. Adding one is one file here and one line in this table.
pub const DECODERS: &[Decoder] = &[];

/// A decoder by its name.
#[must_use]
pub fn decoder(name: &str) -> Option<&'static Decoder> {
    DECODERS.iter().find(|decoder| decoder.name == name)
}
