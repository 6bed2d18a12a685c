//! The rule files that are part of the binary.

/// Every embedded rule file: name and text.
#[must_use]
pub fn embedded() -> &'static [(&'static str, &'static str)] {
    &[]
}
