//! How keys are written: alphabets, checksums and envelopes. A leaf: bytes in, facts out.
//!
//! Rules name a [`Check`] to prove a match, minting uses its `seal` to complete a sample, and the decoders of
//! [`crate::key`] read the same envelopes in full. Adding a checksum is one file here and one line in [`CHECKS`].

/// What a failed check means for a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnMismatch {
    /// The issuer's source or documentation proves that every key has it: the match is dropped.
    Drop,
    /// It is not proved for every key: the match stays, at low confidence.
    Lower,
}

/// A checksum or a structure that a key's own text proves.
#[derive(Debug)]
pub struct Check {
    /// The name by which rule files ask for it.
    pub name: &'static str,
    /// What a mismatch means.
    pub on_mismatch: OnMismatch,
    /// Where the algorithm is proved: the issuer's source or documentation.
    pub source: &'static str,
    /// Whether the whole key passes.
    pub verify: fn(&[u8]) -> bool,
    /// Completes an unsealed sample (all of the key but its checksum) for minting.
    pub seal: Option<fn(&str) -> String>,
}

/// Every check that a rule file may name.
pub const CHECKS: &[Check] = &[];

/// A check by its name.
#[must_use]
pub fn check(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name)
}

/// A whole token as its issuer writes it, for minting.
#[derive(Debug)]
pub struct Envelope {
    /// The name by which templates ask for it: `{@name}` or `{@name:ARG}`.
    pub name: &'static str,
    /// Makes one. The first argument gives that many random bytes, the second is `ARG` (or empty). `None` when the
    /// argument is not understood.
    pub mint: fn(&mut dyn FnMut(usize) -> Vec<u8>, &str) -> Option<String>,
}

/// Every envelope that a template may name.
pub const ENVELOPES: &[Envelope] = &[];
