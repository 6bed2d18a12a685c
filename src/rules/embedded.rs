//! The rule files that are part of the binary.

/// Every embedded rule file, sorted by name: name (`rules/nuget.toml`) and text.
#[must_use]
pub fn embedded() -> &'static [(&'static str, &'static str)] {
    include!(concat!(env!("OUT_DIR"), "/embedded_rules.rs"))
}
