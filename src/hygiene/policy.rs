//! Policy as code: what an owner tolerates of a key.

use jiff::civil::Date;

use crate::issuer::Issuer;

/// Limits for keys. The default tolerates what issuers allow and warns two weeks before an end.
#[derive(Clone, Debug)]
pub struct Policy {
    /// No subject that is everything.
    pub no_wildcard: bool,
    /// Longest life, in days.
    pub max_lifetime_days: Option<u32>,
    /// Whether a key may have no end.
    pub allow_non_expiring: bool,
    /// Longest time without use, in days.
    pub max_idle_days: Option<u32>,
    /// How many days before its end a key is worth a warning.
    pub warn_before_expiry_days: u32,
    /// Actions, in the issuer's words, that no key may have.
    pub forbidden_actions: Vec<String>,
    /// Narrower or wider limits for one issuer.
    pub issuers: Vec<(Issuer, PolicyPart)>,
    /// Narrower or wider limits for some paths (globs), later ones win.
    pub paths: Vec<(globset::GlobSet, PolicyPart)>,
    /// Issuers' announced ceilings.
    pub ceilings: Vec<Ceiling>,
}

/// The limits that a section of the policy sets; the rest is inherited.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyPart {
    /// See [`Policy::no_wildcard`].
    pub no_wildcard: Option<bool>,
    /// See [`Policy::max_lifetime_days`].
    pub max_lifetime_days: Option<u32>,
    /// See [`Policy::allow_non_expiring`].
    pub allow_non_expiring: Option<bool>,
    /// See [`Policy::max_idle_days`].
    pub max_idle_days: Option<u32>,
    /// See [`Policy::warn_before_expiry_days`].
    pub warn_before_expiry_days: Option<u32>,
    /// See [`Policy::forbidden_actions`].
    pub forbidden_actions: Option<Vec<String>>,
}

/// A lifetime ceiling that an issuer announced. A note with a date and a source; never a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// Whose.
    pub issuer: Issuer,
    /// For which keys, in words ("write tokens").
    pub applies_to: String,
    /// Longest life, in days.
    pub days: u32,
    /// From which creation date.
    pub from: Date,
    /// When keys that are older end, if announced.
    pub older_end: Option<Date>,
    /// Where it was announced.
    pub source: String,
}
